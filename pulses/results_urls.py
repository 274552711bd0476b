"""Addresses of the results pages."""

urlpatterns: list[object] = []

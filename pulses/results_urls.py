"""Addresses of the results pages."""

from django.urls import path

from pulses import results_views as views

urlpatterns = [
    path("", views.results, name="results"),
    path("heat-map/", views.heat, name="results_heat"),
    path("heat-map/<uuid:round_id>/", views.heat, name="results_heat"),
    path("<uuid:round_id>/<int:unit_id>/", views.unit, name="results_unit"),
    path("<uuid:round_id>/<int:unit_id>/questions/", views.items, name="results_items"),
    path("<uuid:round_id>/<int:unit_id>/comments/", views.comments, name="results_comments"),
]

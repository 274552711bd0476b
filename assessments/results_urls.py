"""Addresses of the results of cycles."""

from django.urls import path

from assessments import results_views as views

urlpatterns = [
    path("", views.results, name="results"),
    path("<int:cycle_id>/", views.board, name="results_board"),
    path("<int:cycle_id>/<int:unit_id>/", views.unit, name="results_unit"),
    path("<int:cycle_id>/<int:unit_id>/practices/", views.practices, name="results_practice"),
]

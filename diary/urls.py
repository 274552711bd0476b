"""Addresses of the diary; the roof includes them under `record/`."""

from django.urls import path

from diary import views

app_name = "diary"

urlpatterns = [path("", views.fact_list, name="fact_list")]

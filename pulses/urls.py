"""Addresses of programmes, waves and the question bank."""

from django.urls import include, path

from pulses import button_views, views

app_name = "pulses"

urlpatterns = [
    path("", views.programme_list, name="programme_list"),
    path("new/", views.programme_new, name="programme_new"),
    path("<int:pk>/", views.programme, name="programme"),
    path("<int:pk>/edit/", views.programme_edit, name="programme_edit"),
    path("<int:pk>/delete/", button_views.programme_delete, name="programme_delete"),
    path("<int:pk>/start/", button_views.programme_start, name="programme_start"),
    path("<int:pk>/pause/", button_views.programme_pause, name="programme_pause"),
    path("<int:pk>/resume/", button_views.programme_resume, name="programme_resume"),
    path("<int:pk>/end/", button_views.programme_end, name="programme_end"),
    path("<int:pk>/run-now/", button_views.programme_run_now, name="programme_run_now"),
    path("waves/<int:pk>/close-now/", button_views.wave_close_now, name="wave_close_now"),
    path("waves/<int:pk>/cancel/", button_views.wave_cancel, name="wave_cancel"),
    path("bank/", views.bank, name="bank"),
    path("bank/<int:pk>/", views.bank, name="bank_version"),
    path("results/", include("pulses.results_urls")),
]

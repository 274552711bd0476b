"""Addresses of the outbox; the roof includes them under `inbox/`."""

from django.urls import path

from outbox import views

app_name = "outbox"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:pk>/open/", views.notice_open, name="open"),
    path("read/", views.read_all, name="read_all"),
    path("unsubscribe/<str:signed>/", views.unsubscribe, name="unsubscribe"),
    path("set-aside/", views.set_aside, name="set_aside"),
    path("set-aside/retry/", views.retry, name="retry_all"),
    path("set-aside/<int:pk>/retry/", views.retry, name="retry"),
]

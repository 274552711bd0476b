"""Every address of the answer pages' own host; static files come before these, and there is nothing else."""

from django.urls import re_path

from surveys import views

urlpatterns = [
    re_path(r"^(?P<language>vi|en)/p/(?P<token>[A-Za-z0-9_-]{16,128})$", views.promise, name="promise"),
    re_path(r"^(?P<language>vi|en)/start$", views.start, name="start"),
    re_path(r"^(?P<language>vi|en)/send$", views.send, name="send"),
    re_path(r"^(?P<language>vi|en)/thanks/(?P<round_id>[0-9a-f-]{36})$", views.thanks, name="thanks"),
]

handler400 = "surveys.views.bad_request"
handler403 = "surveys.views.not_found"
handler404 = "surveys.views.not_found"
handler500 = "surveys.views.server_error"

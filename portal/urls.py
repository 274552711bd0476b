"""Every address of the portal. The answer pages have a host and a map of their own: surveys/urls.py."""

from django.urls import include, path

from portal import pages, resources, views
from portal.demo import views as mails

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", pages.help_page, name="help"),
    path("language/", pages.language, name="language"),
    path("theme/", pages.theme, name="theme"),
    path("account/login/", views.SignIn.as_view(), name="account_login"),
    path("account/", include("allauth.urls")),
    path("", include("people.urls")),
    path("inbox/", include("outbox.urls")),
    path("record/", include("diary.urls")),
    path("improvement/", include("improvement.urls")),
    path("pulses/", include("pulses.urls")),
    path("assessments/", include("assessments.urls")),
    path("demo/mails/", mails.mail_list, name="demo_mails"),
    path("demo/mails/<slug:name>/", mails.mail, name="demo_mail"),
    path("demo/mails/<slug:name>/html/", mails.mail_html, name="demo_mail_html"),
    path("demo/sign-in/", views.demo_sign_in, name="demo_sign_in"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("api/v1/", include(resources.urlpatterns)),
]

handler404 = "portal.api.not_found"

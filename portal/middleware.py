"""What wraps a request; the answer pages pass through all of it untouched.

Requests for SURVEY_HOST get their own address map and meet no session, user, message, language cookie or account
middleware: even a portal cookie posted there by hand is never looked at.
"""

from collections.abc import Awaitable, Callable

from allauth.usersessions.middleware import UserSessionsMiddleware as AllauthUserSessionsMiddleware
from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware import csrf, locale
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin
from django_htmx import middleware as htmx


def is_survey(request: HttpRequest) -> bool:
    """Whether this request came to the answer pages' own host."""
    return bool(request.META.get("HTTP_HOST", "") == settings.SURVEY_HOST)


class SurveyHostMiddleware:
    """Give the answer pages their own address map, and headers that leave no trace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_survey(request):
            return self.get_response(request)
        request.urlconf = settings.SURVEY_URLCONF
        response = self.get_response(request)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response


class PassesSurvey(MiddlewareMixin):
    """Mixed into a middleware: on the survey host it does nothing at all."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        return self.get_response(request) if is_survey(request) else super().__call__(request)


class SessionMiddleware(PassesSurvey, sessions.SessionMiddleware):
    """Sessions for the portal alone."""


class LocaleMiddleware(PassesSurvey, locale.LocaleMiddleware):
    """The portal's language; answer pages carry theirs in the address."""


class CsrfViewMiddleware(PassesSurvey, csrf.CsrfViewMiddleware):
    """Cookie-based CSRF for the portal; an answer page has no cookie to protect, its ballot is the proof."""

    def process_view(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse | None:  # type: ignore[override]
        if is_survey(request):
            return None
        return super().process_view(request, *args, **kwargs)  # type: ignore[arg-type]


class AuthenticationMiddleware(PassesSurvey, auth.AuthenticationMiddleware):
    """Who is signed in, on the portal alone."""


class MessageMiddleware(PassesSurvey, messages.MessageMiddleware):
    """One-time messages, on the portal alone."""


class HtmxMiddleware(htmx.HtmxMiddleware):
    """`request.htmx`; reads headers only."""


class UserSessionsMiddleware:
    """allauth's list of sessions, on the portal alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.portal = AllauthUserSessionsMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request) if is_survey(request) else self.portal(request)


class PersonLanguageMiddleware:
    """A signed-in person reads the portal in the language of their own settings, unless a cookie chose otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_survey(request) and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            person = request.user
            if person.is_authenticated:
                translation.activate(person.language)
                request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)

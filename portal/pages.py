"""Small pages and switches that belong to no room: help, language, colours."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

from portal.context import THEME_COOKIE, THEMES

A_YEAR = 365 * 24 * 3600


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How answers stay anonymous, in plain words, for everybody: also before signing in."""
    return render(request, "portal/help.html", {"operator": settings.OPERATOR_NAME, "is_demo": settings.DEMO})


def back(request: HttpRequest) -> HttpResponseRedirect:
    """Back to the page the switch stood on, when it is one of ours."""
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(to if safe else "/")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read the portal in another language on this device."""
    response = back(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=A_YEAR,
            httponly=True,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says, on this device."""
    response = back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE, chosen, max_age=A_YEAR, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
        )
    return response

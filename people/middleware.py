"""Whoever signed in with a printed code sets a password before anything else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

ALLOWED = ("account_set_password", "account_change_password", "account_logout", "language", "theme", "help")


class PasswordFirstMiddleware:
    """Sends people who must set a password to the page where they do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        owes = user is not None and user.is_authenticated and user.must_change_password
        if owes and request.path not in {reverse(name) for name in ALLOWED}:
            return redirect("account_set_password")
        return self.get_response(request)

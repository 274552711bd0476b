"""What the corridors of this room and of those above share: who asks, the gate, and a button that asks once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from people.models import Employee


class Signed(HttpRequest):
    """A request of somebody who is signed in."""

    user: Employee
    htmx: HtmxDetails


def whole_number(text: str) -> int | None:
    """The number an address or a field names; None for anything else, and for more digits than any of ours has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def gate(allowed: bool) -> None:
    """Go on, or 403."""
    if not allowed:
        raise PermissionDenied


@dataclass(frozen=True)
class Question:
    """What a button asks before it does anything; `way_back` is where "leave it" leads, and how that page is called."""

    heading: str
    says: list[str]
    button: str
    way_back: tuple[str, str]
    kind: str = "go"


def ask(request: HttpRequest, question: Question, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Say what will happen; on the second press do it. The answer to that press is what `act` returns."""
    if request.method == "POST":
        return act()
    return render(request, "people/confirm.html", {"question": question})

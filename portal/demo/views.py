"""The demo's post office as pages; outside the demo they do not exist."""

from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.demo import mailbox

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def demo_only(view: View[Rest]) -> View[Rest]:
    """Answer 404 wherever this is no demo."""

    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _folder() -> Path:
    return settings.DEMO_DIR / "mails"


@require_safe
@demo_only
def mail_list(request: HttpRequest) -> HttpResponse:
    """The mails that went out, newest first; `to` narrows them to one address."""
    to = request.GET.get("to", "").strip()
    return render(request, "portal/demo_mails.html", {"mails": list(mailbox.newest(_folder(), 60, to=to)), "to": to})


@require_safe
@demo_only
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as text, with its link to press."""
    path = _folder() / f"{name}.eml"
    if not path.is_file():
        raise Http404
    return render(request, "portal/demo_mail.html", {"mail": mailbox.read(path)})

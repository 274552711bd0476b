"""The demo's post office as pages; outside the demo they do not exist."""

from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec

from csp.decorators import csp_exempt
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.models import Employee
from portal.demo import mailbox

MAIL_POLICY = "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'"
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
    """The mails that went out, newest first; `to` narrows them to a part of an address, a name or a number."""
    to = request.GET.get("to", "").strip()
    named = set(Employee.objects.search(to).exclude(email=None).values_list("email", flat=True)) if to else set()
    found = mailbox.newest(_folder(), 60, wanted=lambda address: to.lower() in address.lower() or address in named)
    return render(request, "portal/demo_mails.html", {"mails": list(found), "to": to})


@require_safe
@demo_only
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as text, with its link to press."""
    return render(request, "portal/demo_mail.html", {"mail": _read(name)})


@csp_exempt()  # type: ignore[arg-type]  # it knows views without arguments only; the policy is a stricter one
@require_safe
@demo_only
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The same mail as mail programs show it: styles in its lines, no script, and nothing of this site within reach."""
    return HttpResponse(_read(name).html, headers={"Content-Security-Policy": MAIL_POLICY})


def _read(name: str) -> mailbox.Mail:
    path = _folder() / f"{name}.eml"
    if not path.is_file():
        raise Http404
    return mailbox.read(path)

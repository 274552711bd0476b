"""Corridors: what Bearing knows about the reader."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from people.actions import employees
from people.corridors import Signed
from people.forms import OwnSettingsForm
from people.roles import Role


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def me(request: Signed) -> HttpResponse:
    """What Bearing knows about the reader, and what the reader may choose."""
    person = request.user
    chosen = {"language": person.language, "mail_on": person.mail_on, "reminders_off": person.reminders_off}
    form = OwnSettingsForm(request.POST if request.method == "POST" else None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        employees.set_language(employee=person, language=form.cleaned_data["language"])
        employees.set_channels(
            employee=person,
            mail_on=form.cleaned_data["mail_on"],
            reminders_off=form.cleaned_data["reminders_off"],
        )
        with translation.override(person.language):
            messages.success(request, _("Saved."))
        return redirect("people:me")
    labels = [Role(role).label for role in sorted(person.roles)]
    return render(request, "people/me.html", {"subject": person, "form": form, "role_labels": labels})


@require_POST
@login_required
def me_data(request: Signed) -> HttpResponse:
    """The reader's own data as a file."""
    data = employees.own_data(employee=request.user)
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="bearing.json"'
    response["Cache-Control"] = "no-store"
    return response

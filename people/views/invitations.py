"""Corridors: inviting many at once."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from people import policies
from people.actions import invitations
from people.corridors import Signed, ask, gate
from people.forms import WhomForm
from people.questions import invitation_question, invited, left_out


@require_safe
@login_required
@never_cache
def invitation_new(request: Signed) -> HttpResponse:
    """HR chooses whom to invite: everybody who has never signed in, a unit, or the new people of the last list."""
    gate(policies.can_invite_many(request.user))
    return _whom_page(request, WhomForm(request.GET or None, employee=request.user))


def _whom_page(request: Signed, form: WhomForm) -> HttpResponse:
    context = {"form": form, "last_list_on": invitations.last_list_on()}
    return render(request, "people/invitation_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def invitation_send(request: Signed) -> HttpResponse:
    """Say how many a press would reach, then invite them."""
    gate(policies.can_invite_many(request.user))
    form = WhomForm(request.GET, employee=request.user)
    if not form.is_valid():
        return _whom_page(request, form)
    whom = form.whom()
    found = invitations.reach(whom)
    if not found.by_mail:
        messages.info(request, " ".join([_("Nobody is left to invite by email."), *left_out(found)]))
        return redirect(f"{reverse('people:invitation_new')}?{request.GET.urlencode()}")
    return ask(request, invitation_question(found, whom), partial(_invite, request, whom))


def _invite(request: Signed, whom: invitations.Whom) -> HttpResponse:
    done = invitations.invite_all(whom=whom, actor=request.user)
    messages.success(request, " ".join([invited(done), *left_out(done)]))
    return redirect("people:employee_list")

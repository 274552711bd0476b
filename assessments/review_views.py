"""Corridors of reviewers: the queue of evidence, verify or return a piece, on to the next."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments import policies
from assessments.actions import evidence as actions
from assessments.evidence_forms import QueueForm, ReturnForm
from assessments.evidence_views import evidence_page, evidence_seen, queue_query
from assessments.models import Evidence
from people.corridors import Signed, gate

PAGE = 25
TOP = "#main"  # a browser keeps the fragment of the form else, and shows the buttons of a piece nobody has read


@require_safe
@login_required
@never_cache
def evidence_review(request: Signed) -> HttpResponse:
    """What waits for this reviewer, the oldest first."""
    gate(policies.can_review_evidence(request.user))
    waiting = queue_of(request)
    page = Paginator(waiting.select_related("unit", "added_by"), PAGE).get_page(request.GET.get("page"))
    everything = Evidence.objects.to_review()
    context = {
        "form": QueueForm(request.GET),
        "page": page,
        "query": queue_query(request),
        "own": everything.count() - Evidence.objects.to_review_by(request.user).count(),
    }
    return render(request, "assessments/evidence_review.html", context)


def queue_of(request: Signed) -> "QuerySet[Evidence]":
    """What waits for this reviewer under the filters of the address."""
    waiting = Evidence.objects.to_review_by(request.user).oldest_first()
    form = QueueForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    return waiting.filter(**{name: value for name, value in asked.items() if value})


def decided(request: Signed, shown: Evidence, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it, or say why it was not done; then the next piece that waits, or the queue when none does."""
    query = queue_query(request)
    try:
        act()
    except actions.OwnEvidence:
        messages.error(request, _("Somebody else must check this: you gave it, or lead a unit it counts for."))
        return redirect(f"{shown.get_absolute_url()}{TOP}")
    except actions.AlreadyDecided:
        messages.info(request, _("Somebody was quicker: look at what is so now. Nothing has been changed."))
        return redirect(f"{shown.get_absolute_url()}{TOP}")
    waiting = queue_of(request)
    left, following = waiting.count(), waiting.first()
    more = ngettext("%(number)s more piece waits.", "%(number)s more pieces wait.", left) % {"number": left}
    messages.success(request, f"{done} {more}" if left else done)
    if following is None:
        return redirect(f"{reverse('assessments:evidence_review')}?{query.removeprefix('&')}{TOP}")
    return redirect(f"{following.get_absolute_url()}?{query.removeprefix('&')}{TOP}")


@require_POST
@login_required
def evidence_verify(request: Signed, pk: int) -> HttpResponse:
    """It shows what it says."""
    shown = evidence_seen(request.user, pk)
    gate(policies.can_review_evidence(request.user))
    done = _("“%(title)s” is verified: it counts now.") % {"title": shown.title}
    return decided(request, shown, lambda: actions.verify_evidence(evidence=shown, by=request.user), done)


@require_POST
@login_required
@never_cache
def evidence_return(request: Signed, pk: int) -> HttpResponse:
    """It goes back with a reason."""
    shown = evidence_seen(request.user, pk)
    gate(policies.can_review_evidence(request.user))
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return evidence_page(request, shown, form)
    reason = form.cleaned_data["reason"]
    return decided(
        request,
        shown,
        lambda: actions.return_evidence(evidence=shown, reason=reason, by=request.user),
        _("“%(title)s” is returned. Whoever gave it gets the reason.") % {"title": shown.title},
    )

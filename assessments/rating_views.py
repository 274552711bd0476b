"""Corridors of a leader's own rating, by name: what waits for me, and the sheet of one unit led."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.models import CycleUnit, LeaderRating
from assessments.querysets.scorecards import GAP_IS_PRIVATE
from assessments.rating_forms import WRONG, Typed, lay_out_rating, said_otherwise, sheet_of
from people.corridors import Signed, whole_number
from surveys.forms import Sheet
from surveys.promise import Terms


@dataclass(frozen=True)
class Line:
    """One rating of mine, and until when it may be changed."""

    rating: LeaderRating
    terms: Terms
    is_taken: bool


@require_safe
@login_required
@never_cache
def rating_list(request: Signed) -> HttpResponse:
    """What waits for me, what I have sent, and what I said in cycles that are over."""
    mine = LeaderRating.objects.visible_to(request.user).with_its_cycle().newest_first()
    lines = [
        Line(each, Terms(each.cycle.round), actions.takes_ratings(each.cycle)) for each in mine if each.cycle.round
    ]
    sent, came_from = (whole_number(request.GET.get(name, "")) for name in ("sent", "from"))
    context = {
        "stored": f"rating-{sent}-{came_from}" if sent is not None and came_from is not None else "",
        "waiting": [line for line in lines if line.is_taken and line.rating.sent_at is None],
        "sent": [line for line in lines if line.is_taken and line.rating.sent_at is not None],
        "over": [line for line in lines if not line.is_taken],
    }
    return render(request, "assessments/rating_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def rating(request: Signed, cycle: int, unit: int) -> HttpResponse:
    """My own rating of a unit I led when the cycle opened: to write while it is open, to read afterwards."""
    mine = LeaderRating.objects.visible_to(request.user).with_its_cycle()
    found = mine.filter(cycle_id=cycle, unit_id=unit).first()
    if found is None:
        asked = CycleUnit.objects.cancelled_for(request.user).select_related("cycle", "unit")
        was = get_object_or_404(asked, cycle_id=cycle, unit_id=unit)
        return render(request, "assessments/rating_cancelled.html", {"covered": was}, status=410)
    if request.method == "POST":
        return _store(request, found)
    if not actions.takes_ratings(found.cycle):
        return _said(request, found)
    return _sheet(request, found, sheet_of(found), found.edition)


def _store(request: Signed, found: LeaderRating) -> HttpResponse:
    """Keep or send what was typed; whatever hinders it is said, and nothing typed is lost."""
    typed = Typed.from_post(request.POST)
    keeps = request.POST.get("do") == "keep"
    store = actions.keep_rating if keeps else actions.send_rating
    try:
        stored = store(rating=found, answers=typed.answers, comments=typed.comments, seen=typed.seen, by=request.user)
    except actions.RatingOver:
        return _said(request, found, is_late=True)
    except actions.RatingChanged:
        found.refresh_from_db()
        return _sheet(request, found, typed.sheet, found.edition, is_changed=True)
    except actions.AnswerWrong as error:
        return _sheet(request, found, typed.sheet, typed.seen, error=error)
    said = (
        _("Kept. You can go on later, on any device.")
        if keeps
        else _("Sent. You may change it until the cycle closes.")
    )
    messages.success(request, said)
    if not keeps:
        return redirect(f"{reverse('assessments:rating_list')}?sent={found.pk}&from={stored.edition - 1}")
    return redirect(f"{request.path}?from={stored.edition - 1}")


def _sheet(
    request: Signed,
    found: LeaderRating,
    sheet: Sheet,
    seen: int,
    *,
    is_changed: bool = False,
    error: actions.AnswerWrong | None = None,
) -> HttpResponse:
    """The sheet to write on; `seen` is the edition that the next press replaces."""
    laid_out = lay_out_rating(found, _language(), sheet, error)
    came_from = whole_number(request.GET.get("from", ""))
    context = {
        **_frame(found),
        "sheet": laid_out,
        "seen": seen,
        "draft": f"rating-{found.pk}-{seen}",
        "stored": f"rating-{found.pk}-{came_from}" if came_from is not None else "",
        "is_typed": is_changed or error is not None,
        "error": WRONG[error.reason] if error else "",
        "otherwise": said_otherwise(laid_out, found) if is_changed else [],
        "is_changed": is_changed,
    }
    return render(request, "assessments/rating.html", context, status=422 if error else 409 if is_changed else 200)


def _said(request: Signed, found: LeaderRating, *, is_late: bool = False) -> HttpResponse:
    """What was said, to read; with the sentence for a press that came after the end."""
    context = {**_frame(found), "sheet": lay_out_rating(found, _language(), sheet_of(found)), "is_late": is_late}
    return render(request, "assessments/rating_said.html", context, status=410 if is_late else 200)


def _frame(found: LeaderRating) -> dict[str, Any]:
    """What every page about one rating says around it."""
    assert found.cycle.round is not None
    return {
        "rating": found,
        "terms": Terms(found.cycle.round),
        "minutes": actions.minutes_of(actions.model_rated(found.cycle).said),
        "private_days": GAP_IS_PRIVATE.days,
    }


def _language() -> str:
    return "vi" if get_language() == "vi" else "en"

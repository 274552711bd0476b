"""Corridors of the cycles: list, plan, look, decide about a newer version. The buttons are in `button_views.py`."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions, policies, questions
from assessments.cycle_forms import KEEP, CycleForm, MoveForm
from assessments.cycle_progress import progress_of, since_opening, was_lost
from assessments.models import Cycle, MaturityModel
from assessments.scoring import Remap
from people import days
from people.corridors import Signed, gate
from people.models import Employee
from portal.lib import clock


@dataclass(frozen=True)
class Ahead:
    """What a plan comes to, what stands in its way on its day, and what if it is opened now."""

    reach: actions.Reach
    hindrance: str
    today: str


def cycle_or_404(request: Signed, pk: int) -> Cycle:
    """The cycle, if the reader may see it."""
    cycles = Cycle.objects.visible_to(request.user).select_related("model", "moved_to", "round", "follows")
    return get_object_or_404(cycles.prefetch_related("units"), pk=pk)


@require_safe
@login_required
@never_cache
def cycle_list(request: Signed) -> HttpResponse:
    """All cycles the reader may know of: those that are open, then the newest first."""
    gate(policies.can_list_cycles(request.user))
    cycles = Cycle.objects.visible_to(request.user).select_related("model", "round").newest_first()
    context = {
        "cycles": sorted(cycles, key=lambda each: not each.is_open),  # what is open stands on top
        "may_run": policies.can_run_cycles(request.user),
        "has_model": MaturityModel.objects.published().exists(),
    }
    return render(request, "assessments/cycle_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def cycle_new(request: Signed) -> HttpResponse:
    """Plan a cycle; it stays a draft until it is opened, or set to open by itself."""
    gate(policies.can_run_cycles(request.user))
    form = CycleForm(request.POST or None)
    if form.is_valid():
        cycle = actions.plan_cycle(plan=form.plan(), by=request.user)
        messages.success(request, _("The plan is saved. Nobody has been asked yet: look it over, then open it."))
        return redirect(cycle)
    return render(request, "assessments/cycle_form.html", {"form": form, "cycle": None})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def cycle_change(request: Signed, pk: int) -> HttpResponse:
    """Change a plan; of two tabs the later is told."""
    cycle = cycle_or_404(request, pk)
    gate(policies.can_run_cycles(request.user))
    if not policies.can_change_cycle(request.user, cycle):
        messages.info(request, _("A cycle that has been opened keeps its plan: it is what people were told."))
        return redirect(cycle)
    form = CycleForm(request.POST or None, cycle=cycle)
    if form.is_valid():
        try:
            actions.change_cycle(cycle=cycle, seen=form.seen, plan=form.plan(), by=request.user)
        except actions.CycleRefused as refused:
            messages.error(request, questions.sentence(refused))
        else:
            messages.success(request, _("The plan is saved."))
        return redirect(cycle)
    return render(request, "assessments/cycle_form.html", {"form": form, "cycle": cycle})


@require_safe
@login_required
@never_cache
def cycle(request: Signed, pk: int) -> HttpResponse:
    """One cycle: its plan and what it comes to; while it is open, how far it has come; then how it ended."""
    shown = cycle_or_404(request, pk)
    runs = policies.can_run_cycles(request.user)
    context = {
        "cycle": shown,
        "may": _allowed(request.user, shown),
        "ahead": _ahead(shown) if shown.is_plan else None,
        "refusal": questions.refusal(shown.refusal),
        "progress": progress_of(shown, request.user),
        "since": since_opening(shown) if runs else None,
        "lost": was_lost(shown),
        "newer": actions.version_to_decide(shown) if runs else None,
        "follower": Cycle.objects.visible_to(request.user).filter(follows=shown).first(),
    }
    return render(request, "assessments/cycle.html", context)


def _ahead(shown: Cycle) -> Ahead:
    units = actions.audience_of(shown)
    reach = actions.reach(shown, units)
    now = actions.window_from(shown, clock.now())
    on_its_day, today = (actions.hindrance(shown, units, reach.people, window) for window in (reach.window, now))
    said = [questions.hindrance(each) if each is not None else "" for each in (on_its_day, today)]
    return Ahead(reach, *said)


def _allowed(employee: Employee, shown: Cycle) -> dict[str, bool]:
    """Which buttons stand on the page."""
    is_over = shown.round is not None and shown.round.state != "open"
    return {
        "run": policies.can_run_cycles(employee),
        "change": policies.can_change_cycle(employee, shown),
        "schedule": policies.can_schedule_cycle(employee, shown) and shown.opens_on >= days.today(),
        "unschedule": policies.can_unschedule_cycle(employee, shown),
        "review": policies.can_finish_review(employee, shown),
        "end": policies.can_end_cycle(employee, shown) and not is_over,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def cycle_move(request: Signed, pk: int) -> HttpResponse:
    """A newer version was published while the cycle is open: keep the old one, or move leaders' ratings."""
    shown = cycle_or_404(request, pk)
    gate(policies.can_run_cycles(request.user))
    newer = actions.version_to_decide(shown)
    if newer is None:
        messages.info(request, _("There is nothing to decide: no newer version is waiting for an answer."))
        return redirect(shown)
    form = MoveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _decide(request, shown, newer, form.cleaned_data["how"])
        return redirect(shown)
    differs = actions.differences(shown.leaders_model.said, newer.said)
    context = {"cycle": shown, "newer": newer, "form": form, "differs": differs}
    return render(request, "assessments/cycle_move.html", context)


def _decide(request: Signed, shown: Cycle, newer: MaturityModel, how: str) -> None:
    try:
        if how == KEEP:
            actions.keep_version(cycle=shown, newer=newer, by=request.user)
            messages.success(request, _("The cycle keeps its version."))
        else:
            actions.move_ratings(cycle=shown, newer=newer, how=Remap(how), by=request.user)
            messages.success(request, _("Leaders now rate by the newer version; what they had answered is kept."))
    except actions.CycleRefused as refused:
        messages.error(request, questions.sentence(refused))

"""Corridors of the results: whose, of which wave, and which of four pages. All of it is decided by `visible_to`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from people.corridors import Signed, whole_number
from people.policies import reads_all_comments
from portal.lib import clock
from pulses.results_actions import doing_of, ways_of
from pulses.results_comments import comments_of, grouped
from pulses.results_items import item_results
from pulses.results_sight import Waiting, readings_of, switch_of, waiting_for, wave_words
from pulses.results_unit import unit_results
from surveys import results_marks as marks
from surveys.querysets import STAFF_READ_AFTER
from surveys.results_heat import heat_map_of
from surveys.results_sight import Reading, RoundTree, Sight, sight_of, tree_of, tree_with_stand_ins

COMMENTS_A_PAGE = 100


@dataclass(frozen=True)
class Standing:
    """What every results page needs: who reads, which wave of which unit, and the ways on."""

    sight: Sight
    reading: Reading
    readings: Sequence[Reading]
    tree: RoundTree

    def context(self, page: str) -> dict[str, object]:
        """The words every results page begins with."""
        return {
            "page": page,
            "sight": self.sight,
            "reading": self.reading,
            "round": self.reading.round,
            "unit": self.reading.unit,
            "switch": switch_of(self.reading, self.readings, self.tree),
            "is_newest": self.reading is self.readings[0],
            "leads_here": self.reading.unit.unit_id in self.sight.led,
            "comments_here": reads_comments(self.sight, self.reading.unit.unit_id),
            "shows_numbers": page != "comments",
            "paper": "pulses/results_paper.html",
        }


def reads_comments(sight: Sight, unit_id: int) -> bool:
    """HR and the CX team everywhere, leaders where they lead."""
    return reads_all_comments(sight.employee) or unit_id in sight.led


def standing_at(sight: Sight, unit_id: int, round_id: UUID | None = None) -> Standing:
    """The place somebody asks for; 404 when nothing there may be read, and no word whether it exists."""
    readings = readings_of(sight, unit_id)
    reading = next((each for each in readings if round_id is None or each.round.pk == round_id), None)
    if reading is None:
        raise Http404
    return Standing(sight, reading, readings, tree_of(sight, reading.round))


@require_safe
@login_required
@never_cache
def results(request: Signed) -> HttpResponse:
    """The newest wave of the reader's own place; `?unit=` and `?round=` lead to another."""
    sight = sight_of(request.user)
    if request.GET.get("unit") or request.GET.get("round"):
        return chosen(request, sight)
    readings = readings_of(sight, sight.first) if sight.first is not None else []
    waiting = waiting_for(sight, readings[0] if readings else None)
    if not readings:
        return render(request, "pulses/results_none.html", {"waiting": waiting, "sight": sight})
    reading = readings[0]
    standing = Standing(sight, reading, readings, tree_of(sight, reading.round))
    return unit_page(request, standing, waiting)


def chosen(request: Signed, sight: Sight) -> HttpResponse:
    """From the form of two selects to the address of that page; a unit that was not asked then: its newest wave."""
    wanted, wave = request.GET.get("unit", ""), request.GET.get("round", "")
    unit_id = whole_number(wanted) or sight.first
    readings = readings_of(sight, unit_id) if unit_id is not None else []
    reading = next((each for each in readings if str(each.round.pk) == wave), readings[0] if readings else None)
    if reading is None:
        raise Http404
    page = request.GET.get("page", "")
    if page == "heat":
        return redirect("pulses:results_heat", reading.round.pk)
    name = {"items": "results_items", "comments": "results_comments"}.get(page, "results_unit")
    return redirect(f"pulses:{name}", reading.round.pk, reading.unit.unit_id)


@require_safe
@login_required
@never_cache
def unit(request: Signed, round_id: UUID, unit_id: int) -> HttpResponse:
    """One unit, one wave."""
    return unit_page(request, standing_at(sight_of(request.user), unit_id, round_id), None)


def unit_page(request: Signed, standing: Standing, waiting: Waiting | None) -> HttpResponse:
    shown = unit_results(standing.sight, standing.reading, standing.readings)
    return render(
        request,
        "pulses/results.html",
        {
            **standing.context("unit"),
            "results": shown,
            "waiting": waiting,
            "doing": doing_of(standing.sight, standing.reading, shown),
            "radar": marks.radar_of(shown.lines, shown.sentences.lowest),
            "trends": [marks.trend_of(line, wave_words) for line in shown.trends],
            "level_numbers": range(1, 6),
            "rows": [(line, marks.bars_of(line)) for line in shown.lines],
        },
    )


@require_safe
@login_required
@never_cache
def heat(request: Signed, round_id: UUID | None = None) -> HttpResponse:
    """Units by pillars; `?under=` opens one unit of a large company."""
    sight = sight_of(request.user)
    if sight.first is None:
        raise Http404
    standing = standing_at(sight, sight.first, round_id)
    under = whole_number(request.GET.get("under", ""))
    tree = tree_with_stand_ins(sight, standing.reading.round)
    shown = heat_map_of(sight, standing.reading, tree, under)
    return render(
        request,
        "pulses/results_heat.html",
        {**standing.context("heat"), "heat": shown, "company_from": company_from(standing)},
    )


def company_from(standing: Standing) -> datetime | None:
    """From when a leader may read the whole company, while that lies ahead."""
    closed_at = standing.reading.round.closed_at
    if closed_at is None or standing.sight.sees_all or clock.now() >= closed_at + STAFF_READ_AFTER:
        return None
    return closed_at + STAFF_READ_AFTER


@require_safe
@login_required
@never_cache
def items(request: Signed, round_id: UUID, unit_id: int) -> HttpResponse:
    """The questions of one unit and wave."""
    standing = standing_at(sight_of(request.user), unit_id, round_id)
    shown = item_results(standing.sight, standing.reading, ways_of(standing.sight, standing.reading))
    return render(request, "pulses/results_items.html", {**standing.context("items"), "results": shown})


@require_safe
@login_required
@never_cache
def comments(request: Signed, round_id: UUID, unit_id: int) -> HttpResponse:
    """What people wrote, for those who lead them and for HR and the CX team."""
    sight = sight_of(request.user)
    if not reads_comments(sight, unit_id):
        raise Http404
    standing = standing_at(sight, unit_id, round_id)
    written = comments_of(sight, standing.reading, standing.tree)
    page = Paginator(written, COMMENTS_A_PAGE).get_page(request.GET.get("page"))
    groups = grouped(standing.reading.round, page.object_list)
    context = {**standing.context("comments"), "groups": groups, "comment_page": page}
    return render(request, "pulses/results_comments.html", context)

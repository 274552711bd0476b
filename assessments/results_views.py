"""Corridors of a cycle's results: the board, a unit, its practices. All of it is decided by `visible_to`."""

from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments import results_marks as marks
from assessments.policies import can_take_reports
from assessments.results_actions import moved_at
from assessments.results_board import board_at, company_id
from assessments.results_how import how_score
from assessments.results_pillars import ScoreLine
from assessments.results_practices import practice_page
from assessments.results_sight import Place, place_of, readings_of, switch_of, waiting_for
from assessments.results_unit import UnitScores, unit_scores
from improvement.models import Action
from people.corridors import Signed, whole_number
from people.models import Unit
from people.policies import is_cx, is_reviewer
from portal.lib.pillars import Pillar
from surveys.results_marks import radar_of, trend_of
from surveys.results_pillars import Point, month_words
from surveys.results_sight import shown_row, sight_of, tree_of

LEVELS_FIRST = 2  # of units below the company, before somebody opens one
BESIDE = (("report_pdf", _("Report (PDF)")), ("report_xlsx", _("All figures (Excel)")))


@require_safe
@login_required
@never_cache
def results(request: Signed) -> HttpResponse:
    """The newest cycle: the board for those who read all results, the own unit for others; a form leads on."""
    if request.GET.get("unit") or request.GET.get("cycle"):
        return chosen(request)
    sight = sight_of(request.user)
    first = company_id() if sight.sees_all else sight.first
    readings = [] if first is None else readings_of(sight, first)
    if not readings:
        return render(request, "assessments/results_none.html", {"waiting": waiting_for(None)})
    place = Place(sight, readings[0], readings)
    return board_page(request, place) if sight.sees_all else unit_page(request, place)


def chosen(request: Signed) -> HttpResponse:
    """From the form of two selects to the address of that page; a unit that was not asked then: its newest cycle."""
    sight = sight_of(request.user)
    unit_id = whole_number(request.GET.get("unit", "")) or sight.first
    wanted = whole_number(request.GET.get("cycle", ""))
    place = place_of(request.user, wanted, unit_id) or place_of(request.user, None, unit_id)
    if place is None:
        raise Http404
    if request.GET.get("page") == "board":
        return redirect("assessments:results_board", place.cycle.pk)
    name = "results_practice" if request.GET.get("page") == "practices" else "results_unit"
    return redirect(f"assessments:{name}", place.cycle.pk, place.reading.unit.unit_id)


@require_safe
@login_required
@never_cache
def board(request: Signed, cycle_id: int) -> HttpResponse:
    """The company in one cycle; `?under=` opens one unit of it, `?units=all` every level at once."""
    company = company_id()
    place = place_of(request.user, cycle_id, company) if company is not None else None
    if place is not None:
        return board_page(request, place)
    own = place_of(request.user, cycle_id, None)
    if own is None:
        raise Http404
    return render(request, "assessments/results_none.html", {"waiting": waiting_for(None), "own": own})


@require_safe
@login_required
@never_cache
def unit(request: Signed, cycle_id: int, unit_id: int) -> HttpResponse:
    """One unit, one cycle."""
    return unit_page(request, place_at(request, cycle_id, unit_id))


@require_safe
@login_required
@never_cache
def practices(request: Signed, cycle_id: int, unit_id: int) -> HttpResponse:
    """The practices of one unit; `?pillar=` and `?sort=model` choose among what is published."""
    place = place_at(request, cycle_id, unit_id)
    wanted = request.GET.get("pillar", "")
    pillar = Pillar(wanted) if wanted in list(Pillar) else None
    in_order = request.GET.get("sort") == "model"
    shown = practice_page(place, pillar=pillar, weakest_first=not in_order)
    row = shown_row(place.reading) if place.reading.stands_in else None
    context = {
        "shown": shown,
        "shown_name": "" if row is None else row.name,
        "pillar": pillar,
        "in_order": in_order,
        "pillars": place.reading.round.questions.pillars,
    }
    return render(request, "assessments/results_practices.html", {**standing(request, place, "practices"), **context})


def place_at(request: Signed, cycle_id: int, unit_id: int) -> Place:
    """The place somebody asks for; 404 when nothing there may be read, and no word whether it exists."""
    place = place_of(request.user, cycle_id, unit_id)
    if place is None:
        raise Http404
    return place


def board_page(request: Signed, place: Place) -> HttpResponse:
    levels = None if request.GET.get("units") == "all" else LEVELS_FIRST
    shown = board_at(place, whole_number(request.GET.get("under", "")), levels=levels)
    context = {
        **standing(request, place, "board"),
        **scorecards(shown.company),
        "board": shown,
        "short": shown.short,
        "heat": shown.heat,
        "gap_charts": marks.gap_charts(shown.gaps),
        "gap_places": marks.gap_places(shown.gaps),
        "done": moved_at(place),
        "under_way": under_way_of(place),
    }
    return render(request, "assessments/results_board.html", context)


def under_way_of(place: Place) -> int | None:
    """How many actions are under way over the company; None for those who do not read them all."""
    person = place.sight.employee
    return Action.objects.visible_to(person).open().count() if place.sight.sees_all else None


def unit_page(request: Signed, place: Place) -> HttpResponse:
    shown = unit_scores(place)
    waiting = waiting_for(place.readings[0])
    context = {**standing(request, place, "unit"), **scorecards(shown), "waiting": waiting, "done": moved_at(place)}
    return render(request, "assessments/results_unit.html", context)


def scorecards(shown: UnitScores) -> dict[str, object]:
    """The pillars of a unit with their marks and the steps behind them."""
    return {
        "results": shown,
        "radar": radar_of(shown.lines, shown.sentences.lowest),
        "rows": [(line, marks.ladder_of(line), how_score(line)) for line in shown.lines],
        "trends": [trend_of(line, month_words, levels_below(line)) for line in shown.trends],
        "level_numbers": [band.number for band in shown.cycle.model.said.bands],
    }


def levels_below(line: ScoreLine) -> marks.Below:
    """What stands under each cycle of a trend: the level held at its close, and where that has moved since."""
    stood = {each.round.pk: each for each in line.stood}

    def below(point: Point) -> str:
        found = stood.get(point.round.pk)
        if found is None:
            return ""
        levels = [move.level_after for move in found.moves if move.level_before != move.level_after]
        first = next((move.level_before for move in found.moves), found.card.stands_at)
        numbers = [str(number) for number, _same in groupby((first, *levels)) if number is not None]
        return gettext("Level %(levels)s") % {"levels": " → ".join(numbers)} if numbers else ""

    return below


def standing(request: Signed, place: Place, page: str) -> dict[str, object]:
    """The words every results page begins with, and the ways on from it."""
    sight, unit_id = place.sight, place.reading.unit.unit_id
    leads_here = unit_id in sight.led
    reads_evidence = leads_here or sight.sees_all or is_reviewer(request.user)
    return {
        "page": page,
        "place": place,
        "cycle": place.cycle,
        "reading": place.reading,
        "round": place.reading.round,
        "unit": place.reading.unit,
        "switch": switch_of(place, tree_of(sight, place.reading.round)),
        "is_newest": place.is_newest,
        "leads_here": leads_here,
        "company": company_id(),
        "reads_evidence": reads_evidence,
        "evidence_href": evidence_of(place) if reads_evidence else "",
        "downloads": downloads_of(request, place),
        "is_cx": is_cx(request.user),
        "shows_numbers": True,
        "paper": "assessments/results_paper.html",
    }


def evidence_of(place: Place) -> str:
    """Where the evidence of this unit stands for this model; nowhere once the unit is closed."""
    unit_id = place.reading.unit.unit_id
    if not Unit.objects.open().filter(pk=unit_id).exists():
        return ""
    asked = QueryDict(mutable=True)
    asked.update({"unit": str(unit_id), "model": place.cycle.model.code})
    return f"{way_on('evidence_list')}?{asked.urlencode()}"


def downloads_of(request: Signed, place: Place) -> list[tuple[str, Promise]]:
    """What may be taken away, for those who may."""
    if not can_take_reports(request.user):
        return []
    found = [(name, way_on(name, place.cycle.pk), words) for name, words in BESIDE]
    of_unit = {"report_pdf": f"?unit={place.reading.unit.unit_id}"}  # the workbook has every unit within sight
    return [(way + of_unit.get(name, ""), words) for name, way, words in found if way]


def way_on(name: str, *args: object) -> str:
    """The address of another page of this room, once there is one."""
    try:
        return reverse(f"assessments:{name}", args=args)
    except NoReverseMatch:
        return ""

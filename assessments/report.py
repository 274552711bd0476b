"""A cycle's report as plain data for the typesetter: the results pages' own values, said on paper.

Everything begins at what the reader may see of a place (`results_sight.place_of`). Walk-the-talk gaps of single leaders
are never in it: a report is passed on, and those belong to the leader.
"""

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessments import report_parts as parts
from assessments.models import Cycle
from assessments.report_method import method
from assessments.report_parts import Plain
from assessments.report_sentences import sentences
from assessments.report_words import day
from assessments.results_board import Board, board_at, company_id
from assessments.results_sight import Place, place_of
from people.days import today
from people.models import Employee
from people.policies import sees_all_results
from portal.lib.pillars import Pillar
from portal.lib.typesetting import pdf_of

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"
FONTS = settings.BASE_DIR / "portal" / "static" / "vendor" / "fonts"
WEAKEST, STRONGEST = 6, 3  # practices a report names


@dataclass(frozen=True)
class Report:
    """What one reader gets of one cycle and unit."""

    place: Place
    board: Board

    @property
    def is_company(self) -> bool:
        return self.place.reading.unit.parent_id is None

    def pdf(self) -> bytes:
        """The report as a PDF, in the language that is active."""
        return pdf_of(TEMPLATE, self.plain(), fonts=FONTS)

    def plain(self) -> Plain:
        """Everything the report says, as texts and as the numbers its charts are drawn from."""
        unit = self.board.company
        short = self.board.short if self.is_company else replace(self.board.short, widest=None)
        practices = parts.shown_practices(self.place)
        lines = unit.lines
        return {
            "language": get_language() or "en",
            "words": fixed_words(len(lines)),
            "cover": cover(self),
            "sentences": [asdict(each) for each in sentences(unit, short, parts.weakest_of(short.weakest, practices))],
            "pillars": [parts.pillar(line, is_next=line is short.weakest) for line in lines],
            "has_radar": sum(line.mean is not None for line in lines) >= 3,
            "has_past": any(line.was is not None for line in lines),
            "heat": parts.heat(self.board.heat),
            "gaps": [parts.spread(each) for each in self.board.gaps] if self.is_company else [],
            "gaps_later": parts.gaps_later(self.board) if self.is_company else "",
            "trends": [parts.trend(line) for line in lines if line.has_trend],
            "practices": [parts.practice(each) for each in practices[:WEAKEST]],
            "strongest": [parts.practice(each) for each in reversed(practices[WEAKEST:][-STRONGEST:])],
            "unknown": parts.unknown(self.board) if self.is_company else [],
            "method": [asdict(each) for each in method(self.place, self.board, is_company=self.is_company)],
        }


def report_of(employee: Employee, cycle: Cycle, unit_id: int | None = None) -> Report | None:
    """The report of a unit, of the reader's own place unless told; None where nothing of it may be read."""
    wanted = company_id() if unit_id is None and sees_all_results(employee) else unit_id
    place = place_of(employee, cycle.pk, wanted)
    if place is None:
        return None
    unit = place.reading.unit
    return Report(place, board_at(place, None if unit.parent_id is None else unit.unit_id))


def cover(report: Report) -> Plain:
    place, company = report.place, report.board.company
    round_ = place.reading.round
    version = _("version %(n)s") % {"n": place.cycle.model.version}
    return {
        "title": _("How far do we put customers first?"),
        "kind": _("Board report") if report.is_company else _("Report of a unit"),
        "unit": place.reading.unit.name,
        "stands_in": _("The figures are those of %(above)s, of which this unit is a part.")
        % {"above": company.shown_name}
        if company.shown_name
        else "",
        "cycle": str(place.cycle.title),
        "facts": [
            [_("Model"), f"{place.cycle.model.title}, {version}"],
            [_("Answered between"), f"{day(round_.opens_at)} – {day(round_.closes_at)}"],
            [_("Results as of"), day(round_.closed_at)],
            [_("Evidence"), evidence_state(place.cycle)],
            [_("Printed"), day(today())],
        ],
        "note": _(
            "Every figure rests on at least 5 answers, every distribution on at least 10. Whatever is not shown is "
            "left out to protect people, here as on every page of Bearing."
        ),
    }


def evidence_state(cycle: Cycle) -> str:
    if cycle.state == Cycle.State.REVIEWED:
        return _("reviewed")
    return _("under review; levels may still move")


def fixed_words(pillars: int) -> Plain:
    """The words that stand on every report."""
    return {
        "summary": _("In short"),
        "pillars": _("The five pillars") if pillars == len(Pillar) else _("The pillars"),
        "pillars_say": _("The dot is the score from 1 to 5, the bar its likely range. The ring is the last cycle."),
        "ladder": _("How sure is each level?"),
        "ladder_say": _(
            "The columns share out our confidence in each level. A level beyond the line needs more checked evidence "
            "before it holds."
        ),
        "units": _("Where do units differ from the rest of the company?"),
        "units_say": _("Colour stands only where a difference is unlikely to be chance. No colour: cannot tell yet."),
        "heat_below": _("below the rest of the company"),
        "heat_above": _("above the rest of the company"),
        "heat_same": _("cannot tell yet"),
        "gaps": _("Do leaders and teams see the same?"),
        "gaps_say": parts.gaps_say(),
        "gap_lower": _("lower than the team"),
        "gap_higher": _("higher than the team"),
        "trends": _("What has changed?"),
        "trends_say": _("A line breaks where the people behind it changed."),
        "practices": _("Where to begin"),
        "practices_say": _("The lowest practices, how people answered, and what the model suggests next."),
        "strongest": _("What already works"),
        "unknown": _("What people could not say"),
        "unknown_say": _("Practices of which a quarter or more answered “I do not know”."),
        "figures": _("All figures of the pillars"),
        "method": _("How these figures were made"),
        "hidden": _("not shown apart"),
        "this_cycle": _("this cycle"),
        "last_cycle": _("last cycle"),
        "range": _("likely range"),
        "next_way": _("next direction"),
        "page": _("Page"),
        "of": pgettext("page", "of"),
        "radar_alt": _("Radar of the pillars; the list beside it has the same figures"),
        "drawing_alt": _("The same figures as in the words beside it, drawn on the scale from 1 to 5"),
        "columns": column_heads(),
    }


def column_heads() -> Plain:
    """The heads of its tables."""
    return {
        "pillar": _("Pillar"),
        "score": _("Score"),
        "range": _("Likely range"),
        "n": "n",
        "level": _("Level"),
        "evidence": _("Evidence"),
        "view": _("Agreement"),
        "change": pgettext("figures", "Change"),
        "unit": _("Unit"),
    }

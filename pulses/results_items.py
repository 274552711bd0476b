"""The questions of one unit in one wave: factors, single questions, and how their answers are spread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.pillars import PILLAR_LONG, PILLAR_SHORT
from portal.lib.pillars import Pillar
from stats.rescale import nps_counts
from surveys.models import Cell
from surveys.questionnaire import Item, Scale
from surveys.results_items import AnswerShare, shares_of
from surveys.results_sight import Reading, Sight, shown_row
from surveys.results_words import AGREEMENT, said

SAID_YES: dict[str, Promise] = {
    "most": _("Most said yes."),
    "mixed": _("About as many said yes as said no."),
    "few": _("Most said no."),
}


@dataclass(frozen=True)
class ItemLine:
    """One question: its cell, or that it is not shown apart."""

    item: Item
    cell: Cell | None
    answers: tuple[AnswerShare, ...]
    href: str  # the form for an action about this question; empty for whoever may not start one

    @property
    def text(self) -> str:
        return said(self.item.text)

    @property
    def is_enps(self) -> bool:
        return self.item.counts == "enps"

    @property
    def is_yes_no(self) -> bool:
        return self.item.scale is Scale.YES_NO

    @property
    def is_zero_ten(self) -> bool:
        return self.item.scale is Scale.ZERO_TEN and not self.is_enps

    @property
    def said_yes(self) -> Promise | None:
        """How many said yes, in words: all that is shown below 20 answers."""
        return SAID_YES.get(self.cell.share) if self.is_yes_no and self.cell is not None else None

    @property
    def favourable(self) -> float | None:
        """The part that agreed (the upper two answers of five)."""
        if self.item.scale is not Scale.AGREE or not self.answers:
            return None
        return sum(answer.share for answer in self.answers[-2:])


@dataclass(frozen=True)
class DriverLine:
    """One factor and its questions."""

    code: str
    name: str
    cell: Cell | None
    items: list[ItemLine]


@dataclass(frozen=True)
class PillarItems:
    """One pillar, its factors and their questions."""

    pillar: Pillar
    cell: Cell | None
    drivers: list[DriverLine]

    @property
    def word(self) -> Promise:
        return PILLAR_SHORT[self.pillar]

    @property
    def long(self) -> Promise:
        return PILLAR_LONG[self.pillar]


@dataclass(frozen=True)
class ItemResults:
    """The page of questions."""

    reading: Reading
    shown_name: str
    pillars: list[PillarItems]
    enps: list[ItemLine]

    @property
    def spreads_agreement(self) -> bool:
        """Whether a bar shows from "strongly disagree" to "strongly agree"."""
        lines = (line for pillar in self.pillars for driver in pillar.drivers for line in driver.items)
        return any(line.answers and line.item.scale is Scale.AGREE for line in lines)


def item_results(sight: Sight, reading: Reading, way: Callable[[Item], str]) -> ItemResults:
    """Every question of a wave for one unit, and the way from each to an action: two queries."""
    found: QuerySet[Cell] = Cell.objects.none()
    if reading.shown is not None:
        found = Cell.objects.visible_to(sight.employee).filter(round=reading.round, unit=reading.shown)
    cells = {(cell.measure, cell.code): cell for cell in found.exclude(measure=Cell.Measure.PARTICIPATION)}
    asked = reading.round.questions
    pillars = []
    for pillar in asked.pillars:
        items = [
            item
            for item in asked.items
            if item.pillar == pillar and item.counts != "enps" and item.scale is not Scale.COMMENT
        ]
        drivers: dict[str, list[ItemLine]] = {}
        for item in items:
            drivers.setdefault(item.driver, []).append(item_line(item, cells.get(("item", item.code)), way))
        lines = [
            DriverLine(code, said(asked.drivers.get(code, {})), cells.get(("driver", code)), each)
            for code, each in drivers.items()
        ]
        if lines:
            pillars.append(PillarItems(pillar, cells.get(("pillar", pillar.value)), lines))
    enps = [item_line(item, cells.get(("enps", item.code)), way) for item in asked.items if item.counts == "enps"]
    shown = shown_row(reading) if reading.stands_in else None
    return ItemResults(reading, "" if shown is None else shown.name, pillars, enps)


def item_line(item: Item, cell: Cell | None, way: Callable[[Item], str]) -> ItemLine:
    histogram = None if cell is None else cell.histogram
    answers = distribution(item, histogram) if histogram else ()
    return ItemLine(item, cell, answers, way(item) if cell is not None else "")


def distribution(item: Item, histogram: Sequence[int]) -> tuple[AnswerShare, ...]:
    """How the answers are spread, as counted; eNPS in its three groups."""
    labels: list[Any]
    counts = list(histogram)
    if item.counts == "enps":
        groups = nps_counts(histogram)
        counts = [groups.detractors, groups.passives, groups.promoters]
        labels = [_("0 to 6"), _("7 or 8"), _("9 or 10")]
    elif item.scale is Scale.AGREE:
        labels = list(AGREEMENT)
    elif item.scale is Scale.YES_NO:
        labels = [_("No"), _("Yes")]
    else:
        labels = [str(value) for value in item.values]
    return shares_of(labels, counts)

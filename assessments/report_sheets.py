"""All published figures of a cycle as a workbook, in both languages: what the reader sees on the pages and no more."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, BinaryIO, TypeAlias, TypeVar

from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assessments.content import Dimension, Level, Practice
from assessments.models import Cycle, Scorecard
from assessments.report_words import cuts_said
from people.days import day_of
from people.models import Employee
from people.pillars import PILLAR_SHORT
from portal.lib.sheets import Sheet, Value, write_workbook
from surveys.models import Cell, Round, RoundUnit
from surveys.results_sight import RoundTree

UNITS_AT_ONCE = 2000
Row = Sequence[Value]
Values: TypeAlias = list[Any]
Noun = TypeVar("Noun", Cell, Scorecard)
CHANGES: Mapping[str, Promise] = {"up": _("Changed"), "down": _("Changed"), "cannot_tell": _("Cannot tell yet")}
TOOK_PART: Mapping[str, Promise] = {
    "nearly_all": _("nearly all answered"),
    "most": _("most answered"),
    "part": _("part answered"),
}


def both(words: Promise | str) -> str:
    """Words in Vietnamese and English, as one cell holds them."""
    if isinstance(words, str) and not isinstance(words, Promise):
        return words
    said = []
    for language in ("vi", "en"):
        with translation.override(language):
            said.append(str(words))
    return " · ".join(dict.fromkeys(said))


def unit_columns() -> list[tuple[str, int]]:
    """What every row begins with."""
    return [(both(_("Unit code")), 14), ("Đơn vị", 34), ("Unit", 34)]


@dataclass(frozen=True)
class Figures:
    """One reader's figures of one cycle."""

    employee: Employee
    cycle: Cycle
    round: Round
    units: list[RoundUnit] = field(default_factory=list)

    def write(self, out: BinaryIO) -> None:
        """The workbook."""
        write_workbook(out, [self.scores(), self.levels(), self.practices(), self.taking_part(), self.about()])

    # Rows come unit by unit in the order of the tree of that day, some hundred units at once.

    def _cells(self, *measures: str, fields: Sequence[str]) -> Iterator[tuple[RoundUnit, Values]]:
        """A unit and these fields of each of its cells that may be read."""
        seen = Cell.objects.visible_to(self.employee).filter(round=self.round, measure__in=measures)
        return self._by_unit(seen, fields)

    def _by_unit(self, seen: QuerySet[Noun], fields: Sequence[str]) -> Iterator[tuple[RoundUnit, Values]]:
        """Plain values, for a row of the database as an object costs more than all the rest."""
        for start in range(0, len(self.units), UNITS_AT_ONCE):
            some = {row.unit_id: row for row in self.units[start : start + UNITS_AT_ONCE]}
            found: dict[int, list[Values]] = {}
            for unit_id, *values in seen.filter(unit__in=list(some)).values_list("unit_id", *fields).iterator():
                found.setdefault(unit_id, []).append(values)
            for unit_id, row in some.items():
                for each in sorted(found.get(unit_id, ()), key=itemgetter(0)):
                    yield row, each

    def _of_unit(self, row: RoundUnit) -> tuple[str, str, str]:
        return row.unit.code, row.name_vi, row.name_en

    def scores(self) -> Sheet:
        """Scores of pillars, and of a model's own dimensions."""
        columns = [
            *unit_columns(),
            (both(_("Pillar")), 24),
            ("n", 8),
            (both(_("Score")), 12),
            (both(_("Likely range from")), 14),
            (both(_("Likely range to")), 14),
            (both(pgettext_lazy("figures", "Change")), 26),
            (both(_("Difference")), 14),
        ]
        return Sheet(both(_("Scores")), columns, self._score_rows())

    def _score_rows(self) -> Iterator[Row]:
        names = {each.code: " · ".join((each.name.vi, each.name.en)) for each in self.cycle.model.said.dimensions}
        changes = {code: both(words) for code, words in CHANGES.items()}
        pillars = {pillar.value: both(words) for pillar, words in PILLAR_SHORT.items()}
        fields = ("code", "measure", "n", "mean", "low", "high", "verdict", "verdict_difference")
        for row, found in self._cells(Cell.Measure.PILLAR, Cell.Measure.DRIVER, fields=fields):
            code, measure, n, mean, low, high, verdict, difference = found
            name = (pillars if measure == Cell.Measure.PILLAR else names).get(code, code)
            told = difference if verdict in ("up", "down") else None
            yield (*self._of_unit(row), name, n, mean, low, high, changes.get(verdict, ""), told)

    def levels(self) -> Sheet:
        """Levels with the confidence in each, what evidence allows, and how far people agree."""
        columns = [
            *unit_columns(),
            (both(_("Pillar")), 24),
            (both(_("Level of the score")), 12),
            (both(_("Level")), 12),
            (both(_("Highest level by evidence")), 14),
            (both(_("Practices with evidence")), 14),
            (both(_("Share by weight")), 14),
            *((f"{level.name.vi} · {level.name.en}", 14) for level in self.cycle.model.said.bands),
            (both(_("Agreement")), 26),
            ("r_WG(J)", 10),
            ("AD_M", 10),
        ]
        return Sheet(both(_("Levels")), columns, self._level_rows())

    def _level_rows(self) -> Iterator[Row]:
        pillars = {pillar.value: both(words) for pillar, words in PILLAR_SHORT.items()}
        views = {view.value: both(view.label) for view in Scorecard.View}
        seen = Scorecard.objects.visible_to(self.employee).filter(cycle=self.cycle)
        levels = len(self.cycle.model.said.bands)
        fields = (
            "pillar",
            "level",
            "stands_at",
            "cap",
            "evidenced",
            "evidence_share",
            "chances",
            "view",
            "r_wg",
            "ad_m",
        )
        for row, found in self._by_unit(seen, fields):
            pillar, level, held, cap, evidenced, share, chances, view, r_wg, ad_m = found
            sure = [*chances, *([None] * levels)][:levels]
            unit = self._of_unit(row)
            yield (*unit, pillars[pillar], level, held, cap, evidenced, share, *sure, views[view], r_wg, ad_m)

    def practices(self) -> Sheet:
        """How often each described answer was given, where that may be shown."""
        most = max((len(each.anchors) for each in self.cycle.model.said.practices), default=0)
        columns = [
            *unit_columns(),
            (both(_("Pillar")), 24),
            (both(_("Code")), 10),
            (both(_("Practice")), 44),
            ("n", 8),
            (both(_("Score")), 12),
            *((f"{both(_('Answer'))} {number}", 12) for number in range(most)),
        ]
        return Sheet(both(pgettext_lazy("sheet", "Practices")), columns, self._practice_rows(most))

    def _practice_rows(self, most: int) -> Iterator[Row]:
        known: dict[str, tuple[Dimension, Practice]] = {
            each.code: (dimension, each)
            for dimension in self.cycle.model.said.dimensions
            for each in dimension.practices
        }
        pillars = {pillar: both(words) for pillar, words in PILLAR_SHORT.items()}
        for row, (code, n, mean, histogram) in self._cells(
            Cell.Measure.ITEM, fields=("code", "n", "mean", "histogram")
        ):
            if code in known:
                dimension, practice = known[code]
                name = f"{practice.name.vi} · {practice.name.en}"
                score = None if mean is None else 1 + 4 * mean / (len(practice.anchors) - 1)
                counts = [*(histogram or ()), *([None] * most)][:most]
                yield (*self._of_unit(row), pillars[dimension.pillar], code, name, n, score, *counts)

    def taking_part(self) -> Sheet:
        """How many answered, as far as that may be said."""
        columns = [*unit_columns(), ("n", 8), (both(_("Percent")), 12), (both(_("Participation")), 40)]
        words = {code: both(said) for code, said in TOOK_PART.items()}
        cells = self._cells(Cell.Measure.PARTICIPATION, fields=("code", "n", "mean", "share"))
        rows = ((*self._of_unit(row), n, mean, words.get(share, "")) for row, (_code, n, mean, share) in cells)
        return Sheet(both(_("Participation")), columns, rows)

    def about(self) -> Sheet:
        """What the figures are and what they rest on."""
        model, round_ = self.cycle.model, self.round
        rows: list[Row] = [
            (both(_("Cycle")), " · ".join((self.cycle.words.vi, self.cycle.words.en))),
            (both(_("Model")), f"{model.code} {model.version}"),
            (both(_("Opened on")), day_of(round_.opens_at)),
            (both(_("Closed on")), None if round_.closed_at is None else day_of(round_.closed_at)),
            (both(_("Smallest group for scores")), round_.k),
            (both(_("Smallest group for details")), round_.k_detail),
            *((both(words), None) for words in (NOTES[0], bands_note(model.said.bands), *NOTES[1:])),
        ]
        return Sheet(both(_("Method")), [(both(_("What")), 60), (both(_("Value")), 50)], rows)


NOTES = (
    _("Scores lie on 1 to 5; the likely range is a 90 percent interval of the way of working (Student t)."),
    _("Answers are counted from 0, the lowest described behaviour; “I do not know” is left out."),
    _("What is missing is not shown apart, to protect people. A unit without a row stands together with one above."),
)


def _bands_note(bands: Sequence[Level]) -> str:
    return gettext("Levels are bands of the unrounded score, from %(cuts)s on; evidence may hold a level lower.") % {
        "cuts": cuts_said(bands)
    }


bands_note = lazy(_bands_note, str)  # said anew in each language


def figures_of(employee: Employee, cycle: Cycle) -> Figures | None:
    """What this person may take away of a cycle; None where that is nothing."""
    if cycle.round is None:
        return None
    seen = Cell.objects.visible_to(employee).filter(round=cycle.round)
    rows = RoundUnit.objects.filter(round=cycle.round, unit__in=seen.values("unit")).select_related("unit")
    units = RoundTree(rows).rows
    return Figures(employee, cycle, cycle.round, units) if units else None

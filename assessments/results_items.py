"""The practices of one unit in a cycle: which described behaviour people see, and what the model suggests next."""

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.content import Dimension, Practice, Text
from assessments.models import LeaderRating
from assessments.results_sight import Place
from people.pillars import PILLAR_LONG, PILLAR_SHORT
from portal.lib.pillars import Pillar
from surveys.models import Cell
from surveys.results_items import BAR_WIDTH

FULL = BAR_WIDTH


@dataclass(frozen=True)
class AnchorLine:
    """One described behaviour: how many see it, and whether the reader's own rating lies here."""

    number: int
    text: Text
    n: int
    share: float
    tone: int  # 1 to 5, from the lowest behaviour to the highest
    width: float
    is_usual: bool
    is_mine: bool


@dataclass(frozen=True)
class PracticeLine:
    """One practice: its cell, or that it is not shown apart."""

    dimension: Dimension
    practice: Practice
    cell: Cell | None
    anchors: tuple[AnchorLine, ...]
    mine: int | None  # the reader's own answer, where the reader leads this unit

    @property
    def score(self) -> float | None:
        """The mean, put on 1-5."""
        return None if self.cell is None or self.cell.mean is None else self._on_five(self.cell.mean)

    @property
    def low(self) -> float | None:
        return None if self.cell is None or self.cell.low is None else self._on_five(self.cell.low)

    @property
    def high(self) -> float | None:
        return None if self.cell is None or self.cell.high is None else self._on_five(self.cell.high)

    def _on_five(self, mean: float) -> float:
        return 1 + 4 * mean / (len(self.practice.anchors) - 1)

    @property
    def is_shown(self) -> bool:
        return self.cell is not None and self.cell.mean is not None

    @property
    def usual(self) -> int | None:
        """The answer most people gave; the lower of two."""
        return next((each.number for each in self.anchors if each.is_usual), None)

    @property
    def next_step(self) -> Text | None:
        """What the model suggests from there."""
        usual, steps = self.usual, self.practice.next_steps
        return steps[usual] if usual is not None and usual < len(steps) else None

    @property
    def is_at_top(self) -> bool:
        return self.usual is not None and self.usual == len(self.practice.anchors) - 1


@dataclass(frozen=True)
class PillarPractices:
    """One pillar and those of its practices the reader asked for."""

    pillar: Pillar
    cell: Cell | None
    lines: list[PracticeLine]

    @property
    def word(self) -> object:
        return PILLAR_SHORT[self.pillar]

    @property
    def long(self) -> object:
        return PILLAR_LONG[self.pillar]

    @property
    def hides_all(self) -> bool:
        return not any(line.is_shown for line in self.lines)


def practices_of(place: Place, *, pillar: Pillar | None = None, weakest_first: bool = True) -> list[PillarPractices]:
    """The practices a cycle asked, by pillar: one query, and one for the reader's own rating where the reader leads."""
    reading, employee = place.reading, place.sight.employee
    cells: dict[tuple[str, str], Cell] = {}
    if reading.shown is not None:
        seen = Cell.objects.visible_to(employee).filter(round=reading.round, unit=reading.shown)
        for cell in seen.filter(measure__in=[Cell.Measure.PILLAR, Cell.Measure.ITEM]):
            cells[cell.measure, cell.code] = cell
    own = own_answers(place)
    found: dict[Pillar, list[PracticeLine]] = {}
    for dimension in place.cycle.model.said.dimensions:
        for practice in dimension.practices:
            cell_of = cells.get((Cell.Measure.ITEM, practice.code))
            line = practice_line(dimension, practice, cell_of, own.get(practice.code))
            found.setdefault(dimension.pillar, []).append(line)
    if weakest_first:
        for lines in found.values():
            lines.sort(key=lambda line: (line.score is None, line.score or 0.0))
    return [
        PillarPractices(each, cells.get((Cell.Measure.PILLAR, each.value)), found[each])
        for each in Pillar
        if each in found and pillar in (None, each)
    ]


def own_answers(place: Place) -> Mapping[str, int | None]:
    """What the reader, as leader of this very unit, said of it."""
    unit_id = place.reading.unit.unit_id
    if unit_id not in place.sight.led:
        return {}
    ratings = LeaderRating.objects.visible_to(place.sight.employee).sent()
    rating = ratings.filter(cycle=place.cycle, unit=unit_id).first()
    return rating.answers if rating is not None else {}


def practice_line(dimension: Dimension, practice: Practice, cell: Cell | None, mine: int | None) -> PracticeLine:
    """One practice with its behaviours; without counts where nothing may be shown."""
    counts = list(cell.histogram or ()) if cell is not None else []
    total, most = sum(counts), max(counts, default=0)
    usual = counts.index(most) if most else None
    steps = len(practice.anchors) - 1
    anchors = tuple(
        AnchorLine(
            number,
            text,
            n := counts[number] if number < len(counts) else 0,
            n / total if total else 0.0,
            1 + round(4 * number / steps),
            round(FULL * n / total, 1) if total else 0.0,
            number == usual,
            number == mine,
        )
        for number, text in enumerate(practice.anchors)
    )
    return PracticeLine(dimension, practice, cell, anchors if total else (), mine)

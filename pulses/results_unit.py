"""One unit in one wave: its pillars, their waves before, and what the five sentences speak of.

Published cells, put in order for one reader. Reads only, and no statistics of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise

from people.pillars import PILLAR_LONG, PILLAR_SHORT
from portal.lib.pillars import Pillar
from pulses.results_sight import Reading, Sight, name_of, wave_number
from pulses.results_words import LEVELS, said
from stats import intervals
from surveys.models import Cell, Round
from surveys.questionnaire import Questionnaire, Scale


@dataclass(frozen=True)
class LevelShare:
    """How probable one level is, in per cent and never 100."""

    number: int
    name: Promise
    percent: int
    share: float
    is_likeliest: bool


@dataclass(frozen=True)
class Point:
    """One wave of a trend; `value` is None where the wave shows no score."""

    round: Round
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    breaks: bool

    @property
    def wave(self) -> int | None:
        return wave_number(self.round)


@dataclass(frozen=True)
class PillarLine:
    """One pillar of one unit: its cell, or that it is not shown apart."""

    pillar: Pillar
    cell: Cell | None
    levels: tuple[LevelShare, ...]
    points: tuple[Point, ...]

    @property
    def word(self) -> Promise:
        return PILLAR_SHORT[self.pillar]

    @property
    def long(self) -> Promise:
        return PILLAR_LONG[self.pillar]

    @property
    def mean(self) -> float | None:
        return None if self.cell is None else self.cell.mean

    @property
    def was(self) -> float | None:
        """The score when the same questions were asked before; None where only the direction may be shown."""
        if self.cell is None or self.cell.mean is None:
            return None
        earlier = [point.value for point in self.points[:-1] if point.value is not None]
        return earlier[-1] if earlier else None

    @property
    def level(self) -> LevelShare | None:
        """The level the score stands in."""
        if self.mean is None or not self.levels:
            return None
        return self.levels[intervals.level(self.mean) - 1]

    @property
    def next_level(self) -> LevelShare | None:
        """The next most probable level, where it is worth saying."""
        others = [share for share in self.levels if share is not self.level and share.percent >= 10]
        return max(others, key=lambda share: share.share, default=None)

    @property
    def has_trend(self) -> bool:
        return sum(point.value is not None for point in self.points) >= 2

    @property
    def is_first(self) -> bool:
        """Whether no earlier wave asked the same."""
        return len(self.points) < 2

    @property
    def is_certain(self) -> bool:
        return self.cell is not None and self.cell.verdict in ("up", "down")


@dataclass(frozen=True)
class ItemFound:
    """A question and its cell."""

    text: str
    cell: Cell


@dataclass(frozen=True)
class Sentences:
    """The facts behind the five sentences."""

    participation: Cell | None
    highest: PillarLine | None
    near_highest: PillarLine | None  # its range overlaps the highest one's
    changed: PillarLine | None
    closest: PillarLine | None  # not called; the fewest further answers would do
    compared: bool
    lowest: PillarLine | None
    near_lowest: PillarLine | None
    question: ItemFound | None  # the lowest question of the lowest pillar

    @property
    def few_answered(self) -> bool:
        """Below 60 %: the range speaks of chance, not of who stayed silent."""
        return self.participation is not None and self.participation.share == "part"


@dataclass(frozen=True)
class UnitResults:
    """The whole page of one unit and wave."""

    reading: Reading
    shown_name: str
    lines: list[PillarLine]
    sentences: Sentences
    n: int | None  # how many answered, where one number holds for all pillars

    @property
    def has_scores(self) -> bool:
        return any(line.cell is not None for line in self.lines)

    @property
    def trends(self) -> list[PillarLine]:
        return [line for line in self.lines if line.has_trend]

    @property
    def scored(self) -> list[PillarLine]:
        return [line for line in self.lines if line.mean is not None]


def unit_results(sight: Sight, reading: Reading, readings: Sequence[Reading]) -> UnitResults:
    """Everything one unit reads of a wave: two queries."""
    rounds = series_until(reading, readings)
    wanted = Q(measure__in=[Cell.Measure.PILLAR, Cell.Measure.PARTICIPATION]) | Q(
        round=reading.round, measure=Cell.Measure.ITEM
    )
    cells: list[Cell] = []
    if reading.shown is not None:
        cells = list(
            Cell.objects.visible_to(sight.employee)
            .filter(wanted, unit=reading.shown, round__in=rounds)
            .select_related("same_as")
        )
    of_pillar = {(cell.round_id, cell.code): cell for cell in cells if cell.measure == Cell.Measure.PILLAR}
    questionnaire = reading.round.questions
    lines = [pillar_line(pillar, reading.round, rounds, of_pillar) for pillar in questionnaire.pillars]
    here = [cell for cell in cells if cell.round_id == reading.round.pk]
    participation = next((cell for cell in here if cell.measure == Cell.Measure.PARTICIPATION), None)
    items = [cell for cell in here if cell.measure == Cell.Measure.ITEM]
    shown_name = name_of(reading.round, reading.shown) if reading.shown is not None and reading.stands_in else ""
    return UnitResults(
        reading=reading,
        shown_name=shown_name,
        lines=lines,
        sentences=sentences_of(lines, participation, items, questionnaire),
        n=all_who_answered(participation, lines),
    )


def all_who_answered(participation: Cell | None, lines: Sequence[PillarLine]) -> int | None:
    """How many answered, where that holds for every pillar: groups of one pillar may be larger than those of all."""
    if participation is None or participation.n is None:
        return None
    most = max((line.cell.n or 0 for line in lines if line.cell is not None), default=0)
    return participation.n if most <= participation.n else None


def series_until(reading: Reading, readings: Sequence[Reading]) -> list[Round]:
    """This wave and the earlier ones of its series, oldest first."""
    here = reading.round
    earlier = [
        each.round
        for each in readings
        if here.series and each.round.series == here.series and each.round.closes_at < here.closes_at
    ]
    return [*reversed(earlier), here]


def questions_of(round_: Round, pillar: Pillar) -> frozenset[str]:
    """The questions a wave asked about a pillar: waves compare where these are the same."""
    return frozenset(item["code"] for item in round_.questionnaire["items"] if item["pillar"] == pillar.value)


def pillar_line(
    pillar: Pillar, here: Round, rounds: Sequence[Round], cells: Mapping[tuple[UUID, str], Cell]
) -> PillarLine:
    """A pillar's cell, its levels, and the waves that asked the same; a line that broke in between stays broken."""
    asked = questions_of(here, pillar)
    points: list[Point] = []
    broken = False
    for round_ in rounds:
        cell = cells.get((round_.pk, pillar.value))
        broken = broken or (cell is not None and cell.breaks_line)
        if questions_of(round_, pillar) != asked:
            continue
        points.append(point_of(round_, cell, breaks=broken))
        broken = False
    cell = cells.get((here.pk, pillar.value))
    return PillarLine(pillar, cell, levels_of(cell), tuple(points))


def point_of(round_: Round, cell: Cell | None, *, breaks: bool) -> Point:
    if cell is None or cell.mean is None:
        return Point(round_, None, None, None, None, breaks)
    return Point(round_, cell.mean, cell.low, cell.high, cell.n, breaks)


def levels_of(cell: Cell | None) -> tuple[LevelShare, ...]:
    """How probable each level is; nothing where no score is shown."""
    estimate = None if cell is None else cell.estimate
    if estimate is None:
        return ()
    shares = intervals.level_probabilities(estimate)
    top = max(shares)
    return tuple(
        LevelShare(number, name, min(99, round(100 * share)), share, share == top)
        for number, (name, share) in enumerate(zip(LEVELS, shares, strict=True), start=1)
    )


def sentences_of(
    lines: Sequence[PillarLine], participation: Cell | None, items: Sequence[Cell], questionnaire: Questionnaire
) -> Sentences:
    """Pick what the five sentences speak of."""
    scored = sorted((line for line in lines if line.mean is not None), key=lambda line: line.mean or 0.0)
    highest = scored[-1] if scored else None
    lowest = scored[0] if len(scored) > 1 else None
    judged = [line for line in lines if line.cell is not None and line.cell.verdict]
    changed = [line for line in judged if line.is_certain]
    unsure = [line for line in judged if line.cell is not None and line.cell.verdict_more is not None]
    return Sentences(
        participation=participation,
        highest=highest,
        near_highest=next((line for line in reversed(scored[:-1]) if _overlap(line, highest)), None),
        changed=max(changed, key=_size_of_change, default=None),
        closest=min(unsure, key=lambda line: (line.cell.verdict_more or 0) if line.cell else 0, default=None),
        compared=bool(judged),
        lowest=lowest,
        near_lowest=next((line for line in scored[1:] if _overlap(line, lowest)), None),
        question=lowest_question(lowest, items, questionnaire),
    )


def _size_of_change(line: PillarLine) -> float:
    return abs(line.cell.verdict_difference or 0.0) if line.cell else 0.0


def _overlap(one: PillarLine, other: PillarLine | None) -> bool:
    """Whether two likely ranges share ground, so that their order may be chance."""
    if other is None or one.cell is None or other.cell is None:
        return False
    bounds = (one.cell.low, one.cell.high, other.cell.low, other.cell.high)
    low, high, other_low, other_high = (bound if bound is not None else float("nan") for bound in bounds)
    return low <= other_high and other_low <= high


def lowest_question(lowest: PillarLine | None, items: Sequence[Cell], questionnaire: Questionnaire) -> ItemFound | None:
    """The question of the lowest pillar with the lowest answers, all put on the scale 1 to 5 for that."""
    if lowest is None:
        return None
    asked = {item.code: item for item in questionnaire.items if item.pillar == lowest.pillar}
    found = [
        cell for cell in items if cell.mean is not None and cell.code in asked and asked[cell.code].scale is Scale.AGREE
    ]
    cell = min(found, key=lambda each: each.mean or 0.0, default=None)
    return None if cell is None else ItemFound(said(asked[cell.code].text), cell)

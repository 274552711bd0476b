"""One pillar of one unit: its score or what stands for it, its levels, and the waves that asked the same before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime

from people.pillars import PILLAR_LONG, PILLAR_SHORT
from portal.lib.pillars import Pillar
from stats import intervals
from surveys.models import Cell, Round
from surveys.results_sight import Reading
from surveys.results_words import LEVELS


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
    """One wave of a trend; `value` is None where it shows no score."""

    round: Round
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    breaks: bool


@dataclass(frozen=True)
class PillarLine:
    """One pillar of one unit: its cell, or that it is not shown apart."""

    pillar: Pillar
    cell: Cell | None
    levels: tuple[LevelShare, ...]
    points: tuple[Point, ...]
    people: int | None = None  # in the unit the figures are those of

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
        """The score when the same people were asked the same before: what the verdict speaks of."""
        if self.cell is None or self.cell.mean is None or not self.cell.verdict:
            return None
        return self._before

    @property
    def _before(self) -> float | None:
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
    def is_beyond_unit(self) -> bool:
        """Whether so small a change would need more answers in each wave than the unit has people."""
        if self.cell is None or self.people is None or self.cell.verdict_needed is None:
            return False
        return self.cell.verdict_needed > self.people

    @property
    def asked_others(self) -> bool:
        """Whether the same was asked before, of other people: then nothing is compared."""
        return self.cell is not None and not self.cell.verdict and self._before is not None

    @property
    def is_certain(self) -> bool:
        return self.cell is not None and self.cell.verdict in ("up", "down")


def month_words(point: Point) -> str:
    """The month a round closed in, as it stands under a trend."""
    closed_at = point.round.closed_at
    return "" if closed_at is None else date_format(localtime(closed_at), "m/Y")


def series_until(reading: Reading, readings: Sequence[Reading]) -> list[Round]:
    """This wave and the earlier ones of its series, oldest first."""
    here = reading.round
    earlier = [
        each.round
        for each in readings
        if here.series and each.round.series == here.series and each.round.closes_at < here.closes_at
    ]
    return [*reversed(earlier), here]


def pillar_line(
    pillar: Pillar,
    here: Round,
    rounds: Sequence[Round],
    cells: Mapping[tuple[UUID, str], Cell],
    people: int | None,
) -> PillarLine:
    """A pillar's cell, its levels, and the waves that scored the same; a line that broke in between stays broken."""
    asked = here.questions.scored(pillar)
    points: list[Point] = []
    broken = False
    for round_ in rounds:
        cell = cells.get((round_.pk, pillar.value))
        broken = broken or (cell is not None and cell.breaks_line)
        if round_.questions.scored(pillar) != asked:
            continue
        points.append(point_of(round_, cell, breaks=broken))
        broken = False
    cell = cells.get((here.pk, pillar.value))
    return PillarLine(pillar, cell, levels_of(cell), tuple(points), people)


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


def all_who_answered(participation: Cell | None, lines: Sequence[PillarLine]) -> int | None:
    """How many answered, where that holds for every pillar: groups of one pillar may be larger than those of all."""
    if participation is None or participation.n is None:
        return None
    most = max((line.cell.n or 0 for line in lines if line.cell is not None), default=0)
    return participation.n if most <= participation.n else None

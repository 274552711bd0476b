"""Where the marks of assessment results stand: the ladder of levels and the distribution of gaps, as plain numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assessments.results_gaps import GapColumn, GapSpread
from assessments.results_pillars import ScoreLine, Step
from surveys.results_marks import path_of
from surveys.results_pillars import Point

Below = Callable[[Point], str]  # what stands under one round of a trend

# The ladder

RUNG, GAP, FLOOR, TALL = 34.0, 2.0, 44.0, 36.0


@dataclass(frozen=True)
class Rung:
    """One level: its ground, the column of its confidence, hatching above what evidence allows."""

    step: Step
    x: float
    middle: float
    y: float
    height: float
    hatch: str
    tone: str
    says: bool  # whether its share is worth printing above it


@dataclass(frozen=True)
class Ladder:
    """The levels with the confidence in each."""

    rungs: tuple[Rung, ...]
    width: float


def ladder_of(line: ScoreLine) -> Ladder | None:
    """The ladder of one pillar; None where no score is shown."""
    if not line.ladder:
        return None
    rungs = []
    for place, step in enumerate(line.ladder):
        x = place * (RUNG + GAP)
        height = round(max(1.5, TALL * step.share * 0.66), 1)
        rungs.append(
            Rung(
                step,
                x,
                x + RUNG / 2,
                round(FLOOR - height, 1),
                height,
                hatch_of(x, FLOOR - TALL, RUNG, TALL) if step.is_beyond else "",
                "b" if place % 2 == 0 else "a",
                step.percent >= 5,
            )
        )
    return Ladder(tuple(rungs), len(rungs) * (RUNG + GAP) - GAP)


def hatch_of(x: float, y: float, width: float, height: float, step: float = 6.0) -> str:
    """Diagonal lines that fill a box."""
    lines, offset = [], step
    while offset < width + height:
        from_x, from_y = x + max(0.0, offset - height), y + min(offset, height)
        to_x, to_y = x + min(offset, width), y + max(0.0, offset - width)
        lines.append(path_of([(from_x, from_y), (to_x, to_y)]))
        offset += step
    return "".join(lines)


# The distribution of gaps

SPREAD_LEFT, SPREAD_FLOOR, SPREAD_TALL, COLUMN, COLUMN_GAP = 6.0, 104.0, 84.0, 36.0, 3.0


@dataclass(frozen=True)
class GapBar:
    """One column of a distribution."""

    column: GapColumn
    x: float
    middle: float
    y: float
    height: float
    side: str  # "lo": the leader lower than the team; "mid"; "hi"
    at: float  # the middle of the column, in points


@dataclass(frozen=True)
class GapChart:
    """Columns of half a point around 0, one chart a pillar."""

    spread: GapSpread
    bars: tuple[GapBar, ...]
    width: float
    zero: float


def gap_chart(spread: GapSpread, tallest: int) -> GapChart:
    """The marks of one pillar's distribution, as tall as the tallest of all allows."""
    bars = []
    middle = len(spread.columns) // 2
    for place, column in enumerate(spread.columns):
        x = SPREAD_LEFT + place * (COLUMN + COLUMN_GAP)
        height = round(SPREAD_TALL * column.n / max(1, tallest), 1)
        side = "mid" if place == middle else ("lo" if place < middle else "hi")
        bars.append(
            GapBar(column, x, x + COLUMN / 2, round(SPREAD_FLOOR - height, 1), height, side, (place - middle) / 2)
        )
    return GapChart(
        spread,
        tuple(bars),
        2 * SPREAD_LEFT + len(bars) * (COLUMN + COLUMN_GAP) - COLUMN_GAP,
        bars[middle].middle,
    )


def gap_charts(spreads: Sequence[GapSpread]) -> list[GapChart]:
    """One chart a pillar, all on the same height."""
    tallest = max((spread.tallest for spread in spreads), default=1)
    return [gap_chart(spread, tallest) for spread in spreads]


Column = tuple[float | None, float | None, list[int]]


def gap_places(spreads: Sequence[GapSpread]) -> list[Column]:
    """The same as rows of a table: the bounds of each column, and its number of leaders in every pillar."""
    if not spreads:
        return []
    return [
        (column.low, column.high, [spread.columns[place].n for spread in spreads])
        for place, column in enumerate(spreads[0].columns)
    ]

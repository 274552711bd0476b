"""Where the marks of the results pages stand: the radar, trends and levels as plain numbers for SVG."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, pi, sin

from stats.intervals import BANDS
from surveys.results_pillars import PillarLine, Point

Spot = tuple[float, float]


def path_of(spots: Sequence[Spot]) -> str:
    """An SVG path through these spots."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)


def bounds_of(lows: Sequence[float], highs: Sequence[float], *, step: float) -> tuple[float, float]:
    """The part of the scale from 1 to 5 that holds every interval, in whole steps and never too narrow."""
    low = max(1.0, floor(min(lows) / step) * step)
    high = min(5.0, ceil(max(highs) / step) * step)
    while high - low < 4 * step:
        low, high = max(1.0, low - step), min(5.0, high + step)
    return low, high


# The radar

CENTRE_X, CENTRE_Y, RADIUS = 320.0, 214.0, 142.0
SCALE = (1.0, 5.0)  # the same for every unit, so that two radars can lie side by side


@dataclass(frozen=True)
class Ring:
    """One tone of the disc, from the rim inwards."""

    radius: float
    tone: str


@dataclass(frozen=True)
class Tick:
    """One mark of the bezel."""

    path: str
    is_big: bool


@dataclass(frozen=True)
class Axis:
    """One pillar's line, its interval and its point, and where its word stands."""

    line: PillarLine
    path: str
    whisker: str
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str
    side: str  # "east" or "west" for words beside the disc: a phone moves them closer
    is_next: bool


@dataclass(frozen=True)
class Number:
    """A number on the scale."""

    text: int
    x: float
    y: float


@dataclass(frozen=True)
class Radar:
    """A compass of pillars; empty paths where a pillar shows no score."""

    rings: tuple[Ring, ...]
    ticks: tuple[Tick, ...]
    axes: tuple[Axis, ...]
    numbers: tuple[Number, ...]
    now: str
    was: str
    band: str
    needle: str  # the transform of the brass arrow; "" without a next step


def around(angle: float, radius: float) -> Spot:
    """A spot at an angle (0 = north, clockwise) and a distance from the centre."""
    return CENTRE_X + radius * sin(angle), CENTRE_Y - radius * cos(angle)


def radar_of(lines: Sequence[PillarLine], following: PillarLine | None) -> Radar | None:
    """The radar of pillars; None with fewer than three scores, where it would be no shape."""
    scored = [line.cell for line in lines if line.cell is not None and line.cell.mean is not None]
    if len(scored) < 3:
        return None
    bottom, top = SCALE
    angles = [2 * pi * place / len(lines) for place in range(len(lines))]

    def at(angle: float, value: float) -> Spot:
        return around(angle, RADIUS * (0.12 + 0.88 * (value - bottom) / (top - bottom)))

    axes, now, was, outer, inner = [], [], [], [], []
    for angle, line in zip(angles, lines, strict=True):
        spots: list[Spot] = []
        cell = line.cell
        if cell is not None and cell.mean is not None and cell.low is not None and cell.high is not None:
            spots = [at(angle, cell.low), at(angle, cell.mean), at(angle, cell.high)]
            now.append(spots[1])
            outer.append(spots[2])
            inner.append(spots[0])
        if line.was is not None:
            was.append(at(angle, line.was))
        axes.append(axis_of(line, angle, spots, following is not None and line.pillar == following.pillar))
    whole = len(now) == len(lines)
    return Radar(
        rings=rings_of(bottom, top),
        ticks=tuple(tick_of(degree) for degree in range(0, 360, 4)),
        axes=tuple(axes),
        numbers=numbers_of(bottom, top, half=pi / len(lines)),
        now=path_of(now) + "z" if whole else "",
        was=path_of(was) + "z" if len(was) == len(lines) else "",
        band=f"{path_of(outer)}z{path_of(inner)}z" if whole else "",
        needle=needle_of(axes, angles),
    )


def axis_of(line: PillarLine, angle: float, spots: Sequence[Spot], is_followed: bool) -> Axis:
    """One pillar's axis with its label; `spots` are the low end, the mean and the high end, or nothing."""
    (x, y), whisker = (spots[1], path_of([spots[0], spots[2]])) if spots else ((0.0, 0.0), "")
    label_x, label_y = around(angle, RADIUS + 30)
    raised = -14 if cos(angle) > 0.9 else (8 if cos(angle) < -0.5 else -4)
    return Axis(
        line,
        path_of([(CENTRE_X, CENTRE_Y), around(angle, RADIUS)]),
        whisker,
        round(x, 1),
        round(y, 1),
        round(label_x, 1),
        round(label_y + raised, 1),
        "middle" if abs(sin(angle)) < 0.2 else ("start" if sin(angle) > 0 else "end"),
        "" if abs(sin(angle)) < 0.9 else ("east" if sin(angle) > 0 else "west"),
        is_followed,
    )


def rings_of(bottom: float, top: float) -> tuple[Ring, ...]:
    """The level bands within the part of the scale shown, the outermost first."""
    cuts = [cut for cut in BANDS if bottom < cut < top]
    edges = [top, *reversed(cuts)]
    levels = [sum(edge > cut for cut in BANDS) for edge in edges]
    return tuple(
        Ring(round(RADIUS * (0.12 + 0.88 * (edge - bottom) / (top - bottom)), 1), "b" if level % 2 == 0 else "a")
        for edge, level in zip(edges, levels, strict=True)
    )


def tick_of(degree: int) -> Tick:
    angle, is_big = degree * pi / 180, degree % 72 == 0
    return Tick(path_of([around(angle, RADIUS + 8), around(angle, RADIUS + (18 if is_big else 12))]), is_big)


def numbers_of(bottom: float, top: float, *, half: float) -> tuple[Number, ...]:
    """Whole numbers of the scale, between two axes where nothing else stands."""
    found = []
    for value in range(ceil(bottom), floor(top) + 1):
        x, y = around(half, RADIUS * (0.12 + 0.88 * (value - bottom) / (top - bottom)))
        found.append(Number(value, round(x, 1), round(y + 4, 1)))
    return tuple(found)


def needle_of(axes: Sequence[Axis], angles: Sequence[float]) -> str:
    """Where the brass arrow stands: outside the bezel, pointing outwards at the pillar of the next step."""
    for axis, angle in zip(axes, angles, strict=True):
        if axis.is_next:
            x, y = around(angle, RADIUS + 10)
            return f"translate({x:.1f} {y:.1f}) rotate({angle * 180 / pi:.0f})"
    return ""


# Trends

TREND_WIDTH, TREND_TOP, TREND_FLOOR, TREND_LEFT, TREND_RIGHT = 360.0, 16.0, 148.0, 34.0, 300.0


@dataclass(frozen=True)
class TrendPoint:
    """One round on a trend; y is None where it shows no score. `label` names it, `below` is what else stands there."""

    point: Point
    x: float
    y: float | None
    is_last: bool
    labelled: bool
    label: str
    below: str


@dataclass(frozen=True)
class GridLine:
    """One line of the scale."""

    value: float
    y: float


@dataclass(frozen=True)
class Trend:
    """Band, line and points of one pillar."""

    line: PillarLine
    grid: tuple[GridLine, ...]
    bands: tuple[str, ...]
    paths: tuple[str, ...]
    gaps: tuple[float, ...]  # where the line breaks because the people behind it changed
    points: tuple[TrendPoint, ...]

    @property
    def has_below(self) -> bool:
        """Whether a third line stands under the points."""
        return any(spot.below for spot in self.points)


def trend_of(
    line: PillarLine, label_of: Callable[[Point], str], below_of: Callable[[Point], str] = lambda point: ""
) -> Trend:
    """The marks of one pillar's trend; a room says how its rounds are called."""
    points = line.points
    known = [point for point in points if point.value is not None]
    lows = [point.low or point.value or 0.0 for point in known]
    bottom, top = bounds_of(lows, [point.high or point.value or 0.0 for point in known], step=0.25)
    width = (TREND_RIGHT - TREND_LEFT - 24) / max(1, len(points) - 1)

    def x_of(place: int) -> float:
        return round(TREND_LEFT + 12 + width * place, 1)

    def y_of(value: float) -> float:
        return round(TREND_FLOOR - (TREND_FLOOR - TREND_TOP) * (value - bottom) / (top - bottom), 1)

    gaps = [round((x_of(place - 1) + x_of(place)) / 2, 1) for place in range(1, len(points)) if points[place].breaks]
    runs = [run for run in runs_of(points) if len(run) > 1]
    last = max(place for place, point in enumerate(points) if point.value is not None)
    every = max(1, ceil(len(points) / 6))
    return Trend(
        line=line,
        grid=grid_of(bottom, top, y_of(bottom), y_of(top)),
        bands=tuple(band_of(run, points, x_of, y_of) for run in runs),
        paths=tuple(path_of([(x_of(place), y_of(points[place].value or 0.0)) for place in run]) for run in runs),
        gaps=tuple(gaps),
        points=tuple(
            TrendPoint(
                point,
                x_of(place),
                None if point.value is None else y_of(point.value),
                place == last,
                (len(points) - 1 - place) % every == 0,
                label_of(point),
                below_of(point),
            )
            for place, point in enumerate(points)
        ),
    )


def runs_of(points: Sequence[Point]) -> list[list[int]]:
    """The places of values that follow each other; a wave without a value and a change of units part them."""
    runs: list[list[int]] = [[]]
    for place, point in enumerate(points):
        if point.value is None or point.breaks:
            runs.append([])
        if point.value is not None:
            runs[-1].append(place)
    return runs


def grid_of(bottom: float, top: float, floor_y: float, top_y: float) -> tuple[GridLine, ...]:
    """The halves of the scale: numbers with one decimal that are exact."""
    step, lines = 0.5, []
    value = ceil(bottom / step) * step
    while value <= top + 1e-9:
        lines.append(GridLine(value, round(floor_y - (floor_y - top_y) * (value - bottom) / (top - bottom), 1)))
        value += step
    return tuple(lines)


def band_of(
    run: Sequence[int], points: Sequence[Point], x_of: Callable[[int], float], y_of: Callable[[float], float]
) -> str:
    upper = [(x_of(place), y_of(points[place].high or points[place].value or 0.0)) for place in run]
    lower = [(x_of(place), y_of(points[place].low or points[place].value or 0.0)) for place in reversed(run)]
    return path_of([*upper, *lower]) + "z"


# Probabilities of the levels


@dataclass(frozen=True)
class Bar:
    """The probability of one level as a small column."""

    number: int
    x: float
    y: float
    height: float
    is_likeliest: bool


def bars_of(line: PillarLine) -> tuple[Bar, ...]:
    """Five small columns of at most 26 px."""
    return tuple(
        Bar(
            share.number,
            float(13 * (share.number - 1)),
            round(28 - max(1.5, 26 * share.share), 1),
            round(max(1.5, 26 * share.share), 1),
            share.is_likeliest,
        )
        for share in line.levels
    )

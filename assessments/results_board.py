"""The company in one cycle, as one reader may see it: scorecards, units side by side, leaders beside their teams."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assessments.content import Level
from assessments.models import Cycle
from assessments.results_company import (
    Reliability,
    Unknown,
    Weighted,
    reliability_of,
    unknown_of,
    weighted_means,
)
from assessments.results_gaps import GapSpread, clearly_higher, gap_spreads, spread_from
from assessments.results_pillars import ScoreLine
from assessments.results_sight import Place, place_of
from assessments.results_unit import UnitScores, unit_scores
from people.models import Employee, Unit
from people.policies import is_cx
from surveys.results_heat import HeatMap, heat_map_of
from surveys.results_sight import tree_with_stand_ins


@dataclass(frozen=True)
class InShort:
    """What a board member takes home, as facts for sentences."""

    level: Level | None  # the level most pillars stand at
    at_level: list[ScoreLine]
    elsewhere: list[ScoreLine]
    strongest: ScoreLine | None
    is_sure_strongest: bool  # no other pillar's likely range reaches into it
    weakest: ScoreLine | None
    is_sure_weakest: bool
    capped: list[ScoreLine]
    better: list[ScoreLine]
    worse: list[ScoreLine]
    unsure: list[ScoreLine]  # compared, and nothing can be told yet
    widest: GapSpread | None  # the pillar in which clearly more leaders rate higher than chance would bring


@dataclass(frozen=True)
class Board:
    """The board's page and report."""

    company: UnitScores
    short: InShort
    heat: HeatMap
    gaps: list[GapSpread]
    gaps_from: date | None  # the day from which they are shown, while they are not
    weighted: list[Weighted]
    unknown: list[Unknown]
    reliability: list[Reliability]  # for the CX team alone

    @property
    def cycle(self) -> Cycle:
        return self.company.cycle

    @property
    def lines(self) -> list[ScoreLine]:
        return self.company.lines

    @property
    def little_known(self) -> list[Unknown]:
        """Practices that a quarter or more could say nothing of."""
        return [each for each in self.unknown if each.percent >= 25]

    @property
    def effective_n(self) -> float | None:
        """The number of answers that weigh alike and would be as certain, in the pillar that loses most."""
        return min((each.effective_n for each in self.weighted if each.effective_n is not None), default=None)


def board_of(employee: Employee, cycle: Cycle, above: int | None = None) -> Board | None:
    """What this person may read of the company in a cycle; None where that is nothing (yet)."""
    company = company_id()
    place = None if company is None else place_of(employee, cycle.pk, company)
    return None if place is None else board_at(place, above)


def company_id() -> int | None:
    """The unit everything else is part of."""
    return Unit.objects.filter(parent=None).order_by("pk").values_list("pk", flat=True).first()


def board_at(place: Place, above: int | None = None, *, levels: int | None = None) -> Board:
    """The board's page at a place that may be read: the same number of queries however large the company is."""
    sight, reading = place.sight, place.reading
    company = unit_scores(place)
    tree = tree_with_stand_ins(sight, reading.round)
    gaps = gap_spreads(sight.employee, place.cycle)
    return Board(
        company=company,
        short=in_short(company.lines, gaps),
        heat=heat_map_of(sight, reading, tree, above, levels=levels),
        gaps=gaps,
        gaps_from=spread_from(place.cycle),
        weighted=weighted_means(company.lines),
        unknown=unknown_of(place.cycle, reading.round),
        reliability=reliability_of(reading.round) if is_cx(sight.employee) else [],
    )


def in_short(lines: Sequence[ScoreLine], gaps: Sequence[GapSpread]) -> InShort:
    """Pick what the sentences speak of."""
    scored = sorted((line for line in lines if line.mean is not None), key=lambda line: line.mean or 0.0)
    held = [line.held_level for line in scored]
    counts = Counter(level.number for level in held if level is not None)
    usual = max(counts, key=lambda number: (counts[number], -number), default=None)
    level = next((each for each in held if each is not None and each.number == usual), None)
    strongest, weakest = (scored[-1], scored[0]) if len(scored) > 1 else (None, None)
    judged = [line for line in scored if line.cell is not None and line.cell.verdict]
    return InShort(
        level=level,
        at_level=[line for line in lines if line.held_level is not None and line.held_level.number == usual],
        elsewhere=[line for line in lines if line.held_level is not None and line.held_level.number != usual],
        strongest=strongest,
        is_sure_strongest=strongest is not None and all(_apart(strongest, other) for other in scored[:-1]),
        weakest=weakest,
        is_sure_weakest=weakest is not None and all(_apart(other, weakest) for other in scored[1:]),
        capped=[line for line in lines if line.is_capped],
        better=[line for line in judged if line.cell and line.cell.verdict == "up"],
        worse=[line for line in judged if line.cell and line.cell.verdict == "down"],
        unsure=[line for line in judged if not line.is_certain],
        widest=clearly_higher(gaps),
    )


def _apart(higher: ScoreLine, lower: ScoreLine) -> bool:
    """Whether two likely ranges share no ground."""
    if higher.cell is None or lower.cell is None or higher.cell.low is None or lower.cell.high is None:
        return False
    return higher.cell.low > lower.cell.high

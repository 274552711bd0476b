"""What a leader says beside what the team experiences: the leader's own panel first, the company's distribution apart.

A panel begins at `Gap.visible_to`: the leader at once, from the fifteenth day also the superior and HR, nobody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor

from django.utils.translation import gettext_lazy as _

from assessments.content import Text
from assessments.models import Cycle, Gap, LeaderRating
from assessments.querysets.scorecards import GAP_IS_PRIVATE
from assessments.results_pillars import ScoreLine
from assessments.results_words import Coaching, coaching_for
from people.days import day_of
from people.models import Employee
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys.models import Cell

LEADERS_FROM = 10  # a distribution of fewer leaders would be a list of them
EDGES = (-1.75, -1.25, -0.75, -0.25, 0.25, 0.75, 1.25, 1.75)  # columns of half a point, the middle one around 0
GAP_WORDS = {
    "overrates": _("far higher than the team"),
    "higher": _("higher than the team"),
    "alike": _("as the team sees it"),
    "lower": _("lower than the team"),
    "cannot_tell": _("cannot tell yet"),
}
DIFFERS_BY = 0.75  # points on 1-5 from which a practice is worth naming


@dataclass(frozen=True)
class PracticeGap:
    """A practice a leader rated otherwise than the team, both on 1-5."""

    code: str
    name: Text
    own: float
    team: float


@dataclass(frozen=True)
class GapRow:
    """One pillar of a leader's panel."""

    line: ScoreLine
    gap: Gap
    coaching: Coaching
    apart: tuple[PracticeGap, ...]  # only for the leader, who alone reads the own answers

    @property
    def is_said(self) -> bool:
        return self.gap.difference is not None

    @property
    def size(self) -> float:
        """How large the difference is, whichever way it points."""
        return abs(self.gap.difference or 0.0)

    @property
    def verdict_words(self) -> str:
        """A short word for a tag; the sentence stands beside it."""
        return str(GAP_WORDS[self.gap.verdict])

    @property
    def differs(self) -> bool:
        return self.gap.verdict in (Gap.Verdict.HIGHER, Gap.Verdict.OVERRATES, Gap.Verdict.LOWER)


@dataclass(frozen=True)
class GapPanel:
    """The gaps of one unit's leader, as one reader may see them."""

    leader: Employee
    rows: list[GapRow]
    is_mine: bool
    private_until: date  # the last whole day on which nobody but the leader sees it
    is_private: bool
    superior: Employee | None

    @property
    def widest(self) -> GapRow | None:
        """The pillar to begin with: where the difference is called, the larger first."""
        called = [row for row in self.rows if row.differs]
        return max(called, key=lambda row: row.size, default=None)

    @property
    def said(self) -> list[GapRow]:
        return [row for row in self.rows if row.is_said]

    @property
    def why_not(self) -> str:
        """Why no pillar has a gap, where none has."""
        return next((row.gap.why_not for row in self.rows if row.gap.why_not), "") if not self.said else ""


def gap_panel(
    employee: Employee, cycle: Cycle, unit_id: int, lines: Sequence[ScoreLine], items: Mapping[str, Cell]
) -> GapPanel | None:
    """The panel of one unit, or None where this reader may not see it: one query, two for the leader."""
    seen = Gap.objects.visible_to(employee).filter(cycle=cycle, unit=unit_id)
    gaps = {gap.pillar: gap for gap in seen.select_related("leader", "superior")}
    if not gaps or cycle.closed_at is None:
        return None
    first = next(iter(gaps.values()))
    is_mine = first.leader_id == employee.pk
    apart = practices_apart(employee, cycle, unit_id, items) if is_mine else {}
    rows = [
        GapRow(line, gap, coaching_for(line.pillar, gap.verdict), apart.get(line.pillar, ()))
        for line in lines
        if (gap := gaps.get(line.pillar.value)) is not None
    ]
    opens_at = cycle.closed_at + GAP_IS_PRIVATE
    return GapPanel(
        first.leader, rows, is_mine, day_of(opens_at) - timedelta(days=1), clock.now() < opens_at, first.superior
    )


def practices_apart(
    employee: Employee, cycle: Cycle, unit_id: int, items: Mapping[str, Cell]
) -> dict[Pillar, tuple[PracticeGap, ...]]:
    """By pillar, the two practices a leader and the team see most differently; for the leader alone."""
    rating = LeaderRating.objects.visible_to(employee).sent().filter(cycle=cycle, unit=unit_id).first()
    if rating is None:
        return {}
    found: dict[Pillar, list[PracticeGap]] = {}
    rated = (cycle.moved_to or cycle.model).said.by_code  # a rating may have been moved to a newer version
    for dimension in cycle.model.said.dimensions:
        for practice in dimension.practices:
            own, cell = rating.answers.get(practice.code), items.get(practice.code)
            if own is None or cell is None or cell.mean is None or practice.code not in rated:
                continue
            theirs, team = (len(each.anchors) - 1 for each in (rated[practice.code], practice))
            each = PracticeGap(practice.code, practice.name, 1 + 4 * own / theirs, 1 + 4 * cell.mean / team)
            if abs(each.own - each.team) >= DIFFERS_BY:
                found.setdefault(dimension.pillar, []).append(each)
    return {pillar: tuple(sorted(each, key=lambda one: -abs(one.own - one.team))[:2]) for pillar, each in found.items()}


@dataclass(frozen=True)
class GapColumn:
    """One column of a distribution: differences from `low` up to `high`; None at an open end."""

    low: float | None
    high: float | None
    n: int
    is_mine: bool  # the reader's own difference lies here


@dataclass(frozen=True)
class GapSpread:
    """How far leaders and teams differ in one pillar over the company; nobody's name."""

    pillar: Pillar
    leaders: int
    columns: tuple[GapColumn, ...]
    mine: float | None
    higher: int  # called higher or overrated
    lower: int

    @property
    def unsure(self) -> int:
        return self.leaders - self.higher - self.lower

    @property
    def tallest(self) -> int:
        return max(column.n for column in self.columns)


def gap_spreads(employee: Employee, cycle: Cycle) -> list[GapSpread]:
    """The distribution of gaps in each pillar with ten leaders or more.

    The second read that does not begin with the reader: it takes differences and verdicts alone, of the whole company,
    and is the same for all. Only the reader's own place is the reader's.
    """
    all_of_them = Gap.objects.filter(cycle=cycle, difference__isnull=False)
    found: dict[str, list[tuple[float, str]]] = {}
    for pillar, difference, verdict in all_of_them.values_list("pillar", "difference", "verdict"):
        found.setdefault(pillar, []).append((difference or 0.0, verdict))
    own = Gap.objects.visible_to(employee).filter(cycle=cycle, leader=employee, difference__isnull=False)
    mine: dict[str, float] = {}
    for pillar, difference in own.order_by("unit").values_list("pillar", "difference"):
        mine.setdefault(pillar, difference or 0.0)
    return [
        gap_spread(pillar, found[pillar.value], mine.get(pillar.value))
        for pillar in Pillar
        if len(found.get(pillar.value, ())) >= LEADERS_FROM
    ]


def gap_spread(pillar: Pillar, gaps: Sequence[tuple[float, str]], mine: float | None) -> GapSpread:
    """One pillar's distribution in columns of half a point."""
    counts = [0] * (len(EDGES) + 1)
    for difference, _verdict in gaps:
        counts[column_of(difference)] += 1
    own = None if mine is None else column_of(mine)
    lows, highs = (None, *EDGES), (*EDGES, None)
    verdicts = [verdict for _difference, verdict in gaps]
    return GapSpread(
        pillar,
        len(gaps),
        tuple(
            GapColumn(low, high, n, place == own)
            for place, (low, high, n) in enumerate(zip(lows, highs, counts, strict=True))
        ),
        mine,
        sum(verdict in (Gap.Verdict.HIGHER, Gap.Verdict.OVERRATES) for verdict in verdicts),
        verdicts.count(Gap.Verdict.LOWER),
    )


def column_of(difference: float) -> int:
    """Which column a difference falls into; what lies beyond the ends stands in the last."""
    return min(len(EDGES), max(0, floor((difference - EDGES[0]) / 0.5) + 1))

"""What a leader says beside what the team experiences: the leader's own panel first, the company's distribution apart.

A panel begins at `Gap.visible_to`: the leader at once, from the fifteenth day also the superior and HR, nobody else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
from stats.colleagues import called_by_chance, exceeds, one_in
from surveys.models import Cell

LEADERS_FROM = 10  # a distribution of fewer leaders would be a list of them
ELSEWHERE = 2  # leaders who lie elsewhere than most: a single one would know of all others, and all of that one
CLEARLY = 0.05  # how seldom chance may bring as many leaders, over all pillars shown
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
        """Whether the team's mean is known well enough to see a difference; a colleague may differ as much."""
        return self.gap.verdict in (Gap.Verdict.HIGHER, Gap.Verdict.OVERRATES, Gap.Verdict.LOWER)

    @property
    def overrates(self) -> bool:
        """The one word that says that chance alone hardly brings it."""
        return self.gap.verdict == Gap.Verdict.OVERRATES

    @property
    def is_lower(self) -> bool:
        return self.gap.verdict == Gap.Verdict.LOWER

    @property
    def one_in(self) -> int | None:
        """Of so many colleagues about one would rate at least as high, or as low; 100 where fewer would."""
        if not self.differs or self.gap.chance is None:
            return None
        return one_in(1 - self.gap.chance if self.is_lower else self.gap.chance)


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
        return max(called, key=lambda row: (row.overrates, row.size), default=None)

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
    """How far leaders and teams differ in one pillar over the company; nobody's name, and everybody once."""

    pillar: Pillar
    leaders: int
    columns: tuple[GapColumn, ...]
    mine: float | None
    higher: int  # called higher or overrated
    lower: int
    by_chance: tuple[float, ...]  # of each leader: how likely just a random colleague of the own team would be higher

    @property
    def unsure(self) -> int:
        return self.leaders - self.higher - self.lower

    @property
    def expected(self) -> float:
        """How many would be called higher, and as many lower, if each were just a random colleague of the own team."""
        return sum(self.by_chance)

    @property
    def surprise(self) -> float:
        """How likely chance alone calls as many higher."""
        return exceeds(self.higher, self.by_chance)

    @property
    def tallest(self) -> int:
        return max(column.n for column in self.columns)

    @property
    def tells_of_nobody(self) -> bool:
        """Whether two leaders or more lie outside the commonest column, and outside the commonest word."""
        return self.leaders - max(self.tallest, self.higher, self.lower, self.unsure) >= ELSEWHERE


def spread_from(cycle: Cycle) -> date | None:
    """The day from which the distribution is shown, with everybody else's view of a gap; None once it is."""
    if cycle.closed_at is None or clock.now() >= cycle.closed_at + GAP_IS_PRIVATE:
        return None
    return day_of(cycle.closed_at + GAP_IS_PRIVATE)


def gap_spreads(employee: Employee, cycle: Cycle) -> list[GapSpread]:
    """The distribution of gaps in each pillar with ten leaders or more, from the fifteenth day on.

    The second read that does not begin with the reader: it takes differences and verdicts alone, of the whole company,
    and is the same for all. Only the reader's own place is the reader's.
    """
    if cycle.closed_at is None or spread_from(cycle) is not None:
        return []
    said = Gap.objects.filter(cycle=cycle, difference__isnull=False).order_by("unit")
    teams = Cell.objects.filter(round=cycle.round_id, measure=Cell.Measure.PILLAR, unit__in=said.values("unit"))
    freedom = {(unit, code): df or 1.0 for unit, code, df in teams.values_list("unit_id", "code", "df")}
    found: dict[str, list[Gap]] = {}
    for gap in said:
        found.setdefault(gap.pillar, []).append(gap)
    spreads = [
        gap_spread(pillar, everybody, freedom, employee.pk)
        for pillar in Pillar
        if len(everybody := surest_of_each(found.get(pillar.value, ()))) >= LEADERS_FROM
    ]
    return [each for each in spreads if each.tells_of_nobody]


def surest_of_each(gaps: Iterable[Gap]) -> list[Gap]:
    """Each leader once: of several units, the one whose team's mean is known best."""
    found: dict[int, Gap] = {}
    for gap in sorted(gaps, key=lambda gap: (gap.high or 0.0) - (gap.low or 0.0)):
        found.setdefault(gap.leader_id, gap)
    return list(found.values())


def gap_spread(pillar: Pillar, gaps: Sequence[Gap], freedom: Mapping[tuple[int, str], float], reader: int) -> GapSpread:
    """One pillar's distribution in columns of half a point."""
    counts = [0] * (len(EDGES) + 1)
    for gap in gaps:
        counts[column_of(gap.difference or 0.0)] += 1
    counts = joined_ends(counts)
    mine = next((gap.difference for gap in gaps if gap.leader_id == reader), None)
    own = None if mine is None else column_of(mine)
    lows, highs = (None, *EDGES), (*EDGES, None)
    verdicts = Counter(gap.verdict for gap in gaps)
    return GapSpread(
        pillar,
        len(gaps),
        tuple(
            GapColumn(low, high, n, place == own)
            for place, (low, high, n) in enumerate(zip(lows, highs, counts, strict=True))
        ),
        mine,
        verdicts[Gap.Verdict.HIGHER] + verdicts[Gap.Verdict.OVERRATES],
        verdicts[Gap.Verdict.LOWER],
        tuple(chance_of(gap, freedom.get((gap.unit_id, gap.pillar))) for gap in gaps),
    )


def joined_ends(counts: Sequence[int]) -> list[int]:
    """The outermost columns hold two leaders or more: whoever lies further out alone is counted in the next."""
    joined = list(counts)
    for places in (range(len(joined) - 1), range(len(joined) - 1, 0, -1)):
        for place in places:
            if joined[place] >= ELSEWHERE:
                break
            joined[place + places.step] += joined[place]
            joined[place] = 0
    return joined


def chance_of(gap: Gap, df: float | None) -> float:
    """How likely a further rater of the same team would be called higher; 0 where that is not known."""
    if gap.difference is None or gap.low is None or gap.limit is None or gap.score is None or df is None:
        return 0.0
    return called_by_chance(gap.difference - gap.low, gap.limit - (gap.score - gap.difference), df)


def clearly_higher(spreads: Sequence[GapSpread]) -> GapSpread | None:
    """The pillar in which clearly more leaders rate higher than chance brings: p < .05 over all pillars shown."""
    clear = [each for each in spreads if each.higher and each.surprise < CLEARLY / len(spreads)]
    return max(clear, key=lambda each: each.higher / each.leaders, default=None)


def column_of(difference: float) -> int:
    """Which column a difference falls into; what lies beyond the ends stands in the last."""
    return min(len(EDGES), max(0, floor((difference - EDGES[0]) / 0.5) + 1))

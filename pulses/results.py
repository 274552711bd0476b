"""What the results pages show: published cells, put in order for one reader. Reads only, and no statistics of its own.

Every read begins at `visible_to`. Whoever may see nothing of a unit is not told that the unit was asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from people.models import Employee, Unit
from people.pillars import PILLAR_LONG, PILLAR_SHORT
from people.policies import leads_any, sees_all_results
from portal.lib.pillars import Pillar
from stats import intervals
from stats.intervals import Sample, Spread
from stats.rescale import nps_counts
from surveys.models import Cell, Comment, Round, RoundUnit
from surveys.promise import Terms
from surveys.querysets import STAFF_READ_AFTER
from surveys.questionnaire import Item, Questionnaire, Scale, Words

KIND = "pulse"
WAVES_READ = 40  # about three years of four-weekly waves
UNITS_AT_ONCE = 60  # a heat map with more rows shows one level of the tree at a time
HEAT_ALPHA = 0.05
BAR_WIDTH, BAR_GAP = 600.0, 2.0
NO_BREAK = "\u00a0"
LEVELS: tuple[Promise, ...] = (
    pgettext_lazy("level", "Reactive"),
    pgettext_lazy("level", "Aware"),
    pgettext_lazy("level", "Defined"),
    pgettext_lazy("level", "Managed"),
    pgettext_lazy("level", "Embedded"),
)
AGREEMENT: tuple[Promise, ...] = (
    _("Strongly disagree"),
    _("Disagree"),
    _("Neither"),
    _("Agree"),
    _("Strongly agree"),
)


def said(words: Words) -> str:
    """Stored words in the reader's language."""
    return words.get("en" if get_language() == "en" else "vi", "")


# Who reads, and what there is to read


@dataclass(frozen=True)
class Sight:
    """The units somebody may ask about. What they hold is gated cell by cell."""

    employee: Employee
    sees_all: bool
    led: frozenset[int]
    own: frozenset[int]  # the own unit and the company
    first: int | None  # the unit whose results come first

    def holds(self, unit_id: int) -> bool:
        return self.sees_all or unit_id in self.led or unit_id in self.own

    def rows(self) -> Q:
        """The units of a round that this person may ask about."""
        return Q() if self.sees_all else Q(unit__in=self.led | self.own)


def sight_of(employee: Employee) -> Sight:
    """What this person may ask about: three queries, however large the company is."""
    sees_all = sees_all_results(employee)
    led = list(Unit.objects.led_by(employee).values_list("pk", "parent_id")) if leads_any(employee) else []
    company = Unit.objects.filter(parent=None).order_by("pk").values_list("pk", flat=True).first()
    within = {pk for pk, _parent in led}
    top = next((pk for pk, parent in sorted(led) if parent not in within), None)
    first = top or (company if sees_all else employee.unit_id) or company
    own = {pk for pk in (employee.unit_id, company) if pk is not None}
    return Sight(employee, sees_all, frozenset(within), frozenset(own), first)


@dataclass(frozen=True)
class Reading:
    """One closed wave as one unit reads it; `shown` is the unit whose figures stand there, None where nothing could be
    published."""

    round: Round
    unit: RoundUnit
    shown: int | None

    @property
    def stands_in(self) -> bool:
        return self.shown is not None and self.shown != self.unit.unit_id

    @property
    def wave(self) -> int | None:
        return wave_number(self.round)


def wave_number(round_: Round) -> int | None:
    """The number people know the wave by; None for a round that no programme sent."""
    wave = getattr(round_, "wave", None)
    return None if wave is None else wave.number


def readings_of(sight: Sight, unit_id: int) -> list[Reading]:
    """The waves this person may read for a unit, the newest first; none for a unit out of sight."""
    if not sight.holds(unit_id):
        return []
    found = Cell.objects.visible_to(sight.employee).filter(round=OuterRef("round"), unit=OuterRef("shown_at"))
    rounds = Round.objects.visible_to(sight.employee).closed().filter(kind=KIND)
    rows = (
        RoundUnit.objects.filter(unit=unit_id, round__in=rounds)
        .filter(Exists(found) | Q(shown_at=None))
        .select_related("round__wave")
        .order_by("-round__closes_at", "-round__pk")
    )
    return [Reading(row.round, row, row.shown_at_id) for row in rows[:WAVES_READ]]


@dataclass(frozen=True)
class Waiting:
    """A wave whose results cannot be read yet, and why."""

    round: Round
    reads_from: datetime | None  # closed; everybody reads it from then on

    @property
    def wave(self) -> int | None:
        return wave_number(self.round)

    @property
    def terms(self) -> Terms:
        return Terms(self.round)


def waiting_for(sight: Sight, newest: Reading | None) -> Waiting | None:
    """The wave that comes next on this page: still open, or closed and not yet for everybody."""
    rounds = Round.objects.visible_to(sight.employee).filter(kind=KIND, state__in=["open", "closed"])
    last = rounds.select_related("wave").order_by("-opens_at").first()
    if last is None or (newest is not None and last.closes_at <= newest.round.closes_at):
        return None
    reads_from = last.closed_at + STAFF_READ_AFTER if last.closed_at is not None else None
    return Waiting(last, reads_from)


@dataclass(frozen=True)
class Choice:
    """One line of a select: a unit or a wave."""

    value: str
    label: str
    chosen: bool
    day: datetime | None = None
    wave: int | None = None


@dataclass(frozen=True)
class Switch:
    """The units and waves one may go to from here."""

    units: list[Choice]
    waves: list[Choice]


def switch_of(reading: Reading, readings: Sequence[Reading], tree: "RoundTree") -> Switch:
    """Links to the other units of this wave and to the other waves of this unit."""
    units = []
    for row in tree.rows:
        chosen = row.unit_id == reading.unit.unit_id
        margin = "" if chosen else 3 * NO_BREAK * tree.indent(row)  # the chosen one stands in the closed box
        units.append(Choice(str(row.unit_id), f"{margin}{row.name}", chosen))
    waves = [
        Choice(
            str(each.round.pk),
            said(each.round.questions.title),
            chosen=each.round.pk == reading.round.pk,
            day=each.round.closed_at,
            wave=each.wave,
        )
        for each in readings
    ]
    return Switch(units, waves)


class RoundTree:
    """The units of one round that the reader may ask about, in the order of the tree of that day."""

    def __init__(self, rows: Iterable[RoundUnit]) -> None:
        known = {row.unit_id: row for row in rows}
        self._below: dict[int | None, list[RoundUnit]] = {}
        for row in sorted(known.values(), key=lambda each: (each.sort_key, each.unit_id)):
            above = row.parent_id if row.parent_id in known else None
            self._below.setdefault(above, []).append(row)
        self._by_unit = known
        self.rows = self._walk(None)

    def _walk(self, unit_id: int | None) -> list[RoundUnit]:
        found: list[RoundUnit] = []
        stack = list(reversed(self._below.get(unit_id, [])))
        while stack:
            row = stack.pop()
            found.append(row)
            stack.extend(reversed(self._below.get(row.unit_id, [])))
        return found

    def under(self, unit_id: int) -> list[RoundUnit]:
        """Every unit below, depth first."""
        return self._walk(unit_id)

    def below(self, unit_id: int | None) -> list[RoundUnit]:
        """The units just below."""
        return self._below.get(unit_id, [])

    def row(self, unit_id: int | None) -> RoundUnit | None:
        return None if unit_id is None else self._by_unit.get(unit_id)

    def indent(self, row: RoundUnit) -> int:
        """How deep a unit stands among those within sight."""
        return row.depth - min((each.depth for each in self.rows), default=0)

    @property
    def company(self) -> RoundUnit | None:
        return next((row for row in self.rows if row.parent_id is None), None)


def tree_of(sight: Sight, round_: Round) -> RoundTree:
    return RoundTree(RoundUnit.objects.filter(sight.rows(), round=round_))


def name_of(round_: Round, unit_id: int) -> str:
    """The name a unit had that day."""
    row = RoundUnit.objects.filter(round=round_, unit=unit_id).first()
    return "" if row is None else row.name


# One unit's pillars


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


# Heat map


@dataclass(frozen=True)
class HeatCell:
    """One cell of the heat map. `tone` is "" without colour, else lo1 to lo3 or hi1 to hi3."""

    pillar: Pillar
    cell: Cell | None
    tone: str
    difference: float | None

    @property
    def word(self) -> Promise:
        return PILLAR_SHORT[self.pillar]

    @property
    def is_above(self) -> bool:
        return self.tone.startswith("hi")


@dataclass(frozen=True)
class HeatRow:
    """One unit, or neighbours that are not shown apart and stand together."""

    names: tuple[str, ...]
    unit_id: int | None
    cells: tuple[HeatCell, ...]
    indent: int = 0
    shown_with: str = ""  # the unit above whose results hold these
    same_as: str = ""  # the unit below that gave all these answers
    participation: Cell | None = None
    opens: bool = False  # has units below that are not on this page

    @property
    def is_merged(self) -> bool:
        return len(self.names) > 1


@dataclass(frozen=True)
class HeatMap:
    """The page of one wave: the company, then units in the order of the tree."""

    pillars: list[Pillar]
    company: HeatRow | None
    rows: list[HeatRow]
    above: RoundUnit | None  # the unit whose parts are shown, when not everything is

    @property
    def words(self) -> list[tuple[Pillar, Promise]]:
        return [(pillar, PILLAR_SHORT[pillar]) for pillar in self.pillars]

    @property
    def compares(self) -> bool:
        return self.company is not None and any(cell.cell is not None for cell in self.company.cells)


def heat_map_of(sight: Sight, reading: Reading, tree: RoundTree, above: int | None = None) -> HeatMap:
    """All units within sight, or, in a large company, those just below one of them."""
    company = tree.company
    top = above if above is not None and tree.row(above) else None
    rows = tree.under(top) if top is not None else tree.rows
    opens: set[int] = set()
    if len(rows) > UNITS_AT_ONCE:
        start = top if top is not None else (company.unit_id if company is not None else None)
        rows = tree.below(start)
        opens = {row.unit_id for row in rows if tree.below(row.unit_id)}
    asked = {row.unit_id for row in rows} | ({company.unit_id} if company is not None else set())
    found = (
        Cell.objects.visible_to(sight.employee)
        .filter(
            round=reading.round,
            unit__in=asked,
            measure__in=[Cell.Measure.PILLAR, Cell.Measure.PARTICIPATION],
        )
        .select_related("same_as")
    )
    cells: dict[tuple[int, str], Cell] = {}
    participation: dict[int, Cell] = {}
    for cell in found:
        if cell.measure == Cell.Measure.PARTICIPATION:
            participation[cell.unit_id] = cell
        else:
            cells[cell.unit_id, cell.code] = cell
    pillars = reading.round.questions.pillars
    units = [row for row in rows if company is None or row.unit_id != company.unit_id]
    heat = compared(company, units, pillars, cells)

    def cells_of(row: RoundUnit) -> tuple[HeatCell, ...]:
        return tuple(
            heat_cell(pillar, cells.get((row.unit_id, pillar.value)), heat.get((row.unit_id, pillar.value)))
            for pillar in pillars
        )

    shown: list[HeatRow] = []
    for is_apart, group in groupby(units, key=lambda row: apart_key(row, pillars, cells)):
        together = list(group)
        if is_apart is not None:
            place = next((row for row in [tree.row(is_apart[1])] if row is not None), None)
            names = tuple(row.name for row in together)
            with_ = "" if place is None else place.name
            shown.append(HeatRow(names, None, cells_of(together[0]), tree.indent(together[0]), shown_with=with_))
            continue
        for row in together:
            shown.append(
                HeatRow(
                    (row.name,),
                    row.unit_id,
                    cells_of(row),
                    tree.indent(row),
                    same_as=same_as_of(row, pillars, cells),
                    participation=participation.get(row.unit_id),
                    opens=row.unit_id in opens,
                )
            )
    first = None
    if company is not None:
        first = HeatRow(
            (company.name,), company.unit_id, cells_of(company), participation=participation.get(company.unit_id)
        )
    return HeatMap(pillars, first, shown, tree.row(top))


def apart_key(
    row: RoundUnit, pillars: Sequence[Pillar], cells: Mapping[tuple[int, str], Cell]
) -> tuple[int | None, int | None] | None:
    """Neighbours without any score stand together when the same unit above holds their answers."""
    if any((row.unit_id, pillar.value) in cells for pillar in pillars):
        return None
    return row.parent_id, row.shown_at_id


def same_as_of(row: RoundUnit, pillars: Sequence[Pillar], cells: Mapping[tuple[int, str], Cell]) -> str:
    """The unit below whose answers are all there is, for every pillar shown."""
    found = [cells[row.unit_id, pillar.value] for pillar in pillars if (row.unit_id, pillar.value) in cells]
    names = {cell.same_as.name if cell.same_as is not None else "" for cell in found}
    return names.pop() if len(names) == 1 else ""


def heat_cell(pillar: Pillar, cell: Cell | None, found: intervals.Heat | None) -> HeatCell:
    if found is None or found.step == 0:
        return HeatCell(pillar, cell, "", None)
    side = "hi" if found.verdict == "above" else "lo"
    return HeatCell(pillar, cell, f"{side}{found.step}", found.difference)


def compared(
    company: RoundUnit | None,
    units: Sequence[RoundUnit],
    pillars: Sequence[Pillar],
    cells: Mapping[tuple[int, str], Cell],
) -> dict[tuple[int, str], intervals.Heat]:
    """The cells that stand out from the company without them: each pillar by `heat_map`, then Holm over all cells.

    Holm over more tests is never milder, so a cell called over all of them has been called within its pillar too.
    """
    if company is None:
        return {}
    found: dict[tuple[int, str], intervals.Heat] = {}
    for pillar in pillars:
        whole = cells.get((company.unit_id, pillar.value))
        own = [cells[row.unit_id, pillar.value] for row in units if (row.unit_id, pillar.value) in cells]
        own = [cell for cell in own if cell.same_as_id is None]
        if whole is None:
            continue
        for unit_id, heat in against_company(whole, own).items():
            found[unit_id, pillar.value] = heat
    adjusted = intervals.holm([heat.p for heat in found.values()])
    return {place: heat for (place, heat), p in zip(found.items(), adjusted, strict=True) if p <= HEAT_ALPHA}


def against_company(whole: Cell, own: Sequence[Cell]) -> dict[int, intervals.Heat]:
    """One pillar's cells against the company's."""
    company = sample_of(whole)
    samples = {cell.unit_id: sample for cell in own if (sample := sample_of(cell)) is not None and cell.n != whole.n}
    if company is None or not samples:
        return {}
    found = intervals.heat_map(company, samples, pooled_of([whole, *own]), HEAT_ALPHA)
    return {unit_id: heat for unit_id, heat in found.items() if heat is not None}


def sample_of(cell: Cell) -> Sample | None:
    """A cell as statistics take it; the sd only where it is the cell's own and not pooled over units."""
    if cell.n is None or cell.mean is None:
        return None
    return Sample(cell.n, cell.mean, cell.sd if has_own_spread(cell) else None)


def has_own_spread(cell: Cell) -> bool:
    return cell.n is not None and cell.n >= intervals.OWN_SPREAD_FROM and cell.df == cell.n - 1


def pooled_of(cells: Sequence[Cell]) -> Spread | None:
    """The pooled spread that the smaller cells were published with; else that of the cells shown."""
    for cell in cells:
        if cell.sd and cell.df and not has_own_spread(cell):
            return Spread(cell.sd, max(1.0, cell.df))
    return intervals.pooled_sd([sample for cell in cells if (sample := sample_of(cell)) is not None])


# Questions


@dataclass(frozen=True)
class AnswerShare:
    """One answer of a distribution: how many gave it, and its part of all."""

    label: str | Promise
    n: int
    share: float
    tone: int  # 1 to 5, from the low end of the scale to the high end
    x: float  # where its part of the bar begins
    width: float


@dataclass(frozen=True)
class ItemLine:
    """One question: its cell, or that it is not shown apart."""

    item: Item
    cell: Cell | None
    answers: tuple[AnswerShare, ...]

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
    def has_details(self) -> bool:
        lines = [item for pillar in self.pillars for driver in pillar.drivers for item in driver.items]
        return any(line.cell is not None for line in [*lines, *self.enps])


def item_results(sight: Sight, reading: Reading) -> ItemResults:
    """Every question of a wave for one unit: two queries."""
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
            drivers.setdefault(item.driver, []).append(item_line(item, cells.get(("item", item.code))))
        lines = [
            DriverLine(code, said(asked.drivers.get(code, {})), cells.get(("driver", code)), each)
            for code, each in drivers.items()
        ]
        if lines:
            pillars.append(PillarItems(pillar, cells.get(("pillar", pillar.value)), lines))
    enps = [item_line(item, cells.get(("enps", item.code))) for item in asked.items if item.counts == "enps"]
    shown_name = name_of(reading.round, reading.shown) if reading.shown is not None and reading.stands_in else ""
    return ItemResults(reading, shown_name, pillars, enps)


def item_line(item: Item, cell: Cell | None) -> ItemLine:
    histogram = None if cell is None else cell.histogram
    return ItemLine(item, cell, distribution(item, histogram) if histogram else ())


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
        labels = [str(value) for value in item.scale.values]
    total, steps = sum(counts) or 1, max(1, len(counts) - 1)
    room = BAR_WIDTH - BAR_GAP * (sum(n > 0 for n in counts) - 1)
    answers, x = [], 0.0
    for place, (label, n) in enumerate(zip(labels, counts, strict=True)):
        width = room * n / total
        answers.append(AnswerShare(label, n, n / total, 1 + round(4 * place / steps), round(x, 1), round(width, 1)))
        x += width + (BAR_GAP if n else 0)
    return tuple(answers)


# Comments


@dataclass(frozen=True)
class CommentGroup:
    """What was written to one question, in an order that says nothing."""

    question: str
    comments: list[Comment]


def comments_of(sight: Sight, reading: Reading, tree: RoundTree) -> QuerySet[Comment]:
    """The comments shown with a unit and what is below it; their keys are random, so their order is."""
    unit_id = reading.unit.unit_id
    units = [unit_id, *(row.unit_id for row in tree.under(unit_id))]
    return (
        Comment.objects.visible_to(sight.employee)
        .filter(round=reading.round, standing_block__unit__in=units)
        .order_by("question", "pk")
    )


def grouped(round_: Round, comments: Iterable[Comment]) -> list[CommentGroup]:
    """Comments under their questions."""
    asked = round_.questions
    return [
        CommentGroup(said(asked.item(code).text), list(each))
        for code, each in groupby(comments, key=lambda comment: comment.question)
    ]

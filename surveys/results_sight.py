"""Who reads, and what there is to read: units within sight, closed rounds, the tree of that day.

Every read begins at `visible_to`. Whoever may see nothing of a unit is not told that the unit was asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from people.models import Employee, Unit
from people.policies import leads_any, sees_all_results
from surveys.models import Cell, Round, RoundUnit

NO_BREAK = "\u00a0"


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
    """One closed round as one unit reads it; `shown` is the unit whose figures stand there, None where nothing could be
    published."""

    round: Round
    unit: RoundUnit
    shown: int | None

    @property
    def stands_in(self) -> bool:
        return self.shown is not None and self.shown != self.unit.unit_id


def readings_in(sight: Sight, unit_id: int, rounds: QuerySet[Round], *, beside: str, most: int) -> list[Reading]:
    """Those of the rounds that this person may read for a unit, the newest first; none for a unit out of sight.

    `beside` is what a room fetches with each round: the noun of its own that the round belongs to.
    """
    if not sight.holds(unit_id):
        return []
    found = Cell.objects.visible_to(sight.employee).filter(round=OuterRef("round"), unit=OuterRef("shown_at"))
    rows = (
        RoundUnit.objects.filter(unit=unit_id, round__in=rounds)
        .filter(Exists(found) | Q(shown_at=None))
        .select_related(beside)
        .order_by("-round__closes_at", "-round__pk")
    )
    return [Reading(row.round, row, row.shown_at_id) for row in rows[:most]]


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


def tree_with_stand_ins(sight: Sight, round_: Round) -> RoundTree:
    """The same, and the units above whose results stand in for one of them."""
    rows = RoundUnit.objects.filter(round=round_)
    if sight.sees_all:
        return RoundTree(rows)
    return RoundTree(rows.filter(sight.rows() | Q(unit__in=rows.filter(sight.rows()).values("shown_at"))))


def shown_row(reading: Reading) -> RoundUnit | None:
    """The unit whose figures stand there, as it was that day."""
    if reading.shown is None or not reading.stands_in:
        return None if reading.shown is None else reading.unit
    return RoundUnit.objects.filter(round=reading.round, unit=reading.shown).first()


@dataclass(frozen=True)
class Choice:
    """One line of a select: a unit or a round."""

    value: str
    label: str
    chosen: bool
    day: datetime | None = None
    number: int | None = None


def unit_choices(tree: RoundTree, chosen: int) -> list[Choice]:
    """The units of a round in the order of the tree, each as deep as it stands."""
    choices = []
    for row in tree.rows:
        is_chosen = row.unit_id == chosen
        margin = "" if is_chosen else 3 * NO_BREAK * tree.indent(row)  # the chosen one stands in the closed box
        choices.append(Choice(str(row.unit_id), f"{margin}{row.name}", is_chosen))
    return choices

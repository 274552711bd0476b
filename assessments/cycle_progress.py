"""How far a cycle has come, and what has changed in the company since it opened: as values, naming nobody's answers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from assessments import actions, policies
from assessments.models import Cycle, CycleUnit, LeaderRating
from people.models import Employee
from portal.lib.zones import last_day
from surveys.models import Participation, Round, RoundUnit


@dataclass(frozen=True)
class Asked:
    """One rating asked of a leader by name: whose, of which unit, and whether it was sent."""

    unit: str
    leader: str
    is_sent: bool
    is_theirs: bool  # whether the same person still leads the unit


@dataclass(frozen=True)
class Progress:
    """An open cycle: links used as far as may be told, leaders' ratings by number."""

    last_day: date
    invited: int
    participation: Participation | None
    asked: int
    sent: int
    ratings: list[Asked]  # by name, only for those who run cycles
    reminders: list[tuple[datetime, bool]]  # when, and whether it has gone out


@dataclass(frozen=True)
class Since:
    """What has changed since the cycle opened; its results stay with the day it opened."""

    moved: list[str]  # units that now stand elsewhere, or are closed
    replaced: list[str]  # units somebody else leads now
    without_leader: int
    without_team: list[str]  # units whose leader has nobody to rate beside

    def __bool__(self) -> bool:
        return bool(self.moved or self.replaced or self.without_leader or self.without_team)


def progress_of(cycle: Cycle, reader: Employee) -> Progress | None:
    """How far an open cycle has come; None for one that is not open."""
    round_ = cycle.round
    if not cycle.is_open or round_ is None:
        return None
    ratings = _asked(cycle)
    gone = set(cycle.reminded.values_list("number", flat=True))
    instants = enumerate(actions.reminder_instants(cycle), start=1)
    return Progress(
        last_day=last_day(round_.closes_at, cycle.time_zone),
        invited=round_.invited,
        participation=Participation.objects.filter(round=round_, unit__parent=None).first(),
        asked=len(ratings),
        sent=sum(each.is_sent for each in ratings),
        ratings=ratings if policies.can_run_cycles(reader) else [],
        reminders=[(at, number in gone) for number, at in instants],
    )


def _asked(cycle: Cycle) -> list[Asked]:
    rows = LeaderRating.objects.filter(cycle=cycle).select_related("unit", "leader").order_by("unit__sort_key")
    return [
        Asked(row.unit.name, row.leader.full_name, row.sent_at is not None, row.unit.leader_id == row.leader_id)
        for row in rows
    ]


def since_opening(cycle: Cycle) -> Since:
    """Units that moved, leaders who were replaced, units that nobody leads: read against the day it opened."""
    if cycle.round_id is None:
        return Since([], [], 0, [])
    covered = CycleUnit.objects.filter(cycle=cycle).select_related("unit").order_by("unit__sort_key")
    places = RoundUnit.objects.filter(round=cycle.round_id, unit__in=covered.values("unit"))
    above_changed = ~Q(unit__parent=F("parent")) | Q(parent=None, unit__parent__isnull=False)
    moved = places.filter(above_changed | Q(unit__closed_on__isnull=False)).exclude(parent=None, unit__parent=None)
    rated = set(LeaderRating.objects.filter(cycle=cycle).values_list("unit", flat=True))
    led = [each for each in covered if each.leader_id is not None]
    return Since(
        moved=[place.unit.name for place in moved.select_related("unit").order_by("sort_key")],
        replaced=[each.unit.name for each in led if each.unit.leader_id != each.leader_id],
        without_leader=sum(each.leader_id is None for each in covered),
        without_team=[each.unit.name for each in led if each.unit_id not in rated] if cycle.is_open else [],
    )


def was_lost(cycle: Cycle) -> bool:
    """Whether a cycle ended because the key to its answers was lost."""
    return cycle.state == Cycle.State.CANCELLED and cycle.round is not None and cycle.round.state == Round.State.LOST

"""Which cycles there are to read, and the ways from one to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments.models import Cycle
from people.models import Employee
from surveys.models import Round
from surveys.promise import Terms
from surveys.querysets import STAFF_READ_AFTER
from surveys.results_sight import Choice, Reading, RoundTree, Sight, readings_in, sight_of, unit_choices

KIND = "assessment"
CYCLES_READ = 20  # ten years of half-yearly cycles


def cycle_of(reading: Reading) -> Cycle:
    """The cycle whose round is read."""
    cycle: Cycle = reading.round.cycle
    return cycle


def readings_of(sight: Sight, unit_id: int) -> list[Reading]:
    """The cycles this person may read for a unit, the newest first; none for a unit out of sight."""
    with_results = Cycle.objects.ended().values("round")
    rounds = Round.objects.visible_to(sight.employee).closed().filter(kind=KIND, pk__in=with_results)
    return readings_in(sight, unit_id, rounds, beside="round__cycle__model", most=CYCLES_READ)


@dataclass(frozen=True)
class Place:
    """Who reads, which cycle of which unit, and the other cycles that may be read of it."""

    sight: Sight
    reading: Reading
    readings: Sequence[Reading]

    @property
    def cycle(self) -> Cycle:
        return cycle_of(self.reading)

    @property
    def is_newest(self) -> bool:
        return self.reading is self.readings[0]


def place_of(employee: Employee, cycle_id: int | None, unit_id: int | None) -> Place | None:
    """The place somebody asks for, the newest cycle and the reader's own unit unless told; None where nothing may be
    read, and no word whether it exists."""
    sight = sight_of(employee)
    wanted = sight.first if unit_id is None else unit_id
    readings = [] if wanted is None else readings_of(sight, wanted)
    reading = next((each for each in readings if cycle_id is None or cycle_of(each).pk == cycle_id), None)
    return None if reading is None else Place(sight, reading, readings)


@dataclass(frozen=True)
class Waiting:
    """A cycle whose results cannot be read yet: still open, or closed and not yet for this reader."""

    cycle: Cycle
    round: Round
    reads_from: datetime | None

    @property
    def last_moment(self) -> datetime:
        return Terms(self.round).last_moment


def waiting_for(newest: Reading | None) -> Waiting | None:
    """The cycle that comes next."""
    begun = Cycle.objects.filter(state__in=["open", "closed", "reviewed"]).select_related("round")
    last = begun.order_by("-round__closes_at", "-pk").first()
    if last is None or last.round is None or (newest is not None and last.round.closes_at <= newest.round.closes_at):
        return None
    closed_at = last.round.closed_at
    return Waiting(last, last.round, None if closed_at is None else closed_at + STAFF_READ_AFTER)


@dataclass(frozen=True)
class Switch:
    """The units and cycles one may go to from here."""

    units: list[Choice]
    cycles: list[Choice]


def switch_of(place: Place, tree: RoundTree) -> Switch:
    """Links to the other units of this cycle and to the other cycles of this unit."""
    cycles = [
        Choice(str(cycle_of(each).pk), str(cycle_of(each)), each is place.reading, day=each.round.closed_at)
        for each in place.readings
    ]
    return Switch(unit_choices(tree, place.reading.unit.unit_id), cycles)

"""Which waves there are to read, the one that comes next, and the ways from one to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from surveys.models import Round
from surveys.promise import Terms
from surveys.querysets import STAFF_READ_AFTER
from surveys.results_pillars import Point, month_words
from surveys.results_sight import Choice, Reading, RoundTree, Sight, readings_in, unit_choices
from surveys.results_words import said

KIND = "pulse"
WAVES_READ = 40  # about three years of four-weekly waves


def wave_number(round_: Round) -> int | None:
    """The number people know the wave by; None for a round that no programme sent."""
    wave = getattr(round_, "wave", None)
    return None if wave is None else wave.number


def wave_words(point: Point) -> str:
    """What a wave is called under a trend: its number, or its month."""
    number = wave_number(point.round)
    if number is not None:
        return gettext("Wave %(number)s") % {"number": number}
    return month_words(point)


def readings_of(sight: Sight, unit_id: int) -> list[Reading]:
    """The waves this person may read for a unit, the newest first; none for a unit out of sight."""
    rounds = Round.objects.visible_to(sight.employee).closed().filter(kind=KIND)
    return readings_in(sight, unit_id, rounds, beside="round__wave", most=WAVES_READ)


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
class Switch:
    """The units and waves one may go to from here."""

    units: list[Choice]
    waves: list[Choice]


def switch_of(reading: Reading, readings: Sequence[Reading], tree: RoundTree) -> Switch:
    """Links to the other units of this wave and to the other waves of this unit."""
    waves = [
        Choice(
            str(each.round.pk),
            said(each.round.questions.title),
            chosen=each.round.pk == reading.round.pk,
            day=each.round.closed_at,
            number=wave_number(each.round),
        )
        for each in readings
    ]
    return Switch(unit_choices(tree, reading.unit.unit_id), waves)

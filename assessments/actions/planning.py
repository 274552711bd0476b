"""What a plan comes to: whom it reaches, when it is open, and what keeps it from being opened."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from assessments.actions.asking import minutes_of
from assessments.actions.refusals import (
    AnotherOpen,
    AskedTooMuch,
    CycleRefused,
    LongTooOften,
    NotPublished,
    TooFewInvited,
    WeightsTooFine,
)
from assessments.models import Cycle, CycleUnit, MaturityModel
from people import days
from people.models import Employee, Unit
from people.querysets import ids_in
from portal.lib import clock
from portal.lib.zones import last_day, local_day, local_instant
from surveys import burden
from surveys.questionnaire import WEIGHTS
from surveys.registry import Planned

YEARLY_DAYS = 300  # between the end of one long cycle and the begin of the next, both of them weeks long
LOOKED_AHEAD = 120  # days: for a day on which people are not asked too much


@dataclass(frozen=True)
class Window:
    """The instants between which a cycle can be answered."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class Reach:
    """What a plan comes to: people, units, practices, minutes for each, the window."""

    people: int
    units: int
    leaders: int
    practices: int
    minutes: int
    window: Window
    last_day: date


def locked(cycle_id: int) -> Cycle:
    """The cycle, held until the transaction ends."""
    waiting = Cycle.objects.select_for_update(of=("self",), no_key=True)
    return waiting.select_related("model", "round").get(pk=cycle_id)


def planned_window(cycle: Cycle) -> Window:
    """From the send hour of its first day to the end of its last one, by the clocks of its zone."""
    closes_on = cycle.opens_on + timedelta(cycle.window_days)
    return Window(
        local_instant(cycle.opens_on, cycle.send_hour, cycle.time_zone), local_instant(closes_on, 0, cycle.time_zone)
    )


def window_from(cycle: Cycle, now: datetime) -> Window:
    """The window of a cycle opened by hand: from now on, and as many days as planned."""
    closes_on = local_day(now, cycle.time_zone) + timedelta(cycle.window_days)
    return Window(now, local_instant(closes_on, 0, cycle.time_zone))


def audience_of(cycle: Cycle) -> frozenset[int]:
    """The open units a cycle covers: those chosen with everything below them, or the whole company."""
    chosen = [unit.pk for unit in cycle.units.all()]
    units = Unit.objects.under(*chosen) if chosen else Unit.objects.all()
    return frozenset(units.open().values_list("pk", flat=True))


def newer_version(model: MaturityModel) -> MaturityModel | None:
    """The newest published version of the same model, where it is newer than this one."""
    newest: MaturityModel | None = MaturityModel.objects.of_code(model.code).published().first()
    return newest if newest is not None and newest.version > model.version else None


def refuse_opening(cycle: Cycle, units: Collection[int], window: Window) -> None:
    """Raise when this cycle may not be opened: its version, another open cycle, or people asked too much."""
    if cycle.model.state != MaturityModel.State.PUBLISHED:
        raise NotPublished
    if any(practice.weight not in WEIGHTS for practice in cycle.model.said.by_code.values()):
        raise WeightsTooFine
    if not units:
        raise TooFewInvited(cycle.k)
    taken = CycleUnit.objects.filter(is_open=True, model_code=cycle.model.code, unit__in=ids_in(sorted(units)))
    names = [each.unit.name for each in taken.exclude(cycle=cycle).select_related("unit").order_by("unit__sort_key")]
    if names:
        raise AnotherOpen(names)
    _refuse_burden(cycle, window.opens_at)


def _refuse_burden(cycle: Cycle, at: datetime) -> None:
    """Raise when somebody would be asked more than 40 questions in 30 days; what comes after rests by itself.

    More than thirty practices stand alone: nothing was asked in the 30 days before, and nobody is asked so many twice
    within a year.
    """
    units, key = list(cycle.units.all()) or None, key_of(cycle)
    practices = len(cycle.model.said.by_code)
    if practices >= burden.LONG_FROM and burden.near_long_assessment(units, around=at, days=YEARLY_DAYS, leave_out=key):
        raise LongTooOften
    half = timedelta(days=burden.DAYS // 2)
    before = burden.asked_within(units, around=at - half, days=half.days, leave_out=key)  # the 30 days before
    if before > _room_for(practices):
        long = practices >= burden.LONG_FROM
        raise AskedTooMuch(before + practices, long=long, first=_first_day(cycle, practices))


def _room_for(practices: int) -> int:
    """How many questions may have been asked in the 30 days before; beside a long model none."""
    return 0 if practices >= burden.LONG_FROM else burden.ITEMS_AT_MOST - practices


def _first_day(cycle: Cycle, practices: int) -> date | None:
    """The first day after today on which people would not be asked too much, as rounds are planned now."""
    units, key = list(cycle.units.all()) or None, key_of(cycle)
    today = local_day(clock.now(), cycle.time_zone)
    ahead = [today + timedelta(days=number) for number in range(1, LOOKED_AHEAD + 1)]
    moments = [local_instant(day, cycle.send_hour, cycle.time_zone) for day in ahead]
    found = zip(ahead, moments, burden.most_before(units, moments=moments, leave_out=key), strict=True)
    day, at = next(((day, at) for day, at, asked in found if asked <= _room_for(practices)), (None, None))
    if at is None or practices < burden.LONG_FROM:
        return day
    return None if burden.near_long_assessment(units, around=at, days=YEARLY_DAYS, leave_out=key) else day


def key_of(cycle: Cycle) -> str:
    """The key of a cycle's round."""
    return f"assessments.cycle:{cycle.pk}"


def plans_between(since: datetime, until: datetime) -> Iterator[Planned]:
    """The rounds of cycles that will open by themselves, open at some time between two instants."""
    for cycle in Cycle.objects.scheduled().select_related("model").prefetch_related("units"):
        window = planned_window(cycle)
        if window.opens_at < until and window.closes_at > since:
            chosen = frozenset(unit.pk for unit in cycle.units.all())
            yield Planned(
                key_of(cycle),
                "assessment",
                chosen or None,
                len(cycle.model.said.by_code),
                window.opens_at,
                window.closes_at,
            )


def hindrance(cycle: Cycle, units: Collection[int], people: int, window: Window) -> CycleRefused | None:
    """What would refuse to open this plan; None for a plan that may open."""
    try:
        refuse_opening(cycle, units, window)
    except CycleRefused as refused:
        return refused
    return TooFewInvited(cycle.k - people) if people < cycle.k else None


def reach(cycle: Cycle, units: Collection[int]) -> Reach:
    """Whom a plan reaches as the company stands today, to be read before it is opened."""
    now = clock.now()
    window = planned_window(cycle)
    if window.opens_at <= now:
        window = window_from(cycle, now)
    content = cycle.model.said
    covered = list(Unit.objects.filter(pk__in=ids_in(sorted(units))))
    top = {unit.leader_id for unit in covered if unit.leader_id and unit.parent_id not in units}
    return Reach(
        people=_invited(units, top, window),
        units=len(covered),
        leaders=sum(unit.leader_id is not None for unit in covered),
        practices=len(content.by_code),
        minutes=minutes_of(content),
        window=window,
        last_day=last_day(window.closes_at, cycle.time_zone),
    )


def _invited(units: Collection[int], top: Collection[int], window: Window) -> int:
    """People at work in these units who are not away for the whole time; those at the very top rate by name only."""
    today, last = days.today(), days.day_of(window.closes_at)
    asked = Employee.objects.at_work_on(today).filter(unit__in=ids_in(sorted(units)), kiosk=False)
    there = Q(away_from=None) | Q(away_from__gt=today) | Q(away_until__lt=last)
    return asked.filter(there).exclude(pk__in=top).count()

"""Opening a cycle: its round with all invitations, the units as they stand that day, what leaders are asked."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from assessments import facts
from assessments.actions.asking import questionnaire_of
from assessments.actions.following import plan_follower, usual_title
from assessments.actions.owing import owe_invitations, owe_refusal
from assessments.actions.planning import (
    Window,
    audience_of,
    key_of,
    locked,
    newer_version,
    planned_window,
    refuse_opening,
    window_from,
)
from assessments.actions.refusals import AlreadyMoved, CycleRefused, NewerVersion, TooFewInvited, WindowOver
from assessments.models import Cycle, CycleUnit, LeaderRating, MaturityModel, title_of
from diary.actions import record
from people import days
from people.models import Employee
from portal.lib import clock
from portal.lib.zones import local_day
from surveys.actions import TooFewPeople, launch_round
from surveys.burden import hold_launches
from surveys.models import Round, RoundUnit

__all__ = ["open_cycle", "open_due_cycle", "questionnaire_of"]

LEFT_AT_LEAST = timedelta(days=3)  # of a window, when the clock is late


@transaction.atomic
def open_cycle(*, cycle_id: int, by: Employee | None = None) -> Cycle:
    """Open a plan now, whatever its date, for as many days as planned; opened twice it is opened once.

    Raises CycleRefused with what hinders it, AlreadyMoved when it has ended, NoKeyInStock before there is a key.
    """
    cycle = locked(cycle_id)
    if cycle.is_open:
        return cycle
    if not cycle.is_plan:
        raise AlreadyMoved
    return _open(cycle, window_from(cycle, clock.now()), by)


def open_due_cycle(*, cycle_id: int, now: datetime) -> Cycle | None:
    """Open a planned cycle whose hour has come; None when there is nothing to do. A late clock does not move its end.

    What hinders it is kept, so that its page says why and the sweep does not try for ever.
    """
    with transaction.atomic():
        cycle = locked(cycle_id)
        window = planned_window(cycle)
        if cycle.state != Cycle.State.PLANNED or cycle.refusal or window.opens_at > now:
            return None
        try:
            with transaction.atomic():
                _refuse_late(cycle, window, now)
                return _open(cycle, Window(now, window.closes_at), None)
        except CycleRefused as refused:
            return _note_refusal(cycle, refused)


def _refuse_late(cycle: Cycle, window: Window, now: datetime) -> None:
    if window.closes_at - now < LEFT_AT_LEAST:
        raise WindowOver
    if cycle.follows_id is not None and cycle.edition == 1 and newer_version(cycle.model) is not None:
        raise NewerVersion  # nobody has looked at this plan since the newer version came


def _note_refusal(cycle: Cycle, refused: CycleRefused) -> Cycle:
    """Keep why it was not opened; a choice of version is left to people, so the plan becomes a draft again."""
    cycle.refusal = refused.code
    if isinstance(refused, NewerVersion):
        cycle.state = Cycle.State.DRAFT
    cycle.save(update_fields=["refusal", "state"])
    record(
        facts.CYCLE_REFUSED,
        subject=f"assessments.cycle:{cycle.pk}",
        key=f"{facts.CYCLE_REFUSED}:{cycle.pk}:{cycle.edition}:{cycle.opens_on}",
        data={"why": refused.code},
    )
    owe_refusal(cycle)
    return cycle


def _open(cycle: Cycle, window: Window, by: Employee | None) -> Cycle:
    """Everything of an opening, in the transaction of whoever calls: all of it happens or nothing."""
    _one_at_a_time(cycle.model.code)
    hold_launches()
    model = MaturityModel.objects.select_for_update(no_key=True).get(pk=cycle.model_id)
    cycle.model = model
    units = audience_of(cycle)
    refuse_opening(cycle, units, window)
    round_ = _launch(cycle, window, by)
    asked = _cover(cycle, round_, units)
    cycle.round, cycle.state, cycle.refusal = round_, Cycle.State.OPEN, ""
    follower = _date(cycle, local_day(window.opens_at, cycle.time_zone))
    cycle.save(update_fields=["round", "state", "refusal", "opens_on", "title"])
    MaturityModel.objects.filter(pk=model.pk, first_used_at=None).update(first_used_at=clock.now())
    owe_invitations(cycle, round_)
    record(
        facts.CYCLE_OPENED,
        actor=by,
        subject=f"assessments.cycle:{cycle.pk}",
        key=f"{facts.CYCLE_OPENED}:{cycle.pk}",
        data={
            "model": model.pk,
            "version": model.version,
            "invited": round_.invited,
            "units": len(units),
            "leaders": asked,
            **({"follower": follower.pk} if follower is not None else {}),
        },
    )
    return cycle


def _date(cycle: Cycle, opened_on: date) -> Cycle | None:
    """Give the cycle the day it opened on, and the month in its title; plan the next one, where it repeats."""
    usual = cycle.words == usual_title(cycle.model, cycle.opens_on)
    follower = plan_follower(cycle, after=max(cycle.opens_on, opened_on), usual=usual)
    cycle.opens_on = opened_on
    if usual:
        cycle.title = title_of(usual_title(cycle.model, opened_on))
    return follower


def _one_at_a_time(code: str) -> None:
    """Cycles with one model open one after the other, so that the later of two sees the units of the earlier."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"assessments.open:{code}"])


def _launch(cycle: Cycle, window: Window, by: Employee | None) -> Round:
    planned = list(cycle.units.all())
    chosen = [unit for unit in planned if unit.closed_on is None]
    if planned and not chosen:  # without units it would be the whole company
        raise TooFewInvited(cycle.k)
    try:
        return launch_round(
            kind="assessment",
            key=key_of(cycle),
            series=f"assessments:{cycle.model.code}",
            units=chosen or None,
            questionnaire=questionnaire_of(cycle.model, asks_comments=cycle.asks_comments),
            opens_at=window.opens_at,
            closes_at=window.closes_at,
            launched_by=by,
            k=cycle.k,
            k_detail=cycle.k_detail,
        )
    except TooFewPeople as error:
        raise TooFewInvited(error.missing) from error


def _cover(cycle: Cycle, round_: Round, units: Collection[int]) -> int:
    """Freeze units with leader and superior of the day; ask each leader who has a team. Returns how many ratings."""
    places = {place.unit_id: place for place in RoundUnit.objects.filter(round=round_)}
    leaders = {place.leader_id for place in places.values() if place.leader_id is not None}
    working = set(Employee.objects.at_work_on(days.today()).filter(pk__in=leaders).values_list("pk", flat=True))
    covered = [
        CycleUnit(
            cycle=cycle,
            unit_id=unit,
            model_code=cycle.model.code,
            leader_id=place.leader_id if place.leader_id in working else None,
            superior_id=_superior(place, places, working),
        )
        for unit, place in sorted(places.items())
        if unit in units
    ]
    CycleUnit.objects.bulk_create(covered, batch_size=2000)
    ratings = [
        LeaderRating(cycle=cycle, unit_id=each.unit_id, leader_id=each.leader_id)
        for each in covered
        if each.leader_id is not None and places[each.unit_id].headcount
    ]
    LeaderRating.objects.bulk_create(ratings, batch_size=2000)
    return len(ratings)


def _superior(place: RoundUnit, places: dict[int, RoundUnit], working: Collection[int]) -> int | None:
    """Whoever leads the nearest unit above that somebody else leads; nobody at the very top."""
    above = places.get(place.parent_id) if place.parent_id is not None else None
    while above is not None:
        if above.leader_id in working and above.leader_id != place.leader_id:
            return above.leader_id
        above = places.get(above.parent_id) if above.parent_id is not None else None
    return None

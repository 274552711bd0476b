"""Waves: send the one that is due, or the next at once; end one early, or cancel it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from diary.actions import record
from portal.lib import clock
from pulses import facts, scoring
from pulses.actions.owing import owe_cancellations, owe_invitations
from pulses.actions.planning import questionnaire, refuse_burden, refuse_plan
from pulses.actions.refusals import AlreadyMoved, AskedEnough, AskedLately, NothingLeft, PeopleRest, WaveStillOpen
from pulses.models import Programme, QuestionBank, Wave
from pulses.scoring import Period
from surveys.actions import TooFewPeople, cancel_round, close_soon, launch_round
from surveys.burden import hold_launches

if TYPE_CHECKING:
    from people.models import Employee


def launch_due_wave(*, programme_id: int, now: datetime) -> Wave | None:
    """Send the wave that is due, once: None when there is none, or it has been sent, or the programme rests.

    The wave's row, its round with all invitations and the messages owed are one transaction. The programme's row is
    locked, so a second caller waits, finds the wave and leaves; the unique period would refuse it all the same.
    """
    with transaction.atomic():
        programme = _locked(programme_id)
        if programme.state != Programme.State.ACTIVE:
            return None
        period = programme.due_period(now)
        if period is None or Wave.objects.filter(programme=programme, period=period.index).exists():
            return None
        try:
            return _launch(programme, Period(period.index, now, period.closes_at), None)
        except AskedEnough:
            return _note_rest(programme, period, Wave.State.FULL)
        except PeopleRest:
            return _note_rest(programme, period, Wave.State.RESTING)


def run_now(*, programme: Programme, by: "Employee | None" = None) -> Wave:
    """Send the wave that is due, or else the next one, without waiting for its date; its period is then taken.

    Raises WaveStillOpen, AskedLately, AskedTooMuch, AskedEnough, PeopleRest, NothingLeft, or AlreadyMoved when the
    programme does not run.
    """
    now = clock.now()
    with transaction.atomic():
        locked = _locked(programme.pk)
        if locked.state != Programme.State.ACTIVE:
            raise AlreadyMoved
        if Wave.objects.filter(programme=locked).open().exists():
            raise WaveStillOpen
        period = _next_free(locked, now)
        _refuse_too_soon(locked, period, now)
        refuse_plan(locked, run_early=period)
        Wave.objects.filter(programme=locked, period=period.index).exclude(state=Wave.State.LAUNCHED).delete()
        return _launch(locked, period, by)


def _locked(programme_id: int) -> Programme:
    waiting = Programme.objects.select_for_update(of=("self",), no_key=True)
    return waiting.select_related("bank").get(pk=programme_id)


def _next_free(programme: Programme, now: datetime) -> Period:
    """The period to send now: the due one when it was not sent, else the next that is free, from now on."""
    sent = set(Wave.objects.filter(programme=programme).launched().values_list("period", flat=True))
    due = programme.due_period(now)
    if due is not None and due.index not in sent:
        return Period(due.index, now, due.closes_at)
    coming = programme.next_period(now)
    if coming is None or (not programme.weeks and coming.index in sent):
        raise NothingLeft
    index = coming.index
    while index in sent:
        index += 1
    today = now.astimezone(ZoneInfo(programme.time_zone)).date()
    closes_at = scoring.local_instant(today + timedelta(programme.window_days), 0, programme.time_zone)
    return Period(index, now, closes_at)


def _refuse_too_soon(programme: Programme, period: Period, now: datetime) -> None:
    if not programme.weeks:
        return
    slice_number = period.index % scoring.slice_count(programme.weeks)
    last = Wave.objects.filter(programme=programme, slice_number=slice_number).launched()
    asked_at = last.aggregate(at=Max("round__opens_at"))["at"]
    if asked_at is None or programme.due_period(now) == programme.period(period.index):
        return
    rested = asked_at.astimezone(ZoneInfo(programme.time_zone)).date() + timedelta(weeks=scoring.ROTATION_WEEKS)
    if rested > now.astimezone(ZoneInfo(programme.time_zone)).date():
        raise AskedLately(rested)


def _launch(programme: Programme, period: Period, by: "Employee | None") -> Wave:
    units = list(programme.units.all())
    asked = questionnaire(programme, period.index)
    hold_launches()
    refuse_burden(programme, asked)
    try:
        with transaction.atomic():
            round_ = launch_round(
                kind="pulse",
                key=f"pulses.programme:{programme.pk}:{period.index}",
                series=f"pulses.programme:{programme.pk}",
                units=units or None,
                questionnaire=asked,
                opens_at=period.opens_at,
                closes_at=period.closes_at,
                launched_by=by,
                k=programme.k,
                k_detail=programme.k_detail,
            )
    except TooFewPeople as error:
        return _note_refusal(programme, period, error.missing)
    number = Wave.objects.filter(programme=programme).aggregate(last=Max("number"))["last"] or 0
    wave = Wave.objects.create(
        programme=programme,
        period=period.index,
        number=number + 1,
        slice_number=period.index % scoring.slice_count(programme.weeks),
        round=round_,
    )
    QuestionBank.objects.filter(pk=programme.bank_id, first_used_at=None).update(first_used_at=clock.now())
    owe_invitations(wave)
    record(
        facts.WAVE_LAUNCHED,
        actor=by,
        subject=f"pulses.wave:{wave.pk}",
        key=f"{facts.WAVE_LAUNCHED}:{wave.pk}",
        data={"programme": programme.pk, "period": period.index, "invited": round_.invited},
    )
    return wave


def _note_refusal(programme: Programme, period: Period, missing: int) -> Wave:
    """Keep that this wave could not be sent, so that the page says why and the sweep does not try for ever."""
    wave = Wave.objects.create(
        programme=programme,
        period=period.index,
        slice_number=period.index % scoring.slice_count(programme.weeks),
        state=Wave.State.REFUSED,
        missing=missing,
    )
    record(
        facts.WAVE_REFUSED,
        subject=f"pulses.wave:{wave.pk}",
        key=f"{facts.WAVE_REFUSED}:{wave.pk}",
        data={"programme": programme.pk, "period": period.index, "missing": missing},
    )
    return wave


def _note_rest(programme: Programme, period: Period, state: Wave.State) -> Wave:
    """Keep that this wave rests, and why; the next goes out as planned."""
    wave = Wave.objects.create(
        programme=programme,
        period=period.index,
        slice_number=period.index % scoring.slice_count(programme.weeks),
        state=state,
    )
    record(
        facts.WAVE_RESTED,
        subject=f"pulses.wave:{wave.pk}",
        key=f"{facts.WAVE_RESTED}:{wave.pk}",
        data={"programme": programme.pk, "period": period.index},
    )
    return wave


@transaction.atomic
def close_now(*, wave: Wave, by: "Employee | None" = None) -> bool:
    """End a wave before its date; the seal worker then closes it. False when it was over already."""
    if wave.round_id is None or not close_soon(wave.round_id):
        return False
    record(
        facts.WAVE_ENDED_EARLY,
        actor=by,
        subject=f"pulses.wave:{wave.pk}",
        key=f"{facts.WAVE_ENDED_EARLY}:{wave.pk}",
    )
    return True


@transaction.atomic
def cancel_wave(*, wave: Wave, by: "Employee") -> bool:
    """Destroy what was answered in an open wave, unread, and tell everybody who was invited. False when it was over."""
    if wave.round_id is None or not cancel_round(wave.round_id, by=by):
        return False
    record(
        facts.WAVE_CANCELLED,
        actor=by,
        subject=f"pulses.wave:{wave.pk}",
        key=f"{facts.WAVE_CANCELLED}:{wave.pk}",
        data={"told": owe_cancellations(wave)},
    )
    return True

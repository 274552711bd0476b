"""Verbs of the pulses: plan a programme, start and stop it, send the wave that is due, remind, end a wave early."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from i18nfield.strings import LazyI18nString
from psycopg.types.json import Jsonb

from diary.actions import record
from people.models import Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from pulses import facts, scoring
from pulses.models import Programme, Question, QuestionBank, Wave, WaveReminder
from pulses.scoring import REMINDER_DAYS, Period
from stats.disclosure import BankItem
from surveys.actions import TooFewPeople, close_soon, launch_round
from surveys.questionnaire import Item, Questionnaire, Scale, minutes_for

if TYPE_CHECKING:
    from people.models import Employee

INVITATION = "pulses.invitation"
REMINDER = "pulses.reminder"
COMMENTS_A_WAVE = 2
PLANNED_AHEAD = timedelta(weeks=26)


class Refused(Exception):
    """Something that may not be done now; the subclasses say why."""


class AlreadyMoved(Refused):
    """The programme is not in the state this verb starts from: somebody was quicker."""


class AskedTooMuch(Refused):
    """Somebody would be asked more than the 40 questions that 30 days may hold."""

    def __init__(self, questions: int) -> None:
        super().__init__(f"{questions} questions in {scoring.BURDEN_DAYS} days")
        self.questions = questions


class BankInRotation(Refused):
    """Another repeating programme asks some of the same people from the same bank."""

    def __init__(self, other: Programme) -> None:
        super().__init__(f"programme {other.pk} asks them from the same bank")
        self.other = other


class BankTooSmall(Refused):
    """The bank has fewer scored questions than twelve weeks have waves."""


class WaveStillOpen(Refused):
    """The wave before is still open."""


class AskedLately(Refused):
    """The questions that come next were asked less than twelve weeks ago."""

    def __init__(self, possible_on: date) -> None:
        super().__init__(f"possible from {possible_on}")
        self.possible_on = possible_on


class NothingLeft(Refused):
    """A programme that runs once has had its turn."""


# Plan


@dataclass(frozen=True)
class Plan:
    """What a form says about a programme."""

    title: dict[str, str]
    bank: QuestionBank
    units: tuple[Unit, ...]
    cadence: str
    starts_on: date
    send_hour: int
    time_zone: str
    window_days: int
    items: int
    asks_comments: bool
    reminders: int
    k: int = 5
    k_detail: int = 10

    def values(self) -> dict[str, Any]:
        """The columns of the programme's row."""
        columns = {name: value for name, value in vars(self).items() if name != "units"}
        return {**columns, "title": LazyI18nString(self.title)}


@transaction.atomic
def create_programme(*, plan: Plan, by: "Employee | None" = None) -> Programme:
    """Store a plan as a draft; nothing goes out before it is started."""
    programme = Programme.objects.create(**plan.values(), created_by=by)
    programme.units.set(plan.units)
    _say(facts.PROGRAMME_CREATED, programme, by)
    return programme


@transaction.atomic
def change_programme(*, programme: Programme, plan: Plan, by: "Employee | None" = None) -> Programme:
    """Replace the plan of a draft. Raises AlreadyMoved when it has been started."""
    changed = Programme.objects.filter(pk=programme.pk, state=Programme.State.DRAFT).update(**plan.values())
    if not changed:
        raise AlreadyMoved
    programme.refresh_from_db()
    programme.units.set(plan.units)
    _say(facts.PROGRAMME_CHANGED, programme, by)
    return programme


@transaction.atomic
def start(*, programme: Programme, by: "Employee | None" = None) -> Programme:
    """Let a draft run. Raises AskedTooMuch, BankInRotation or BankTooSmall when the plan asks what may not be asked."""
    refuse_plan(programme)
    return _move(programme, Programme.State.DRAFT, Programme.State.ACTIVE, facts.PROGRAMME_STARTED, by)


@transaction.atomic
def pause(*, programme: Programme, by: "Employee | None" = None) -> Programme:
    """Send no new waves; an open one goes on until it closes."""
    return _move(programme, Programme.State.ACTIVE, Programme.State.PAUSED, facts.PROGRAMME_PAUSED, by)


@transaction.atomic
def resume(*, programme: Programme, by: "Employee | None" = None) -> Programme:
    """Go on with the wave that is due; those missed meanwhile are skipped."""
    refuse_plan(programme)
    return _move(programme, Programme.State.PAUSED, Programme.State.ACTIVE, facts.PROGRAMME_RESUMED, by)


@transaction.atomic
def end(*, programme: Programme, by: "Employee | None" = None) -> Programme:
    """Send nothing more, for good; an open wave goes on until it closes."""
    locked = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if locked.state not in (Programme.State.ACTIVE, Programme.State.PAUSED):
        raise AlreadyMoved
    return _move(locked, locked.state, Programme.State.ENDED, facts.PROGRAMME_ENDED, by)


def _move(programme: Programme, before: str, after: str, verb: str, by: "Employee | None") -> Programme:
    if not Programme.objects.filter(pk=programme.pk, state=before).update(state=after):
        raise AlreadyMoved
    programme.state = after
    _say(verb, programme, by)
    return programme


def _say(verb: str, programme: Programme, by: "Employee | None") -> None:
    moment = clock.now().strftime("%Y%m%dT%H%M%S%f")
    record(verb, actor=by, subject=f"pulses.programme:{programme.pk}", key=f"{verb}:{programme.pk}:{moment}")


# Burden


def refuse_plan(programme: Programme, run_early: Period | None = None) -> None:
    """Raise when this programme would ask somebody too much, the same too soon, or has too few questions to turn."""
    try:
        draw(programme, 0)
    except ValueError as error:
        raise BankTooSmall from error
    others = [
        other
        for other in Programme.objects.exclude(pk=programme.pk).prefetch_related("units").select_related("bank")
        if other.state in (Programme.State.ACTIVE, Programme.State.PAUSED) or _asked_lately(other)
    ]
    reached = _units_reached([programme, *others])
    mine = reached.pop(programme.pk)
    for other in others:
        running = other.state in (Programme.State.ACTIVE, Programme.State.PAUSED)
        if (
            running
            and other.bank_id == programme.bank_id
            and other.weeks
            and programme.weeks
            and mine & reached[other.pk]
        ):
            raise BankInRotation(other)
    plans = {other.pk: _planned(other) for other in others}
    own = _planned(programme, run_early)
    together = {frozenset(pk for pk, units in reached.items() if unit in units) for unit in mine}
    heaviest = max((scoring.heaviest_month([own, *(plans[pk] for pk in pks)]) for pks in together), default=0)
    if heaviest > scoring.BURDEN_ITEMS:
        raise AskedTooMuch(heaviest)


def _asked_lately(programme: Programme) -> bool:
    since = clock.now() - timedelta(days=scoring.BURDEN_DAYS)
    return Wave.objects.filter(programme=programme, round__opens_at__gte=since).exists()


def _units_reached(programmes: Iterable[Programme]) -> dict[int, set[int]]:
    everything = set(Unit.objects.values_list("pk", flat=True))
    reached = {}
    for programme in programmes:
        chosen = [unit.pk for unit in programme.units.all()]
        reached[programme.pk] = set(Unit.objects.under(*chosen).values_list("pk", flat=True)) if chosen else everything
    return reached


def _planned(programme: Programme, run_early: Period | None = None) -> list[tuple[date, int]]:
    """What a programme has asked in the last 30 days and will ask in the next half year: (day, questions)."""
    now = clock.now()
    zone = ZoneInfo(programme.time_zone)
    asked = []
    sent = Wave.objects.filter(programme=programme, round__opens_at__gte=now - timedelta(days=scoring.BURDEN_DAYS))
    for wave in sent.select_related("round"):
        if wave.round is not None:
            asked.append((wave.round.opens_at.astimezone(zone).date(), longest(wave.round.questions.forms)))
    if run_early is not None:
        asked.append((now.astimezone(zone).date(), longest(draw(programme, run_early.index).forms)))
    if programme.state == Programme.State.ENDED:
        return asked
    taken = set(Wave.objects.filter(programme=programme).values_list("period", flat=True))
    taken |= {run_early.index} if run_early is not None else set()
    due = programme.due_period(now)
    coming = due or programme.next_period(now)
    index = coming.index if coming is not None else None
    while index is not None and (period := programme.period(index)).opens_at < now + PLANNED_AHEAD:
        if index not in taken:
            day = max(period.opens_at, now).astimezone(zone).date()
            asked.append((day, longest(draw(programme, index).forms)))
        index = index + 1 if programme.weeks else None
    return asked


def longest(forms: Iterable[Iterable[str]]) -> int:
    """How many questions the longest form asks."""
    return max((len(list(form)) for form in forms), default=0)


# What a wave asks


def draw(programme: Programme, period: int) -> scoring.Drawn:
    """The slice and the forms of the wave of this period."""
    questions = list(programme.bank.questions.all())
    comments = [question.code for question in questions if question.scale == Scale.COMMENT]
    return scoring.draw_wave(
        [
            BankItem(question.code, question.pillar, question.driver)
            for question in questions
            if question.counts == Question.Counts.SCORE
        ],
        weeks=programme.weeks,
        period=period,
        at_most=programme.items,
        alone=[question.code for question in questions if question.counts == Question.Counts.ENPS],
        comments=comments[:COMMENTS_A_WAVE] if programme.asks_comments else (),
    )


def questionnaire(programme: Programme, period: int) -> Questionnaire:
    """What the wave of this period asks, as it is frozen at launch."""
    forms = draw(programme, period).forms
    asked = {code for form in forms for code in form}
    questions = [question for question in programme.bank.questions.all() if question.code in asked]
    return Questionnaire(
        title=programme.words,
        items=tuple(
            Item(
                code=question.code,
                pillar=Pillar(question.pillar) if question.pillar else None,
                driver=question.driver,
                scale=Scale(question.scale),
                text=question.words,
                low=question.low,
                high=question.high,
                counts=question.counts,
            )
            for question in questions
        ),
        forms=forms,
        drivers={question.driver: programme.bank.drivers[question.driver] for question in questions},
    )


# Launch

OWE_INVITATIONS = """
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT %(kind)s || ':' || invitation.id, %(kind)s, invitation.employee_id, %(about)s,
       jsonb_build_object('invitation', invitation.id) || %(words)s, %(now)s
FROM surveys_invitation invitation WHERE invitation.round_id = %(round)s
ORDER BY invitation.id
ON CONFLICT (key) DO NOTHING
"""

OWE_REMINDERS = """
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT %(kind)s || ':' || %(number)s || ':' || invitation.id, %(kind)s, invitation.employee_id, %(about)s,
       jsonb_build_object('invitation', invitation.id) || %(words)s, %(now)s
FROM surveys_invitation invitation JOIN people_employee person ON person.id = invitation.employee_id
WHERE invitation.round_id = %(round)s AND invitation.collected IS FALSE AND person.is_active
  AND NOT person.reminders_off AND (person.left_on IS NULL OR person.left_on > %(today)s)
ORDER BY invitation.id
ON CONFLICT (key) DO NOTHING
"""


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
        return _launch(programme, Period(period.index, now, period.closes_at), None)


def run_now(*, programme: Programme, by: "Employee | None" = None) -> Wave:
    """Send the wave that is due, or else the next one, without waiting for its date; its period is then taken.

    Raises WaveStillOpen, AskedLately, AskedTooMuch, NothingLeft, or AlreadyMoved when the programme does not run.
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
        Wave.objects.filter(programme=locked, period=period.index, state=Wave.State.REFUSED).delete()
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
    try:
        with transaction.atomic():
            round_ = launch_round(
                kind="pulse",
                key=f"pulses.programme:{programme.pk}:{period.index}",
                series=f"pulses.programme:{programme.pk}",
                units=units or None,
                questionnaire=questionnaire(programme, period.index),
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
    _owe(OWE_INVITATIONS, wave, kind=INVITATION)
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


def _owe(sql: str, wave: Wave, **values: Any) -> None:
    """Owe a message to everybody the statement selects, in one statement: 100,000 rows take seconds."""
    round_ = wave.round
    if round_ is None:
        return
    now = clock.now()
    questions = min((len(form) for form in round_.questions.forms), default=0)
    last_day = scoring.last_day(round_.closes_at, wave.programme.time_zone)
    words = {
        "wave": wave.number,
        "questions": questions,
        "minutes": minutes_for(questions),
        "close_on": last_day.isoformat(),
        "k": round_.k,
        "sender": settings.COMPANY_NAME,
        **({"last": values.pop("last")} if "last" in values else {}),
    }
    selection: dict[str, Any] = {
        "round": round_.pk,
        "about": f"surveys.round:{round_.pk}",
        "words": Jsonb(words),
        "now": now,
        "today": now.date(),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, {**selection, **values})


# Remind and end


def remind_due(*, now: datetime) -> list[WaveReminder]:
    """Send the reminders that are due, each once per wave; of several missed ones only the latest goes out."""
    waves = Wave.objects.open().filter(round__closes_at__gt=now, programme__reminders__gte=1)
    sent = []
    for wave in waves.select_related("programme", "round").prefetch_related("reminders"):
        number = reminder_due(wave, now)
        if number and number not in {reminder.number for reminder in wave.reminders.all()}:
            reminder = remind(wave=wave, number=number)
            sent += [reminder] if reminder is not None else []
    return sent


def reminder_due(wave: Wave, now: datetime) -> int:
    """The number of the latest reminder whose hour has come; 0 before the first."""
    return sum(at <= now for at in reminder_instants(wave))


def reminder_instants(wave: Wave) -> list[datetime]:
    """When the reminders of a wave go out: 3 and 5 days after it opened, at the send hour, while it is open."""
    round_, programme = wave.round, wave.programme
    if round_ is None:
        return []
    opened_on = round_.opens_at.astimezone(ZoneInfo(programme.time_zone)).date()
    days = REMINDER_DAYS[: programme.reminders]
    instants = [
        scoring.local_instant(opened_on + timedelta(day), programme.send_hour, programme.time_zone) for day in days
    ]
    return [at for at in instants if at < round_.closes_at]


def remind(*, wave: Wave, number: int) -> WaveReminder | None:
    """Owe one reminder to those whose link has not been used; None when this number has gone out already."""
    today = clock.now().astimezone(ZoneInfo(wave.programme.time_zone)).date()
    try:
        with transaction.atomic():
            reminder = WaveReminder.objects.create(wave=wave, number=number, day=today)
            is_last = number >= len(reminder_instants(wave))
            _owe(OWE_REMINDERS, wave, kind=REMINDER, number=number, last=is_last)
            record(
                facts.WAVE_REMINDED,
                subject=f"pulses.wave:{wave.pk}",
                key=f"{facts.WAVE_REMINDED}:{wave.pk}:{number}",
                data={"number": number},
            )
    except IntegrityError:
        return None
    return reminder


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


def end_finished(*, now: datetime) -> int:
    """End the programmes that run once and have had their turn; returns how many."""
    ended = 0
    for programme in Programme.objects.active().filter(cadence=Programme.Cadence.ONCE):
        if programme.period(0).closes_at <= now:
            end(programme=programme)
            ended += 1
    return ended

"""Messages a wave owes: invitations to everybody, reminders to those whose link was not used, word of its end."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from psycopg.types.json import Jsonb

from diary.actions import record
from people import days
from people.querysets import AT_WORK
from portal.lib import clock
from pulses import facts, scoring
from pulses.models import Wave, WaveReminder
from pulses.scoring import REMINDER_DAYS
from surveys.questionnaire import minutes_for

INVITATION = "pulses.invitation"
REMINDER = "pulses.reminder"
CANCELLATION = "pulses.cancellation"

OWE_INVITATIONS = """
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT %(kind)s || ':' || invitation.id, %(kind)s, invitation.employee_id, %(about)s,
       jsonb_build_object('invitation', invitation.id) || %(words)s, %(now)s
FROM surveys_invitation invitation WHERE invitation.round_id = %(round)s
ORDER BY invitation.id
ON CONFLICT (key) DO NOTHING
"""

OWE_REMINDERS = f"""
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT %(kind)s || ':' || %(number)s || ':' || invitation.id, %(kind)s, invitation.employee_id, %(about)s,
       jsonb_build_object('invitation', invitation.id) || %(words)s, %(now)s
FROM surveys_invitation invitation JOIN people_employee person ON person.id = invitation.employee_id
WHERE invitation.round_id = %(round)s AND invitation.collected IS FALSE
  AND NOT person.reminders_off AND {AT_WORK}
ORDER BY invitation.id
ON CONFLICT (key) DO NOTHING
"""

OWE_CANCELLATIONS = """
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT %(kind)s || ':' || invitation.id, %(kind)s, invitation.employee_id, %(about)s, %(words)s, %(now)s
FROM surveys_invitation invitation WHERE invitation.round_id = %(round)s
ORDER BY invitation.id
ON CONFLICT (key) DO NOTHING
"""


def owe_invitations(wave: Wave) -> None:
    """Owe an invitation to everybody the wave's round invites."""
    _owe(OWE_INVITATIONS, wave, kind=INVITATION)


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
        "today": days.today(),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, {**selection, **values})


def owe_cancellations(wave: Wave) -> int:
    """Owe everybody who was invited, and nobody twice, word that the wave was cancelled; returns to how many.

    The messages are about the wave: those about its round have just been forgotten.
    """
    words = {"wave": wave.number, "sender": settings.COMPANY_NAME}
    values: dict[str, Any] = {
        "kind": CANCELLATION,
        "round": wave.round_id,
        "about": f"pulses.wave:{wave.pk}",
        "words": Jsonb(words),
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(OWE_CANCELLATIONS, values)
        return int(cursor.rowcount)


# Reminders


def remind_if_due(*, wave_id: int, now: datetime) -> WaveReminder | None:
    """Send the reminder of a wave that is due, once; of several missed ones only the latest goes out."""
    wave = Wave.objects.to_remind(now).select_related("programme", "round").filter(pk=wave_id).first()
    number = reminder_due(wave, now) if wave is not None else 0
    if wave is None or not number or wave.reminders.filter(number=number).exists():
        return None
    return remind(wave=wave, number=number)


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

"""Messages a cycle owes: to teams a link, to leaders word of their own rating, to everybody word of its end."""

from typing import Any

from django.conf import settings
from django.db import connection
from psycopg.types.json import Jsonb

from assessments.actions.asking import minutes_of
from assessments.models import Cycle
from outbox.actions import owe_many
from people import days
from people.models import Employee
from people.querysets import AT_WORK
from people.roles import Role
from portal.lib import clock
from portal.lib.zones import last_day
from surveys.models import Round

INVITATION = "assessments.invitation"
REMINDER = "assessments.reminder"
RATING = "assessments.rating"
RATING_REMINDER = "assessments.rating_reminder"
CANCELLATION = "assessments.cancellation"
REFUSED = "assessments.refused"

_TO_TEAMS = """
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT %(kind)s || ':' || %(number)s || ':' || invitation.id, %(kind)s, invitation.employee_id, %(about_round)s,
       jsonb_build_object('invitation', invitation.id) || %(words)s, %(now)s
FROM surveys_invitation invitation JOIN people_employee person ON person.id = invitation.employee_id
WHERE invitation.round_id = %(round)s
"""
_ORDERED = """
ORDER BY invitation.id
ON CONFLICT (key) DO NOTHING
"""
OWE_INVITATIONS = _TO_TEAMS + _ORDERED
OWE_REMINDERS = f"""
{_TO_TEAMS} AND invitation.collected IS FALSE AND NOT person.reminders_off AND {AT_WORK}
{_ORDERED}
"""

_TO_LEADERS = """
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT %(kind)s || ':' || %(number)s || ':' || %(cycle)s || ':' || person.id, %(kind)s, person.id, %(about_cycle)s,
       jsonb_build_object(
           'units', count(*), 'unit', min(unit.id),
           'unit_name', jsonb_build_object('vi', min(unit.name_vi), 'en', min(unit.name_en))
       ) || %(words)s, %(now)s
FROM assessments_leaderrating rating
JOIN people_employee person ON person.id = rating.leader_id
JOIN people_unit unit ON unit.id = rating.unit_id
WHERE rating.cycle_id = %(cycle)s AND rating.sent_at IS NULL
"""
_BY_LEADER = """
GROUP BY person.id
ON CONFLICT (key) DO NOTHING
"""
OWE_RATINGS = _TO_LEADERS + _BY_LEADER
OWE_RATING_REMINDERS = f"""
{_TO_LEADERS} AND NOT person.reminders_off AND {AT_WORK}
{_BY_LEADER}
"""

OWE_CANCELLATIONS = """
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT %(kind)s || ':' || %(cycle)s || ':' || told.person, %(kind)s, told.person, %(about_cycle)s, %(words)s, %(now)s
FROM (
    SELECT employee_id AS person FROM surveys_invitation WHERE round_id = %(round)s
    UNION
    SELECT leader_id FROM assessments_leaderrating WHERE cycle_id = %(cycle)s
) told
ORDER BY told.person
ON CONFLICT (key) DO NOTHING
"""


def owe_invitations(cycle: Cycle, round_: Round) -> None:
    """Owe a link to everybody the round invites, and to each leader word of the ratings asked by name."""
    words = _words(cycle, round_)
    _owe(OWE_INVITATIONS, cycle, round_, words, kind=INVITATION, number=0)
    _owe(OWE_RATINGS, cycle, round_, words, kind=RATING, number=0)


def owe_reminders(cycle: Cycle, round_: Round, *, number: int, last: bool) -> None:
    """Owe a reminder to links that have not been used, and to leaders who have not sent a rating."""
    words = {**_words(cycle, round_), "last": last}
    _owe(OWE_REMINDERS, cycle, round_, words, kind=REMINDER, number=number)
    _owe(OWE_RATING_REMINDERS, cycle, round_, words, kind=RATING_REMINDER, number=number)


def owe_cancellations(cycle: Cycle, round_: Round, *, lost: bool = False) -> int:
    """Owe everybody who was invited or asked to rate, and nobody twice, word of the end; returns to how many.

    The messages are about the cycle: those about its round have just been forgotten.
    """
    words = {"title": cycle.words.plain(), "lost": lost, "sender": settings.COMPANY_NAME}
    return _owe(OWE_CANCELLATIONS, cycle, round_, words, kind=CANCELLATION)


def owe_refusal(cycle: Cycle) -> None:
    """Owe whoever planned a cycle word that it waits for a decision; the CX team, where that person has gone."""
    working = Employee.objects.at_work_on(days.today())
    planners = [] if cycle.created_by_id is None else list(working.filter(pk=cycle.created_by_id))
    told = planners or list(working.holding(Role.CX))
    words = {"cycle": cycle.pk, "title": cycle.words.plain(), "opens_on": cycle.opens_on.isoformat()}
    rows = [(one.pk, f"{REFUSED}:{cycle.pk}:{cycle.edition}:{cycle.opens_on}:{one.pk}", words) for one in told]
    owe_many(REFUSED, rows, about=f"assessments.cycle:{cycle.pk}")


def _words(cycle: Cycle, round_: Round) -> dict[str, object]:
    content = cycle.model.said
    return {
        "cycle": cycle.pk,
        "title": cycle.words.plain(),
        "practices": len(content.by_code),
        "minutes": minutes_of(content),
        "close_on": last_day(round_.closes_at, cycle.time_zone).isoformat(),
        "k": round_.k,
        "sender": settings.COMPANY_NAME,
    }


def _owe(sql: str, cycle: Cycle, round_: Round, words: dict[str, object], **values: object) -> int:
    """Owe a message to everybody the statement selects, in one statement: 100,000 rows take seconds."""
    selection: dict[str, Any] = {
        "round": round_.pk,
        "cycle": cycle.pk,
        "about_round": f"surveys.round:{round_.pk}",
        "about_cycle": f"assessments.cycle:{cycle.pk}",
        "words": Jsonb(words),
        "now": clock.now(),
        "today": days.today(),
        **values,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, selection)
        return int(cursor.rowcount)

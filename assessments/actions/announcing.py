"""Word that the results of a cycle can be read: to those who lead at the close, to everybody two days later."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from assessments import facts
from assessments.models import Cycle
from diary.actions import record
from diary.models import Fact
from people import days
from people.querysets import AT_WORK
from people.roles import Role
from portal.lib import clock
from surveys.querysets import STAFF_READ_AFTER

RESULTS = "assessments.results"
# A cycle that closed long before nobody could be told stays quiet: its results have been read.
TOLD_WITHIN = timedelta(days=7)

_OWE = """
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT DISTINCT ON (person.id) %(kind)s || ':' || %(cycle)s || ':' || person.id, %(kind)s, person.id, %(about)s,
       jsonb_build_object(
           'unit', place.unit_id, 'shown', jsonb_build_object('vi', shown.name_vi, 'en', shown.name_en),
           'stands_in', place.unit_id <> place.shown_at_id
       ) || %(words)s, %(now)s
FROM people_employee person
JOIN surveys_roundunit place ON place.round_id = %(round)s
JOIN surveys_roundunit shown ON shown.round_id = %(round)s AND shown.unit_id = place.shown_at_id
"""
OWE_LEADERS = f"""{_OWE}
JOIN people_unit unit ON unit.id = place.unit_id
WHERE {AT_WORK} AND (
    person.id IN (unit.leader_id, unit.deputy_id)
    OR (unit.id = person.unit_id AND EXISTS (
        SELECT FROM people_grant held WHERE held.employee_id = person.id AND held.role = ANY(%(readers)s)
    ))
)
ORDER BY person.id, (person.id IN (unit.leader_id, unit.deputy_id)) DESC NULLS LAST, place.depth, place.unit_id
ON CONFLICT (key) DO NOTHING
"""
OWE_EVERYBODY = f"""{_OWE}
WHERE {AT_WORK} AND place.unit_id = person.unit_id
ORDER BY person.id
ON CONFLICT (key) DO NOTHING
"""


def announcements_due(now: datetime) -> list[int]:
    """The cycles of which somebody has to be told now that their results can be read."""
    ended = Cycle.objects.ended_since(now - STAFF_READ_AFTER - TOLD_WITHIN).select_related("round")
    wanted = {_key(cycle, stage): cycle.pk for cycle in ended for stage in _stages(cycle, now)}
    said = set(Fact.objects.filter(key__in=wanted).values_list("key", flat=True))
    return sorted({pk for key, pk in wanted.items() if key not in said})


def _stages(cycle: Cycle, now: datetime) -> list[str]:
    """Whose turn it is to be told: leaders from the close on, everybody two days later."""
    if cycle.closed_at is None or cycle.round is None or cycle.round.closed_at is None:
        return []
    turns = {"leaders": cycle.closed_at, "everybody": cycle.round.closed_at + STAFF_READ_AFTER}
    return [stage for stage, begins in turns.items() if begins <= now < begins + TOLD_WITHIN]


def _key(cycle: Cycle, stage: str) -> str:
    return f"{facts.CYCLE_ANNOUNCED}:{cycle.pk}:{stage}"


def announce_cycle(*, cycle_id: int, now: datetime) -> int:
    """Owe word to those whose turn has come and who have not been told; returns to how many.

    Who answered plays no part: a leader is told for leading, everybody else for working in a unit that was asked.
    """
    cycle = Cycle.objects.ended().select_related("round").get(pk=cycle_id)
    told = 0
    for stage in _stages(cycle, now):
        with transaction.atomic():
            subject = f"assessments.cycle:{cycle.pk}"
            if record(facts.CYCLE_ANNOUNCED, subject=subject, key=_key(cycle, stage)) is not None:
                told += _owe(cycle, OWE_LEADERS if stage == "leaders" else OWE_EVERYBODY)
    return told


def _owe(cycle: Cycle, sql: str) -> int:
    words = {"cycle": cycle.pk, "title": cycle.words.plain(), "sender": settings.COMPANY_NAME}
    values: dict[str, Any] = {
        "kind": RESULTS,
        "cycle": str(cycle.pk),
        "round": cycle.round_id,
        "about": f"assessments.cycle:{cycle.pk}",
        "words": Jsonb(words),
        "now": clock.now(),
        "today": days.today(),
        "readers": [Role.HR.value, Role.CX.value, Role.BOARD.value],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)

"""Who is told that the results of a closed round can be read: who leads at the close, everybody two days later."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from people import days
from people.querysets import AT_WORK
from people.roles import Role
from portal.lib import clock
from surveys.querysets import STAFF_READ_AFTER

LEADERS, EVERYBODY = "leaders", "everybody"
# Results that nobody could be told of for a week stay quiet: they have been read.
TOLD_WITHIN = timedelta(days=7)

_OWE = """
INSERT INTO outbox_notice (key, kind, employee_id, about, context, due_at)
SELECT DISTINCT ON (person.id) %(kind)s || ':' || %(number)s || ':' || person.id, %(kind)s, person.id, %(about)s,
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


def turns_at(now: datetime, *, leaders_from: datetime, round_closed_at: datetime) -> list[str]:
    """Whose turn it is to be told: leaders first, everybody two days after the round closed."""
    turns = {LEADERS: leaders_from, EVERYBODY: round_closed_at + STAFF_READ_AFTER}
    return [turn for turn, begins in turns.items() if begins <= now < begins + TOLD_WITHIN]


def owe_word(
    turn: str, *, round_id: UUID | None, kind: str, about: str, words: Mapping[str, object], readers: Sequence[Role]
) -> int:
    """Owe word of what `about` names to those whose turn it is, and to nobody twice; returns to how many.

    Leaders and deputies are told for the topmost unit led; `readers` of all results beside them, for their own unit.
    """
    values: dict[str, Any] = {
        "kind": kind,
        "number": about.rpartition(":")[2],
        "round": round_id,
        "about": about,
        "words": Jsonb(dict(words)),
        "now": clock.now(),
        "today": days.today(),
        "readers": [role.value for role in readers],
    }
    with connection.cursor() as cursor:
        cursor.execute(OWE_LEADERS if turn == LEADERS else OWE_EVERYBODY, values)
        return int(cursor.rowcount)

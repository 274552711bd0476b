"""Whom a round is about: the people it asks, and those at work in each unit, asked or not.

A leader counts among the reports of the unit above: of whoever leads several units, the unit above the topmost. That
holds for the invited and for the people of a unit alike, so a unit's people are those its answers speak of: everybody
at work in it and below it on the day of the launch, with the leaders of the units below and without its own. People at
a kiosk and people on leave are among them, though nobody asks them. Whoever leads the company is nobody's report and
stands among no unit's people.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from people import days
from people.models import Unit
from people.querysets import AT_WORK
from portal.lib import clock
from stats.disclosure import Tree

NEWCOMER_DAYS = 30

INVITED_PEOPLE = f"""
CREATE TEMPORARY TABLE launch_people ON COMMIT DROP AS
SELECT person.id AS employee_id, COALESCE(leads.placed, person.unit_id) AS unit_id,
       person.counts_from <= %(today)s
       AND (person.contact_changed_at IS NULL OR person.contact_changed_at <= %(settled)s) AS counts
FROM people_employee person
LEFT JOIN unnest(%(leaders)s::bigint[], %(places)s::bigint[]) AS leads(leader, placed) ON leads.leader = person.id
WHERE {AT_WORK} AND NOT person.kiosk
  AND person.unit_id = ANY(%(audience)s::bigint[]) AND NOT person.id = ANY(%(top)s::bigint[])
  AND (person.away_from IS NULL OR person.away_from > %(today)s OR person.away_until < %(last_day)s)
"""

COUNT_PEOPLE = "SELECT unit_id, count(*), count(*) FILTER (WHERE counts) FROM launch_people GROUP BY unit_id"

PEOPLE_AT_WORK = f"""
SELECT COALESCE(leads.placed, person.unit_id), count(*)
FROM people_employee person
LEFT JOIN unnest(%(leaders)s::bigint[], %(places)s::bigint[]) AS leads(leader, placed) ON leads.leader = person.id
WHERE {AT_WORK} AND person.unit_id = ANY(%(company)s::bigint[]) AND NOT person.id = ANY(%(top)s::bigint[])
GROUP BY 1
"""


def places_of(company: Sequence[Unit], tree: Tree) -> dict[int, int | None]:
    """Leader -> the unit above the topmost unit led, where the leader counts; None for whoever leads the company."""
    found: dict[int, int | None] = {}
    for unit in from_the_root(company, tree):
        if unit.leader_id is not None:
            found.setdefault(unit.leader_id, unit.parent_id)
    return found


def from_the_root(company: Sequence[Unit], tree: Tree) -> list[Unit]:
    """The units, each before those below it."""
    return sorted(company, key=lambda each: -tree.place(each.pk))


def gather_invited(
    company: Sequence[Unit], tree: Tree, audience: frozenset[int], closes_at: datetime
) -> dict[int, tuple[int, int]]:
    """Put the invited into a temporary table, leaders with the unit above; heads and counted people per unit."""
    placed: dict[int, int] = {}
    top: set[int] = set()
    for unit in from_the_root(company, tree):
        if unit.leader_id is None:
            continue
        if unit.parent_id is None or (unit.leader_id not in placed and unit.parent_id not in audience):
            top.add(unit.leader_id)  # nobody's team above: alone at the root, the leader would take a block along
        else:
            placed.setdefault(unit.leader_id, unit.parent_id)
    now = clock.now()
    values: dict[str, Any] = {
        "today": days.today(),
        "last_day": days.day_of(closes_at),
        "settled": now - timedelta(days=NEWCOMER_DAYS),
        "leaders": list(placed),
        "places": list(placed.values()),
        "audience": list(audience),
        "top": list(top),
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS launch_people")
        cursor.execute(INVITED_PEOPLE, values)
        cursor.execute(COUNT_PEOPLE)
        return {unit: (heads, counted) for unit, heads, counted in cursor.fetchall()}


def at_work_in(company: Sequence[Unit], places: Mapping[int, int | None]) -> dict[int, int]:
    """Unit -> its own people at work today, whether they are asked or not, each leader at the place given."""
    placed = {leader: unit for leader, unit in places.items() if unit is not None}
    values: dict[str, Any] = {
        "today": days.today(),
        "leaders": list(placed),
        "places": list(placed.values()),
        "company": [unit.pk for unit in company],
        "top": [leader for leader, unit in places.items() if unit is None],
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE_AT_WORK, values)
        return dict(cursor.fetchall())

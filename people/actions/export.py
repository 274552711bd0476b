"""The present staff list as rows that the import reads back without a change."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

from django.db import transaction
from django.db.models import Case, CharField, F, When

from people import days, facts
from people.models import Employee
from people.stafffile.columns import STAFF_FIELDS, usual_header
from portal.lib import clock

# Where each field stands; managers and leaders are named by their number, and only while they are on the list.
_PLACES = {
    "unit_code": "unit__code",
    "unit_name_vi": "unit__name_vi",
    "unit_name_en": "unit__name_en",
    "unit_parent": "unit__parent__code",
}
# A unit is described in its first row alone, so that whoever moves a person changes one cell.
_DESCRIPTION = ("unit_name_vi", "unit_name_en", "unit_parent", "unit_leader", "unit_deputy")
_PEOPLE = {"unit_leader": "unit__leader", "unit_deputy": "unit__deputy", "manager": "manager"}


def present_list(*, actor: Employee) -> Iterator[list[str]]:
    """Column names, then one row for everybody who is here today. Who took it and how many rows it has is a fact."""
    today = days.today()
    here = Employee.objects.here_on(today).filter(is_superuser=False)
    named = {f"named_{field}": _number_of(place, here) for field, place in _PEOPLE.items()}
    places = [f"named_{name}" if name in _PEOPLE else _PLACES.get(name, name) for name in STAFF_FIELDS]
    with transaction.atomic():
        rows = list(here.order_by("number").annotate(**named).values_list(*places))
        key = f"{facts.STAFF_DOWNLOADED}:{clock.now():%Y%m%dT%H%M%S%f}:{uuid4()}"
        facts.utter(facts.STAFF_DOWNLOADED, actor=actor, key=key, data={"people": len(rows)})
    yield [usual_header(name) for name in STAFF_FIELDS]
    described: set[str] = set()
    for row in rows:
        cells = dict(zip(STAFF_FIELDS, map(_cell, row), strict=True))
        if cells["unit_code"] in described:
            cells |= dict.fromkeys(_DESCRIPTION, "")
        described.add(cells["unit_code"])
        yield list(cells.values())


def _number_of(place: str, here: object) -> Case:
    return Case(When(**{f"{place}__in": here}, then=F(f"{place}__number")), default=None, output_field=CharField())


def _cell(value: object) -> str:
    """As the import reads it: days as year-month-day, 1 for yes, nothing for no and for what is not known."""
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)

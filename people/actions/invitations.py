"""Inviting many at once: everybody who has never signed in, of the company, of a unit, or of the last staff list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from django.db import connection, transaction

from people import days, facts, staffsql
from people.models import Employee, StaffImport, Unit
from people.querysets import EmployeeQuerySet, ids_in
from people.registry import rooms
from portal.lib import clock

REST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Whom:
    """Those who have never signed in; of one unit and all below it, or of those who are new since a day, or both."""

    unit: Unit | None = None
    since: date | None = None

    def people(self) -> EmployeeQuerySet:
        """They, as things stand now."""
        found = Employee.objects.never_signed_in(days.today())
        if self.unit is not None:
            found = found.in_units(self.unit.pk)
        return found if self.since is None else found.new_since(self.since)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of them get a mail, how many have no address, and how many were invited so lately that they rest."""

    by_mail: int
    without_mail: int
    lately: int


def last_list_on() -> date | None:
    """The day the last staff list came in; None before the first."""
    applied = StaffImport.objects.filter(applied_at__isnull=False).order_by("-applied_at").first()
    return days.day_of(applied.applied_at) if applied and applied.applied_at else None


def reach(whom: Whom) -> Reach:
    """What a press would do now."""
    people, before = whom.people(), clock.now() - REST
    return Reach(
        by_mail=people.due_for_invitation(before).count(),
        without_mail=people.without_mail().count(),
        lately=people.invited_after(before).count(),
    )


@transaction.atomic
def invite_all(*, whom: Whom, actor: Employee) -> Reach:
    """Invite whoever has an address and was not invited in the last days; says who was reached.

    One after another, and never while a staff list comes in: whoever presses second finds everybody invited lately.
    """
    with connection.cursor() as cursor:
        cursor.execute(staffsql.LOCK)
    found, now = reach(whom), clock.now()
    due = whom.people().due_for_invitation(now - REST)
    ids = list(due.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not ids:
        return Reach(0, found.without_mail, found.lately)
    Employee.objects.filter(pk__in=ids_in(ids)).update(invited_at=now)
    act = uuid4()
    if rooms.many_inviter is not None:
        rooms.many_inviter(ids, f"people.invitation:{act}")
    facts.utter(
        facts.EMPLOYEES_INVITED,
        actor=actor,
        unit=whom.unit,
        key=f"{facts.EMPLOYEES_INVITED}:{act}",
        data={"people": len(ids), "without_email": found.without_mail, "lately": found.lately},
    )
    return Reach(len(ids), found.without_mail, found.lately)

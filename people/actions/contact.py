"""Addresses and sign-ins that somebody else changes: noted on the person, said as facts, told to the address before.

For thirty days after such a change the person does not count towards a group (`contact_changed_at`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from people import days, facts
from people.models import Employee
from people.registry import Cause, Saying, Telling, rooms
from portal.lib import clock


class HasLeft(ValueError):
    """Nobody changes the address of somebody who no longer works here."""


class AddressTaken(ValueError):
    """Another employee has this address."""


@dataclass(frozen=True, slots=True)
class Change:
    """One person whose address or sign-in somebody else has changed, and the address before, if there was one."""

    employee_id: int
    unit_id: int | None
    old_address: str | None


def tell_changed(changes: Iterable[Change], *, cause: Cause, act: object, actor: Employee | None) -> None:
    """Say each change as a fact and tell the old address; `act` names the one cause, so that twice is once."""
    changed = list(changes)
    if not changed:
        return
    today = days.today()
    keys = {one.employee_id: f"{facts.CONTACT_CHANGED}:{cause}:{act}:{one.employee_id}" for one in changed}
    facts.utter_many(
        facts.CONTACT_CHANGED,
        [
            Saying(keys[one.employee_id], f"people.employee:{one.employee_id}", one.unit_id, {"cause": str(cause)})
            for one in changed
        ],
        actor=actor,
    )
    if rooms.doubter is not None:
        rooms.doubter([one.employee_id for one in changed])
    if rooms.teller is not None:
        rooms.teller(
            Telling(one.employee_id, keys[one.employee_id], one.old_address, cause, today)
            for one in changed
            if one.old_address
        )


@transaction.atomic
def set_email(*, employee: Employee, email: str | None, actor: Employee) -> bool:
    """HR changes a person's address, or empties it; False when it is the same but for capitals.

    The address of a former employee may pass on. Raises HasLeft, AddressTaken.
    """
    held = Employee.objects.select_for_update(of=("self",), no_key=True).get(pk=employee.pk)
    if has_left(held):
        raise HasLeft
    old, new = held.email, (email or "").strip().lower() or None
    if (old or "").lower() == (new or ""):
        return False
    _free(held, new)
    now = clock.now()
    try:
        with transaction.atomic():
            Employee.objects.filter(pk=held.pk).update(email=new, contact_changed_at=now)
    except IntegrityError:
        raise AddressTaken from None
    EmailAddress.objects.filter(user=held).delete()
    if new:
        EmailAddress.objects.filter(email__iexact=new).delete()
        EmailAddress.objects.create(user=held, email=new, verified=True, primary=True)
    tell_changed([Change(held.pk, held.unit_id, old)], cause=Cause.HR, act=uuid4(), actor=actor)
    return True


def has_left(employee: Employee) -> bool:
    """Whether the first day away has come."""
    return employee.is_gone_on(days.today()) or not employee.is_active


def _free(employee: Employee, address: str | None) -> None:
    """As in an import: whoever has left lets go of the address; whoever is here keeps it."""
    if address is None:
        return
    for other in (
        Employee.objects.select_for_update(of=("self",), no_key=True)
        .filter(email__iexact=address)
        .exclude(pk=employee.pk)
    ):
        if other.is_superuser or not has_left(other):
            raise AddressTaken
        Employee.objects.filter(pk=other.pk).update(email=None)

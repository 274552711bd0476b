"""Printed one-time codes: for people without e-mail, each good for one sign-in and then a password."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from people import facts
from people.actions.contact import Change, tell_changed
from people.models import Employee, OneTimeCode, Unit
from people.registry import Cause
from portal.lib import clock

LIFETIME = timedelta(days=14)
# No 0 and O, no 1, I and L: a code is read from paper, perhaps in poor light. 12 letters of 31 are 59 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
SLIPS_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A code on its way to the printer: the only moment it exists in the clear."""

    employee: Employee
    code: str

    @property
    def grouped(self) -> str:
        """In groups of four, for the eye."""
        return "-".join(self.code[place : place + 4] for place in range(0, len(self.code), 4))


def code_hash(number: str, code: str) -> str:
    """What is kept of a code: a keyed hash over number and code, so a stolen table opens nothing."""
    plain = "".join(char for char in code.upper() if char in ALPHABET)
    said = f"one-time code:{number.strip().upper()}:{plain}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


@transaction.atomic
def print_codes(*, employees: Iterable[Employee], actor: Employee, unit: Unit | None = None) -> list[PrintedCode]:
    """Make a fresh code for each person still here; an older unused code stops working.

    The sign-in of these people has been set by somebody else, so they do not count towards a group for 30 days; who
    has an address is told. `unit` is the one the slips were asked for, if they were asked for a whole unit.
    """
    wanted = [person.pk for person in employees]
    here = Employee.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=wanted, is_active=True, is_superuser=False
    )
    people = list(here.select_related("unit").order_by("pk"))
    now = clock.now()
    printed = [PrintedCode(person, "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))) for person in people]
    OneTimeCode.objects.filter(employee__in=people, used_at__isnull=True).delete()
    OneTimeCode.objects.bulk_create(
        OneTimeCode(
            employee=one.employee,
            code_hash=code_hash(one.employee.number, one.code),
            created_at=now,
            expires_at=now + LIFETIME,
            printed_by=actor,
        )
        for one in printed
    )
    Employee.objects.filter(pk__in=[person.pk for person in people]).update(contact_changed_at=now)
    if people:
        act = uuid4()
        key = f"{facts.CODES_PRINTED}:{act}"
        facts.utter(facts.CODES_PRINTED, actor=actor, unit=unit, key=key, data={"people": len(people)})
        changes = [Change(person.pk, person.unit_id, person.email) for person in people]
        tell_changed(changes, cause=Cause.CODE, act=act, actor=actor)
    return sorted(printed, key=lambda one: (one.employee.sort_key, one.employee.number))


@transaction.atomic
def use_code(*, number: str, code: str) -> Employee | None:
    """Spend a code: the person it was printed for, or None. Of two who come at once, one gets in.

    Whoever signs in this way has to set a password before anything else; the old password stops working.
    """
    now = clock.now()
    held = (
        OneTimeCode.objects.select_for_update(of=("self",))
        .select_related("employee")
        .filter(code_hash=code_hash(number, code), used_at__isnull=True, expires_at__gt=now, employee__is_active=True)
        .first()
    )
    if held is None:
        return None
    held.used_at = now
    held.save(update_fields=["used_at"])
    employee = held.employee
    employee.must_change_password = True
    employee.set_unusable_password()
    employee.save(update_fields=["must_change_password", "password"])
    facts.utter(
        facts.CODE_USED,
        actor=employee,
        subject=f"people.employee:{employee.pk}",
        key=f"{facts.CODE_USED}:{held.pk}",
        data={},
    )
    return employee

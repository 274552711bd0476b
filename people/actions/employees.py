"""What HR does with one person, and what people do with their own page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import uuid4

from django.db import transaction

from people import days, facts
from people.models import Employee, Grant, Language, OneTimeCode
from people.registry import rooms
from people.roles import Role
from portal.lib import clock


def subject_of(employee: Employee) -> str:
    """How facts name a person."""
    return f"people.employee:{employee.pk}"


def _utter(verb: str, *, actor: Employee | None, employee: Employee, data: dict[str, object] | None = None) -> None:
    """These acts may happen again and again, so each has a key of its own."""
    facts.utter(
        verb, actor=actor, unit=employee.unit, subject=subject_of(employee), key=f"{verb}:{uuid4()}", data=data or {}
    )


@transaction.atomic
def give_grant(*, employee: Employee, role: Role, actor: Employee | None = None) -> Grant:
    """Give an access right; giving it twice changes nothing."""
    grant, is_new = Grant.objects.get_or_create(employee=employee, role=role, defaults={"given_by": actor})
    employee.__dict__.pop("roles", None)
    if is_new:
        _utter(facts.GRANT_GIVEN, actor=actor, employee=employee, data={"role": str(role)})
    return grant


@transaction.atomic
def withdraw_grant(*, employee: Employee, role: Role, actor: Employee | None = None) -> bool:
    """Take an access right back; False when the person did not have it."""
    deleted, _ = Grant.objects.filter(employee=employee, role=role).delete()
    employee.__dict__.pop("roles", None)
    if deleted:
        _utter(facts.GRANT_WITHDRAWN, actor=actor, employee=employee, data={"role": str(role)})
    return bool(deleted)


@transaction.atomic
def set_grants(*, employee: Employee, roles: Iterable[Role], actor: Employee) -> frozenset[str]:
    """Give and withdraw until the person has exactly these rights."""
    wanted = frozenset(roles)
    Employee.objects.select_for_update().get(pk=employee.pk)
    employee.__dict__.pop("roles", None)
    held = frozenset(Role(role) for role in employee.roles)
    for role in sorted(wanted - held):
        give_grant(employee=employee, role=role, actor=actor)
    for role in sorted(held - wanted):
        withdraw_grant(employee=employee, role=role, actor=actor)
    return employee.roles


@transaction.atomic
def set_leave(*, employee: Employee, away_from: date | None, away_until: date | None, actor: Employee) -> Employee:
    """Note that a person is away, or that the leave is over; whoever is away for all of a survey is not asked."""
    held = Employee.objects.select_for_update().get(pk=employee.pk)
    held.away_from, held.away_until = away_from, away_until
    held.full_clean(exclude=["password"])
    held.save(update_fields=["away_from", "away_until"])
    _utter(facts.LEAVE_CHANGED, actor=actor, employee=held)
    return held


@transaction.atomic
def set_language(*, employee: Employee, language: str) -> Employee:
    """The language of the pages and of the mails to this person."""
    employee.language = Language(language)
    employee.save(update_fields=["language"])
    return employee


@transaction.atomic
def set_channels(*, employee: Employee, mail_on: bool, reminders_off: bool) -> Employee:
    """Which messages leave the inbox: e-mail or not, reminders or not."""
    employee.mail_on, employee.reminders_off = mail_on, reminders_off
    employee.save(update_fields=["mail_on", "reminders_off"])
    return employee


@transaction.atomic
def invite(*, employees: Iterable[Employee], actor: Employee) -> int:
    """Invite people with an e-mail address to set a password. Who cannot be reached by mail is left out."""
    wanted = [person.pk for person in employees]
    reached = Employee.objects.select_for_update().filter(pk__in=wanted, email__isnull=False, is_active=True)
    people = list(reached.order_by("pk"))
    act = uuid4()
    for person in people:
        if rooms.inviter is not None:
            rooms.inviter(person, f"people.invitation:{act}:{person.pk}")
    Employee.objects.filter(pk__in=[person.pk for person in people]).update(invited_at=clock.now())
    if people:
        key = f"{facts.EMPLOYEES_INVITED}:{act}"
        facts.utter(facts.EMPLOYEES_INVITED, actor=actor, key=key, data={"people": len(people)})
    return len(people)


@transaction.atomic
def finish_password(*, employee: Employee) -> None:
    """The person has set a password: nothing else has to be done first any more, and printed codes are void."""
    Employee.objects.filter(pk=employee.pk).update(must_change_password=False)
    OneTimeCode.objects.filter(employee=employee, used_at__isnull=True).delete()
    employee.must_change_password = False


@transaction.atomic
def close_leavers() -> int:
    """Close the accounts of everybody whose first day away has come."""
    gone = Employee.objects.filter(left_on__lte=days.today(), is_active=True, is_superuser=False)
    pks = list(gone.select_for_update().values_list("pk", flat=True))
    OneTimeCode.objects.filter(employee__in=pks).delete()
    return Employee.objects.filter(pk__in=pks).update(is_active=False)


def own_data(*, employee: Employee) -> dict[str, object]:
    """Everything this room knows about a person, for the download on the own page."""
    names = (
        "number email full_name language time_zone role_family frontline site shift gender kiosk hired_on left_on "
        "away_from away_until first_seen_on counts_from contact_changed_at reminders_off mail_on last_login invited_at"
    )
    data: dict[str, object] = {name: getattr(employee, name) for name in names.split(" ")}
    data["unit"] = employee.unit.code if employee.unit else None
    data["manager"] = employee.manager.number if employee.manager else None
    data["access_rights"] = sorted(employee.roles)
    _utter(facts.DATA_DOWNLOADED, actor=employee, employee=employee)
    return data

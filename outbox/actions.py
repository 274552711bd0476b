"""Verbs of the outbox: owe a message, forget messages, open one, try a failed one again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction

from outbox import registry
from outbox.models import Notice
from outbox.querysets import NoticeQuerySet
from people.actions.employees import set_channels
from people.models import Employee
from people.registry import Telling
from portal.lib import clock

PEOPLE_INVITATION = "people.invitation"
PEOPLE_CONTACT_CHANGED = "people.contact_changed"

OWE_PEOPLE_INVITATIONS = """
    INSERT INTO outbox_notice (key, kind, employee_id, about, due_at)
    SELECT %(key)s || ':' || id, %(kind)s, id, 'people.employee:' || id, %(now)s
    FROM unnest(%(ids)s::bigint[]) AS id
    ON CONFLICT (key) DO NOTHING
"""


class NothingToOpen(Exception):
    """This message has no page behind it, or what it was about has ended."""


def owe(
    kind: str,
    *,
    employee: Employee,
    key: str,
    context: Mapping[str, Any],
    about: str = "",
    due_at: datetime | None = None,
) -> None:
    """Owe one message to one person; the same key owes nothing more."""
    owe_many(kind, [(employee.pk, key, context)], about=about, due_at=due_at)


@transaction.atomic
def owe_many(
    kind: str,
    rows: Iterable[tuple[int, str, Mapping[str, Any]]],
    *,
    about: str = "",
    due_at: datetime | None = None,
) -> None:
    """Owe a message of one kind to many people: rows of employee id, key and context."""
    if registry.kind_named(kind).elsewhere:
        raise ValueError("Say to which address: owe_elsewhere().")
    due = due_at or clock.now()
    _write(
        Notice(kind=kind, employee_id=employee_id, key=key, context=dict(context), about=about, due_at=due)
        for employee_id, key, context in rows
    )


@transaction.atomic
def owe_elsewhere(kind: str, rows: Iterable[tuple[int, str, Mapping[str, Any], str]]) -> None:
    """Owe a message that goes to another address than the person's own: rows of employee id, key, context, address.

    The address is forgotten when the message ends; the same key owes nothing more.
    """
    if not registry.kind_named(kind).elsewhere:
        raise ValueError("Messages of this kind go to the person's own address.")
    due = clock.now()
    _write(
        Notice(kind=kind, employee_id=employee_id, key=key, context=dict(context), to_address=address, due_at=due)
        for employee_id, key, context, address in rows
    )


def _write(notices: Iterator[Notice]) -> None:
    while some := list(islice(notices, 2000)):
        Notice.objects.bulk_create(some, ignore_conflicts=True)


def forget(about: str) -> int:
    """Delete all messages about something, whatever their state; returns how many."""
    if not about:
        raise ValueError("Say what the messages to forget are about.")
    deleted, _ = Notice.objects.filter(about=about).delete()
    return deleted


def open_notice(notice: Notice) -> str:
    """Mark a message as read and return the address its button leads to."""
    opens = registry.kind_named(notice.kind).opens
    if opens is None:
        raise NothingToOpen
    try:
        address = opens(notice)
    except (registry.NoLongerDue, ObjectDoesNotExist):
        raise NothingToOpen from None
    Notice.objects.filter(pk=notice.pk).update(is_read=True)
    return address


def read_all(employee: Employee) -> None:
    """Mark everything in a person's inbox as read."""
    Notice.objects.visible_to(employee).in_inbox(clock.now()).unread().update(is_read=True)


def unread_count(employee: Employee) -> int:
    """How many messages in the inbox are unread."""
    return Notice.objects.visible_to(employee).in_inbox(clock.now()).unread().count()


def retry(notices: NoticeQuerySet) -> int:
    """Send off again what was set aside, as if for the first time; returns how many."""
    return notices.filter(state=Notice.State.FAILED).update(
        state=Notice.State.DUE, due_at=clock.now(), attempts=0, reason=""
    )


def stop_reminders(employee_id: int) -> None:
    """The one press of List-Unsubscribe; a second one changes nothing."""
    person = Employee.objects.filter(pk=employee_id).first()
    if person is not None and not person.reminders_off:
        set_channels(employee=person, mail_on=person.mail_on, reminders_off=True)


def owe_invitation(person: Employee, key: str) -> None:
    """The mail in which HR invites somebody to set a password; the entrance calls it through its registry."""
    owe(PEOPLE_INVITATION, employee=person, key=key, context={}, about=f"people.employee:{person.pk}")


@transaction.atomic
def owe_invitations(employee_ids: Sequence[int], key: str) -> None:
    """The same mail to many, in one statement: 100,000 rows take seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            OWE_PEOPLE_INVITATIONS,
            {"kind": PEOPLE_INVITATION, "ids": list(employee_ids), "key": key, "now": clock.now()},
        )


def owe_contact_changed(tellings: Iterable[Telling]) -> None:
    """The mail to the address somebody had, when another person has changed it or reset the sign-in."""
    rows = (
        (one.employee_id, one.key, {"cause": str(one.cause), "changed_on": one.changed_on.isoformat()}, one.address)
        for one in tellings
    )
    owe_elsewhere(PEOPLE_CONTACT_CHANGED, rows)

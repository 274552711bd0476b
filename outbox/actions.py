"""Verbs of the outbox: owe a message, forget messages, open one, try a failed one again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction

from outbox import registry
from outbox.models import Notice
from portal.lib import clock

if TYPE_CHECKING:
    from people.models import Employee


def owe(
    kind: str,
    *,
    employee: "Employee",
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
    registry.kind_named(kind)
    due = due_at or clock.now()
    remaining = iter(rows)
    while some := list(islice(remaining, 2000)):
        notices = [
            Notice(kind=kind, employee_id=employee_id, key=key, context=dict(context), about=about, due_at=due)
            for employee_id, key, context in some
        ]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)


def forget(about: str) -> int:
    """Delete all messages about something, whatever their state; returns how many."""
    if not about:
        raise ValueError("Say what the messages to forget are about.")
    deleted, _ = Notice.objects.filter(about=about).delete()
    return deleted

"""Each day's last link of the activity record goes to internal audit by mail, out of reach of whoever runs Bearing."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from diary.actions import day_seal, is_sealed_until
from outbox.actions import owe_many
from outbox.registry import register_kind
from people import days
from people.models import Employee
from people.roles import Role

DAY_SEALED = "diary.day_sealed"


def register() -> None:
    """Announce the kind of message."""
    register_kind(DAY_SEALED, template="diary/day_sealed", label=_("The day's seal of the activity record"))


def mail_yesterdays_seal() -> None:
    """Owe yesterday's last link to every auditor; asked again, it owes nothing more."""
    mail_seal_of(days.today() - timedelta(days=1))


@transaction.atomic
def mail_seal_of(day: date) -> None:
    """Owe a day's last link, once all facts of that day are sealed."""
    seal = day_seal(day)
    if seal is None or not is_sealed_until(day):
        return
    context = {"day_on": day.isoformat(), "seq": seal.seq, "hash": seal.chain_hash, "facts": seal.facts}
    auditors = Employee.objects.filter(grants__role=Role.AUDITOR, is_active=True).values_list("pk", flat=True)
    owe_many(DAY_SEALED, [(pk, f"{DAY_SEALED}:{day}:{pk}", context) for pk in auditors], about=f"diary.day:{day}")

"""The day's last link is owed to every auditor once, when the day is over and wholly sealed."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from diary.actions import record, seal_facts
from diary.models import Sealed
from outbox.models import Notice
from people.roles import Role
from portal import seals
from portal.lib import clock
from tests.make import make_employee

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kind() -> None:
    seals.register()


def say(key: str, hour: int, day: int = 14) -> None:
    """Say something at this hour of a day in Vietnam."""
    with clock.at(datetime(2026, 9, day, hour - 7, tzinfo=UTC)), transaction.atomic():
        record("people.import_applied", key=key)


def mail_in_the_morning_of(day: int) -> None:
    with clock.at(datetime(2026, 9, day, 1, tzinfo=UTC)):
        seals.mail_yesterdays_seal()


def test_every_auditor_gets_the_last_link_once() -> None:
    auditors = {make_employee(roles=(Role.AUDITOR,)).pk for _ in range(2)}
    make_employee(roles=(Role.HR,))
    for n in range(3):
        say(f"k{n}", 9 + n)
    seal_facts()
    mail_in_the_morning_of(15)
    mail_in_the_morning_of(15)
    notices = list(Notice.objects.all())
    last = Sealed.objects.get(pk=3)
    assert {notice.employee_id for notice in notices} == auditors
    assert len(notices) == 2
    assert notices[0].context == {"day_on": str(date(2026, 9, 14)), "seq": 3, "hash": last.chain_hash, "facts": 3}


def test_a_day_that_is_not_wholly_sealed_waits() -> None:
    make_employee(roles=(Role.AUDITOR,))
    say("a", 9)
    seal_facts()
    say("b", 10)
    mail_in_the_morning_of(15)
    assert not Notice.objects.exists()
    seal_facts()
    mail_in_the_morning_of(15)
    assert Notice.objects.get().context["seq"] == 2


def test_a_day_without_facts_sends_nothing() -> None:
    make_employee(roles=(Role.AUDITOR,))
    mail_in_the_morning_of(15)
    assert not Notice.objects.exists()

"""The company's day, and who is at work on it: one answer, whoever asks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from outbox import delivery
from outbox.actions import owe
from outbox.models import Notice
from people import days
from people.actions.contact import has_left
from people.models import Employee
from people.querysets import AT_WORK
from portal.lib import clock
from tests.make import make_employee, make_unit

HALF_PAST_SIX = datetime(2026, 9, 6, 23, 30, tzinfo=UTC)  # on Monday, 7 September in Ho Chi Minh City
MONDAY = date(2026, 9, 7)
DAY = timedelta(days=1)


def test_the_day_is_the_one_of_the_companys_calendar() -> None:
    with clock.at(HALF_PAST_SIX):
        assert days.today() == MONDAY
    with clock.at(HALF_PAST_SIX - timedelta(hours=7)):
        assert days.today() == MONDAY - DAY


def test_a_readers_zone_does_not_move_the_day() -> None:
    with clock.at(HALF_PAST_SIX), timezone.override("America/New_York"):
        assert days.today() == MONDAY


def test_a_company_elsewhere_has_its_own_day(settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    with clock.at(HALF_PAST_SIX):
        assert days.today() == MONDAY - DAY


def test_somebody_entered_early_in_the_morning_counts_from_that_day(db: None) -> None:
    with clock.at(HALF_PAST_SIX):
        person = Employee(number="NV-1", full_name="Trần Sớm")
    assert (person.first_seen_on, person.counts_from) == (MONDAY, MONDAY)


@pytest.fixture
def cast(db: None) -> dict[str, Employee]:
    unit = make_unit("CTY")
    cases: dict[str, dict[str, Any]] = {
        "here for years": {},
        "hired today": {"hired_on": MONDAY},
        "hired tomorrow": {"hired_on": MONDAY + DAY},
        "leaves tomorrow": {"left_on": MONDAY + DAY},
        "left today": {"left_on": MONDAY},
        "account closed": {"is_active": False},
        "hired and left": {"hired_on": MONDAY - 9 * DAY, "left_on": MONDAY - DAY},
    }
    return {name: make_employee(name, unit=unit, **fields) for name, fields in cases.items()}


AT_WORK_ON_MONDAY = {"here for years", "hired today", "leaves tomorrow"}


def test_the_queryset_and_the_statement_find_the_same_people(cast: dict[str, Employee]) -> None:
    asked = set(Employee.objects.at_work_on(MONDAY).values_list("full_name", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT full_name FROM people_employee person WHERE {AT_WORK}", {"today": MONDAY})
        written = {name for (name,) in cursor.fetchall()}
    assert asked == written == AT_WORK_ON_MONDAY


def test_who_is_gone_is_the_same_for_the_list_the_person_and_the_mail(cast: dict[str, Employee]) -> None:
    gone = {"left today", "hired and left"}
    listed = set(Employee.objects.here_on(MONDAY).values_list("full_name", flat=True))
    assert {name for name in cast if name not in listed} == gone
    assert {name for name, person in cast.items() if person.is_gone_on(MONDAY)} == gone
    with clock.at(HALF_PAST_SIX):
        assert {name for name, person in cast.items() if has_left(person)} == gone | {"account closed"}


def test_somebody_who_left_today_gets_no_mail_any_more_even_early_in_the_morning(cast: dict[str, Employee]) -> None:
    with clock.at(HALF_PAST_SIX):
        for name, person in cast.items():
            owe("people.invitation", employee=person, key=name, context={})
        delivery.sweep()
    dropped = Notice.objects.filter(state=Notice.State.DROPPED).values_list("employee__full_name", flat=True)
    assert set(dropped) == {"left today", "hired and left"}

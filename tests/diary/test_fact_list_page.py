"""The auditor's page: who may read it, and its filters."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse_lazy
from pytest_django.fixtures import DjangoAssertNumQueries

from diary.actions import record
from people.actions.codes import print_codes
from people.models import Employee
from people.roles import Role
from portal.lib import clock
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db
PAGE = reverse_lazy("diary:fact_list")


@pytest.fixture
def auditor(client: Client) -> Employee:
    person = make_employee("Trần Thị Kiểm", roles=(Role.AUDITOR,), language="en")
    client.force_login(person)
    return person


@pytest.mark.parametrize("roles", [(), (Role.HR,), (Role.CX,), (Role.BOARD,)])
def test_only_internal_audit_reads_the_record(client: Client, roles: tuple[Role, ...]) -> None:
    client.force_login(make_employee(roles=roles))
    assert client.get(str(PAGE)).status_code == 403


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(str(PAGE)).status_code == 302


def test_an_empty_record_says_so(client: Client, auditor: Employee) -> None:
    assert "Nothing has happened yet." in client.get(str(PAGE)).content.decode()


def test_filters_narrow_by_verb_unit_person_and_days(client: Client, auditor: Employee) -> None:
    north, actor = make_unit("NORTH"), make_employee(number="NV77")
    with clock.at(datetime(2026, 9, 1, 5, tzinfo=UTC)):
        record("people.import_applied", key="one", actor=actor, data={"added": 111})
    with clock.at(datetime(2026, 9, 2, 5, tzinfo=UTC)):
        record("pulses.wave_launched", key="two", unit=north, data={"invited": 222})

    def seen(**asked: str) -> set[str]:
        page = client.get(str(PAGE), asked).content.decode()
        return {figure for figure in ("111", "222") if figure in page}

    assert seen() == {"111", "222"}
    assert seen(verb="pulses.wave_launched") == {"222"}
    assert seen(unit="north") == {"222"}
    assert seen(actor="nv77") == {"111"}
    assert seen(first_day="2026-09-02") == {"222"}
    assert seen(last_day="2026-09-01") == {"111"}
    assert seen(first_day="2026-09-03") == set()


def test_a_wrong_range_is_explained_and_shows_nothing(client: Client, auditor: Employee) -> None:
    record("people.import_applied", key="one", data={"added": 111})
    page = client.get(str(PAGE), {"first_day": "2026-09-02", "last_day": "2026-09-01"}).content.decode()
    assert "The last day comes before the first." in page
    assert "added" not in page


def test_the_page_costs_the_same_for_one_fact_and_for_many(
    client: Client, auditor: Employee, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(60):
        record("people.import_applied", key=f"k{n}", actor=auditor, data={"added": n})
    with django_assert_max_num_queries(8):
        page = client.get(str(PAGE), {"verb": "people.import_applied"}).content.decode()
    assert "verb=people.import_applied" in page
    assert client.get(str(PAGE), {"page": "2"}).status_code == 200


def test_what_was_said_of_many_in_one_act_is_one_line(client: Client, auditor: Employee) -> None:
    hr, others = make_employee("Lê Thị Nhân Sự"), [make_employee(f"Nguyễn Văn {name}", email=None) for name in "ABC"]
    print_codes(employees=others, actor=hr)
    print_codes(employees=others[:1], actor=hr)
    page = client.get(str(PAGE)).content.decode()
    assert page.count('<th scope="row">Somebody else changed an email address or sign-in') == 2
    assert page.count("<summary>3 people</summary>") == 1
    assert all(f"{person.full_name} ({person.number})" in page for person in others)

"""Slips for a whole unit: one for each person without e-mail, shown once."""

import re

import pytest
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from diary.models import Fact
from people.actions import codes
from people.actions.codes import print_codes, use_code
from people.models import Employee, OneTimeCode, Unit
from people.roles import Role
from portal.lib import clock
from tests.make import PASSWORD, make_employee, make_unit
from tests.people.test_pages import signed_in

pytestmark = pytest.mark.django_db
CODE = re.compile(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}")


@pytest.fixture
def guards() -> Unit:
    return make_unit("BV", name_vi="Đội bảo vệ", name_en="Guards")


@pytest.fixture
def hr() -> Employee:
    return make_employee(roles=(Role.HR,), language="en", password=PASSWORD)


def address(unit: Unit) -> str:
    return f"{reverse('people:code_unit')}?unit={unit.pk}"


def test_everybody_without_email_in_the_unit_and_below_gets_one_slip(hr: Employee, guards: Unit) -> None:
    gate = make_unit("BV-1", parent=guards)
    wanted = {make_employee(unit=unit, email=None).number for unit in (guards, guards, gate)}
    others = [
        make_employee(unit=guards),
        make_employee(unit=guards, email=None, last_login=clock.now()),
        make_employee(unit=make_unit("KHO"), email=None),
    ]
    client = signed_in(hr)

    asked = client.get(address(guards)).content.decode()
    assert not OneTimeCode.objects.exists()
    sheet = client.post(address(guards)).content.decode()

    assert "Make codes for 3 people" in asked
    assert len(set(CODE.findall(sheet))) == 3
    assert all(f"<dd>{number}</dd>" in sheet for number in wanted)
    assert not any(f"<dd>{person.number}</dd>" in sheet for person in others)
    assert all(code not in client.get(address(guards)).content.decode() for code in CODE.findall(sheet))


def test_each_press_makes_new_codes_and_voids_the_unused_ones_before(hr: Employee, guards: Unit) -> None:
    person = make_employee(unit=guards, email=None)
    client = signed_in(hr)

    (first,), (second,) = (CODE.findall(client.post(address(guards)).content.decode()) for _ in range(2))

    assert use_code(number=person.number, code=first) is None
    assert use_code(number=person.number, code=second) == person
    facts = Fact.objects.filter(verb="people.codes_printed")
    assert [(fact.unit, fact.data) for fact in facts] == [(guards, {"people": 1})] * 2


def test_a_slip_speaks_the_language_of_its_person(hr: Employee, guards: Unit) -> None:
    make_employee(unit=guards, email=None, language="vi")
    sheet = signed_in(hr).post(address(guards)).content.decode()
    assert "Print this page now" in sheet
    assert "Mã nhân viên" in sheet


def test_a_unit_in_which_nobody_needs_one_says_so(hr: Employee, guards: Unit) -> None:
    make_employee(unit=guards)
    answer = signed_in(hr).post(address(guards), follow=True)
    assert "has an email address or has signed in already" in answer.content.decode()
    assert not OneTimeCode.objects.exists()


def test_too_many_slips_at_once_are_refused(hr: Employee, guards: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "SLIPS_AT_MOST", 1)
    for _ in range(2):
        make_employee(unit=guards, email=None)
    signed_in(hr).post(address(guards))
    assert not OneTimeCode.objects.exists()


@pytest.mark.parametrize("role", [None, Role.CX, Role.AUDITOR])
def test_nobody_but_hr_prints(guards: Unit, role: Role | None) -> None:
    make_employee(unit=guards, email=None)
    client = signed_in(make_employee(roles=(role,) if role else ()))
    assert [client.get(address(guards)).status_code, client.post(address(guards)).status_code] == [403, 403]
    assert not OneTimeCode.objects.exists()


def test_a_sheet_costs_the_same_queries_for_many(
    hr: Employee, guards: Unit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(60):
        make_employee(unit=guards, email=None)
    client = signed_in(hr)
    with django_assert_max_num_queries(24):
        client.post(address(guards))


def test_printing_for_a_unit_leaves_who_has_a_password_alone(hr: Employee, guards: Unit) -> None:
    person = make_employee(unit=guards, email=None, password=PASSWORD)
    signed_in(hr).post(address(guards))
    assert not OneTimeCode.objects.filter(employee=person).exists()
    assert print_codes(employees=[person], actor=hr)


def test_a_slip_says_what_it_is_for_and_the_sheet_has_a_print_button(hr: Employee, guards: Unit) -> None:
    make_employee(unit=guards, email=None, language="en")
    sheet = signed_in(hr).post(address(guards)).content.decode()
    assert "open this address, enter the number and the code below, then set a password" in sheet
    assert "data-print hidden" in sheet  # the script shows it; without script the browser's own menu prints
    assert "onclick" not in sheet

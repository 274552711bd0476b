"""Printed one-time codes: printed once, used once, then a password."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from people.actions.codes import print_codes, use_code
from people.models import Employee, OneTimeCode
from people.roles import Role
from portal.lib import clock
from tests.make import PASSWORD, make_employee
from tests.people.test_pages import signed_in


def printed_for(person: Employee) -> str:
    hr = make_employee(roles=(Role.HR,))
    return print_codes(employees=[person], actor=hr)[0].code


@pytest.mark.django_db
def test_a_code_signs_in_once_and_asks_for_a_password_first() -> None:
    guard = make_employee("Nguyễn Văn Tám", number="BV01", email=None)
    code = printed_for(guard)
    client = Client()
    typed = {"number": "bv01", "code": f"{code[:4].lower()}-{code[4:8]} {code[8:]}"}

    first = client.post(reverse("people:code_sign_in"), typed)
    elsewhere = client.get(reverse("people:me"))
    again = Client().post(reverse("people:code_sign_in"), typed)

    assert (first.status_code, first.headers["Location"]) == (302, reverse("account_set_password"))
    assert elsewhere.headers["Location"] == reverse("account_set_password")
    assert again.status_code == 200
    client.post(reverse("account_set_password"), {"password1": PASSWORD, "password2": PASSWORD})
    assert client.get(reverse("people:me")).status_code == 200
    assert Client().login(username="BV01", password=PASSWORD)


@pytest.mark.django_db
def test_only_the_hash_of_a_code_is_kept() -> None:
    guard = make_employee(email=None)
    code = printed_for(guard)

    assert code not in str(OneTimeCode.objects.values().get())


@pytest.mark.django_db
def test_a_code_stops_working_after_fourteen_days_and_when_a_new_one_is_printed() -> None:
    guard = make_employee(number="BV01", email=None)
    old = printed_for(guard)
    new = printed_for(guard)

    assert use_code(number="BV01", code=old) is None
    with clock.at(clock.now() + timedelta(days=15)):
        assert use_code(number="BV01", code=new) is None
    assert use_code(number="BV01", code=new) == guard


@pytest.mark.django_db
def test_a_code_is_of_no_use_to_somebody_else() -> None:
    guard = make_employee(number="BV01", email=None)
    make_employee(number="BV02", email=None)

    assert use_code(number="BV02", code=printed_for(guard)) is None


@pytest.mark.django_db
def test_a_leaver_gets_no_code_and_uses_none() -> None:
    guard = make_employee(number="BV01", email=None)
    code = printed_for(guard)
    Employee.objects.filter(pk=guard.pk).update(is_active=False)

    assert use_code(number="BV01", code=code) is None
    assert print_codes(employees=[guard], actor=make_employee()) == []


@pytest.mark.django_db
def test_whose_sign_in_was_set_by_hr_is_marked() -> None:
    guard = make_employee(email=None)
    printed_for(guard)

    assert Employee.objects.get(pk=guard.pk).contact_changed_at is not None


@pytest.mark.django_db
def test_hr_prints_codes_and_sees_them_this_once() -> None:
    guard = make_employee("Nguyễn Văn Tám", email=None)
    client = signed_in(make_employee(roles=(Role.HR,)))

    sheet = client.post(reverse("people:code_list"), {"people": [guard.pk]}).content.decode()

    assert guard.number in sheet
    assert OneTimeCode.objects.filter(employee=guard).count() == 1


@pytest.mark.django_db
def test_tries_are_counted_and_stopped() -> None:
    typed = {"number": "BV-TRY", "code": "AAAABBBBCCCC"}

    answers = [Client().post(reverse("people:code_sign_in"), typed).status_code for _ in range(8)]

    assert answers[0] == 200
    assert answers[-1] == 429


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_code_at_once_one_gets_in() -> None:
    guard = make_employee(number="BV01", email=None)
    code = printed_for(guard)
    gate = threading.Barrier(4)
    came_in: list[bool] = []

    def come() -> None:
        gate.wait()
        came_in.append(use_code(number="BV01", code=code) is not None)
        connection.close()

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(came_in) == [False, False, False, True]

"""The door: e-mail or number and password, a code by mail, no way in for strangers and leavers."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from people.actions.employees import close_leavers, finish_password, give_grant, invite, withdraw_grant
from people.invitations import password_link
from people.models import Employee
from people.registry import Rooms, rooms
from people.roles import Role
from tests.make import PASSWORD, make_employee

pytestmark = pytest.mark.django_db


def comes_in(login: str, password: str = PASSWORD) -> bool:
    client = Client()
    client.post(reverse("account_login"), {"login": login, "password": password})
    return "_auth_user_id" in client.session


def test_number_or_email_opens_the_door_in_any_case() -> None:
    make_employee(number="NV77", email="lan@example.vn", password=PASSWORD)

    assert [comes_in(login) for login in ("NV77", "nv77", "lan@example.vn", "LAN@example.vn")] == [True] * 4
    assert not comes_in("NV77", "wrong password")


def test_a_leaver_does_not_come_in() -> None:
    make_employee(number="NV77", password=PASSWORD, is_active=False)

    assert not comes_in("NV77")


def test_nobody_signs_up_alone() -> None:
    client = Client()
    typed = {"number": "X1", "email": "x@example.vn", "password1": PASSWORD, "password2": PASSWORD}

    client.get(reverse("account_signup"))
    client.post(reverse("account_signup"), typed)

    assert not Employee.objects.exists()


def test_a_code_by_mail_signs_in() -> None:
    make_employee(number="NV77", email="lan@example.vn", language="en")
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": "lan@example.vn"})
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", str(mail.outbox[0].body), re.M)
    assert code is not None, mail.outbox[0].body

    client.post(reverse("account_confirm_login_code"), {"code": code.group(1)})

    assert "_auth_user_id" in client.session


def test_an_invitation_leads_to_a_password() -> None:
    person = make_employee(number="NV77", email="lan@example.vn")
    client = Client()

    link = password_link(person)
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})

    assert comes_in("NV77")
    assert "password1" in page.content.decode()
    assert "password1" not in Client().get(link, follow=True).content.decode()


def test_hr_invites_those_with_mail_and_the_room_above_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    owed: list[tuple[int, str]] = []
    monkeypatch.setattr(rooms, "inviter", lambda person, key: owed.append((person.pk, key)))
    reached, unreached = make_employee(), make_employee(email=None)

    assert invite(employees=[reached, unreached], actor=make_employee(roles=(Role.HR,))) == 1
    assert [pk for pk, _key in owed] == [reached.pk]
    assert Employee.objects.get(pk=reached.pk).invited_at is not None


def test_grants_are_given_once_and_taken_back() -> None:
    person = make_employee()

    give_grant(employee=person, role=Role.CX)
    give_grant(employee=person, role=Role.CX)
    assert person.roles == {"cx"}
    assert withdraw_grant(employee=person, role=Role.CX)
    assert not withdraw_grant(employee=person, role=Role.CX)
    assert person.roles == frozenset()


def test_the_account_closes_on_the_first_day_away() -> None:
    gone = make_employee(left_on="2020-02-01")

    assert close_leavers() == 1
    assert close_leavers() == 0
    assert not Employee.objects.get(pk=gone.pk).is_active


def test_a_password_of_ones_own_ends_the_duty_to_set_one() -> None:
    person = make_employee(must_change_password=True)

    finish_password(employee=person)

    assert not Employee.objects.get(pk=person.pk).must_change_password


def test_a_house_without_rooms_above_needs_nobody() -> None:
    assert Rooms().recorder is None
    assert Rooms().inviter is None

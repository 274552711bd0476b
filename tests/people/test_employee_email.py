"""HR corrects the address of one person."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from people.models import Employee
from people.roles import Role
from tests.make import make_employee
from tests.people.test_pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hr() -> Client:
    return signed_in(make_employee("Trần Thị Hòa", roles=(Role.HR,), language="en"))


def send(client: Client, person: Employee, email: str) -> tuple[int, str]:
    response = client.post(reverse("people:employee_email", args=[person.pk]), {"email": email}, follow=True)
    return len(response.redirect_chain), response.content.decode()


def address_of(person: Employee) -> str | None:
    return Employee.objects.get(pk=person.pk).email


def test_hr_changes_an_address_and_the_person_signs_in_with_it(hr: Client) -> None:
    person = make_employee(email="tam@example.vn", password="con-cá-bơi-trong-hồ")
    EmailAddress.objects.create(user=person, email="tam@example.vn", verified=True, primary=True)

    send(hr, person, " Van.Tam@example.vn ")

    person.refresh_from_db()
    assert person.email == "van.tam@example.vn"
    assert person.contact_changed_at is not None
    kept = EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary")
    assert list(kept) == [("van.tam@example.vn", True, True)]


def test_hr_empties_an_address(hr: Client) -> None:
    person = make_employee(email="tam@example.vn")

    send(hr, person, "")

    assert address_of(person) is None
    assert not EmailAddress.objects.filter(user=person).exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("tam@cty", "This is not a complete email address."),
        ("TAKEN@example.vn", "Another employee already has this email address."),
        (f"tam@{'a' * 300}.vn", "An email address has at most 254 characters."),
    ],
)
def test_a_wrong_or_taken_address_is_refused_with_a_sentence(hr: Client, typed: str, sentence: str) -> None:
    make_employee(email="taken@example.vn")
    person = make_employee(email="tam@example.vn")

    with translation.override("en"):
        redirects, page = send(hr, person, typed)

    assert (redirects, address_of(person)) == (0, "tam@example.vn")
    assert sentence in page


def test_the_address_of_a_former_employee_may_pass_on(hr: Client) -> None:
    gone = make_employee(email="ban.hang@example.vn", is_active=False, left_on=timezone.localdate())
    EmailAddress.objects.create(user=gone, email="ban.hang@example.vn", verified=True, primary=True)
    person = make_employee(email=None)

    send(hr, person, "ban.hang@example.vn")

    assert (address_of(gone), address_of(person)) == (None, "ban.hang@example.vn")


def test_the_address_of_a_technical_account_is_never_taken(hr: Client) -> None:
    make_employee(email="root@example.vn", is_superuser=True, is_active=False)
    person = make_employee(email=None)

    send(hr, person, "root@example.vn")

    assert address_of(person) is None


@pytest.mark.parametrize("days_ago", [0, 40])
def test_the_address_of_somebody_who_has_left_stays_as_it_is(hr: Client, days_ago: int) -> None:
    left_on = timezone.localdate() - timedelta(days=days_ago)
    gone = make_employee(email="tam@example.vn", left_on=left_on, is_active=days_ago == 0)

    _, page = send(hr, gone, "new@example.vn")

    assert address_of(gone) == "tam@example.vn"
    assert "This person no longer works here" in page


def test_nobody_in_hr_changes_the_own_address_here() -> None:
    own = make_employee(email="hoa@example.vn", roles=(Role.HR,))

    assert send(signed_in(own), own, "new@example.vn")[0] == 0
    assert address_of(own) == "hoa@example.vn"


def test_looking_changes_nothing(hr: Client) -> None:
    person = make_employee(email="tam@example.vn")

    assert hr.get(reverse("people:employee_email", args=[person.pk]), {"email": "x@example.vn"}).status_code == 405
    assert address_of(person) == "tam@example.vn"

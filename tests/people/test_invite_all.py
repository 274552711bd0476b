"""Inviting everybody who has never signed in, by one press: who is reached, and that nobody is written to twice."""

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from diary.models import Fact
from outbox.models import Notice
from people.actions.invitations import REST, Reach, Whom, invite_all, last_list_on, reach
from people.models import Employee, StaffImport, Unit
from people.roles import Role
from portal.lib import clock
from tests.make import PASSWORD, make_employee, make_unit
from tests.people.test_pages import signed_in

SEND = "people:invitation_send"


def make_hr(**fields: object) -> Employee:
    return make_employee("Trần Thị Hòa", roles=(Role.HR,), password=PASSWORD, language="en", **fields)


def make_crowd(number: int, unit: Unit) -> None:
    """Many people on the list, of whom every tenth has no address."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO people_employee (password, number, email, full_name, search_key, sort_key, language, time_zone,
                unit_id, role_family, frontline, site, shift, kiosk, first_seen_on, counts_from, reminders_off, mail_on,
                is_active, is_staff, is_superuser, must_change_password)
            SELECT '!' || n, 'C' || n, CASE WHEN n %% 10 > 0 THEN 'c' || n || '@example.vn' END, 'C', 'c', 'c', 'vi',
                'Asia/Ho_Chi_Minh', %s, '', FALSE, '', '', FALSE, '2020-01-01', '2020-01-01', FALSE, TRUE, TRUE, FALSE,
                FALSE, FALSE
            FROM generate_series(1, %s) AS n
            """,
            [unit.pk, number],
        )


@pytest.mark.django_db
def test_only_who_has_never_signed_in_and_is_here_is_reached() -> None:
    hr = make_hr()
    new, without = make_employee(), make_employee(email=None)
    make_employee(password=PASSWORD)
    make_employee(last_login=clock.now())
    make_employee(left_on=date(2026, 1, 1))
    make_employee(is_active=False)
    lately = make_employee(invited_at=clock.now() - timedelta(days=6))
    long_ago = make_employee(invited_at=clock.now() - timedelta(days=8))

    done = invite_all(whom=Whom(), actor=hr)

    assert done == Reach(by_mail=2, without_mail=1, lately=1)
    assert set(Notice.objects.values_list("employee", flat=True)) == {new.pk, long_ago.pk}
    assert {lately.pk, without.pk}.isdisjoint(Notice.objects.values_list("employee", flat=True))


@pytest.mark.django_db
def test_a_unit_is_invited_with_everything_below_it_and_nobody_else() -> None:
    company = make_unit("CTY")
    south = make_unit("MN", parent=company)
    inside = [make_employee(unit=south), make_employee(unit=make_unit("KHO", parent=south))]
    make_employee(unit=company)

    invite_all(whom=Whom(unit=south), actor=make_hr(unit=company))

    assert set(Notice.objects.values_list("employee", flat=True)) == {person.pk for person in inside}


@pytest.mark.django_db
def test_the_new_people_of_the_last_list_can_be_invited_alone() -> None:
    applied = datetime(2026, 9, 14, 3, tzinfo=clock.now().tzinfo)
    StaffImport.objects.create(file_name="a.csv", state=StaffImport.State.APPLIED, applied_at=applied)
    make_employee(first_seen_on=date(2026, 9, 13))
    new = make_employee(first_seen_on=date(2026, 9, 14))

    assert last_list_on() == date(2026, 9, 14)
    assert list(Whom(since=last_list_on()).people()) == [new]
    page = signed_in(make_hr(first_seen_on=date(2020, 1, 1))).get(reverse(SEND), {"new": "on"}).content.decode()
    assert "Invite 1 person to sign in?" in page


@pytest.mark.django_db
def test_a_unit_that_is_not_there_is_asked_for_again() -> None:
    make_employee()
    client = signed_in(make_hr())

    answers = [act(reverse(SEND) + "?unit=0") for act in (client.get, client.post)]

    assert ["Choose a unit from the list." in one.content.decode() for one in answers] == [True, True]
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_the_page_says_how_many_before_and_writes_to_nobody() -> None:
    hr = make_hr()
    for _ in range(3):
        make_employee()
    make_employee(email=None)
    make_employee(invited_at=clock.now())

    page = signed_in(hr).get(reverse(SEND)).content.decode()

    assert "Invite 3 people to sign in?" in page
    assert "1 person has no email address and needs a printed code." in page
    assert "1 person was invited in the last 7 days and is left out." in page
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_a_second_press_reaches_nobody_and_a_week_later_they_may_be_asked_again() -> None:
    hr, person = make_hr(), make_employee()
    client = signed_in(hr)

    first, second = (client.post(reverse(SEND)) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    assert Notice.objects.filter(employee=person).count() == 1
    assert Fact.objects.filter(verb="people.employees_invited").count() == 1
    with clock.at(clock.now() + REST + timedelta(hours=1)):
        assert reach(Whom()).by_mail == 1


@pytest.mark.django_db
def test_the_record_keeps_counts_and_no_names() -> None:
    unit = make_unit("MN")
    make_employee(unit=unit)
    make_employee(unit=unit, email=None)

    invite_all(whom=Whom(unit=unit), actor=make_hr())

    fact = Fact.objects.get(verb="people.employees_invited")
    assert (fact.unit, fact.data) == (unit, {"people": 1, "without_email": 1, "lately": 0})


@pytest.mark.django_db
@pytest.mark.parametrize("role", [None, Role.CX, Role.BOARD, Role.AUDITOR])
def test_nobody_but_hr_invites(role: Role | None) -> None:
    client = signed_in(make_employee(roles=(role,) if role else ()))
    make_employee()

    assert [client.get(reverse(SEND)).status_code, client.post(reverse(SEND)).status_code] == [403, 403]
    assert client.get(reverse("people:invitation_new")).status_code == 403
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in() -> None:
    assert Client().post(reverse(SEND)).status_code == 302
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_twenty_thousand_people_cost_a_handful_of_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    unit, hr = make_unit("CTY"), make_hr()
    make_crowd(20_000, unit)

    with django_assert_max_num_queries(14):
        done = invite_all(whom=Whom(unit=unit), actor=hr)

    assert done == Reach(by_mail=18_000, without_mail=2_000, lately=0)
    assert Notice.objects.count() == 18_000


@pytest.mark.django_db(transaction=True)
def test_of_two_in_hr_who_press_at_once_each_person_hears_once() -> None:
    people = [make_employee() for _ in range(40)]
    first, second = make_hr(), make_hr()
    gate = threading.Barrier(2)
    reached: list[int] = []

    def press(hr: Employee) -> None:
        gate.wait()
        reached.append(invite_all(whom=Whom(), actor=hr).by_mail)
        connection.close()

    threads = [threading.Thread(target=press, args=[hr]) for hr in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(reached) == [0, len(people)]
    assert Notice.objects.count() == len(people)


@pytest.mark.django_db
def test_with_nobody_to_invite_the_chosen_unit_stays_chosen() -> None:
    unit = make_unit("KHO")
    client = signed_in(make_employee(roles=(Role.HR,), language="en"))
    page = client.get(f"{reverse('people:invitation_send')}?unit={unit.pk}", follow=True).content.decode()
    assert "Nobody is left to invite by email." in page
    assert f'<option value="{unit.pk}" selected>' in page

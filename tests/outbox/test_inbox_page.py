"""The inbox, its buttons, the way out of reminders, and what could not be delivered."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from outbox import registry
from outbox.actions import owe, unread_count
from outbox.letters import unsubscribe_url
from outbox.models import Notice
from outbox.registry import NoLongerDue
from people.models import Employee
from people.roles import Role
from tests.make import make_employee

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds", "noon")]
State = Notice.State


@pytest.fixture
def reader(client: Client) -> Employee:
    person = make_employee(language="en")
    client.force_login(person)
    return person


def owed(person: Employee, kind: str = "test.news", title: str = "autumn", **fields: object) -> Notice:
    key = f"{kind}:{person.pk}:{title}"
    owe(kind, employee=person, key=key, context={"title": title, "close_on": "2026-09-20"})
    Notice.objects.filter(key=key).update(**fields)
    return Notice.objects.get(key=key)


def inbox(client: Client) -> str:
    return client.get(reverse("outbox:inbox")).content.decode()


def test_a_person_reads_the_own_messages_and_nobody_elses(client: Client, reader: Employee) -> None:
    owed(reader, title="mine")
    owed(make_employee(), title="foreign")
    page = inbox(client)
    assert "News about mine" in page
    assert "foreign" not in page
    assert "1 unread message" in page


def test_an_empty_inbox_says_so(client: Client, reader: Employee) -> None:
    assert "No messages yet." in inbox(client)


def test_a_stranger_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(reverse("outbox:inbox")).status_code == 302


def test_the_inbox_shows_no_reminder_and_nothing_dropped_or_not_yet_due(
    client: Client, reader: Employee, noon: datetime
) -> None:
    owed(reader, "test.reminder", "reminded")
    owed(reader, "test.reminder", "reminded long ago", state=State.SENT, due_at=None)
    owed(reader, title="dropped", state=State.DROPPED)
    owed(reader, title="tomorrow", due_at=noon.replace(day=noon.day + 1))
    page = inbox(client)
    assert "No messages yet." in page
    assert "You have read everything" not in page
    assert unread_count(reader) == 0


@pytest.mark.parametrize("state", [State.SENT, State.INBOX_ONLY, State.FAILED])
def test_a_message_waits_in_the_inbox_whatever_became_of_the_mail(client: Client, reader: Employee, state: str) -> None:
    owed(reader, state=state, due_at=None)
    assert "News about autumn" in inbox(client)


def test_the_button_leads_on_and_marks_the_message_as_read(client: Client, reader: Employee) -> None:
    notice = owed(reader)
    answer = client.post(reverse("outbox:open", args=[notice.pk]))
    assert (answer.status_code, answer["Location"]) == (303, f"/about/{notice.pk}")
    assert unread_count(reader) == 0
    assert "You have read everything" in inbox(client)


def test_looking_opens_nothing(client: Client, reader: Employee) -> None:
    notice = owed(reader)
    assert client.get(reverse("outbox:open", args=[notice.pk])).status_code == 405
    assert unread_count(reader) == 1


def test_nobody_opens_a_message_of_somebody_else(client: Client, reader: Employee) -> None:
    assert client.post(reverse("outbox:open", args=[owed(make_employee()).pk])).status_code == 404


def test_a_message_whose_cause_has_ended_says_so(client: Client, reader: Employee) -> None:
    def ended(notice: Notice) -> str:
        raise NoLongerDue

    registry.register_kind("test.news", template="test/news", label="News", opens=ended)
    page = client.post(reverse("outbox:open", args=[owed(reader).pk]), follow=True).content.decode()
    assert "nothing left to open" in page


def test_all_messages_can_be_marked_as_read(client: Client, reader: Employee) -> None:
    owed(reader, title="one")
    owed(reader, title="two")
    client.post(reverse("outbox:read_all"))
    assert unread_count(reader) == 0


def test_the_inbox_costs_the_same_for_one_message_and_for_many(
    client: Client, reader: Employee, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(40):
        owed(reader, title=f"wave {n}")
    with django_assert_max_num_queries(8):
        page = inbox(client)
    assert "wave 39" in page
    assert "wave 0<" not in page


# No more reminders ------------------------------------------------------------------------------------------------


def way_out(person: Employee) -> str:
    """The path of the address in List-Unsubscribe."""
    return "/" + unsubscribe_url(person.pk).split("/", 3)[3]


def test_one_press_without_signing_in_stops_reminders() -> None:
    person = make_employee()
    client = Client(enforce_csrf_checks=True)
    answer = client.post(way_out(person), {"List-Unsubscribe": "One-Click"})
    person.refresh_from_db()
    assert (answer.status_code, person.reminders_off) == (200, True)


def test_looking_at_the_way_out_changes_nothing(client: Client) -> None:
    person = make_employee()
    for _ in range(50):
        assert client.get(way_out(person)).status_code == 200
        assert client.head(way_out(person)).status_code == 200
    person.refresh_from_db()
    assert person.reminders_off is False


def test_an_address_made_up_elsewhere_is_unknown(client: Client) -> None:
    person = make_employee()
    assert client.post(reverse("outbox:unsubscribe", args=[f"{person.pk}:made-up"])).status_code == 404
    person.refresh_from_db()
    assert person.reminders_off is False


def test_the_address_is_the_same_in_every_mail_and_differs_between_people() -> None:
    one, two = make_employee(), make_employee()
    assert unsubscribe_url(one.pk) == unsubscribe_url(one.pk) != unsubscribe_url(two.pk)


# What could not be delivered --------------------------------------------------------------------------------------


def test_hr_sees_to_whom_and_why_but_not_what(client: Client) -> None:
    client.force_login(make_employee(roles=(Role.HR,), language="en"))
    person = make_employee("Đỗ Thị Vắng")
    owed(person, title="private matter", state=State.FAILED, reason="550 5.1.1 no such user")
    owed(make_employee(), title="another", state=State.FAILED, reason="no connection")
    owed(make_employee("Hồ Văn Nhắc"), "test.reminder", state=State.FAILED, reason="550")
    page = client.get(reverse("outbox:set_aside")).content.decode()
    assert "Đỗ Thị Vắng" in page
    assert "550 5.1.1 no such user" in page
    assert "The mail server could not be reached." in page
    assert "private matter" not in page
    assert "Hồ Văn Nhắc" not in page


def test_hr_sends_again_what_was_set_aside(client: Client, noon: datetime) -> None:
    client.force_login(make_employee(roles=(Role.HR,)))
    notice = owed(make_employee(), state=State.FAILED, reason="550", attempts=8, due_at=None)
    other = owed(make_employee(), state=State.FAILED, reason="550")
    client.post(reverse("outbox:retry", args=[notice.pk]))
    notice.refresh_from_db()
    other.refresh_from_db()
    assert (notice.state, notice.attempts, notice.due_at, notice.reason) == (State.DUE, 0, noon, "")
    assert other.state == State.FAILED
    client.post(reverse("outbox:retry_all"))
    other.refresh_from_db()
    assert other.state == State.DUE


@pytest.mark.parametrize("roles", [(), (Role.CX,), (Role.AUDITOR,), (Role.BOARD,)])
def test_only_hr_sees_what_was_set_aside(client: Client, roles: tuple[Role, ...]) -> None:
    client.force_login(make_employee(roles=roles))
    notice = owed(make_employee(), state=State.FAILED)
    assert client.get(reverse("outbox:set_aside")).status_code == 403
    assert client.post(reverse("outbox:retry", args=[notice.pk])).status_code == 403
    notice.refresh_from_db()
    assert notice.state == State.FAILED

"""Cancelling a wave: its answers are destroyed unread, everybody invited is told once, nothing is published."""

import html
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import translation

from diary.models import Fact
from outbox import delivery, registry
from outbox.letters import letter, subject_of
from outbox.models import Notice
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from pulses import actions
from pulses.models import QuestionBank, Wave
from surveys import closing
from surveys.actions import new_link, press_start, submit_ballot
from surveys.models import Cell, Invitation, Key, KeyPair, Round, SealedReply
from tests.make import make_employee
from tests.pulses.conftest import make_running

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def wave(keys: None, bank: QuestionBank, company: Unit) -> Wave:
    with clock.at(MONDAY):
        sent = actions.launch_due_wave(programme_id=make_running(bank).pk, now=MONDAY)
    assert sent is not None
    return sent


def somebody_answers(wave: Wave) -> str:
    """One sheet, sent; returns its ballot."""
    invitation = Invitation.objects.filter(round=wave.round_id).order_by("pk")[0]
    started = press_start(new_link(invitation.pk))
    submit_ballot(started.ballot, {started.items[0].code: "4"}, {}, "vi")
    return started.ballot


def told() -> list[Notice]:
    return list(Notice.objects.filter(kind=actions.CANCELLATION).select_related("employee"))


def test_what_was_answered_is_destroyed_and_nothing_is_published(wave: Wave, hr: Employee) -> None:
    with clock.at(TUESDAY):
        somebody_answers(wave)
        assert SealedReply.objects.exists()
        assert actions.cancel_wave(wave=wave, by=hr)
    closing.destroy_spent_keys()
    assert not SealedReply.objects.exists()
    assert not Key.objects.exists()
    assert KeyPair.objects.get(round=wave.round_id).state == KeyPair.State.DESTROYED
    with clock.at(MONDAY + timedelta(days=8)):
        assert closing.rounds_over() == []
        assert closing.close_round(wave.round_id) is False  # type: ignore[arg-type]
    assert not Cell.objects.exists()


def test_everybody_invited_is_told_once_and_the_invitations_are_gone(wave: Wave, hr: Employee) -> None:
    with clock.at(TUESDAY):
        assert actions.cancel_wave(wave=wave, by=hr)
        assert not actions.cancel_wave(wave=wave, by=hr)
    assert len(told()) == len({notice.employee_id for notice in told()}) == 24
    assert {notice.employee_id for notice in told()} == set(Invitation.objects.values_list("employee_id", flat=True))
    assert not Notice.objects.filter(kind__in=[actions.INVITATION, actions.REMINDER]).exists()


def test_those_who_answered_and_those_who_did_not_are_told_the_same(wave: Wave, hr: Employee) -> None:
    with clock.at(TUESDAY):
        somebody_answers(wave)
        actions.cancel_wave(wave=wave, by=hr)
    assert len({(str(notice.context), notice.about, notice.due_at) for notice in told()}) == 1


def test_the_record_holds_who_cancelled_and_how_many_were_told(wave: Wave, hr: Employee) -> None:
    with clock.at(TUESDAY):
        actions.cancel_wave(wave=wave, by=hr)
    said = Fact.objects.get(verb="pulses.wave_cancelled")
    assert (said.actor_id, said.subject, said.data) == (hr.pk, f"pulses.wave:{wave.pk}", {"told": 24})
    assert Fact.objects.filter(verb="surveys.round_cancelled").count() == 1


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        ("vi", "Khảo sát nhanh đợt 1 đã bị hủy", "Bạn không cần làm gì thêm."),
        ("en", "Pulse survey 1 was cancelled", "There is nothing for you to do."),
    ],
)
def test_the_mail_is_in_the_readers_language_and_asks_for_nothing(
    wave: Wave, hr: Employee, language: str, subject: str, said: str
) -> None:
    Employee.objects.update(language=language)
    with clock.at(TUESDAY):
        actions.cancel_wave(wave=wave, by=hr)
    notice, kind = told()[0], registry.kind_named(actions.CANCELLATION)
    mail = letter(notice, kind, {})
    assert mail.subject == subject
    for part in (str(mail.body), html.unescape(str(mail.alternatives[0][0]))):
        assert said in part
        assert "/p/" not in part
    with translation.override(language):
        assert subject_of(notice, kind) == subject


def test_the_mails_leave(wave: Wave, hr: Employee, mailoutbox: list[Any]) -> None:
    Employee.objects.update(language="en")
    with clock.at(TUESDAY):
        actions.cancel_wave(wave=wave, by=hr)
        delivery.sweep()
    assert [mail.subject for mail in mailoutbox] == ["Pulse survey 1 was cancelled"] * 24


def test_a_sheet_and_a_thank_you_page_say_that_it_was_cancelled(wave: Wave, hr: Employee, settings: Any) -> None:
    host = {"host": settings.SURVEY_URL.rpartition("/")[2]}
    with clock.at(TUESDAY):
        ballot = somebody_answers(wave)
        actions.cancel_wave(wave=wave, by=hr)
        late = Client(headers=host).post("/en/send", {"ballot": ballot})
        thanks = Client(headers=host).get(f"/en/thanks/{wave.round_id}")
    for page in (late, thanks):
        assert page.status_code == 410
        assert b"This survey was cancelled" in page.content
    assert not SealedReply.objects.exists()


def test_a_wave_that_is_closed_is_not_cancelled(wave: Wave, hr: Employee) -> None:
    with clock.at(MONDAY + timedelta(days=8)):
        assert closing.close_round(wave.round_id)  # type: ignore[arg-type]
        assert not actions.cancel_wave(wave=wave, by=hr)
    assert not told()
    assert not Fact.objects.filter(verb__endswith="cancelled").exists()


def test_the_sweep_does_not_send_a_cancelled_wave_again(wave: Wave, hr: Employee) -> None:
    with clock.at(TUESDAY):
        actions.cancel_wave(wave=wave, by=hr)
        assert actions.launch_due_wave(programme_id=wave.programme_id, now=TUESDAY) is None
        assert actions.remind_if_due(wave_id=wave.pk, now=MONDAY + timedelta(days=3)) is None


@pytest.mark.django_db(transaction=True)
def test_closing_and_cancelling_side_by_side_one_of_them_happens_whole(wave: Wave, hr: Employee) -> None:
    def act(number: int) -> str:
        try:
            if number % 2:
                return "closed" if closing.close_round(wave.round_id) else ""  # type: ignore[arg-type]
            return "cancelled" if actions.cancel_wave(wave=wave, by=hr) else ""
        finally:
            connections.close_all()

    with clock.at(TUESDAY):
        somebody_answers(wave)
    with clock.at(MONDAY + timedelta(days=8)), ThreadPoolExecutor(6) as threads:
        done = [outcome for outcome in threads.map(act, range(6)) if outcome]
    state = Round.objects.get().state
    assert done == [state]
    assert len(told()) == (24 if state == Round.State.CANCELLED else 0)
    verbs = {"cancelled": {"surveys.round_cancelled", "pulses.wave_cancelled"}, "closed": {"surveys.round_closed"}}
    endings = Fact.objects.filter(verb__in=[*verbs["cancelled"], *verbs["closed"]])
    assert sorted(endings.values_list("verb", flat=True)) == sorted(verbs[state])


# The page


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(employee, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("role", [Role.HR, Role.CX])
def test_hr_and_cx_cancel_an_open_wave_on_the_second_press(wave: Wave, role: Role) -> None:
    client, way = signed_in(make_employee(roles=(role,))), reverse("pulses:wave_cancel", args=[wave.pk])
    with clock.at(TUESDAY):
        assert way in client.get(wave.programme.get_absolute_url()).content.decode()
        assert client.get(way).status_code == 200
        assert Round.objects.get().state == Round.State.OPEN
        assert client.post(way).status_code == 302
    assert Round.objects.get().state == Round.State.CANCELLED
    page = client.get(wave.programme.get_absolute_url()).content.decode()
    assert way not in page
    assert client.get(way).status_code == 302


@pytest.mark.parametrize("role", [None, Role.BOARD, Role.AUDITOR])
def test_nobody_else_cancels(wave: Wave, role: Role | None) -> None:
    client = signed_in(make_employee(roles=(role,) if role else ()))
    assert client.post(reverse("pulses:wave_cancel", args=[wave.pk])).status_code == 403
    assert Round.objects.get().state == Round.State.OPEN


def test_a_press_that_came_too_late_says_that_nothing_changed(wave: Wave, hr: Employee) -> None:
    client, way = signed_in(hr), reverse("pulses:wave_cancel", args=[wave.pk])
    Employee.objects.filter(pk=hr.pk).update(language="en")
    with clock.at(MONDAY + timedelta(days=8)):
        closing.close_round(wave.round_id)  # type: ignore[arg-type]
    said = client.post(way, follow=True).content.decode()
    assert Round.objects.get().state == Round.State.CLOSED
    assert "is cancelled" not in said
    assert not told()

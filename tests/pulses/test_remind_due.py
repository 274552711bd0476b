"""Reminders: each number once in a wave, only to links that have not been used, to nobody who asked for none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from diary.models import Fact
from outbox.models import Notice
from people.models import Employee, Unit
from portal.lib import clock
from pulses import actions, notices
from pulses.models import Programme, QuestionBank, Wave, WaveReminder
from pulses.tasks import sweep_programmes
from surveys.actions import new_link, press_start
from surveys.models import Invitation, Key
from tests.pulses.conftest import make_running
from tests.worker import work_off

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
THURSDAY = MONDAY + timedelta(days=3)
SATURDAY = MONDAY + timedelta(days=5)


@pytest.fixture
def wave(keys: None, bank: QuestionBank, company: Unit) -> Wave:
    with clock.at(MONDAY):
        programme = make_running(bank)
        sent = actions.launch_due_wave(programme_id=programme.pk, now=MONDAY)
    assert sent is not None
    return sent


def sweep_at(moment: datetime) -> None:
    with clock.at(moment):
        sweep_programmes()
        work_off("default")


def reminders() -> "list[Notice]":
    return list(Notice.objects.filter(kind="pulses.reminder").select_related("employee"))


def test_none_before_the_third_day(wave: Wave) -> None:
    sweep_at(THURSDAY - timedelta(minutes=1))
    assert not reminders()


def test_only_others_are_reminded(wave: Wave) -> None:
    used, left, quiet = Invitation.objects.select_related("employee").order_by("pk")[:3]
    with clock.at(MONDAY + timedelta(hours=1)):
        press_start(new_link(used.pk))
    Employee.objects.filter(pk=left.employee_id).update(left_on=THURSDAY.date())
    Employee.objects.filter(pk=quiet.employee_id).update(reminders_off=True)
    sweep_at(THURSDAY)
    reminded = {notice.employee_id for notice in reminders()}
    assert len(reminded) == len(reminders()) == 21
    assert not reminded & {used.employee_id, left.employee_id, quiet.employee_id}


def test_each_reminder_goes_out_once_and_there_are_two(wave: Wave) -> None:
    for hours in range(0, 8 * 24, 6):
        sweep_at(MONDAY + timedelta(hours=hours))
    assert list(WaveReminder.objects.values_list("number", flat=True)) == [1, 2]
    assert len(reminders()) == 48
    assert {notice.context["last"] for notice in reminders() if ":2:" in notice.key} == {True}
    assert {notice.context["last"] for notice in reminders() if ":1:" in notice.key} == {False}


def test_a_late_clock_sends_the_latest_reminder_alone(wave: Wave) -> None:
    sweep_at(SATURDAY + timedelta(hours=1))
    sweep_at(SATURDAY + timedelta(hours=2))
    assert list(WaveReminder.objects.values_list("number", flat=True)) == [2]
    assert len(reminders()) == 24


def test_a_closed_wave_reminds_nobody(wave: Wave) -> None:
    with clock.at(MONDAY + timedelta(days=2)):
        assert actions.close_now(wave=wave)
        assert not actions.close_now(wave=wave)
    sweep_at(THURSDAY)
    assert not reminders()


def test_a_programme_without_reminders_reminds_nobody(wave: Wave) -> None:
    Programme.objects.update(reminders=0)
    sweep_at(SATURDAY)
    assert not reminders()


def test_the_fact_of_a_reminder_does_not_tell_how_many_had_not_answered(wave: Wave) -> None:
    sweep_at(THURSDAY)
    assert Fact.objects.get(verb="pulses.wave_reminded").data == {"number": 1}


def test_the_reminder_is_dropped_when_the_link_was_used_meanwhile(wave: Wave) -> None:
    sweep_at(THURSDAY)
    notice = reminders()[0]
    with clock.at(THURSDAY + timedelta(minutes=1)):
        assert notices.still_wanted(notice)
        press_start(new_link(notice.context["invitation"]))
        assert not notices.still_wanted(notice)
        assert notices.still_open(notice)
    with clock.at(MONDAY + timedelta(days=8)):
        assert not notices.still_open(notice)


def test_a_link_is_made_for_each_letter_and_stored_only_as_a_hash(wave: Wave) -> None:
    notice = Notice.objects.select_related("employee").order_by("pk")[0]
    with clock.at(MONDAY + timedelta(hours=1)):
        first, second = notices.secret(notice), notices.secret(notice)
        assert first["link"] != second["link"]
        assert f"/{notice.employee.language}/p/" in first["link"]
        token = first["link"].rpartition("/")[2]
        assert not Key.objects.filter(hash=token.encode()).exists()
        started = press_start(token)
    assert started.items[0].text[notice.employee.language] == first["first_question"]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_side_by_side_remind_once(wave: Wave) -> None:
    def remind(_: int) -> bool:
        try:
            return actions.remind_if_due(wave_id=wave.pk, now=THURSDAY) is not None
        finally:
            connections.close_all()

    with clock.at(THURSDAY), ThreadPoolExecutor(4) as threads:
        sent = list(threads.map(remind, range(4)))
    assert sum(sent) == 1
    assert len(reminders()) == 24

"""Sending the wave that is due: once per period, however late or often it is asked for."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections

from diary.models import Fact
from outbox.models import Notice
from people.models import Unit
from portal.lib import clock
from pulses import actions
from pulses.models import Programme, Question, QuestionBank, Wave, WaveReminder
from pulses.tasks import sweep_programmes
from surveys.models import Invitation
from tests.make import make_employee, make_unit
from tests.pulses.conftest import make_running
from tests.worker import work_off

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)  # nine in Ho Chi Minh City


@pytest.fixture
def programme(keys: None, bank: QuestionBank, company: Unit) -> Iterator[Programme]:
    with clock.at(MONDAY - timedelta(days=1)):
        yield make_running(bank)


def sweep_at(moment: datetime) -> list[tuple[str, str]]:
    with clock.at(moment):
        sweep_programmes()
        return work_off("default")


def test_nothing_is_sent_before_the_hour(programme: Programme) -> None:
    sweep_at(MONDAY - timedelta(seconds=1))
    assert not Wave.objects.exists()


def test_everybody_gets_one_invitation_and_one_notice(programme: Programme) -> None:
    sweep_at(MONDAY)
    wave = Wave.objects.select_related("round").get()
    assert wave.round is not None
    assert (wave.number, wave.period, wave.round.invited) == (1, 0, 24)
    assert wave.round.closes_at == datetime(2026, 9, 13, 17, 0, tzinfo=UTC)  # midnight at the end of Sunday there
    assert Invitation.objects.count() == 24
    notices = Notice.objects.filter(kind="pulses.invitation")
    assert notices.count() == notices.values("employee").distinct().count() == 24
    notice = notices[0]
    assert notice.about == f"surveys.round:{wave.round_id}"
    assert set(notice.context) == {"invitation", "wave", "questions", "minutes", "close_on", "k", "sender"}
    assert notice.context["close_on"] == "2026-09-13"
    assert Fact.objects.get(verb="pulses.wave_launched").data["invited"] == 24


def test_a_sweep_run_twice_sends_once(programme: Programme) -> None:
    sweep_at(MONDAY)
    sweep_at(MONDAY)
    sweep_at(MONDAY + timedelta(hours=1))
    assert Wave.objects.count() == 1
    assert Notice.objects.count() == 24


def test_three_days_late_is_still_one_wave_that_ends_as_planned(programme: Programme) -> None:
    sweep_at(MONDAY + timedelta(days=3))
    wave = Wave.objects.select_related("round").get()
    assert wave.round is not None
    assert wave.round.opens_at == MONDAY + timedelta(days=3)
    assert wave.round.closes_at == datetime(2026, 9, 13, 17, 0, tzinfo=UTC)


def test_missed_periods_are_skipped_and_never_piled_up(programme: Programme) -> None:
    sweep_at(MONDAY + timedelta(weeks=10))
    assert not Wave.objects.exists()
    sweep_at(MONDAY + timedelta(weeks=12, days=1))
    assert list(Wave.objects.values_list("period", "number")) == [(3, 1)]


def test_a_paused_programme_rests_and_goes_on(programme: Programme) -> None:
    with clock.at(MONDAY - timedelta(hours=1)):
        actions.pause(programme=programme)
    sweep_at(MONDAY)
    assert not Wave.objects.exists()
    with clock.at(MONDAY + timedelta(days=1)):
        actions.resume(programme=programme)
    sweep_at(MONDAY + timedelta(days=1))
    assert Wave.objects.count() == 1


def test_an_ended_programme_sends_nothing(programme: Programme) -> None:
    with clock.at(MONDAY - timedelta(hours=1)):
        actions.end(programme=programme)
    sweep_at(MONDAY)
    assert not Wave.objects.exists()


def test_too_few_people_are_noted_and_not_tried_for_ever(keys: None, bank: QuestionBank) -> None:
    root = make_unit("CTY")
    small = make_unit("NHO", parent=root)
    for _ in range(3):
        make_employee(unit=small)
    with clock.at(MONDAY):
        make_running(bank)
    sweep_at(MONDAY)
    sweep_at(MONDAY)
    wave = Wave.objects.get()
    assert (wave.state, wave.missing, wave.round) == (Wave.State.REFUSED, 2, None)
    assert not Invitation.objects.exists()


def test_no_question_comes_twice_in_twelve_weeks(programme: Programme) -> None:
    asked: list[set[str]] = []
    for turn in range(4):
        sweep_at(MONDAY + timedelta(weeks=4 * turn))
        wave = Wave.objects.select_related("round").get(period=turn)
        assert wave.round is not None
        asked.append({item.code for item in wave.round.questions.items if item.scale != "comment"})
    assert not asked[0] & asked[1]
    assert not asked[0] & asked[2]
    assert not asked[1] & asked[2]
    assert asked[3] & asked[0]


@pytest.mark.parametrize("switch", [datetime(2026, 10, 19, tzinfo=UTC), datetime(2027, 3, 22, tzinfo=UTC)])
def test_a_switch_of_the_clocks_neither_drops_nor_doubles_a_wave(
    keys: None, bank: QuestionBank, company: Unit, switch: datetime
) -> None:
    with clock.at(switch):
        make_running(
            bank, cadence=Programme.Cadence.WEEKLY, starts_on=switch.date(), time_zone="Europe/Berlin", reminders=0
        )
    for hours in (*range(24), *range(7 * 24, 8 * 24)):  # each hour of both Mondays
        sweep_at(switch + timedelta(hours=hours))
    waves = Wave.objects.select_related("round").order_by("period")
    opened = [wave.round.opens_at.hour for wave in waves if wave.round]
    assert sorted(opened) == [7, 8]


def test_a_programme_that_breaks_holds_back_no_other_wave_nor_reminder_nor_end(
    keys: None, bank: QuestionBank, company: Unit
) -> None:
    one, other = Unit.objects.filter(parent=company)
    poor = QuestionBank.objects.create(code="poor", version=1, title={"vi": "Ít", "en": "Poor"}, drivers={"d": {}})
    Question.objects.bulk_create(
        Question(bank=poor, position=n, code=f"Q{n}", pillar="leadership", driver="d", scale="agree", text=poor.words)
        for n in range(3)
    )
    with clock.at(MONDAY - timedelta(days=7)):
        broken = make_running(poor, one)
        once = make_running(bank, other, cadence=Programme.Cadence.ONCE, starts_on=date(2026, 8, 31))
        reminded = make_running(bank, one, starts_on=date(2026, 9, 4))
        coming = make_running(bank, other)
    sweep_at(MONDAY - timedelta(days=3))
    poor.questions.all().delete()
    ended = sweep_at(MONDAY)
    assert ("pulses.tasks.launch_wave", "FAILURE") in ended
    assert {wave.programme for wave in Wave.objects.all()} == {once, reminded, coming}
    assert WaveReminder.objects.filter(wave__programme=reminded).count() == 1
    once.refresh_from_db()
    broken.refresh_from_db()
    assert (once.state, broken.state) == (Programme.State.ENDED, Programme.State.ACTIVE)


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_side_by_side_send_once(programme: Programme) -> None:
    def launch(_: int) -> bool:
        try:
            return actions.launch_due_wave(programme_id=programme.pk, now=MONDAY) is not None
        finally:
            connections.close_all()

    with clock.at(MONDAY), ThreadPoolExecutor(4) as threads:
        sent = list(threads.map(launch, range(4)))
    assert sorted(sent) == [False, False, False, True]
    assert Wave.objects.count() == 1
    assert Notice.objects.count() == Invitation.objects.count() == 24

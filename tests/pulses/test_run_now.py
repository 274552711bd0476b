"""Sending a wave before its date: it takes the place of the next one, and asks nobody the same thing too soon."""

from datetime import UTC, date, datetime, timedelta

import pytest

from people.models import Unit
from portal.lib import clock
from pulses import actions
from pulses.models import Programme, QuestionBank, Wave
from pulses.tasks import sweep_programmes
from surveys.actions import close_soon
from surveys.models import Round
from tests.pulses.conftest import make_programme, make_running
from tests.worker import work_off

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


@pytest.fixture
def programme(keys: None, bank: QuestionBank, company: Unit) -> Programme:
    with clock.at(MONDAY - timedelta(days=3)):
        return make_running(bank)


def close(wave: Wave, moment: datetime) -> None:
    """As the seal worker leaves it."""
    assert wave.round_id is not None
    with clock.at(moment):
        close_soon(wave.round_id)
    Round.objects.filter(pk=wave.round_id).update(state="closed", closed_at=moment)


def test_it_takes_the_place_of_the_next_wave(programme: Programme) -> None:
    with clock.at(MONDAY - timedelta(days=2)):
        wave = actions.run_now(programme=programme)
    assert (wave.period, wave.number) == (0, 1)
    with clock.at(MONDAY):
        sweep_programmes()
        work_off("default")
    assert Wave.objects.count() == 1


def test_it_is_open_for_as_many_days_as_planned(programme: Programme) -> None:
    with clock.at(MONDAY - timedelta(days=2)):
        wave = actions.run_now(programme=programme)
    assert wave.last_day == date(2026, 9, 11)


def test_an_open_wave_comes_first(programme: Programme) -> None:
    with clock.at(MONDAY):
        sweep_programmes()
        work_off("default")
        with pytest.raises(actions.WaveStillOpen):
            actions.run_now(programme=programme)


def test_the_questions_of_twelve_weeks_are_not_asked_again(programme: Programme) -> None:
    for turn in range(3):
        moment = MONDAY + timedelta(days=turn)
        with clock.at(moment):
            wave = actions.run_now(programme=programme)
        assert wave.period == turn
        close(wave, moment + timedelta(hours=12))
    with clock.at(MONDAY + timedelta(days=4)), pytest.raises(actions.AskedLately) as refused:
        actions.run_now(programme=programme)
    assert refused.value.possible_on == date(2026, 11, 30)


def test_a_programme_that_runs_once_runs_once(keys: None, bank: QuestionBank, company: Unit) -> None:
    with clock.at(MONDAY):
        programme = make_running(bank, cadence=Programme.Cadence.ONCE)
        wave = actions.run_now(programme=programme)
        close(wave, MONDAY + timedelta(hours=1))
    with clock.at(MONDAY + timedelta(hours=2)), pytest.raises(actions.NothingLeft):
        actions.run_now(programme=programme)
    with clock.at(MONDAY + timedelta(days=8)):
        sweep_programmes()
        work_off("default")
    programme.refresh_from_db()
    assert programme.state == Programme.State.ENDED


def test_only_a_running_programme_can_be_run(bank: QuestionBank) -> None:
    with clock.at(MONDAY), pytest.raises(actions.AlreadyMoved):
        actions.run_now(programme=make_programme(bank))

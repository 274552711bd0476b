"""Starting a programme: once, and only when nobody is asked too much."""

from datetime import UTC, date, datetime

import pytest

from diary.models import Fact
from people.models import Unit
from portal.lib import clock
from pulses import actions
from pulses.models import Programme, QuestionBank
from tests.pulses.conftest import make_programme, make_running

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


def another(bank: QuestionBank) -> QuestionBank:
    """The same questions as a second bank."""
    questions = list(bank.questions.all())
    copy = QuestionBank.objects.create(code="another", version=1, title=bank.title, drivers=bank.drivers)
    for question in questions:
        question.pk, question.bank = None, copy
        question.save(force_insert=True)
    return copy


def test_it_runs_from_then_on_and_a_fact_says_so(bank: QuestionBank, company: Unit) -> None:
    with clock.at(MONDAY):
        programme = make_running(bank)
        assert programme.state == Programme.State.ACTIVE
        with pytest.raises(actions.AlreadyMoved):
            actions.start(programme=programme)
    assert Fact.objects.filter(verb="pulses.programme_started").count() == 1


def test_more_than_forty_questions_in_thirty_days_are_refused(bank: QuestionBank, company: Unit) -> None:
    with clock.at(MONDAY):
        make_running(bank)
        second = make_programme(another(bank))
        with pytest.raises(actions.AskedTooMuch) as refused:
            actions.start(programme=second)
    assert refused.value.questions == 50
    second.refresh_from_db()
    assert second.state == Programme.State.DRAFT


def test_different_people_may_be_asked_side_by_side(bank: QuestionBank, company: Unit) -> None:
    first, second = Unit.objects.filter(parent=company)
    with clock.at(MONDAY):
        make_running(bank, first)
        assert make_running(bank, second).state == Programme.State.ACTIVE


def test_the_same_bank_does_not_ask_the_same_people_twice(bank: QuestionBank, company: Unit) -> None:
    with clock.at(MONDAY):
        first = make_running(bank, Unit.objects.filter(parent=company)[0], items=5, asks_comments=False)
        with pytest.raises(actions.BankInRotation) as refused:
            make_running(bank, items=5, asks_comments=False)
        assert refused.value.other == first
        actions.end(programme=first)
        make_running(bank, items=5, asks_comments=False)


def test_a_bank_with_too_few_questions_is_refused(bank: QuestionBank, company: Unit) -> None:
    small = another(bank)
    small.questions.filter(position__gte=10).delete()
    with clock.at(MONDAY), pytest.raises(actions.BankTooSmall):
        make_running(small, cadence=Programme.Cadence.WEEKLY)


def test_a_started_programme_keeps_its_plan(bank: QuestionBank, company: Unit) -> None:
    with clock.at(MONDAY):
        programme = make_running(bank)
        plan = actions.Plan(
            title={"vi": "Khác", "en": "Other"},
            bank=bank,
            units=(),
            cadence="weekly",
            starts_on=date(2026, 9, 7),
            send_hour=9,
            time_zone="Asia/Ho_Chi_Minh",
            window_days=7,
            items=10,
            asks_comments=True,
            reminders=2,
        )
        with pytest.raises(actions.AlreadyMoved):
            actions.change_programme(programme=programme, plan=plan)


def test_pausing_twice_is_pausing_once(bank: QuestionBank, company: Unit) -> None:
    with clock.at(MONDAY):
        programme = make_running(bank)
        actions.pause(programme=programme)
        with pytest.raises(actions.AlreadyMoved):
            actions.pause(programme=programme)
        actions.end(programme=programme)
        with pytest.raises(actions.AlreadyMoved):
            actions.resume(programme=programme)

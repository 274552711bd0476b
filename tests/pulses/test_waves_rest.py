"""A wave rests where people are asked enough: by a long assessment near it, or by 40 questions in 30 days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction
from django.test import Client

from diary.models import Fact
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.pillars import Pillar
from pulses import actions
from pulses.models import Programme, QuestionBank, Wave
from surveys.actions import launch_round, stock_keys
from surveys.burden import hold_launches
from surveys.models import Round
from surveys.questionnaire import Item, Questionnaire, Scale
from surveys.registry import Planned, plans, register_plans
from tests.make import make_employee, make_unit
from tests.pulses.conftest import make_running
from tests.pulses.test_launch_due_wave import MONDAY, sweep_at
from tests.surveys.stage import until_it_waits, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(keys: None, bank: QuestionBank, company: Unit) -> Programme:
    with clock.at(MONDAY - timedelta(days=1)):
        return make_running(bank)


def assess(practices: int, opens_at: datetime, unit: Unit | None = None, days: int = 21) -> Round:
    """An assessment of so many practices."""
    items = tuple(Item(f"P{n}", Pillar.PEOPLE, "", Scale.AGREE, words(str(n))) for n in range(practices))
    stock_keys(2)
    with clock.at(opens_at):
        return launch_round(
            kind="assessment",
            key=f"assessment:{practices}:{opens_at}",
            units=None if unit is None else [unit],
            questionnaire=Questionnaire(words("Cycle"), items, (tuple(item.code for item in items),)),
            opens_at=opens_at,
            closes_at=opens_at + timedelta(days=days),
        )


@pytest.mark.parametrize(("practices", "state"), [(30, "launched"), (31, "resting"), (60, "resting")])
def test_after_more_than_thirty_practices_the_wave_rests(programme: Programme, practices: int, state: str) -> None:
    assess(practices, MONDAY - timedelta(days=45))  # it closed 24 days ago
    sweep_at(MONDAY)
    assert Wave.objects.get().state == state


@pytest.mark.django_db(transaction=True)
def test_a_wave_sent_while_a_long_assessment_opens_rests(programme: Programme) -> None:
    def send() -> object:
        try:
            return actions.run_now(programme=programme)
        finally:
            connections.close_all()

    stock_keys(3)
    with clock.at(MONDAY), ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            hold_launches()
            assess(31, MONDAY)
            sent = threads.submit(send)
            until_it_waits(sent)
        with pytest.raises(actions.PeopleRest):
            sent.result()
    assert not Wave.objects.exists()


def test_thirty_days_after_a_long_assessment_waves_go_out_again(programme: Programme) -> None:
    assess(31, MONDAY - timedelta(days=24))  # closes three days ago
    sweep_at(MONDAY)
    sweep_at(MONDAY + timedelta(weeks=4))
    waves = dict(Wave.objects.values_list("period", "state"))
    assert waves == {0: "resting", 1: "launched"}
    assert Wave.objects.get(period=1).number == 1


def test_before_a_planned_long_assessment_the_wave_rests(programme: Programme) -> None:
    opens = MONDAY + timedelta(days=20)
    cycle = Planned("cycle:1", "assessment", None, 31, opens, opens + timedelta(days=21))
    register_plans("a test", lambda since, until: [cycle])
    try:
        sweep_at(MONDAY)
    finally:
        del plans["a test"]
    assert Wave.objects.get().state == Wave.State.RESTING


def test_with_an_assessment_a_wave_is_sent_up_to_forty_questions_and_rests_beyond(
    keys: None, bank: QuestionBank, company: Unit
) -> None:
    assess(30, MONDAY - timedelta(days=5))
    assess(1, MONDAY - timedelta(days=4))
    with clock.at(MONDAY - timedelta(hours=2)):
        make_running(bank, items=5)
        make_running(bank, items=10, cadence=Programme.Cadence.ONCE)
    sweep_at(MONDAY)
    states = set(Wave.objects.values_list("programme__items", "state"))
    assert states == {(5, "launched"), (10, "full")}


def test_people_of_other_units_get_their_wave(keys: None, bank: QuestionBank, company: Unit) -> None:
    other = make_unit("KHAC", parent=company)
    for _ in range(8):
        make_employee(unit=other)
    apart = make_unit("RIENG", parent=company)
    for _ in range(8):
        make_employee(unit=apart)
    assess(40, MONDAY - timedelta(days=5), apart)
    with clock.at(MONDAY - timedelta(hours=2)):
        make_running(bank, other)
    sweep_at(MONDAY)
    assert Wave.objects.get().state == Wave.State.LAUNCHED


def test_a_wave_that_rests_is_noted_once_and_said_on_the_page(programme: Programme, client: Client) -> None:
    assess(31, MONDAY - timedelta(days=5))
    sweep_at(MONDAY)
    sweep_at(MONDAY + timedelta(hours=1))
    assert Wave.objects.count() == 1
    assert Fact.objects.filter(verb="pulses.wave_rested").count() == 1
    assert Round.objects.filter(kind="pulse").count() == 0
    client.force_login(make_employee(roles=(Role.HR,)), backend="allauth.account.auth_backends.AuthenticationBackend")
    for language, said in (
        ("en", "Nobody gets a pulse for 30 days before and after one."),
        ("vi", "Trước và sau kỳ đó 30 ngày"),
    ):
        Employee.objects.update(language=language)
        page = client.get(f"/pulses/{programme.pk}/", headers={"accept-language": language}).content.decode()
        assert said in page


def test_nor_can_it_be_sent_by_hand(programme: Programme) -> None:
    assess(31, MONDAY - timedelta(days=5))
    with clock.at(MONDAY), pytest.raises(actions.PeopleRest):
        actions.run_now(programme=programme)
    assert not Wave.objects.exists()


def test_a_wave_that_rested_can_be_sent_by_hand_once_there_is_room(
    keys: None, bank: QuestionBank, company: Unit
) -> None:
    assess(30, MONDAY - timedelta(days=5), days=7)
    assess(5, MONDAY - timedelta(days=5), days=7)
    with clock.at(MONDAY - timedelta(hours=2)):
        programme = make_running(bank, items=10, window_days=28)
    sweep_at(MONDAY)
    assert Wave.objects.get().state == Wave.State.FULL
    with clock.at(MONDAY + timedelta(days=1)), pytest.raises(actions.AskedEnough):
        actions.run_now(programme=programme)
    with clock.at(MONDAY + timedelta(days=26)):
        wave = actions.run_now(programme=programme)
    assert (wave.state, wave.period) == (Wave.State.LAUNCHED, 0)
    assert Wave.objects.count() == 1

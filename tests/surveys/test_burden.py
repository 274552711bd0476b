"""How much people are asked over all rounds, before another is launched."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from people.models import Employee, Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions, burden
from surveys.models import Round
from surveys.questionnaire import Item, Questionnaire, Scale
from surveys.registry import Planned, plans, register_plans
from tests.make import make_unit
from tests.surveys.stage import launch, make_company, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture(autouse=True)
def _no_plans() -> Iterator[None]:
    before = dict(plans)
    plans.clear()
    yield
    plans.clear()
    plans.update(before)


def ask(number: int) -> Questionnaire:
    """So many scored questions, eNPS and an open question."""
    items = [Item(f"Q{at}", Pillar.PEOPLE, "", Scale.AGREE, words(str(at))) for at in range(number)]
    items.append(Item("N1", Pillar.PEOPLE, "", Scale.ZERO_TEN, words("N"), counts="enps"))
    items.append(Item("C1", None, "", Scale.COMMENT, words("C"), counts="comment"))
    return Questionnaire(words("Pulse"), tuple(items), (tuple(item.code for item in items),))


def days(number: float) -> datetime:
    """So many days from now."""
    return clock.now() + timedelta(days=number)


def test_many_moments_at_once_say_the_same_as_each_alone(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    _, units = make_company({"A": 12, "B": 12})
    launch(ask(10), key="pulse")
    launch(ask(15), key="other", units=[units["A"]])
    register_plans(
        "cycles",
        lambda since, until: [Planned("later", "assessment", frozenset([units["B"].pk]), 7, days(20), days(40))],
    )
    moments = [days(number) for number in range(1, 121)]

    with django_assert_max_num_queries(6):
        found = list(burden.most_before(None, moments=moments))

    half = timedelta(days=15)
    assert found == [burden.asked_within(None, around=at - half, days=15) for at in moments]
    assert {25, 7, 0} <= set(found)


def test_questions_of_all_rounds_of_a_month_are_added_up() -> None:
    make_company({"A": 12})
    launch(ask(10), key="pulse")
    launch(ask(15), key="cycle", kind="assessment")
    assert burden.asked_within(None, around=clock.now()) == 25
    assert burden.asked_within(None, around=days(29)) == 25
    assert burden.asked_within(None, around=days(31)) == 0
    assert burden.asked_within(None, around=days(-31)) == 0
    assert burden.asked_within(None, around=clock.now(), leave_out="cycle") == 10


def test_a_round_still_open_asks_however_long_ago_it_began() -> None:
    make_company({"A": 12})
    round_ = launch(ask(12))
    Round.objects.filter(pk=round_.pk).update(closes_at=days(60))
    assert burden.asked_within(None, around=days(45)) == 12
    assert burden.asked_within(None, around=days(61)) == 0


def test_only_those_asked_are_counted_and_only_those_to_be_asked() -> None:
    _, units = make_company({"A": 12, "B": 12, "C": 12})
    launch(ask(10), key="a", units=[units["A"]])
    launch(ask(7), key="b", units=[units["B"]])
    asked = {name: burden.asked_within([unit], around=clock.now()) for name, unit in units.items()}
    assert asked == {"A": 10, "B": 7, "C": 0}
    assert burden.asked_within(None, around=clock.now()) == 10
    assert burden.asked_within([units["B"], units["C"]], around=clock.now()) == 7


def test_a_person_carries_what_was_asked_into_another_unit() -> None:
    _, units = make_company({"A": 12, "B": 12})
    launch(ask(10), key="a", units=[units["A"]])
    Employee.objects.filter(unit=units["A"]).update(unit=units["B"])
    assert burden.asked_within([units["B"]], around=clock.now()) == 10
    assert burden.asked_within([units["A"]], around=clock.now()) == 0


def test_a_cancelled_round_does_not_count() -> None:
    _, units = make_company({"A": 12})
    round_ = launch(ask(10))
    assert actions.cancel_round(round_.pk, by=Employee.objects.filter(unit=units["A"])[0])
    assert burden.asked_within(None, around=clock.now()) == 0


def test_before_and_after_more_than_thirty_practices_people_rest() -> None:
    _, units = make_company({"A": 12, "B": 12})
    launch(ask(31), kind="assessment", units=[units["A"]])  # a window of seven days
    near = {day: burden.near_long_assessment([units["A"]], around=days(day)) for day in (-31, -29, 0, 36, 38)}
    assert near == {-31: False, -29: True, 0: True, 36: True, 38: False}
    assert not burden.near_long_assessment([units["B"]], around=clock.now())
    assert burden.near_long_assessment(None, around=clock.now())


@pytest.mark.parametrize(("items", "kind"), [(30, "assessment"), (31, "pulse")])
def test_thirty_practices_are_not_long_and_pulses_never_are(items: int, kind: str) -> None:
    make_company({"A": 12})
    launch(ask(items), kind=kind)
    assert not burden.near_long_assessment(None, around=clock.now())


def plan(units: frozenset[int] | None, items: int = 31) -> Planned:
    return Planned("assessments.cycle:1", "assessment", units, items, days(20), days(41))


def test_what_is_planned_counts_until_it_is_launched() -> None:
    _, units = make_company({"A": 12, "B": 12})
    register_plans("cycles", lambda since, until: [plan(frozenset([units["A"].pk]))])
    assert burden.asked_within([units["A"]], around=clock.now()) == 31
    assert burden.asked_within([units["B"]], around=clock.now()) == 0
    assert burden.asked_within([units["A"]], around=clock.now(), leave_out="assessments.cycle:1") == 0
    assert burden.near_long_assessment([units["A"]], around=clock.now())
    assert not burden.near_long_assessment([units["A"]], around=clock.now(), leave_out="assessments.cycle:1")
    assert not burden.near_long_assessment([units["B"]], around=clock.now())
    launch(ask(12), key="assessments.cycle:1", kind="assessment", units=[units["B"]])
    assert burden.asked_within([units["A"]], around=clock.now()) == 0


def test_a_plan_for_the_company_is_for_every_unit_and_one_for_a_unit_for_those_below() -> None:
    _, units = make_company({"A": 12})
    below: Unit = make_unit(code="A1", parent=units["A"])
    register_plans("cycles", lambda since, until: [plan(None)])
    assert burden.asked_within([below], around=clock.now()) == 31
    register_plans("cycles", lambda since, until: [plan(frozenset([units["A"].pk]))])
    assert burden.asked_within([below], around=clock.now()) == 31

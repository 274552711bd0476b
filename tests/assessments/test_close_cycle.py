"""Closing a cycle: every published pillar gets its scorecard, at once and once; without results it ends."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from assessments import actions
from assessments.models import Cycle, CycleUnit, Gap, MaturityModel, Scorecard
from diary.models import Fact
from people.models import Employee, Unit
from portal.lib import clock
from surveys.models import Cell
from tests.assessments.close_cast import Answers, alike, card, finish, found_company, opened, rate, seal
from tests.assessments.cycle_cast import MONDAY, unit

PILLARS = ["leadership", "measurement", "people", "process", "understanding"]


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def company(db: None) -> Unit:
    return found_company({"A": 12, "B": 24})


def mixed(model: MaturityModel) -> Any:
    """Answers that differ from person to person, from 0 to 3."""

    def choose(employee: Employee, number: int) -> Answers:
        return {code: (number + place) % 4 for place, code in enumerate(model.said.by_code)}

    return choose


def test_every_published_pillar_gets_a_scorecard(company: Unit, ten: MaturityModel) -> None:
    cycle = finish(opened(ten), mixed(ten))
    cells = Cell.objects.filter(round=cycle.round, measure="pillar")
    cards = Scorecard.objects.filter(cycle=cycle)
    assert {(each.unit.code, each.pillar) for each in cards} == {
        (code, pillar) for code in ("CTY", "A", "B") for pillar in PILLARS
    }
    assert {each.cell_id for each in cards} == set(cells.values_list("pk", flat=True))
    assert {each.round_id for each in cards} == {cycle.round_id}


def test_the_cycle_is_closed_and_its_units_are_free_for_another(company: Unit, ten: MaturityModel) -> None:
    cycle = finish(opened(ten), mixed(ten))
    assert cycle.round is not None
    assert (cycle.state, cycle.closed_at) == ("closed", cycle.round.closes_at + timedelta(hours=1))
    assert not CycleUnit.objects.filter(is_open=True).exists()
    fact = Fact.objects.get(verb="assessments.cycle_closed")
    assert fact.data == {"scorecards": 15, "gaps": 0}
    with clock.at(cycle.round.closes_at + timedelta(days=90)):
        assert opened(ten).is_open


def test_closed_twice_it_is_closed_once(company: Unit, ten: MaturityModel) -> None:
    cycle = finish(opened(ten), mixed(ten))
    before = list(Scorecard.objects.order_by("pk").values())
    assert not actions.close_cycle(cycle_id=cycle.pk)
    assert list(Scorecard.objects.order_by("pk").values()) == before


@pytest.mark.django_db(transaction=True)
def test_four_workers_side_by_side_close_once(ten: MaturityModel) -> None:
    found_company({"A": 12})
    cycle = opened(ten)
    round_ = seal(cycle, mixed(ten))

    def close(_: int) -> bool:
        try:
            with clock.at(round_.closes_at + timedelta(hours=1)):
                return actions.close_cycle(cycle_id=cycle.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(close, range(4))) == [False, False, False, True]
    assert Scorecard.objects.count() == Cell.objects.filter(measure="pillar").count()


def test_while_its_round_is_open_nothing_happens(company: Unit, ten: MaturityModel) -> None:
    cycle = opened(ten)
    assert not actions.close_cycle(cycle_id=cycle.pk)
    assert Cycle.objects.get(pk=cycle.pk).is_open
    assert not Scorecard.objects.exists()


def test_a_cycle_whose_key_was_lost_ends_without_results(company: Unit, ten: MaturityModel, settings: Any) -> None:
    cycle = opened(ten)
    for path in settings.KEY_DIR.iterdir():
        path.unlink()
    seal(cycle, None)
    assert actions.close_cycle(cycle_id=cycle.pk)
    assert Cycle.objects.get(pk=cycle.pk).state == "cancelled"
    assert Fact.objects.filter(verb="assessments.cycle_lost").count() == 1
    assert not actions.close_cycle(cycle_id=cycle.pk)


def test_where_everybody_answers_that_they_do_not_know_there_is_no_score(company: Unit, ten: MaturityModel) -> None:
    cycle = opened(ten)
    rate(cycle, unit("A"), dict.fromkeys(ten.said.by_code, 2))
    cycle = finish(cycle, lambda employee, number: alike(ten, ""))
    assert cycle.state == "closed"
    assert not Scorecard.objects.exists()
    assert set(Gap.objects.values_list("why_not", flat=True)) == {"not_shown"}


def test_a_unit_that_moved_meanwhile_keeps_the_place_of_the_day_it_was_asked(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12, "C": 12}, parents={"C": "A"})
    cycle = opened(ten)
    Unit.objects.filter(code="C").update(parent=unit("B"))
    cycle = finish(cycle, mixed(ten))
    n = {code: card(cycle, code).cell.n for code in ("A", "B", "C")}
    assert n == {"A": 25, "B": 12, "C": 12}  # whoever leads C counts among those of A


def test_a_model_with_dimensions_of_its_own_is_scored_by_pillar(company: Unit, ten: MaturityModel) -> None:
    content = ten.content
    content["pillars"][4] = {**content["pillars"][4], "code": "governance", "pillar": "leadership"}
    other = MaturityModel.objects.create(
        code="own", version=1, state="published", title=ten.title, content=content,
        changed_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip
    cycle = finish(opened(other), mixed(other))
    assert set(Scorecard.objects.filter(cycle=cycle).values_list("pillar", flat=True)) == set(PILLARS) - {"measurement"}
    assert Cell.objects.filter(round=cycle.round, measure="driver", code="governance").exists()


def test_the_number_of_queries_does_not_grow_with_the_company(ten: MaturityModel) -> None:
    found_company({f"T{team}": 8 for team in range(12)})
    counted = []
    for number, asked in enumerate(([unit("T1"), unit("T2")], [])):
        with clock.at(MONDAY + timedelta(days=200 * number)):
            cycle = opened(ten, *asked)
            round_ = seal(cycle, mixed(ten))
            with clock.at(round_.closes_at + timedelta(hours=1)), CaptureQueriesContext(connections["default"]) as done:
                assert actions.close_cycle(cycle_id=cycle.pk)
            counted.append((len(done), Scorecard.objects.filter(cycle=cycle).count()))
    (few, small), (many, large) = counted
    assert (few, small < large / 3) == (many, True)

"""Levels follow the evidence: it is checked, it expires, it is taken back; each move is said once, with its cause."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from assessments import actions
from assessments.models import Cycle, Evidence, LevelChange, MaturityModel, Scorecard
from assessments.tasks import sweep_levels
from diary import registry
from diary.models import Fact
from diary.registry import Observation, Period
from people import days
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.pillars import Pillar
from tests.assessments.close_cast import Answers, card, finish, found_company, opened
from tests.assessments.cycle_cast import MONDAY, unit
from tests.assessments.evidence_cast import make_evidence
from tests.make import make_employee
from tests.worker import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"


def high(model: MaturityModel, every: int = 3) -> Any:
    """Everybody says always, or mostly (one practice in so many): level five."""

    def choose(employee: Employee, number: int) -> Answers:
        return {code: 3 - ((number + place) % every == 0) for place, code in enumerate(model.said.by_code)}

    return choose


def show(model: MaturityModel, unit: Unit, practice: str = "TL1", **fields: Any) -> Evidence:
    """Evidence since August that holds until the end of the year."""
    given = {"dated_on": date(2026, 8, 1), "expires_on": date(2026, 12, 31), "model_code": model.code} | fields
    return make_evidence(unit, practice, **given)


@pytest.fixture
def scored(ten: MaturityModel) -> Cycle:
    """Two teams of twelve at level five; A has evidence for both practices of leadership, B for none."""
    found_company({"A": 12, "B": 12})
    show(ten, unit("A"), "TL1")
    show(ten, unit("A"), "TL2")
    return finish(opened(ten), high(ten))


def stand(cycle: Cycle, code: str = "A") -> tuple[int, int | None]:
    one = card(cycle, code)
    return one.cap, one.stands_at


def moves() -> list[tuple[str, str, int, int, str]]:
    told = LevelChange.objects.order_by("pk")
    return [(one.unit.code, one.practice, one.level_before or 0, one.level_after or 0, one.why) for one in told]


def test_at_close_the_level_stands_where_evidence_allows(scored: Cycle) -> None:
    assert (stand(scored, "A"), stand(scored, "B")) == ((5, 5), (2, 2))
    assert card(scored, "A").evidence_on == date(2026, 9, 28)
    assert moves() == []


def test_evidence_that_expires_lowers_the_level_and_says_why(scored: Cycle) -> None:
    Evidence.objects.filter(practice="TL2").update(expires_on=date(2026, 11, 1))
    assert actions.age_levels(day=date(2026, 10, 31)) == 0
    assert actions.age_levels(day=date(2026, 11, 1)) == 1
    assert stand(scored) == (3, 3)  # one practice of two: half of the weight, but a single one
    assert moves() == [("A", "TL2", 5, 3, "expired")]
    told = LevelChange.objects.get()
    assert (told.day, told.cap_before, told.cap_after) == (date(2026, 11, 1), 5, 3)
    assert (card(scored, "A").practices, card(scored, "A").evidence_share) == (["TL1"], 0.5)
    assert Fact.objects.get(verb="assessments.levels_moved").data == {"levels": 1}


def test_judged_twice_or_late_or_for_a_day_gone_by_a_move_is_said_once(scored: Cycle) -> None:
    Evidence.objects.filter(practice="TL2").update(expires_on=date(2026, 11, 1))
    assert actions.age_levels(day=date(2026, 11, 20)) == 1
    assert actions.age_levels(day=date(2026, 11, 20)) == 0
    assert actions.age_levels(day=date(2026, 10, 1)) == 0  # a sweep that was held up
    assert (stand(scored), len(moves())) == ((3, 3), 1)


@pytest.mark.django_db(transaction=True)
def test_side_by_side_a_move_is_said_once(ten: MaturityModel) -> None:
    found_company({"A": 12})
    show(ten, unit("A"), "TL1")
    cycle = finish(opened(ten), high(ten))

    def age(_: int) -> int:
        try:
            return actions.age_levels(day=date(2027, 1, 1))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(age, range(4))) == 1
    assert moves() == [("A", "TL1", 3, 2, "expired")]
    assert stand(cycle) == (2, 2)


def test_evidence_that_is_verified_raises_the_level(scored: Cycle, ten: MaturityModel) -> None:
    with clock.at(MONDAY + timedelta(days=40)):
        show(ten, unit("B"), "TL1")
        sweep_levels()
        assert [name for name, _ in work_off("default")] == ["assessments.tasks.age_model"]
    assert stand(scored, "B") == (3, 3)
    assert moves() == [("B", "TL1", 2, 3, "verified")]


def test_evidence_that_is_taken_back_lowers_it(scored: Cycle) -> None:
    Evidence.objects.filter(practice="TL1").update(state="withdrawn")
    assert actions.age_levels(day=date(2026, 10, 5)) == 1
    assert moves() == [("A", "TL1", 5, 3, "withdrawn")]


def test_two_pieces_that_expire_together_are_both_named(scored: Cycle) -> None:
    assert actions.age_levels(day=date(2026, 12, 31)) == 1
    assert moves() == [("A", "TL1", 5, 2, "expired"), ("A", "TL2", 5, 2, "expired")]


def test_while_another_piece_holds_nothing_moves(scored: Cycle, ten: MaturityModel) -> None:
    show(ten, unit("A"), "TL1", expires_on=date(2027, 6, 1))
    show(ten, unit("A"), "TL2", expires_on=date(2027, 6, 1))
    assert actions.age_levels(day=date(2027, 1, 5)) == 0
    assert (stand(scored), moves()) == ((5, 5), [])


def test_a_share_that_changes_without_its_cap_is_noted_and_not_told(five: MaturityModel) -> None:
    found_company({"A": 12, "B": 12})
    asked = [practice.code for practice in five.said.dimensions[0].practices]
    for practice in asked[:-1]:
        show(five, unit("A"), practice)
    cycle = finish(opened(five), high(five, every=4))
    before = card(cycle, "A")
    show(five, unit("A"), asked[-1])
    assert actions.age_levels(day=date(2026, 10, 5)) == 0
    after = card(cycle, "A")
    assert (before.evidenced, after.evidenced) == (len(asked) - 1, len(asked))
    assert before.evidence_share < after.evidence_share == pytest.approx(1)
    assert (before.cap, after.cap, moves()) == (5, 5, [])
    assert not Fact.objects.filter(verb="assessments.levels_moved").exists()
    assert set(Scorecard.objects.values_list("evidence_on", flat=True)) == {date(2026, 10, 5)}


@pytest.fixture
def trained() -> Iterator[dict[str, float]]:
    """An indicator of another room, and the value it has."""
    now = {"value": 0.9}

    def observe(place: Unit, period: Period) -> Observation:
        return Observation(value=now["value"], n=50, as_of=period.ends_on)

    registry.register_indicator("training.share", Pillar.LEADERSHIP, "Trained", observe)
    yield now
    registry.unregister_indicator("training.share")


def test_an_indicator_moves_the_level_when_it_crosses_its_value(ten: MaturityModel, trained: dict[str, float]) -> None:
    found_company({"A": 12, "B": 12})
    fields = {"kind": "indicator", "indicator": "training.share", "threshold": 0.8}
    show(ten, unit("A"), "TL1", **fields)
    show(ten, unit("A"), "TL2")
    cycle = finish(opened(ten), high(ten))
    assert stand(cycle) == (5, 5)
    trained["value"] = 0.7
    assert actions.age_levels(day=date(2026, 10, 5)) == 1
    trained["value"] = 0.85
    assert actions.age_levels(day=date(2026, 10, 6)) == 1
    assert moves() == [("A", "TL1", 5, 3, "fell_short"), ("A", "TL1", 3, 5, "reached")]


def test_a_level_that_moves_to_and_fro_in_a_day_is_told_each_time(
    ten: MaturityModel, trained: dict[str, float]
) -> None:
    found_company({"A": 12, "B": 12})
    show(ten, unit("A"), "TL1", kind="indicator", indicator="training.share", threshold=0.8)
    show(ten, unit("A"), "TL2")
    finish(opened(ten), high(ten))
    for value in (0.7, 0.9, 0.6):
        trained["value"] = value
        assert actions.age_levels(day=date(2026, 10, 5)) == 1
    assert [(before, after) for _, _, before, after, _ in moves()] == [(5, 3), (3, 5), (5, 3)]
    assert Fact.objects.filter(verb="assessments.levels_moved").count() == 3


@pytest.fixture
def broken() -> Iterator[None]:
    """An indicator of another room that fails in the database, as often as it is asked."""

    def observe(place: Unit, period: Period) -> Observation:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        raise AssertionError("a division by nothing")

    registry.register_indicator("training.broken", Pillar.LEADERSHIP, "Broken", observe)
    yield
    registry.unregister_indicator("training.broken")


def test_an_indicator_that_fails_reaches_nothing_and_holds_up_neither_close_nor_levels(
    ten: MaturityModel, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    found_company({"A": 12, "B": 12})
    show(ten, unit("A"), "TL1", kind="indicator", indicator="training.broken", threshold=0.8)
    show(ten, unit("A"), "TL2")
    cycle = finish(opened(ten), high(ten))
    assert (cycle.state, stand(cycle)) == ("closed", (3, 3))
    Evidence.objects.filter(practice="TL2").update(expires_on=date(2026, 10, 5))
    assert actions.age_levels(day=date(2026, 10, 5)) == 1
    assert moves() == [("A", "TL2", 3, 2, "expired")]
    assert "training.broken" in caplog.text


@pytest.mark.parametrize("state", ["waiting", "returned", "withdrawn"])
def test_what_never_counted_is_not_why_a_level_fell(ten: MaturityModel, trained: dict[str, float], state: str) -> None:
    found_company({"A": 12, "B": 12})
    show(ten, unit("A"), "TL1", kind="indicator", indicator="training.share", threshold=0.8)
    show(ten, unit("A"), "TL2")
    show(ten, unit("A"), "TL1", state=state, reason="Another unit's", expires_on=date(2026, 10, 3))
    show(ten, unit("A"), "TL1", state=state, reason="Another unit's")
    finish(opened(ten), high(ten))
    trained["value"] = 0.7
    assert actions.age_levels(day=date(2026, 10, 5)) == 1
    assert moves() == [("A", "TL1", 5, 3, "fell_short")]


def test_evidence_of_a_unit_above_counts_below_where_it_says_so(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12})
    for practice in ("TL1", "TL2"):
        show(ten, unit("CTY"), practice, covers_below=True)
    cycle = finish(opened(ten), high(ten))
    assert (stand(cycle, "A"), stand(cycle, "B"), stand(cycle, "CTY")) == ((5, 5), (5, 5), (5, 5))
    assert actions.age_levels(day=date(2026, 12, 31)) == 3
    assert {(code, why) for code, _, _, _, why in moves()} == {(code, "expired") for code in ("A", "B", "CTY")}


def test_an_older_scorecard_of_the_same_unit_is_left_as_it_was(scored: Cycle, ten: MaturityModel) -> None:
    with clock.at(MONDAY + timedelta(days=60)):
        newer = finish(opened(ten, unit("A")), high(ten))
    assert actions.age_levels(day=date(2026, 12, 31)) >= 1
    assert (stand(scored, "A"), stand(newer, "A")) == ((5, 5), (2, 2))
    assert set(LevelChange.objects.filter(unit=unit("A")).values_list("scorecard__cycle", flat=True)) == {newer.pk}


def test_a_unit_the_newest_cycle_did_not_ask_goes_on_from_its_own(scored: Cycle, ten: MaturityModel) -> None:
    with clock.at(MONDAY + timedelta(days=60)):
        finish(opened(ten, unit("B")), high(ten))
    actions.age_levels(day=date(2026, 12, 31))
    assert stand(scored, "A") == (2, 2)


def test_the_end_of_the_review_takes_the_evidence_verified_meanwhile(scored: Cycle, ten: MaturityModel) -> None:
    reviewer = make_employee(roles=(Role.REVIEWER,))
    with clock.at(MONDAY + timedelta(days=30)):
        show(ten, unit("B"), "TL1")
        show(ten, unit("B"), "TL2")
        assert actions.finish_review(cycle=scored, by=reviewer)
        assert not actions.finish_review(cycle=scored, by=reviewer)
        today = days.today()
    reviewed = Cycle.objects.get(pk=scored.pk)
    assert (reviewed.state, reviewed.reviewed_at) == ("reviewed", MONDAY + timedelta(days=30))
    assert stand(scored, "B") == (5, 5)
    assert moves() == [("B", "TL1", 2, 5, "verified"), ("B", "TL2", 2, 5, "verified")]
    assert set(LevelChange.objects.values_list("day", flat=True)) == {today}
    fact = Fact.objects.get(verb="assessments.cycle_reviewed")
    assert (fact.actor_id, fact.data) == (reviewer.pk, {"levels": 1})


def test_a_review_that_ends_late_leaves_what_a_newer_cycle_has_scored(scored: Cycle, ten: MaturityModel) -> None:
    with clock.at(MONDAY + timedelta(days=60)):
        newer = finish(opened(ten, unit("A")), high(ten))
    with clock.at(MONDAY + timedelta(days=140)):  # nothing holds any more
        assert actions.finish_review(cycle=scored, by=make_employee(roles=(Role.REVIEWER,)))
    assert (stand(scored, "A"), stand(newer, "A")) == ((5, 5), (5, 5))
    assert not LevelChange.objects.filter(scorecard__cycle=scored, unit=unit("A")).exists()


def test_a_cycle_that_is_open_cannot_be_reviewed(ten: MaturityModel) -> None:
    found_company({"A": 12})
    cycle = opened(ten)
    assert not actions.finish_review(cycle=cycle, by=make_employee(roles=(Role.REVIEWER,)))
    assert Cycle.objects.get(pk=cycle.pk).is_open

"""Which practices have valid evidence on a day: own, from above, verified, dated, not expired; indicators judged."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from assessments.evidenced import evidenced_on, proofs_for, year_up_to
from assessments.models import Evidence
from diary import registry
from diary.registry import Observation, Observe, Period
from people.models import Unit
from portal.lib.pillars import Pillar
from stats.maturity import evidence_cap
from tests.assessments.evidence_cast import CODE, DAY, make_evidence
from tests.make import make_unit

pytestmark = pytest.mark.django_db

PRACTICES = {"L1", "L5", "L3"}


@pytest.fixture
def company() -> Unit:
    return make_unit("CTY")


@pytest.fixture
def region(company: Unit) -> Unit:
    return make_unit("MIEN", parent=company)


@pytest.fixture
def store(region: Unit) -> Unit:
    return make_unit("CH-01", parent=region)


@pytest.fixture
def other(company: Unit) -> Unit:
    return make_unit("KHO", parent=company)


def tree() -> dict[int, int | None]:
    return dict(Unit.objects.values_list("pk", "parent_id"))


def found(day: date = DAY, parents: dict[int, int | None] | None = None) -> dict[int, frozenset[str]]:
    return evidenced_on(model_code=CODE, day=day, practices=PRACTICES, parents=parents or tree())


@contextmanager
def indicator(name: str, observe: Observe) -> Iterator[None]:
    """An indicator of another room, for as long as the test wants it."""
    registry.register_indicator(name, Pillar.PEOPLE, "Share of staff trained", observe)
    try:
        yield
    finally:
        registry.unregister_indicator(name)


def says(value: float | None, n: int = 40) -> Observe:
    def observe(unit: Unit, period: Period) -> Observation:
        return Observation(value=value, n=n, as_of=period.ends_on)

    return observe


def test_every_unit_of_the_tree_is_answered(company: Unit, region: Unit, store: Unit, other: Unit) -> None:
    assert found() == dict.fromkeys([company.pk, region.pk, store.pk, other.pk], frozenset())


def test_verified_evidence_counts_for_the_unit_that_gave_it_alone(region: Unit, store: Unit) -> None:
    make_evidence(region)

    assert found()[region.pk] == {"L1"}
    assert found()[store.pk] == frozenset()


def test_evidence_for_the_units_below_counts_for_all_of_them(
    company: Unit, region: Unit, store: Unit, other: Unit
) -> None:
    make_evidence(region, covers_below=True)
    make_evidence(store, "L5")

    assert found() == {
        company.pk: frozenset(),
        region.pk: {"L1"},
        store.pk: {"L1", "L5"},
        other.pk: frozenset(),
    }


@pytest.mark.parametrize("state", ["waiting", "returned", "withdrawn"])
def test_what_no_reviewer_has_verified_does_not_count(store: Unit, state: str) -> None:
    make_evidence(store, state=state, reason="Unreadable" if state == "returned" else "")

    assert found()[store.pk] == frozenset()


def test_evidence_counts_from_its_date_until_the_day_before_it_expires(store: Unit) -> None:
    make_evidence(store, dated_on=DAY, expires_on=DAY + timedelta(days=3))

    counts = [bool(found(DAY + timedelta(days=n))[store.pk]) for n in range(-1, 5)]
    assert counts == [False, True, True, True, False, False]


def test_evidence_of_another_model_or_practice_does_not_count(store: Unit) -> None:
    make_evidence(store, model_code="bearing-ten")
    make_evidence(store, "M1")

    assert found()[store.pk] == frozenset()


def test_a_unit_that_moved_has_what_the_units_now_above_it_gave(region: Unit, store: Unit, other: Unit) -> None:
    make_evidence(region, covers_below=True)
    make_evidence(other, "L5", covers_below=True)
    make_evidence(store, "L3")
    store.parent = other
    store.save()

    assert found()[store.pk] == {"L5", "L3"}
    as_it_stood = {**tree(), store.pk: region.pk}
    assert found(parents=as_it_stood)[store.pk] == {"L1", "L3"}


def test_evidence_of_a_unit_outside_the_tree_asked_about_is_left_out(company: Unit, store: Unit, other: Unit) -> None:
    make_evidence(other)

    assert found(parents={store.pk: None}) == {store.pk: frozenset()}


@pytest.mark.parametrize(
    ("value", "n", "at_most", "counts"),
    [
        (0.8, 40, False, True),
        (0.9, 40, False, True),
        (0.79, 40, False, False),
        (0.8, 40, True, True),
        (0.81, 40, True, False),
        (None, 40, False, False),
        (0.9, 0, False, False),
        (float("nan"), 40, False, False),
        (float("nan"), 40, True, False),
    ],
)
def test_an_indicator_counts_while_it_meets_its_value_and_rests_on_something(
    store: Unit, value: float | None, n: int, at_most: bool, counts: bool
) -> None:
    make_evidence(store, kind="indicator", indicator="training.share", threshold=0.8, at_most=at_most, expires_on=None)

    with indicator("training.share", says(value, n)):
        assert bool(found()[store.pk]) is counts


def test_an_indicator_is_asked_about_the_unit_that_gave_it_and_the_year_up_to_that_day(
    region: Unit, store: Unit
) -> None:
    asked = []

    def observe(unit: Unit, period: Period) -> Observation:
        asked.append((unit.code, period.starts_on, period.ends_on))
        return Observation(value=1, n=5, as_of=period.ends_on)

    pieces: dict[str, Any] = {
        "kind": "indicator",
        "indicator": "training.share",
        "threshold": 0.5,
        "covers_below": True,
    }
    make_evidence(region, **pieces)
    make_evidence(region, "L5", **pieces)

    with indicator("training.share", observe):
        assert found()[store.pk] == {"L1", "L5"}
    assert asked == [("MIEN", date(2025, 11, 23), DAY)]


def test_an_indicator_that_no_reviewer_has_verified_is_not_even_asked(store: Unit) -> None:
    make_evidence(store, kind="indicator", indicator="training.share", threshold=0.1, state="waiting")

    def observe(unit: Unit, period: Period) -> Observation:
        raise AssertionError

    with indicator("training.share", observe):
        assert found()[store.pk] == frozenset()


def test_an_indicator_that_no_room_registers_any_more_does_not_count(store: Unit) -> None:
    make_evidence(store, kind="indicator", indicator="gone.share", threshold=0.1)

    assert found()[store.pk] == frozenset()


def test_a_year_up_to_a_leap_day_is_a_year() -> None:
    assert year_up_to(date(2028, 2, 29)) == Period(date(2027, 3, 1), date(2028, 2, 29))
    assert year_up_to(date(2027, 2, 28)) == Period(date(2026, 3, 1), date(2027, 2, 28))


def test_the_number_of_queries_does_not_grow_with_units_or_pieces(company: Unit) -> None:
    units = [make_unit(parent=company) for _ in range(3)]
    make_evidence(units[0])
    with CaptureQueriesContext(connection) as few:
        found(parents=tree())
    more = [make_unit(parent=each) for each in units for _ in range(4)]
    for each in more:
        make_evidence(each, covers_below=True)
    with CaptureQueriesContext(connection) as many:
        found(parents=tree())

    assert len(many) == len(few) == 3  # one of them reads the tree


def test_a_page_is_told_which_pieces_count_from_where_and_until_when(region: Unit, store: Unit) -> None:
    soon = make_evidence(store, expires_on=DAY + timedelta(days=10))
    above = make_evidence(region, covers_below=True)
    over = make_evidence(store, dated_on=DAY - timedelta(days=400), expires_on=DAY)
    make_evidence(region, "L5")  # not for the units below
    make_evidence(store, state="withdrawn")
    waiting = make_evidence(store, "L3", state="waiting")

    proofs = proofs_for(unit_id=store.pk, above=[region.pk], model_code=CODE, day=DAY)

    told = {code: [(each.piece, each.counts, each.from_above) for each in found] for code, found in proofs.items()}
    assert told == {
        "L1": [(above, True, True), (soon, True, False), (over, False, False)],
        "L3": [(waiting, False, False)],
    }
    by_piece = {each.piece: each for each in proofs["L1"]}
    assert (by_piece[soon].days_left, by_piece[soon].ends_soon, by_piece[soon].expired) == (10, True, False)
    assert (by_piece[above].ends_soon, by_piece[over].expired, by_piece[over].ends_soon) == (False, True, False)


def test_a_page_is_told_what_an_indicator_shows_now(store: Unit) -> None:
    piece = make_evidence(store, kind="indicator", indicator="training.share", threshold=0.8, expires_on=None)
    with indicator("training.share", says(0.6)):
        (proof,) = proofs_for(unit_id=store.pk, above=[], model_code=CODE, day=DAY)["L1"]

    assert (proof.counts, proof.falls_short, proof.until, proof.days_left) == (False, True, None, None)
    assert proof.observed == Observation(value=0.6, n=40, as_of=DAY)
    assert proof.piece == piece
    assert Evidence.objects.get() == piece


# More evidence ------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([1, 2])), min_size=1, max_size=12), st.data())
def test_more_evidence_never_lowers_the_level_it_allows(practices: list[tuple[bool, int]], data: st.DataObject) -> None:
    evidenced, weights = [each[0] for each in practices], [each[1] for each in practices]
    added = data.draw(st.lists(st.booleans(), min_size=len(evidenced), max_size=len(evidenced)))

    before = evidence_cap(evidenced, weights)
    after = evidence_cap([one or more for one, more in zip(evidenced, added, strict=True)], weights)

    assert after.level >= before.level
    assert after.share >= before.share


def test_another_piece_never_takes_a_practice_from_any_unit(
    company: Unit, region: Unit, store: Unit, other: Unit
) -> None:
    """Whatever is given, by whom, for when and in whatever state: what counted before counts after."""
    random = Random(20261122)
    units, before = [company, region, store, other], found()
    for _ in range(60):
        dated = DAY + timedelta(days=random.randint(-400, 30))
        make_evidence(
            random.choice(units),
            random.choice(sorted(PRACTICES)),
            covers_below=random.random() < 0.4,
            state=random.choice(["verified", "waiting", "returned", "withdrawn"]),
            reason="because",
            dated_on=dated,
            expires_on=random.choice([None, dated + timedelta(days=random.randint(1, 700))]),
        )
        after = found()
        assert all(before[unit] <= after[unit] for unit in before)
        before = after
    assert before[store.pk]

"""The two numbers this room tells others: how much was assessed, and how much of it is backed by evidence."""

from datetime import timedelta
from typing import Any

import pytest

from assessments.models import Cycle, MaturityModel
from diary.registry import Observation, Period, indicator
from people.days import today
from people.models import Unit
from portal.lib import clock
from tests.assessments.evidence_cast import make_evidence
from tests.assessments.published import make_cycle
from tests.make import make_unit

pytestmark = pytest.mark.django_db


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


def last_weeks(weeks: int = 4) -> Period:
    return Period(today() - timedelta(weeks=weeks), today())


def observe(name: str, unit: Unit, period: Period | None = None) -> Observation:
    return indicator(f"assessments.{name}").observe(unit, period or last_weeks())


def evidence(unit: Unit, practice: str, **fields: Any) -> None:
    day = today()
    make_evidence(unit, practice, dated_on=day - timedelta(days=3), expires_on=day + timedelta(days=30), **fields)


def test_units_that_a_cycle_covered_in_the_period_are_counted_with_everything_below(
    five: MaturityModel, company: Unit, region: Unit, store: Unit, other: Unit
) -> None:
    make_cycle(five, [region, store])

    assert (observe("units_assessed", company).value, observe("units_assessed", company).n) == (0.5, 4)
    assert observe("units_assessed", region).value == 1
    assert observe("units_assessed", other) == Observation(value=0.0, n=1, as_of=today())


def test_a_cycle_counts_for_the_day_it_closed_and_only_once_it_has(
    five: MaturityModel, company: Unit, region: Unit
) -> None:
    make_cycle(five, [region], closed_at=clock.now() - timedelta(weeks=6))
    make_cycle(five, [company], state=Cycle.State.OPEN)

    assert observe("units_assessed", company).value == 0
    assert observe("units_assessed", company, last_weeks(8)).value == 0.5


def test_a_unit_assessed_twice_is_one_unit_and_a_closed_unit_is_none(
    five: MaturityModel, ten: MaturityModel, region: Unit, store: Unit, other: Unit
) -> None:
    make_cycle(five, [region])
    make_cycle(ten, [region, other])
    Unit.objects.filter(pk=other.pk).update(closed_on=today() - timedelta(days=1))

    assert observe("units_assessed", region).value == 0.5
    assert observe("units_assessed", other) == Observation(value=None, n=0, as_of=today())


def test_coverage_is_the_share_of_practices_asked_with_valid_evidence(
    five: MaturityModel, company: Unit, region: Unit, store: Unit
) -> None:
    make_cycle(five, [region, store])
    for practice in ("L1", "L2", "U1"):
        evidence(store, practice)

    assert observe("evidence_coverage", store) == Observation(value=3 / 30, n=30, as_of=today())
    assert observe("evidence_coverage", region).value == 3 / 60
    assert observe("evidence_coverage", company).n == 60, "what no cycle asked is not missing"


def test_evidence_given_for_the_units_below_counts_for_them_as_well(
    five: MaturityModel, company: Unit, region: Unit, store: Unit
) -> None:
    make_cycle(five, [region, store])
    evidence(company, "L1", covers_below=True)
    evidence(region, "L2", covers_below=True)
    evidence(region, "L3")

    assert observe("evidence_coverage", store).value == 2 / 30
    assert observe("evidence_coverage", region).value == (3 + 2) / 60


def test_what_has_expired_waits_or_belongs_to_another_model_does_not_count(five: MaturityModel, store: Unit) -> None:
    make_cycle(five, [store])
    make_evidence(store, "L1", dated_on=today() - timedelta(days=90), expires_on=today())
    evidence(store, "L2", state="waiting")
    evidence(store, "L3", model_code="bearing-ten")
    evidence(store, "no-longer-asked")

    assert observe("evidence_coverage", store).value == 0


def test_an_indicator_given_as_evidence_does_not_rest_on_itself(five: MaturityModel, store: Unit) -> None:
    make_cycle(five, [store])
    evidence(store, "M1", kind="indicator", indicator="assessments.evidence_coverage", threshold=0.0)
    evidence(store, "M2")

    assert observe("evidence_coverage", store).value == 1 / 30


def test_without_a_cycle_there_is_nothing_to_say(store: Unit) -> None:
    evidence(store, "L1")

    assert observe("evidence_coverage", store) == Observation(value=None, n=0, as_of=today())


def test_coverage_costs_the_same_for_few_and_many_units(
    five: MaturityModel, company: Unit, django_assert_max_num_queries: Any
) -> None:
    units = [make_unit(parent=company) for _ in range(30)]
    make_cycle(five, units)

    with django_assert_max_num_queries(6):
        observe("evidence_coverage", company)
    with django_assert_max_num_queries(2):
        observe("units_assessed", company)

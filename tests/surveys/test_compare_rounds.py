"""Which earlier round a round is compared with: the latest of its series that asked the same of the same units."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from people.models import Employee
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions
from surveys.models import Cell, Round
from surveys.questionnaire import Item, Questionnaire, Scale
from tests.surveys.stage import close, everybody_answers, make_company, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path


def practices(anchors: int = 4, weight: float = 1.0, comment: bool = False) -> Questionnaire:
    """Three practices of one pillar, and a comment on it if wanted."""
    places = tuple(words(f"anchor {place}") for place in range(anchors))
    items = [
        Item(f"P{number}", Pillar.PEOPLE, "", Scale.ANCHORS, words(f"P{number}"), anchors=places, weight=share)
        for number, share in ((1, 1.0), (2, 1.0), (3, weight))
    ]
    if comment:
        items.append(Item("C", Pillar.PEOPLE, "", Scale.COMMENT, words("More?"), counts="comment"))
    return Questionnaire(words("Assessment"), tuple(items), (tuple(item.code for item in items),))


def run(asked: Questionnaire, *, months: int, low: bool, series: str = "assessments:five") -> Round:
    """A round so many months from now: everybody answers low, or high."""
    actions.stock_keys(2)
    opens = clock.now() + timedelta(days=30 * months)
    with clock.at(opens):
        round_ = actions.launch_round(
            kind="assessment",
            key=f"cycle:{months}:{series}",
            units=None,
            questionnaire=asked,
            opens_at=opens,
            closes_at=opens + timedelta(days=21),
            series=series,
        )

        def choose(employee: Employee, number: int) -> dict[str, int | str]:
            return {f"P{place}": (number + place) % 2 + (0 if low else 2) for place in (1, 2, 3)}

        with clock.at(opens + timedelta(days=1)):
            everybody_answers(round_, choose)
    return close(round_)


def verdicts(round_: Round) -> set[str]:
    return set(Cell.objects.filter(round=round_, measure="pillar").values_list("verdict", flat=True))


def test_a_cycle_is_compared_with_that_of_six_or_twelve_months_before() -> None:
    make_company({"A": 14, "B": 16})
    run(practices(), months=0, low=True)
    later = run(practices(), months=6, low=False)
    assert verdicts(later) == {"up"}
    assert verdicts(run(practices(), months=18, low=True)) == {"down"}


def test_whether_comments_are_asked_changes_no_comparison() -> None:
    make_company({"A": 14, "B": 16})
    run(practices(), months=0, low=True)
    assert verdicts(run(practices(comment=True), months=6, low=False)) == {"up"}


@pytest.mark.parametrize("other", [practices(anchors=5), practices(weight=2.0)], ids=["anchors", "weight"])
def test_the_same_practice_with_other_answers_or_another_weight_is_not_compared(other: Questionnaire) -> None:
    make_company({"A": 14, "B": 16})
    run(practices(), months=0, low=True)
    assert verdicts(run(other, months=6, low=False)) == {""}


def test_another_model_is_not_compared() -> None:
    make_company({"A": 14, "B": 16})
    run(practices(), months=0, low=True)
    assert verdicts(run(practices(), months=6, low=False, series="assessments:ten")) == {""}

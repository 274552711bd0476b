"""What other rooms may compute from opened answers: on which rounds, from what, and how finely it is published."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pytest_django.fixtures import Settings

from people.models import Employee
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys.models import Round, StandingBlock
from surveys.questionnaire import Item, Questionnaire, Scale
from surveys.registry import Answers, analysers, register_analyser
from tests.make import make_employee
from tests.surveys.stage import close, everybody_answers, launch, make_company, words

pytestmark = pytest.mark.django_db

ANCHORS = tuple(words(text) for text in ("never", "sometimes", "mostly", "always"))
Register = Callable[..., list[Answers]]


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture(autouse=True)
def _no_other_analysers() -> Iterator[None]:
    before = dict(analysers)
    analysers.clear()
    yield
    analysers.clear()
    analysers.update(before)


@pytest.fixture
def register() -> Register:
    """Register an analyser for the length of one test; what it was given can be looked at."""

    def add(found: Mapping[str, float | None], kinds: frozenset[str] = frozenset({"assessment"})) -> list[Answers]:
        seen: list[Answers] = []

        def analyse(answers: Answers) -> Mapping[str, float | None]:
            seen.append(answers)
            return found

        register_analyser("spy", {"alpha", "omega", "r_wg"}, analyse, kinds)
        return seen

    return add


def practices() -> Questionnaire:
    """Two practices of four answers, the second weighing twice, and one of five."""
    items = (
        Item("P1", Pillar.PROCESS, "", Scale.ANCHORS, words("1"), anchors=ANCHORS),
        Item("P2", Pillar.PROCESS, "", Scale.ANCHORS, words("2"), anchors=ANCHORS, weight=2),
        Item("P3", Pillar.PROCESS, "", Scale.AGREE, words("3")),
    )
    return Questionnaire(words("Maturity"), items, (tuple(item.code for item in items),))


def rate(_person: object, number: int) -> dict[str, int]:
    return {"P1": number % 4, "P2": number % 3, "P3": 1 + number % 5}


def standing(round_: Round) -> list[Mapping[str, float]]:
    return [each.statistics for each in StandingBlock.objects.filter(round=round_, level="detail")]


def test_an_analyser_gets_each_raters_weighted_score_and_what_the_items_are_like(register: Register) -> None:
    seen = register({"r_wg": 0.5})
    make_company({"A": 12})
    round_ = launch(practices(), kind="assessment")
    everybody_answers(round_, rate)
    close(round_)
    [answers] = seen
    assert (answers.pillar, answers.codes, answers.is_company) == ("process", ("P1", "P2", "P3"), False)
    assert (answers.steps, answers.weights) == ((4, 4, 5), (1, 2, 1))
    expected = (answers.values @ np.array([1, 2, 1])) / 4
    assert answers.scores == pytest.approx(expected)
    assert len(set(answers.scores.tolist())) > 3


def test_who_answered_less_than_half_of_the_weight_has_no_score(register: Register) -> None:
    seen = register({"r_wg": 0.5})
    make_company({"A": 20})
    round_ = launch(practices(), kind="assessment")
    everybody_answers(round_, lambda person, n: {"P1": n % 4} if n < 6 else rate(person, n))
    close(round_)
    [answers] = seen
    assert np.isnan(answers.scores).sum() == 6
    assert (np.isnan(answers.values).sum(axis=1) == 2).sum() == 6


@pytest.mark.parametrize(
    ("kinds", "kind", "runs"),
    [({"assessment"}, "assessment", True), ({"assessment"}, "pulse", False), (set(), "pulse", True)],
)
def test_an_analyser_runs_on_rounds_of_its_kinds_only(
    register: Register, kinds: set[str], kind: str, runs: bool
) -> None:
    seen = register({"r_wg": 0.5}, frozenset(kinds))
    make_company({"A": 12})
    round_ = launch(practices(), kind=kind)
    everybody_answers(round_, rate)
    close(round_)
    assert bool(seen) is runs
    assert standing(round_) == [{"spy:r_wg": 0.5} if runs else {}]


def test_reliability_of_one_group_is_published_to_two_decimals_and_the_rest_to_four_digits(register: Register) -> None:
    register({"alpha": 0.123456, "omega": 0.98765, "r_wg": 0.123456})
    make_company({"A": 12})
    round_ = launch(practices(), kind="assessment")
    everybody_answers(round_, rate)
    close(round_)
    assert standing(round_) == [{"spy:alpha": 0.12, "spy:omega": 0.99, "spy:r_wg": 0.1235}]
    assert round_.company_statistics == {}


def test_the_whole_company_is_analysed_from_200_complete_cases_on(register: Register) -> None:
    seen = register({"alpha": 0.123456})
    make_company({"A": 104, "B": 100})
    round_ = launch(practices(), kind="assessment")
    everybody_answers(round_, rate)
    close(round_)
    assert round_.company_statistics["process"]["spy:alpha"] == 0.1235
    assert [(len(answers.values), answers.is_company) for answers in seen] == [(104, False), (100, False), (204, True)]


def test_one_to_four_incomplete_cases_keep_the_whole_company_from_being_analysed(register: Register) -> None:
    seen = register({"alpha": 0.5})
    make_company({"A": 204})
    round_ = launch(practices(), kind="assessment")
    everybody_answers(round_, lambda person, n: {"P1": 1, "P2": 2} if n < 3 else rate(person, n))
    close(round_)
    assert "spy:alpha" not in round_.company_statistics["process"]
    assert [answers.is_company for answers in seen] == [False]


def test_names_that_were_not_declared_or_are_on_no_list_are_refused(register: Register) -> None:
    register({"icc1": 0.5})
    make_company({"A": 12})
    round_ = launch(practices(), kind="assessment")
    everybody_answers(round_, rate)
    with pytest.raises(ValueError, match="did not declare"):
        close(round_)
    with pytest.raises(ValueError, match="may not publish"):
        register_analyser("bold", {"median"}, lambda answers: {})


# How many did not know


def unknown(number_of: Mapping[str, int], kind: str = "assessment", size: int = 200) -> dict[str, object]:
    """What is published where so many did not know, or skipped, each practice."""
    make_company({"A": size})
    round_ = launch(practices(), kind=kind)
    everybody_answers(
        round_,
        lambda person, n: {
            code: value if n >= number_of.get(code, 0) else "dk" if n % 2 else ""
            for code, value in rate(person, n).items()
        },
    )
    close(round_)
    return dict(round_.company_statistics.get("process", {}))


def test_how_many_of_the_company_did_not_know_is_said_in_whole_per_cent() -> None:
    assert unknown({"P1": 0, "P2": 33, "P3": 200}) == {"unknown:P1": 0, "unknown:P2": 16, "unknown:P3": 100}


@pytest.mark.parametrize("few", [1, 4, 196, 199])
def test_where_few_did_not_know_or_few_knew_it_is_not_said(few: int) -> None:
    assert unknown({"P1": few, "P2": 5, "P3": 195}) == {"unknown:P2": 2, "unknown:P3": 98}


def test_below_200_replies_it_is_not_said_who_did_not_know() -> None:
    assert unknown({"P1": 50}, size=199) == {}


def test_a_pulse_says_nothing_of_who_did_not_know() -> None:
    assert unknown({"P1": 50}, kind="pulse") == {}


def test_people_who_do_not_count_hide_nobody_who_did_not_know() -> None:
    """Three who count and five who were put among them: somebody may know what the five said."""
    _, units = make_company({"A": 205})
    later = (clock.now() + timedelta(days=1)).date()
    put = [make_employee(unit=units["A"], counts_from=later).pk for _ in range(5)]
    round_ = launch(practices(), kind="assessment")

    def choose(person: Employee, number: int) -> dict[str, int]:
        given = rate(person, number)
        return {"P1": given["P1"], "P3": given["P3"]} if number < 3 or person.pk in put else given

    everybody_answers(round_, choose)
    close(round_)
    assert set(round_.company_statistics["process"]) == {"unknown:P1", "unknown:P3"}

"""What close says of one group while its answers are open: two realities, and how reliable they are."""

import numpy as np
import pytest
from numpy.typing import NDArray

from assessments.analysers import KINDS, NAME, OUTPUTS, analyse
from stats.agreement import two_realities
from stats.maturity import rater_scores
from stats.reliability import cronbach_alpha, mcdonald_omega
from surveys.registry import Answers, analysers
from tests.stats.teams import PRACTICES, STEPS, answer


def group(given: NDArray[np.float64], *, is_company: bool = False) -> Answers:
    """Answers from 0 to 3 as the engine hands them over, on 1-5."""
    return Answers(
        pillar="people",
        codes=tuple(f"P{number}" for number in range(PRACTICES)),
        steps=tuple(STEPS),
        weights=(1.0,) * PRACTICES,
        values=1 + 4 * given / 3,
        scores=rater_scores(given, STEPS),
        is_company=is_company,
    )


def people(n: int, centre: float = 0.6, seed: int = 5) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return answer(rng, rng.normal(centre, 0.18, n))


def test_it_runs_on_assessments_alone_under_the_outputs_it_declared() -> None:
    known = analysers[NAME]
    assert (known.kinds, known.outputs) == (KINDS, OUTPUTS)
    assert known.looks_at("assessment")
    assert not known.looks_at("pulse")
    for given in (people(12), people(300), people(4)):
        assert set(analyse(group(given))) <= OUTPUTS


def test_camps_are_two_realities_of_a_team_and_never_of_a_company() -> None:
    rng = np.random.default_rng(9)
    camps = answer(rng, np.where(np.arange(16) < 8, 0.1, 0.95))
    assert two_realities(rater_scores(camps, STEPS))
    assert analyse(group(camps))["two_realities"] == 1
    assert analyse(group(people(16)))["two_realities"] == 0
    assert "two_realities" not in analyse(group(camps, is_company=True))


def test_a_group_of_fewer_than_ten_says_nothing() -> None:
    assert analyse(group(people(9))) == {}


def test_alpha_is_over_complete_cases() -> None:
    given = people(30)
    given[:5, 2] = np.nan
    found, wanted = analyse(group(given)), cronbach_alpha((1 + 4 * given[5:] / 3).tolist())
    assert wanted is not None
    assert (found["alpha"], found["alpha_low"], found["alpha_high"]) == pytest.approx(
        (wanted.value, wanted.low, wanted.high)
    )


def test_omega_needs_a_hundred_complete_cases() -> None:
    assert "omega" not in analyse(group(people(99)))
    wanted = mcdonald_omega((1 + 4 * people(200) / 3).tolist())
    assert wanted is not None
    assert analyse(group(people(200), is_company=True))["omega"] == pytest.approx(wanted.value)

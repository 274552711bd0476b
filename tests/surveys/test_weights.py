"""Whether the score of five people tells how they answered a question: why weights are 1 or 2 and nothing finer."""

import json
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import lcm

import numpy as np
import pytest
from django.conf import settings
from numpy.typing import NDArray

from surveys.questionnaire import WEIGHTS

RATERS = 5  # the fewest whose score is shown, and the worst case
Weight = int | Fraction


def totals(answers: int, is_even: bool) -> NDArray[np.float64]:
    """How likely each sum of five people's answers to a question is: all answers alike, or around six tenths."""
    steps = np.arange(answers)
    one = np.ones(answers) if is_even else np.exp(-(((steps - 0.6 * (answers - 1)) / (0.35 * answers)) ** 2))
    found = np.ones(1)
    for _ in range(RATERS):
        found = np.convolve(found, one / one.sum())
    return found


def tells(weights: Sequence[Weight], answers: Sequence[int], is_even: bool = True) -> float:
    """In how many results, of those that may stand, the weighted score leaves only one sum for some question."""
    steps = [Fraction(weight) / (number - 1) for weight, number in zip(weights, answers, strict=True)]
    whole = lcm(*(step.denominator for step in steps))
    sums = np.indices([RATERS * (number - 1) + 1 for number in answers])
    score = sum(int(step * whole) * of_question for step, of_question in zip(steps, sums, strict=True)).ravel()
    likely = np.ones(1)
    for number in answers:
        likely = np.multiply.outer(likely, totals(number, is_even))
    likely = likely.ravel()
    told = np.zeros(len(score), bool)
    for of_question in sums:
        least, most = np.full(score.max() + 1, np.iinfo(int).max), np.full(score.max() + 1, -1)
        np.minimum.at(least, score, of_question.ravel())
        np.maximum.at(most, score, of_question.ravel())
        told |= (least == most)[score]
    stands = (score > 0.05 * score.max()) & (score < 0.95 * score.max())
    return float(likely[stands & told].sum() / likely[stands].sum())


def worst(weights: Sequence[Weight], numbers: Sequence[int], questions: int = 2) -> float:
    """The worst over questions with these numbers of answers."""
    return max(
        tells(weights, answers, is_even) for answers in product(numbers, repeat=questions) for is_even in (True, False)
    )


def test_with_allowed_weights_a_score_of_five_tells_hardly_ever_how_a_question_was_answered() -> None:
    for weights in combinations_with_replacement(WEIGHTS, 2):
        assert worst(weights, range(2, 8)) < 0.03
    for three in combinations_with_replacement(WEIGHTS, 3):
        assert worst(three, (2, 4, 6), questions=3) < 0.01


@pytest.mark.parametrize(
    ("weights", "share"),
    [
        ((1, Fraction(1, 100)), 1.0),
        ((1, 100), 1.0),
        ((Fraction(5, 2), 3), 1.0),
        ((1, 3), 0.4),
        ((2, 3), 0.5),
    ],
)
def test_finer_weights_would_tell(weights: tuple[Weight, Weight], share: float) -> None:
    assert worst(weights, (2, 5, 6, 7)) >= share


def test_models_allow_the_weights_questions_allow() -> None:
    schema = json.loads((settings.BASE_DIR / "assessments/catalogue/schema.json").read_text(encoding="utf-8"))
    assert tuple(schema["$defs"]["practice"]["properties"]["weight"]["enum"]) == WEIGHTS

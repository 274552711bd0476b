"""Simulated teams: people who answer a pillar's practices from 0 to 3 around what they experience."""

import numpy as np
from numpy.typing import NDArray

from stats.maturity import rater_scores

Numbers = NDArray[np.float64]
PRACTICES = 6
STEPS = [4] * PRACTICES


def answer(rng: np.random.Generator, experience: Numbers) -> Numbers:
    """Answers to six practices of four anchors; `experience` is a share of the scale, 0 to 1, of any shape."""
    noise = rng.normal(0, 0.2, (*experience.shape, PRACTICES))
    answers: Numbers = np.clip(np.round(3 * (experience[..., None] + noise)), 0, 3)
    return answers


def score(rng: np.random.Generator, experience: Numbers) -> Numbers:
    """The 1-5 scores of people with that experience."""
    flat = answer(rng, experience).reshape(-1, PRACTICES)
    return rater_scores(flat, STEPS).reshape(experience.shape)


def culture(rng: np.random.Generator, centre: float, spread: float = 0.18) -> float:
    """The mean score of endlessly many people whose experience spreads normally around `centre`."""
    return float(score(rng, rng.normal(centre, spread, 50_000)).mean())

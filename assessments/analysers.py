"""What close may say of one group beside its cells: whether its raters fall into two camps, and how reliable they are.

Pure. The engine calls it in memory, one detail block at a time or for the whole company, and rounds what it returns.
"""

import numpy as np

from stats.agreement import two_realities
from stats.reliability import cronbach_alpha, mcdonald_omega
from surveys.registry import Answers

NAME = "assessments"
KINDS = frozenset({"assessment"})
OUTPUTS = frozenset({"two_realities", "alpha", "alpha_low", "alpha_high", "omega"})
FEWEST = 10  # raters; no group with fewer has details
FACTOR_FROM = 100  # complete cases: a factor model of fewer says little, and takes long for thousands of teams


def analyse(answers: Answers) -> dict[str, float | None]:
    """Two realities of a team (1 or 0; a company is no team), and reliability over complete cases: Cronbach's alpha
    with its interval, McDonald's omega where there are enough of them."""
    found: dict[str, float | None] = {}
    if not answers.is_company and np.count_nonzero(~np.isnan(answers.scores)) >= FEWEST:
        found["two_realities"] = float(two_realities(answers.scores))
    complete = answers.values[~np.isnan(answers.values).any(axis=1)]
    alpha = cronbach_alpha(complete.tolist()) if len(complete) >= FEWEST else None
    if alpha is not None:
        found |= {"alpha": alpha.value, "alpha_low": alpha.low, "alpha_high": alpha.high}
    omega = mcdonald_omega(complete.tolist()) if len(complete) >= FACTOR_FROM else None
    if omega is not None:
        found["omega"] = omega.value
    return found

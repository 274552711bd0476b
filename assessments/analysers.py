"""What close may say of one group beside its cells: whether its raters fall into two camps, and how reliable they are.

Pure. The engine calls it in memory, one detail block at a time or for the whole company, and rounds what it returns.
"""

import numpy as np

from stats.agreement import two_realities
from stats.reliability import cronbach_alpha
from surveys.registry import Answers

NAME = "assessments"
KINDS = frozenset({"assessment"})
OUTPUTS = frozenset({"two_realities", "alpha", "alpha_low", "alpha_high"})
FEWEST = 10  # raters; no group with fewer has details


def analyse(answers: Answers) -> dict[str, float | None]:
    """Two realities of a team (1 or 0; a whole company is no team), and Cronbach's alpha over complete cases."""
    found: dict[str, float | None] = {}
    if not answers.is_company and np.count_nonzero(~np.isnan(answers.scores)) >= FEWEST:
        found["two_realities"] = float(two_realities(answers.scores))
    complete = answers.values[~np.isnan(answers.values).any(axis=1)]
    alpha = cronbach_alpha(complete.tolist()) if len(complete) >= FEWEST else None
    if alpha is not None:
        found |= {"alpha": alpha.value, "alpha_low": alpha.low, "alpha_high": alpha.high}
    return found

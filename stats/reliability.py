"""Whether the items of a pillar measure one thing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha (at most 1) with its 95 % interval, over n complete cases; `dropped` cases were incomplete."""

    value: float
    low: float
    high: float
    n: int
    dropped: int


def cronbach_alpha(rows: Sequence[Sequence[float | None]], confidence: float = 0.95) -> Alpha | None:
    """Cronbach's alpha over complete cases (Cronbach 1951, Psychometrika 16:297-334), interval after Feldt (1965,
    Psychometrika 30:357-370).

    Rows are raters, columns items; None is no answer. The answer is None with fewer than two items, fewer than three
    complete cases, or no spread in the totals. Raises ValueError for rows of unequal length, NaN and infinities.
    """
    items = len(rows[0]) if rows else 0
    if any(len(row) != items for row in rows):
        raise ValueError("every rater has the same items")
    complete = [[value for value in row if value is not None] for row in rows if None not in row]
    n = len(complete)
    if items < 2 or n < 3:
        return None
    answers = np.array(complete, dtype=float)
    if not np.isfinite(answers).all():
        raise ValueError("answers are finite numbers")
    total = float(answers.sum(axis=1).var(ddof=1))
    if total == 0:
        return None
    value = items / (items - 1) * (1 - float(answers.var(axis=0, ddof=1).sum()) / total)
    freedom = (n - 1, (n - 1) * (items - 1))
    tail = (1 - confidence) / 2
    low = 1 - (1 - value) * float(special.fdtri(*freedom, 1 - tail))
    high = 1 - (1 - value) * float(special.fdtri(*freedom, tail))
    return Alpha(value, low, high, n, len(rows) - n)

"""Reliability of group means: how much of the differences between raters lies between their groups.

NaN is no score. None means "cannot be said", never 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.intervals import Sample

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Icc:
    """ICC(1) and ICC(2) of group membership by one-way analysis of variance, mean group size; both at most 1, and below
    0 where groups differ less than chance would have it. F = MSB / MSW, infinite without spread within groups."""

    icc1: float
    icc2: float
    f: float
    groups: int
    n: int


def icc(groups: Sequence[Scores]) -> Icc | None:
    """ICC(1) and ICC(2) of the scores of raters in groups; NaN scores are left out. See `icc_of_samples`."""
    samples = []
    for scores in groups:
        known = scores[~np.isnan(scores)]
        if not np.isfinite(known).all():
            raise ValueError("scores are finite numbers")
        if known.size:
            samples.append(Sample(known.size, float(known.mean()), float(known.std(ddof=1)) if known.size > 1 else 0.0))
    return icc_of_samples(samples)


def icc_of_samples(samples: Sequence[Sample]) -> Icc | None:
    """ICC(1) = (MSB - MSW) / (MSB + (k - 1) MSW) with k the mean group size, ICC(2) = (MSB - MSW) / MSB (Bartko 1976;
    Bliese 2000 in Klein & Kozlowski, 349-381), as in the R package multilevel's ICC1 and ICC2 of a one-way analysis of
    variance. Not truncated at 0.

    Groups whose standard deviation is not known are passed over. None with fewer than two groups, without two raters
    in some group, or where all group means are equal.
    """
    known = [(sample.n, sample.mean, sample.sd or 0.0) for sample in samples if sample.sd is not None or sample.n == 1]
    groups, n = len(known), sum(size for size, _, _ in known)
    if groups < 2 or n <= groups:
        return None
    grand = sum(size * mean for size, mean, _ in known) / n
    between = sum(size * (mean - grand) ** 2 for size, mean, _ in known) / (groups - 1)
    within = sum((size - 1) * sd**2 for size, _, sd in known) / (n - groups)
    if between <= 0:
        return None
    size = n / groups
    return Icc(
        icc1=(between - within) / (between + (size - 1) * within),
        icc2=(between - within) / between,
        f=between / within if within > 0 else float("inf"),
        groups=groups,
        n=n,
    )

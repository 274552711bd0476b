"""What a leader who is just another colleague would be called: the measure a count of gaps is held against."""

from collections.abc import Sequence

import numpy as np
from scipy import special

LIMIT_AT = 0.95  # the one-sided confidence of a gap's prediction limit


def called_by_chance(half: float, reach: float, df: float) -> float:
    """A further rater's score less the team's mean, over s sqrt(1 + 1/n), follows Student's t with the spread's degrees
    of freedom (Hahn & Meeker 1991, Statistical Intervals, 4.8), so the rater lies beyond an interval of the team's mean
    of half width `half` with P(T > half / (s sqrt(1 + 1/n))), on either side alike.

    `reach`: the one-sided 95 % prediction limit less the team's mean, t(.95) s sqrt(1 + 1/n), from which s follows. The
    interval speaks of the mean alone and narrows with n; the rater does not: at n = 12 each side has 28 %.
    """
    if half < 0 or reach <= 0 or df <= 0:
        raise ValueError("an interval has a width, a limit lies above the mean, and a spread has degrees of freedom")
    return float(special.stdtr(df, -half * float(special.stdtrit(df, LIMIT_AT)) / reach))


def exceeds(found: int, chances: Sequence[float]) -> float:
    """The probability that at least `found` of independent events happen which have these chances: the Poisson binomial
    distribution, by convolution (Hong 2013, Comput. Stat. Data Anal. 59:41-51). 0 for more than there are chances."""
    if any(not 0 <= chance <= 1 for chance in chances):
        raise ValueError("a chance lies between 0 and 1")
    mass = np.ones(1)
    for chance in chances:
        mass = np.convolve(mass, [1 - chance, chance])
    return 1.0 if found <= 0 else float(min(1.0, mass[found:].sum()))


def one_in(chance: float) -> int:
    """The N of "about one in N", as coarse as it is sure: whole numbers below 10, fives below 30, tens below 100, then
    hundred for all that is rarer; at least 2."""
    if not 0 <= chance <= 1:
        raise ValueError("a chance lies between 0 and 1")
    exact = 100.0 if chance < 0.01 else 1 / chance
    step = 1 if exact < 10 else 5 if exact < 30 else 10
    return min(100, max(2, step * round(exact / step)))

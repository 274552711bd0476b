"""Whether the raters of one group see the same thing: agreement and two realities.

Answers come as an array, rows are raters, columns items; NaN is not answered. Only differences of answers matter, so a
scale may start at 0 or at 1. `steps` is the number of anchors A of each item, or one number for all (at least 2). None
means "cannot be said", never 0. Infinite values, and answers that spread over more than A - 1, are refused with
ValueError.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import asin, floor, pi, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

Answers = NDArray[np.float64]
Steps = int | Sequence[int]

R_WG_ENOUGH = 0.70
AD_SHARE = 1 / 6
NULL_PERCENTILE = 0.95
NULL_DRAWS = 10_000
NULL_SIZES = (*range(2, 21), 25, 30)
ITEM_CORRELATION = 0.6
AWAY_CORRELATION = 0.7  # of items, where a margin has to hold: a little more than is usual
SEED = 1984

LOW_CAMP = 1 + 4 * 0.40  # on the 1-5 scale of scores: m / (A - 1) of .40 and .73
HIGH_CAMP = 1 + 4 * 0.73
CAMP_SHARE = 0.30
CAMP_VARIANCE = 16 * 0.055
CAMPS_FROM = 10
HAIR = 1e-9  # scores are sums of fractions: a bound counts as reached within a hair's breadth


@dataclass(frozen=True)
class Agreement:
    """How far the raters of a group agree over the items of a pillar.

    `n`: raters (the harmonic mean over the items, rounded down); `items`: items with two answers or more; `r_wg` in
    [0, 1]; `r_wg_star` at most 1; `ad_m` in anchors, 0 or more; `ad_share`: the mean of AD_j / A_j; `chance`: the
    r_WG(J) that answering at random reaches in fewer than one group of twenty, None where nothing is that rare;
    `shared`: whether AD_M, r_WG(J) and chance allow a "shared view" as they were found; `margin`: how far chance may
    put `ad_share` beside its truth, on one side, one time in twenty (see `_margin`).
    """

    n: int
    items: int
    r_wg: float
    r_wg_star: float
    ad_m: float
    ad_share: float
    chance: float | None
    shared: bool
    margin: float

    @property
    def is_surely_near(self) -> bool:
        """Whether people are surely no further apart than A / 6, chance counted. A small group's deviations from its
        own mean are too small by sqrt((n - 1) / n), which is put right here; below, leaving it errs on the safe side.
        """
        return self.ad_share * sqrt(self.n / (self.n - 1)) + self.margin <= AD_SHARE + HAIR

    @property
    def is_surely_apart(self) -> bool:
        """Whether people are surely further apart than A / 6, chance counted."""
        return self.ad_share - self.margin > AD_SHARE + HAIR


@dataclass(frozen=True)
class _Items:
    """Per item with two answers or more: answers, anchors, average deviation, and v, their mean relative variance."""

    counts: NDArray[np.int64]
    anchors: NDArray[np.int64]
    v: float
    deviations: NDArray[np.float64]
    errors: NDArray[np.float64]  # the squared standard error of each deviation


def r_wg_j(answers: Answers, steps: Steps) -> float | None:
    """Agreement within a group over J items: J (1 - v) / (J (1 - v) + v), 0 if v >= 1 (James, Demaree & Wolf 1984, J.
    Appl. Psychol. 69:85-98).

    v is the mean over items of s_j^2 / ((A_j^2 - 1) / 12), s_j^2 with n_j - 1 over the raters who answered item j:
    1 where answers are uniform. In [0, 1]. None without an item that two raters answered.
    """
    items = _items(answers, steps)
    return None if items is None else _r_wg_j(items.v, items.counts.size)


def r_wg_star(answers: Answers, steps: Steps) -> float | None:
    """r*_WG = 1 - v, which does not rise with the number of items (Lindell, Brandt & Whitney 1999, Appl. Psychol.
    Meas. 23:127-135). At most 1; below 0 where raters differ more than at random. None as in `r_wg_j`."""
    items = _items(answers, steps)
    return None if items is None else 1 - items.v


def ad_m(answers: Answers, steps: Steps) -> float | None:
    """Average deviation around the mean, in anchors: mean over items of the mean |x - mean_j| (Burke, Finkelstein &
    Dusig 1999, Organ. Res. Methods 2:49-68). 0 or more. None as in `r_wg_j`."""
    items = _items(answers, steps)
    return None if items is None else float(items.deviations.mean())


def null_r_wg(n: int, steps: Sequence[int], correlation: float = ITEM_CORRELATION) -> float | None:
    """The r_WG(J) that fewer than one in twenty groups of n raters reaches who answer at random: the smallest simulated
    value above the 95th percentile (Dunlap, Burke & Smith-Crowe 2003, J. Appl. Psychol. 88:356-362; Cohen, Doveh &
    Nahum-Shani 2009, Organ. Res. Methods 12:148-164).

    Each answer is uniform over its A anchors; `correlation` in [0, 1) is that of the normal scores behind any two
    answers of one rater. n is rounded down to a few sizes, at most 30, which errs towards a higher value. The number
    is simulated once, always from the same seed, and kept. None where even full agreement is that common at random.
    """
    if n < 2:
        raise ValueError("agreement needs two raters")
    if not 0 <= correlation < 1:
        raise ValueError("a correlation between items lies between 0 and 1")
    size = max(known for known in NULL_SIZES if known <= n)
    return _null_r_wg(size, tuple(sorted(_steps(steps, len(steps)))), round(correlation, 2))


def agreement(answers: Answers, steps: Steps, correlation: float = ITEM_CORRELATION) -> Agreement | None:
    """The agreement of a group and whether it is a shared view: AD_M <= A / 6 (Burke & Dunlap 2002, Organ. Res. Methods
    5:159-172) and r_WG(J) >= .70 and above what answering at random reaches. None as in `r_wg_j`.

    Where items differ in A, the mean of AD_j / A_j is held against 1/6.
    """
    items = _items(answers, steps)
    if items is None:
        return None
    counts, anchors, deviations = items.counts.tolist(), items.anchors.tolist(), items.deviations.tolist()
    return _judged(counts, anchors, items.v, deviations, items.errors.tolist(), correlation)


def agreement_of_counts(histograms: Iterable[Sequence[int]], correlation: float = ITEM_CORRELATION) -> Agreement | None:
    """The same from how often each anchor of each item was chosen, lowest first: all that agreement rests on.

    None of it needs to know which answers one rater gave together, so it can be told of published distributions.
    """
    counts, anchors, shares, deviations, errors = [], [], [], [], []
    for histogram in histograms:
        if len(histogram) < 2 or min(histogram) < 0:
            raise ValueError("every item has two anchors or more, each chosen by nobody or somebody")
        n = total = squares = 0
        for place, chosen in enumerate(histogram):
            n, total, squares = n + chosen, total + place * chosen, squares + place * place * chosen
        if n < 2:
            continue
        mean, away = total / n, 0.0
        for place, chosen in enumerate(histogram):
            away += chosen * abs(place - mean)
        counts.append(n)
        anchors.append(len(histogram))
        shares.append((squares - total**2 / n) / (n - 1) / ((len(histogram) ** 2 - 1) / 12))
        deviations.append(away / n)
        tilt = sum(chosen * ((place > mean) - (place < mean)) for place, chosen in enumerate(histogram)) / n
        pulls = [abs(place - mean) - tilt * (place - mean) - away / n for place in range(len(histogram))]
        errors.append(sum(chosen * pull**2 for chosen, pull in zip(histogram, pulls, strict=True)) / (n - 1) / n)
    return _judged(counts, anchors, sum(shares) / len(shares), deviations, errors, correlation) if counts else None


def _judged(
    counts: Sequence[int],
    anchors: Sequence[int],
    v: float,
    deviations: Sequence[float],
    errors: Sequence[float],
    correlation: float,
) -> Agreement:
    items = len(counts)
    n = floor(items / sum(1 / count for count in counts) + HAIR)
    found = _r_wg_j(v, items)
    chance = null_r_wg(n, anchors, correlation)
    away = sum(one / of for one, of in zip(deviations, anchors, strict=True)) / items
    enough = found >= R_WG_ENOUGH - HAIR and away <= AD_SHARE + HAIR
    return Agreement(
        n=n,
        items=items,
        r_wg=found,
        r_wg_star=1 - v,
        ad_m=sum(deviations) / items,
        ad_share=away,
        chance=chance,
        shared=enough and chance is not None and found >= chance - HAIR,
        margin=_margin(n, anchors, errors),
    )


def _margin(n: int, anchors: Sequence[int], errors: Sequence[float]) -> float:
    """The one-sided 95 % margin of the mean of AD_j / A_j: Student's t times its standard error.

    An item's squared error is that of the mean of |x - m| - (P(x > m) - P(x < m)) (x - m), the linear part of its AD
    (Gastwirth 1974, J. Amer. Statist. Assoc. 69:428-433). Published counts do not tell who answered what together, so
    items are taken to correlate by .7; the absolute values of two normal numbers then do by .45.
    """
    items, r = len(errors), AWAY_CORRELATION
    together = (2 / pi) * (sqrt(1 - r**2) + r * asin(r) - 1) / (1 - 2 / pi)
    mean = sum(error / of**2 for error, of in zip(errors, anchors, strict=True)) / items
    return float(special.stdtrit(n - 1, 0.95)) * sqrt(mean * (1 / items + (1 - 1 / items) * together))


def two_realities(scores: Answers) -> bool:
    """Whether raters' scores on 1-5 (NaN: no score) fall into two camps, so that their mean is nobody's experience.

    At most 2.6 (m / (A - 1) <= .40) and at least 3.92 (.73) by at least 30 % each, the middle smaller than either, a
    variance (n - 1) of at least .88 (.055), and at least ten raters. Raises ValueError for scores outside 1 to 5.
    """
    known = scores[~np.isnan(scores)]
    if known.size and not (known.min() >= 1 - HAIR and known.max() <= 5 + HAIR):
        raise ValueError("scores lie between 1 and 5")
    if known.size < CAMPS_FROM:
        return False
    low = int((known <= LOW_CAMP + HAIR).sum())
    high = int((known >= HIGH_CAMP - HAIR).sum())
    middle = known.size - low - high
    enough = min(low, high) >= CAMP_SHARE * known.size - HAIR
    return enough and middle < min(low, high) and float(known.var(ddof=1)) >= CAMP_VARIANCE - HAIR


def _r_wg_j(v: float, items: int) -> float:
    return 0.0 if v >= 1 else items * (1 - v) / (items * (1 - v) + v)


def _steps(steps: Steps, items: int) -> list[int]:
    anchors = [steps] * items if isinstance(steps, int) else list(steps)
    if len(anchors) != items or min(anchors, default=2) < 2:
        raise ValueError("every item has two anchors or more")
    return anchors


def _items(answers: Answers, steps: Steps) -> _Items | None:
    """What the items with two answers or more say; None without one."""
    if answers.ndim != 2:
        raise ValueError("answers have rows of raters and columns of items")
    if np.isinf(answers).any():
        raise ValueError("answers are finite numbers")
    anchors = np.array(_steps(steps, answers.shape[1]))
    known = ~np.isnan(answers)
    used = known.sum(axis=0) >= 2
    if not used.any():
        return None
    columns, known, anchors = answers[:, used], known[:, used], anchors[used]
    widest = np.where(known, columns, -np.inf).max(axis=0) - np.where(known, columns, np.inf).min(axis=0)
    if (widest > anchors - 1 + HAIR).any():
        raise ValueError("answers spread over more than the scale")
    counts = known.sum(axis=0)
    away = np.where(known, columns - np.where(known, columns, 0).sum(axis=0) / counts, 0)
    variances = (away**2).sum(axis=0) / (counts - 1)
    v = float((variances / ((anchors**2 - 1) / 12)).mean())
    deviations = np.abs(away).sum(axis=0) / counts
    pulls = np.where(known, np.abs(away) - np.sign(away).sum(axis=0) / counts * away - deviations, 0)
    return _Items(counts, anchors, v, deviations, (pulls**2).sum(axis=0) / (counts - 1) / counts)


@lru_cache(maxsize=4096)
def _null_r_wg(n: int, steps: tuple[int, ...], correlation: float) -> float | None:
    rng = np.random.default_rng([SEED, n, round(100 * correlation), *steps])
    person = np.sqrt(correlation) * rng.standard_normal((NULL_DRAWS, n))
    total = np.zeros(NULL_DRAWS)
    for anchors in steps:
        scores = person + np.sqrt(1 - correlation) * rng.standard_normal((NULL_DRAWS, n))
        drawn = np.minimum(np.floor(special.ndtr(scores) * anchors), anchors - 1)
        total += drawn.var(axis=1, ddof=1) / ((anchors**2 - 1) / 12)
    v = np.minimum(total / len(steps), 1)
    values = np.sort(len(steps) * (1 - v) / (len(steps) * (1 - v) + v))
    above = values[values > values[int(NULL_PERCENTILE * NULL_DRAWS) - 1] + HAIR]
    return float(above[0]) if above.size else None

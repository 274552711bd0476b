"""From answers to a maturity scorecard: raters' scores, two intervals, evidence cap, walk-the-talk gap, company.

Scores lie on 1-5. NaN in an array is "not answered" or "no score"; elsewhere None is. Infinite values and values
outside their scale are refused with ValueError. Levels, the confidence in them, changes and the heat map are in
`stats.intervals`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

from stats.intervals import Estimate, Interval, Sample, Spread, estimate, level, mean_interval

Scores = NDArray[np.float64]
Key = TypeVar("Key")
GapVerdict = Literal["higher", "overrates", "alike", "lower", "cannot_tell"]

LEAST_WEIGHT = 0.5
LOW_RESPONSE = 0.60
CAPS = ((0.25, 2), (0.50, 3), (0.75, 4))
FOUR_NEEDS = 2
ALIKE_WITHIN = 0.8
OVERRATES = 0.05
TRIM = 5.0
HAIR = 1e-9


@dataclass(frozen=True)
class TwoIntervals:
    """`way`: of the way of working, the one for every verdict and for the page. `here`: of the mean of those now here,
    narrower; a single point where `everyone` answered. Both speak of chance, not of who chose not to answer."""

    way: Interval | None
    here: Interval | None
    everyone: bool


@dataclass(frozen=True)
class EvidenceCap:
    """The highest level that evidence allows (2 to 5); `share` by weight (0 to 1) and number of evidenced practices."""

    share: float
    practices: int
    level: int


@dataclass(frozen=True)
class Gap:
    """A leader's score less the team's mean, in points, with the 95 % interval that the team's mean gives it.

    `limit`: the one-sided 95 % prediction limit, above which one in twenty colleagues would rate; `chance`: the
    probability, 0 to 1, that a leader who is just another colleague rates at least as high.
    """

    difference: float
    low: float
    high: float
    limit: float
    chance: float

    @property
    def verdict(self) -> GapVerdict:
        """What one pillar in one cycle can say; never "overrates" (see `gap_verdicts`)."""
        if self.low > 0:
            return "higher"
        if self.high < 0:
            return "lower"
        return "alike" if max(-self.low, self.high) <= ALIKE_WITHIN else "cannot_tell"


@dataclass(frozen=True)
class ScoreBlock:
    """A published block of people: how many were there at launch, and the answers' n, mean and sd."""

    headcount: int
    sample: Sample

    def __post_init__(self) -> None:
        if self.headcount < self.sample.n:
            raise ValueError("a block has at least as many people as answers")


@dataclass(frozen=True)
class CompanyMean:
    """The company's mean over blocks, weighted to its people; `effective_n` at most n; `trimmed`: whether a weight
    was cut at 5. The interval is None where no spread is known."""

    n: int
    mean: float
    interval: Interval | None
    effective_n: float
    trimmed: bool


def rater_scores(answers: Scores, steps: Sequence[int], weights: Sequence[float] | None = None) -> Scores:
    """Each rater's pillar score on 1-5: the weighted mean over the practices answered of s = 1 + 4 m / (A - 1).

    Rows are raters, columns practices, values m from 0 to A - 1 of a practice's A anchors (`steps`), NaN "don't know"
    or skipped. NaN where less than half of the weight was answered. Weights are not negative and not all 0; without
    them practices count alike.
    """
    if answers.ndim != 2:
        raise ValueError("answers have rows of raters and columns of practices")
    anchors, shares = np.array(steps, dtype=float), _shares(weights, answers.shape[1])
    if anchors.shape != shares.shape or not (np.isfinite(anchors).all() and (anchors >= 2).all()):
        raise ValueError("every practice has two anchors or more")
    known = ~np.isnan(answers)
    if ((answers < 0) | (answers > anchors - 1))[known].any():
        raise ValueError("an answer lies outside its practice's anchors")
    points = np.where(known, 1 + 4 * answers / (anchors - 1), 0.0)
    weight = known @ shares
    with np.errstate(invalid="ignore", divide="ignore"):
        scores: Scores = np.where(weight >= LEAST_WEIGHT - HAIR, points @ shares / weight, np.nan)
    return scores


def not_known(answers: Scores) -> Scores:
    """Each practice's share of raters without an answer, 0 to 1; NaN without raters."""
    if not len(answers):
        return np.full(answers.shape[1], np.nan)
    shares: Scores = np.isnan(answers).mean(axis=0)
    return shares


def unit_sample(scores: Scores) -> Sample | None:
    """The mean and spread of the team raters' scores, NaN left out; None without a score. The leader's own rating never
    enters it. Order-free to the last digit."""
    known = np.sort(scores[~np.isnan(scores)])
    if known.size == 0:
        return None
    if known[0] < 1 - HAIR or known[-1] > 5 + HAIR:
        raise ValueError("scores lie between 1 and 5")
    return Sample(known.size, float(known.mean()), float(known.std(ddof=1)) if known.size > 1 else None)


def two_intervals(
    sample: Sample, members: int, pooled: Spread | None = None, *, confidence: float = 0.90
) -> TwoIntervals:
    """Student's t intervals of a unit's mean, clipped to 1-5: of the way of working, and of those now here, whose
    standard error is multiplied by sqrt(1 - n / N) (Cochran 1977, Sampling Techniques, 2.6), N = members.

    With n = N the second is the mean itself. None as in `stats.intervals.mean_interval`.
    """
    if members < sample.n:
        raise ValueError("more raters than members")
    way = mean_interval(sample, pooled, confidence=confidence)
    found = estimate(sample, pooled)
    if members == sample.n:
        return TwoIntervals(way, Interval(sample.mean, sample.mean), True)
    if found is None:
        return TwoIntervals(way, None, False)
    half = _t(1 - (1 - confidence) / 2, found.df) * sqrt(found.variance * (1 - sample.n / members))
    return TwoIntervals(way, Interval(max(1.0, sample.mean - half), min(5.0, sample.mean + half)), False)


def low_response(n: int, invited: int) -> bool:
    """Whether fewer than 60 % answered, so that the page must say that intervals do not speak of those who did not."""
    if not 0 <= n <= invited:
        raise ValueError("more answers than people invited")
    return n < LOW_RESPONSE * invited


def evidence_cap(evidenced: Sequence[bool], weights: Sequence[float] | None = None) -> EvidenceCap:
    """The highest level the evidence allows: e < .25 caps at 2, < .50 at 3, < .75 at 4, and fewer than two practices
    with valid evidence cap at 3, where e is the share of weight with valid evidence.

    The cap binds the level, not the score or its interval. Monotone: more evidence never lowers it.
    """
    shares = _shares(weights, len(evidenced))
    practices = sum(bool(one) for one in evidenced)
    share = min(1.0, float(shares[np.array(evidenced, dtype=bool)].sum()))
    allowed = next((cap for bound, cap in CAPS if share < bound - HAIR), 5)
    return EvidenceCap(share, practices, min(allowed, 3) if practices < FOUR_NEEDS else allowed)


def capped_level(score: float, cap: EvidenceCap) -> int:
    """The level of an unrounded score, 1 to 5, no higher than the evidence allows."""
    return min(level(score), cap.level)


def prediction_limit(team: Estimate, error: float = 0.05) -> float:
    """The one-sided limit that a further rater from the same team exceeds with probability `error`: mean + t sd
    sqrt(1 + 1/n) (Hahn & Meeker 1991, Statistical Intervals). Not clipped: above 5 nobody exceeds it."""
    return team.mean + _t(1 - error, team.df) * team.sd * sqrt(1 + 1 / team.n)


def gap(leader: float, sample: Sample, pooled: Spread | None = None) -> Gap | None:
    """The walk-the-talk gap of one pillar: the leader's score (1-5) less the team's mean, with the 95 % interval of the
    team's mean and the one-sided prediction limit. None where no spread is known.

    The interval takes the team's own spread or the pooled one, whichever is wider: near an end of the scale a team
    whose mean lies too far out also has too small a spread, and its own alone calls a gap of nothing 7 times in a
    hundred. Below ten answers, where only the pooled one is there, one 1.6 times as wide is assumed, as for every
    verdict (`stats.intervals.Estimate.doubted`).
    """
    if not 1 - HAIR <= leader <= 5 + HAIR:
        raise ValueError(f"{leader} is no score from 1 to 5")
    known = estimate(sample, pooled)
    if known is None:
        return None
    team = known.doubted
    wider = max(team.sd, pooled.sd) if pooled else team.sd
    half = _t(0.975, team.df) * wider / sqrt(team.n)
    difference = leader - sample.mean
    chance = float(special.stdtr(team.df, -difference / (team.sd * sqrt(1 + 1 / team.n))))
    return Gap(difference, difference - half, difference + half, prediction_limit(team), chance)


def gap_verdicts(
    now: Mapping[Key, Gap | None], before: Mapping[Key, Gap | None] | None = None
) -> dict[Key, GapVerdict]:
    """The word for each pillar of one leader in one cycle; "cannot_tell" where there is no gap.

    "overrates" only in at least two pillars, or in one pillar in two cycles (`before`: the cycle before this one). Of m
    pillars with a gap, two must have `chance` <= 2 x .05 / m (Rüger 1978, Metrika 25:171-178: at most .05 whatever
    ties the pillars together), or one <= .05 / m after <= .05 in the cycle before. (The plain 95 % limit in two pillars
    or two cycles calls a random colleague up to 14 times in a hundred.) The others keep `Gap.verdict`.
    """
    found = {key: one for key, one in now.items() if one is not None}
    earlier = {key: one for key, one in (before or {}).items() if one is not None}
    beyond = {key for key, one in found.items() if one.chance <= 2 * OVERRATES / len(found)}
    if len(beyond) < 2:
        beyond = {key for key in beyond if found[key].chance <= OVERRATES / len(found)}
        beyond = {key for key in beyond if key in earlier and earlier[key].chance <= OVERRATES}
    words: dict[Key, GapVerdict] = {key: "cannot_tell" if one is None else one.verdict for key, one in now.items()}
    return words | {key: "overrates" for key in beyond if words[key] == "higher"}


def standing(leader: float, scores: Scores) -> float | None:
    """The share of the team's raters (NaN left out) who score lower than the leader, ties by half; None without any."""
    known = scores[~np.isnan(scores)]
    if known.size == 0:
        return None
    return float(((known < leader - HAIR).sum() + (known <= leader + HAIR).sum()) / (2 * known.size))


def company_mean(
    blocks: Sequence[ScoreBlock], pooled: Spread | None = None, *, confidence: float = 0.90
) -> CompanyMean | None:
    """The company's mean, each answer weighted by headcount / answers of its block, at most 5; never a mean of means.

    Interval: Student's t from the weighted variance within blocks, sum w^2 n s^2 / (sum w n)^2, the blocks being all
    there are (Cochran 1977, Sampling Techniques, 5.3), with Satterthwaite's degrees of freedom, clipped to 1-5; each
    block's s as in `stats.intervals.estimate`. Effective n: (sum w)^2 / sum w^2 (Kish 1965, Survey Sampling, 11.7).
    None without blocks.
    """
    if not blocks:
        return None
    weights = [min(TRIM, block.headcount / block.sample.n) for block in blocks]
    samples = [block.sample for block in blocks]
    n = sum(sample.n for sample in samples)
    total = sum(w * sample.n for w, sample in zip(weights, samples, strict=True))
    mean = sum(w * sample.n * sample.mean for w, sample in zip(weights, samples, strict=True)) / total
    effective = min(float(n), total**2 / sum(w**2 * sample.n for w, sample in zip(weights, samples, strict=True)))
    trimmed = any(block.headcount > TRIM * block.sample.n for block in blocks)
    terms = []
    for weight, sample in zip(weights, samples, strict=True):
        found = estimate(sample, pooled)
        if found is None:
            return CompanyMean(n, mean, None, effective, trimmed)
        terms.append(((weight * sample.n / total) ** 2 * found.variance, found.df))
    variance = sum(term for term, _ in terms)
    df = variance**2 / sum(term**2 / freedom for term, freedom in terms)
    half = _t(1 - (1 - confidence) / 2, df) * sqrt(variance)
    return CompanyMean(n, mean, Interval(max(1.0, mean - half), min(5.0, mean + half)), effective, trimmed)


def _shares(weights: Sequence[float] | None, count: int) -> Scores:
    """Weights as shares of their sum."""
    given = np.ones(count) if weights is None else np.array(weights, dtype=float)
    if given.shape != (count,) or not np.isfinite(given).all() or (given < 0).any() or not given.sum() > 0:
        raise ValueError("weights are one for each practice, not negative and not all 0")
    shares: Scores = given / given.sum()
    return shares


def _t(upper: float, df: float) -> float:
    if not 0 < upper < 1 or not isfinite(df):
        raise ValueError("a confidence lies between 0 and 1")
    return float(special.stdtrit(df, upper))

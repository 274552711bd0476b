"""How sure a number is: intervals, differences, and whether a change may be called one.

Frozen dataclasses in and out. None means "no score" or "no interval", never 0. NaN and infinite values are refused
with ValueError. Confidence levels are shares (0.90 for 90 %). All intervals speak of chance only, of the way of
working and not of those now here: no finite-population correction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite, sqrt
from typing import Literal, TypeVar

from scipy import special

Verdict = Literal["up", "down", "cannot_tell"]
Place = Literal["above", "below", "cannot_tell"]
Key = TypeVar("Key")

OWN_SPREAD_FROM = 10
UNSEEN_SPREAD = 1.6
BANDS = (1.8, 2.6, 3.4, 4.2)
HEAT_STEPS = (0.45, 0.75)
POWER = 0.80
FURTHEST = 100_000


@dataclass(frozen=True)
class Sample:
    """What a cell publishes: n >= 1 answers, their mean, their standard deviation (n - 1), or None if not shown."""

    n: int
    mean: float
    sd: float | None = None

    def __post_init__(self) -> None:
        if self.n < 1 or not isfinite(self.mean):
            raise ValueError("a sample has at least one answer and a finite mean")
        if self.sd is not None and (not isfinite(self.sd) or self.sd < 0):
            raise ValueError("a standard deviation is finite and not negative")


@dataclass(frozen=True)
class Spread:
    """A pooled within-unit standard deviation (>= 0) and its degrees of freedom (>= 1)."""

    sd: float
    df: float

    def __post_init__(self) -> None:
        if not (isfinite(self.sd) and isfinite(self.df)) or self.sd < 0 or self.df < 1:
            raise ValueError("a spread is finite, not negative, with at least one degree of freedom")


@dataclass(frozen=True)
class Estimate:
    """A mean with the standard deviation (> 0) that applies to it and that one's degrees of freedom."""

    n: int
    mean: float
    sd: float
    df: float

    def __post_init__(self) -> None:
        if self.n < 1 or not (isfinite(self.mean) and isfinite(self.sd) and isfinite(self.df)):
            raise ValueError("an estimate has at least one answer and finite numbers")
        if self.sd <= 0 or self.df <= 0:
            raise ValueError("an estimate has a standard deviation and degrees of freedom above 0")

    @property
    def variance(self) -> float:
        """The squared standard error of the mean."""
        return self.sd**2 / self.n

    @property
    def doubted(self) -> "Estimate":
        """What a verdict rests on: below n = 10 the spread is that of others, so one 1.6 times as wide is assumed.

        A unit's own spread is not published there, and units differ in it: judged by the pooled one, 7 people whose
        answers spread 1.6 times as wide "changed" by chance alone 22 times in 100; so they do 5 times at most.
        """
        return replace(self, sd=UNSEEN_SPREAD * self.sd) if self.n < OWN_SPREAD_FROM else self


@dataclass(frozen=True)
class Interval:
    """A closed interval, low <= high."""

    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """A difference of two estimates with interval; p is two-sided; df is infinite where the normal law is used."""

    difference: float
    low: float
    high: float
    df: float
    p: float


@dataclass(frozen=True)
class Change:
    """Whether a change is one. `needed`: the replies each of the two rounds would have to have for 80 % power to call
    a change of this size; None if it is called, or if no reachable number would do."""

    difference: float
    low: float
    high: float
    verdict: Verdict
    needed: int | None


@dataclass(frozen=True)
class Heat:
    """A heat-map cell against the company without it; `step` 0 is not coloured, 1 to 3 by size (.45 and .75)."""

    difference: float
    low: float
    high: float
    p: float
    verdict: Place
    step: int


@dataclass(frozen=True)
class NetScore:
    """A net promoter score and its interval, on -100 to 100; n answers."""

    n: int
    score: float
    low: float
    high: float


def pooled_sd(samples: Sequence[Sample]) -> Spread | None:
    """The pooled within-unit standard deviation, sqrt(sum (n - 1) sd^2 / sum (n - 1)); None without any spread.

    Samples whose sd is None and samples of one answer say nothing about spread and are passed over.
    """
    known = [(sample.n - 1, sample.sd) for sample in samples if sample.sd is not None and sample.n > 1]
    df = sum(freedom for freedom, _ in known)
    if df < 1:
        return None
    sd = sqrt(sum(freedom * sd**2 for freedom, sd in known) / df)
    return Spread(sd, df) if sd > 0 else None


def estimate(sample: Sample, pooled: Spread | None = None) -> Estimate | None:
    """The sample's mean with its own sd from n = 10 on, with the pooled one below that or if the own sd is 0.

    None where neither is there: then no interval and no verdict may be given.
    """
    if sample.n >= OWN_SPREAD_FROM and sample.sd:
        return Estimate(sample.n, sample.mean, sample.sd, sample.n - 1)
    if pooled is None or pooled.sd == 0:
        return None
    return Estimate(sample.n, sample.mean, pooled.sd, pooled.df)


def mean_interval(
    sample: Sample, pooled: Spread | None = None, *, low: float = 1.0, high: float = 5.0, confidence: float = 0.90
) -> Interval | None:
    """Student's t interval of a mean, clipped to the scale [low, high] (Student 1908, Biometrika 6:1-25).

    Raises ValueError for a mean outside the scale.
    """
    if not low - 1e-9 <= sample.mean <= high + 1e-9:
        raise ValueError(f"a mean of {sample.mean} lies outside the scale {low} to {high}")
    found = estimate(sample, pooled)
    if found is None:
        return None
    half = _t(confidence, found.df) * sqrt(found.variance)
    return Interval(max(low, sample.mean - half), min(high, sample.mean + half))


def welch_difference(first: Estimate, second: Estimate, confidence: float = 0.95) -> Difference:
    """first - second with Welch's test and interval (Welch 1947, Biometrika 34:28-35; Satterthwaite 1946).

    Where an estimate rests on a pooled spread, that spread's degrees of freedom enter in place of n - 1.
    """
    variance = first.variance + second.variance
    df = variance**2 / (first.variance**2 / first.df + second.variance**2 / second.df)
    difference = first.mean - second.mean
    error = sqrt(variance)
    p = min(1.0, 2 * float(special.stdtr(df, -abs(difference) / error)))
    half = _t(confidence, df) * error
    return Difference(difference, difference - half, difference + half, df, p)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjusted p-values, in the order given (Holm 1979, Scand. J. Statist. 6:65-70)."""
    if any(not 0 <= p <= 1 for p in p_values):
        raise ValueError("p-values lie between 0 and 1")
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda index: p_values[index])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def wilson(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a share, within [0, 1] (Wilson 1927, JASA 22:209-212)."""
    if not 0 <= successes <= n or not isfinite(n) or n <= 0:
        raise ValueError(f"{successes} of {n} is no share")
    z = _z(confidence)
    centre = (successes + z**2 / 2) / (n + z**2)
    half = z * sqrt(successes * (n - successes) / n + z**2 / 4) / (n + z**2)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low, high)


def mover(first: float, first_interval: Interval, second: float, second_interval: Interval) -> Interval:
    """The interval of first - second by square-and-add (MOVER; Zou & Donner 2008, Stat. Med. 27:1693-1702)."""
    difference = first - second
    below = sqrt((first - first_interval.low) ** 2 + (second_interval.high - second) ** 2)
    above = sqrt((first_interval.high - first) ** 2 + (second - second_interval.low) ** 2)
    return Interval(difference - below, difference + above)


def newcombe_difference(
    first_successes: float, first_n: float, second_successes: float, second_n: float, confidence: float = 0.95
) -> Interval:
    """The interval of a difference of shares, first - second: Newcombe's hybrid score interval, method 10 (Newcombe
    1998, Stat. Med. 17:873-890). Nothing asks for it yet: it waits for the comparison of shares among customers."""
    return mover(
        first_successes / first_n if first_n else 0.0,
        wilson(first_successes, first_n, confidence),
        second_successes / second_n if second_n else 0.0,
        wilson(second_successes, second_n, confidence),
    )


def nps_interval(promoters: int, passives: int, detractors: int, confidence: float = 0.95) -> NetScore | None:
    """The net promoter score with its adjusted Wald interval: n + 3, promoters + 3/4, detractors + 3/4 (Rocks 2016,
    The American Statistician 70:365-372). None without answers; the interval is clipped to -100..100."""
    if min(promoters, passives, detractors) < 0:
        raise ValueError("a count is negative")
    n = promoters + passives + detractors
    if n == 0:
        return None
    up, down = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    centre = up - down
    half = _z(confidence) * sqrt((up + down - centre**2) / (n + 3))
    score = (promoters - detractors) / n
    low, high = max(-1.0, min(score, centre - half)), min(1.0, max(score, centre + half))
    return NetScore(n, 100 * score, 100 * low, 100 * high)


def level(score: float, cuts: Sequence[float] = BANDS) -> int:
    """The maturity level from 1 of an unrounded score in [1, 5]: half-open bands, mostly cut at 1.8, 2.6, 3.4, 4.2."""
    if not 1 - 1e-9 <= score <= 5 + 1e-9:
        raise ValueError(f"{score} is no score from 1 to 5")
    return 1 + sum(score >= cut for cut in cuts)


def level_probabilities(found: Estimate, cuts: Sequence[float] = BANDS) -> tuple[float, ...]:
    """The confidence in each level: mass of the t distribution around the mean within each band; the end bands open
    outwards, so that all sum to 1."""
    below = [float(special.stdtr(found.df, (cut - found.mean) / sqrt(found.variance))) for cut in cuts]
    return tuple(high - low for low, high in zip([0.0, *below], [*below, 1.0], strict=True))


def change(
    before: Estimate,
    after: Estimate,
    *,
    alpha: float = 0.05,
    adjusted_p: float | None = None,
    needed_alpha: float | None = None,
) -> Change:
    """Whether `after` differs from `before`: called up or down only where Welch's two-sided p (or the given Holm
    adjusted one) is at most alpha, which at .05 is P(improved) >= .975 or P(worse) >= .975.

    The interval is the plain one at 1 - alpha. The people of two cycles overlap and may not be paired: conservative.
    `needed_alpha` is what p itself would have to reach, where Holm asks for less than alpha.
    """
    found = welch_difference(after.doubted, before.doubted, 1 - alpha)
    p = found.p if adjusted_p is None else adjusted_p
    if p <= alpha:
        verdict: Verdict = "up" if found.difference > 0 else "down"
        return Change(found.difference, found.low, found.high, verdict, None)
    needed = replies_needed(found.difference, before.sd, after.sd, needed_alpha or alpha)
    if needed is not None:
        fewest = min(before.n, after.n)
        needed = max(needed, OWN_SPREAD_FROM if fewest < OWN_SPREAD_FROM else fewest + 1)
    return Change(found.difference, found.low, found.high, "cannot_tell", needed)


def changes(pairs: Sequence[tuple[Estimate, Estimate] | None], alpha: float = 0.05) -> list[Change | None]:
    """The changes of one scorecard, pairs of (before, after) per pillar, with Holm over the pillars that have both.

    A change that is not called would be, if it alone were surer, at alpha over the number of those not called yet.
    """
    known = [pair for pair in pairs if pair is not None]
    p_values = holm([welch_difference(after.doubted, before.doubted).p for before, after in known])
    waiting = sum(p > alpha for p in p_values)
    adjusted = iter(p_values)
    return [
        None
        if pair is None
        else change(*pair, alpha=alpha, adjusted_p=next(adjusted), needed_alpha=alpha / max(1, waiting))
        for pair in pairs
    ]


def replies_needed(difference: float, first_sd: float, second_sd: float, alpha: float = 0.05) -> int | None:
    """Replies in each of two groups for 80 % power to call a difference: (z + z)^2 (sd^2 + sd^2) / difference^2
    (Cohen 1988, chapter 2; normal law). None for no difference or more than 100,000."""
    if not isfinite(difference):
        raise ValueError("a difference is finite")
    factor = (_z(1 - alpha) + float(special.ndtri(POWER))) ** 2 * (first_sd**2 + second_sd**2)
    if factor > FURTHEST * difference**2:
        return None
    return ceil(factor / difference**2)


def rest_of(company: Sample, cell: Sample) -> Sample | None:
    """The company without a cell, by exact subtraction; None if nobody is left. The sd is None if one of theirs is,
    or if one answer is left. Raises ValueError if the cell cannot be a part of the company."""
    n = company.n - cell.n
    if n < 0:
        raise ValueError("a cell is not larger than its company")
    if n == 0:
        return None
    mean = (company.n * company.mean - cell.n * cell.mean) / n
    if company.sd is None or cell.sd is None or n == 1:
        return Sample(n, mean)
    squares = (company.n - 1) * company.sd**2 - (cell.n - 1) * cell.sd**2
    squares -= n * (mean - company.mean) ** 2 + cell.n * (cell.mean - company.mean) ** 2
    if squares < -1e-6 * max(1.0, company.n * company.sd**2):
        raise ValueError("the cell spreads more than the company that holds it")
    return Sample(n, mean, sqrt(max(0.0, squares) / (n - 1)))


def from_the_rest(company: Sample, cell: Sample, pooled: Spread | None = None) -> Difference | None:
    """A cell against the company without it, by Welch; None for the whole company or without a spread to go by."""
    rest = rest_of(company, cell)
    here = estimate(cell, pooled)
    there = None if rest is None else estimate(rest, pooled)
    return None if here is None or there is None else welch_difference(here.doubted, there.doubted)


def heat_map(found: Mapping[Key, Difference], alpha: float = 0.05) -> dict[Key, Heat]:
    """Which of these differences stand out, with Holm over all of them. What is not called is not coloured."""
    adjusted = holm([each.p for each in found.values()])
    return {key: _heat(each, p, alpha) for (key, each), p in zip(found.items(), adjusted, strict=True)}


def _heat(found: Difference, p: float, alpha: float) -> Heat:
    verdict: Place = "cannot_tell"
    step = 0
    if p <= alpha:
        verdict = "above" if found.difference > 0 else "below"
        step = 1 + sum(abs(found.difference) >= cut for cut in HEAT_STEPS)
    return Heat(found.difference, found.low, found.high, p, verdict, step)


def _t(confidence: float, df: float) -> float:
    return float(special.stdtrit(df, _upper(confidence)))


def _z(confidence: float) -> float:
    return float(special.ndtri(_upper(confidence)))


def _upper(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
    return 1 - (1 - confidence) / 2

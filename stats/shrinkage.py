"""Small units read beside their peers: empirical Bayes towards the parent without the unit.

A small unit's mean is drawn towards what is known of its surroundings, the more the less it knows of itself. It is
shown beside the raw mean, never instead of it. Sampling variances are squared standard errors, in points squared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from stats.intervals import Interval, Sample, Spread

Key = TypeVar("Key")
Numbers = NDArray[np.float64]

UNITS_FROM = 15
TAILS = tuple((place + 0.5) / 10 for place in range(10))


@dataclass(frozen=True)
class Peer:
    """A unit among the company's units of its level: its sample, its parent's without it (None where nobody is left;
    `stats.intervals.rest_of`), and of how many units that rest is made."""

    sample: Sample
    rest: Sample | None
    rest_units: int = 1

    def __post_init__(self) -> None:
        if self.rest_units < 1:
            raise ValueError("the rest of a parent is made of one unit or more")


@dataclass(frozen=True)
class Shrunken:
    """A unit's mean drawn towards `prior`: `weight` (0 to 1) is what its own mean counts for. The interval is within
    1-5."""

    value: float
    weight: float
    prior: float
    interval: Interval


def paule_mandel(values: Sequence[float], variances: Sequence[float]) -> float:
    """tau^2, the variance between units beyond sampling, at least 0: the root of sum w (y - mean_w)^2 = k - 1 with w =
    1 / (v + tau^2) (Paule & Mandel 1982, J. Res. NBS 87:377-385; DerSimonian & Kacker 2007, Contemp. Clin. Trials
    28:105-114). Raises ValueError with fewer than two units or a variance that is not above 0."""
    return _between(*_checked(values, variances), len(values) - 1)


def shrink(peers: Mapping[Key, Peer], pooled: Spread | None, *, confidence: float = 0.90) -> dict[Key, Shrunken | None]:
    """Empirical Bayes estimates of the company's units of one level (Morris 1983, JASA 78:47-55).

    weight = tau^2 / (tau^2 + v), v = pooled within-unit variance / n, tau^2 by Paule and Mandel over all of them;
    value = weight x own mean + (1 - weight) x prior mean. The interval (normal law) also takes in that the prior's mean
    is an estimate, and tau^2 too: variances are averaged over ten quantiles of its Q-profile distribution (Viechtbauer
    2007, Stat. Med. 26:37-52). None for a unit without a rest, and for every unit where there are fewer than 15 or no
    pooled spread is known.
    """
    if len(peers) < UNITS_FROM or pooled is None or pooled.sd == 0:
        return dict.fromkeys(peers)
    means = [peer.sample.mean for peer in peers.values()]
    known = _checked(means, [pooled.sd**2 / peer.sample.n for peer in peers.values()])
    tau2 = _between(*known, len(peers) - 1)
    likely = np.array([_between(*known, float(special.chdtri(len(peers) - 1, tail))) for tail in TAILS])
    z = float(special.ndtri(1 - (1 - confidence) / 2))
    found: dict[Key, Shrunken | None] = {}
    for key, peer in peers.items():
        if peer.rest is None:
            found[key] = None
            continue
        variance = pooled.sd**2 / peer.sample.n
        weight = tau2 / (variance + tau2)
        distance = peer.rest.mean - peer.sample.mean
        value = peer.sample.mean + (1 - weight) * distance
        pulls = variance / (variance + likely)
        prior_variances = pooled.sd**2 / peer.rest.n + likely / peer.rest_units
        spread = (variance * (1 - pulls) + pulls**2 * prior_variances).mean() + pulls.var() * distance**2
        half = z * sqrt(spread)
        found[key] = Shrunken(value, weight, peer.rest.mean, Interval(max(1.0, value - half), min(5.0, value + half)))
    return found


def _checked(values: Sequence[float], variances: Sequence[float]) -> tuple[Numbers, Numbers]:
    if len(values) < 2 or len(values) != len(variances):
        raise ValueError("a variance between units needs two units, each with its sampling variance")
    means, errors = np.array(values, dtype=float), np.array(variances, dtype=float)
    if not (np.isfinite(means).all() and np.isfinite(errors).all() and (errors > 0).all()):
        raise ValueError("values are finite and sampling variances above 0")
    return means, errors


def _between(means: Numbers, variances: Numbers, target: float) -> float:
    """The tau^2 >= 0 at which the weighted squares about the weighted mean equal the target; 0 where none does."""

    def surplus(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        return float((weights * (means - (weights * means).sum() / weights.sum()) ** 2).sum()) - target

    if surplus(0.0) <= 0:
        return 0.0
    highest = float(((means - means.mean()) ** 2).sum()) / target
    return float(optimize.brentq(surplus, 0.0, highest, xtol=1e-12))

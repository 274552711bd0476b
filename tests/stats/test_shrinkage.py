"""Empirical Bayes estimates of small units: published variance, textbook weights, and seeded simulation."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.intervals import Sample, Spread, pooled_sd
from stats.shrinkage import Peer, Shrunken, paule_mandel, shrink

# BCG vaccine against tuberculosis, 13 trials (Colditz et al. 1994, JAMA 271:698-702): cases and others among the
# vaccinated, cases and others among the not vaccinated.
BCG = [
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]


def test_the_variance_between_units_is_the_published_one() -> None:
    # The R package metafor (Viechtbauer 2010, J. Stat. Softw. 36) gives .318 for the log risk ratios (method PM).
    ratios = [math.log((a / (a + b)) / (c / (c + d))) for a, b, c, d in BCG]
    variances = [1 / a - 1 / (a + b) + 1 / c - 1 / (c + d) for a, b, c, d in BCG]
    assert paule_mandel(ratios, variances) == pytest.approx(0.318, abs=0.0005)


def test_with_equal_sampling_variances_it_is_the_variance_of_the_means_less_theirs() -> None:
    means = [2.0, 3.0, 3.5, 4.5, 2.5]
    assert paule_mandel(means, [0.2] * 5) == pytest.approx(np.var(means, ddof=1) - 0.2)
    assert paule_mandel(means, [5.0] * 5) == 0


@given(st.lists(st.tuples(st.floats(1, 5), st.floats(0.01, 0.5)), min_size=2, max_size=20))
def test_it_is_not_negative_and_does_not_depend_on_order(units: list[tuple[float, float]]) -> None:
    values, variances = [value for value, _ in units], [variance for _, variance in units]
    found = paule_mandel(values, variances)
    assert found >= 0
    assert paule_mandel(values[::-1], variances[::-1]) == pytest.approx(found, abs=1e-6)
    assert paule_mandel([value + 1 for value in values], variances) == pytest.approx(found, abs=1e-6)


def units(count: int, tau: float, rng: np.random.Generator, parents: int = 4) -> tuple[dict[int, float], list[Sample]]:
    """The ways of working and samples of units; unit u belongs to parent u % parents."""
    truth = {unit: float(rng.normal(3, tau)) for unit in range(count)}
    draws = [rng.normal(truth[unit], 0.6, rng.integers(5, 12)) for unit in range(count)]
    return truth, [Sample(len(one), float(one.mean()), float(one.std(ddof=1))) for one in draws]


def peers_of(samples: list[Sample], parents: int = 4) -> dict[int, Peer]:
    found = {}
    for unit, sample in enumerate(samples):
        others = [one for place, one in enumerate(samples) if place % parents == unit % parents and place != unit]
        n = sum(one.n for one in others)
        mean = sum(one.n * one.mean for one in others) / n
        found[unit] = Peer(sample, Sample(n, mean), len(others))
    return found


def test_a_unit_is_drawn_towards_its_parent_by_what_it_does_not_know() -> None:
    samples = [Sample(6, 2.0 + 0.1 * unit, 0.6) for unit in range(20)]
    peers = peers_of(samples)
    pooled = Spread(0.6, 100)
    found = shrink(peers, pooled)
    tau2 = np.var([sample.mean for sample in samples], ddof=1) - 0.06
    for unit, one in found.items():
        rest = peers[unit].rest
        assert one is not None
        assert rest is not None
        assert one.weight == pytest.approx(tau2 / (tau2 + 0.06))
        assert one.prior == rest.mean
        assert one.value == pytest.approx(one.weight * samples[unit].mean + (1 - one.weight) * rest.mean)
        assert one.interval.low < one.value < one.interval.high


def test_a_parent_of_few_other_units_is_a_less_certain_prior() -> None:
    _, samples = units(20, 0.3, np.random.default_rng(4))
    peers = peers_of(samples)
    few = {unit: Peer(peer.sample, peer.rest, 1) for unit, peer in peers.items()}
    many, one = shrink(peers, pooled_sd(samples))[0], shrink(few, pooled_sd(samples))[0]
    assert many is not None
    assert one is not None
    assert one.value == many.value
    assert one.interval.high - one.interval.low > 1.01 * (many.interval.high - many.interval.low)


def test_the_smaller_the_unit_the_more_it_is_drawn() -> None:
    _, samples = units(30, 0.4, np.random.default_rng(2))
    found = shrink(peers_of(samples), pooled_sd(samples))
    weights = sorted((samples[unit].n, one.weight) for unit, one in found.items() if one is not None)
    assert [weight for _, weight in weights] == sorted(weight for _, weight in weights)
    assert 0 < weights[0][1] < weights[-1][1] < 1


def test_fewer_than_fifteen_units_or_no_spread_or_no_parent_give_no_estimate() -> None:
    _, samples = units(15, 0.4, np.random.default_rng(3))
    pooled = pooled_sd(samples)
    peers = peers_of(samples)
    assert None not in shrink(peers, pooled).values()
    few = {unit: peer for unit, peer in peers.items() if unit}
    assert set(shrink(few, pooled).values()) == {None}
    assert set(shrink(peers, None).values()) == {None}
    found = shrink(peers | {0: Peer(samples[0], None)}, pooled)
    assert found[0] is None
    assert found[1] == shrink(peers, pooled)[1]


@pytest.mark.parametrize("tau", [0.1, 0.25, 0.4])
@pytest.mark.parametrize("count", [15, 40])
def test_the_estimates_are_closer_than_the_raw_means_and_their_intervals_cover(count: int, tau: float) -> None:
    rng = np.random.default_rng([count, round(100 * tau)])
    raw = drawn = covered = total = 0.0
    for _ in range(5000 // count):
        truth, samples = units(count, tau, rng)
        found = shrink(peers_of(samples), pooled_sd(samples))
        for unit, one in found.items():
            assert isinstance(one, Shrunken)
            raw += (samples[unit].mean - truth[unit]) ** 2
            drawn += (one.value - truth[unit]) ** 2
            covered += one.interval.low <= truth[unit] <= one.interval.high
            total += 1
    assert drawn < 0.95 * raw
    assert 0.86 <= covered / total <= 0.97


def test_what_is_no_variance_is_refused() -> None:
    refused: list[Callable[[], object]] = [
        lambda: paule_mandel([3.0], [0.1]),
        lambda: paule_mandel([3.0, 4.0], [0.1]),
        lambda: paule_mandel([3.0, 4.0], [0.1, 0.0]),
        lambda: paule_mandel([3.0, math.nan], [0.1, 0.1]),
        lambda: Peer(Sample(5, 3.0), None, 0),
    ]
    for call in refused:
        with pytest.raises(ValueError):
            call()

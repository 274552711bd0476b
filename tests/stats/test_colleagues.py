"""A leader who is just another colleague of the own team, and how many such leaders a company would call."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from stats.colleagues import called_by_chance, exceeds, one_in
from stats.intervals import Sample, Spread, pooled_sd
from stats.maturity import gap
from tests.stats.teams import score


@pytest.mark.parametrize("n", [6, 12, 30])
def test_as_many_random_colleagues_are_called_higher_as_is_foretold(n: int) -> None:
    """Simulated: teams of n and one more colleague, who rates as leader; six practices, so nothing is quite normal."""
    rng = np.random.default_rng(n)
    people = score(rng, rng.normal(0.5, 0.18, (4000, n + 1)))
    samples = [Sample(n, float(team.mean()), float(team.std(ddof=1)) if n >= 10 else None) for team in people[:, :n]]
    pooled = pooled_sd([Sample(n, 3.0, float(team.std(ddof=1))) for team in people[:, :n]])
    assert pooled is not None
    higher, foretold = 0, 0.0
    for leader, sample in zip(people[:, n], samples, strict=True):
        found = gap(float(leader), sample, pooled)
        assert found is not None
        higher += found.verdict == "higher"
        df = n - 1 if n >= 10 else pooled.df
        foretold += called_by_chance(found.difference - found.low, found.limit - sample.mean, df)
    if n >= 10:
        assert higher / 4000 == pytest.approx(foretold / 4000, abs=0.03)
    else:  # a spread 1.6 times as wide is assumed for both, so their ratio stays
        assert higher / 4000 < foretold / 4000 + 0.03
    assert foretold / 4000 > 0.15  # "higher" alone is nothing that chance does not do


def test_a_team_known_without_error_calls_half_of_its_colleagues() -> None:
    assert called_by_chance(0.0, 1.0, 11) == 0.5
    assert called_by_chance(1.0, 1.0, 11) == pytest.approx(0.05)  # as far as the prediction limit
    with pytest.raises(ValueError, match="above the mean"):
        called_by_chance(0.3, 0.0, 11)


def test_a_count_is_held_against_what_chance_brings() -> None:
    assert exceeds(8, [0.3] * 20) == pytest.approx(scipy_stats.binom(20, 0.3).sf(7))
    assert exceeds(0, [0.3]) == 1
    assert exceeds(1, []) == 0
    assert exceeds(2, [1.0, 0.5, 0.0]) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        exceeds(1, [1.2])


@pytest.mark.parametrize(
    ("chance", "said"), [(0.5, 2), (0.45, 2), (0.29, 3), (0.12, 8), (0.07, 15), (0.028, 40), (0.004, 100), (0.0, 100)]
)
def test_one_in_so_many_is_said_in_round_numbers(chance: float, said: int) -> None:
    assert one_in(chance) == said


def test_a_spread_of_one_pooled_for_all_keeps_its_degrees_of_freedom() -> None:
    found = gap(3.6, Sample(7, 3.0), Spread(0.6, 120))
    assert found is not None
    told = called_by_chance(found.difference - found.low, found.limit - 3.0, 120)
    assert told == pytest.approx(scipy_stats.t(120).sf(scipy_stats.t(120).ppf(0.975) / (8**0.5)))

"""Intervals and verdicts against published values, scipy, and seeded simulation."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from stats.intervals import (
    Estimate,
    Interval,
    Sample,
    Spread,
    change,
    changes,
    estimate,
    from_the_rest,
    heat_map,
    holm,
    level,
    level_probabilities,
    mean_interval,
    mover,
    newcombe_difference,
    nps_interval,
    pooled_sd,
    replies_needed,
    rest_of,
    welch_difference,
    wilson,
)


def sample_of(values: list[float]) -> Sample:
    return Sample(len(values), float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None)


# Published values


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(successes: int, n: int, low: float, high: float) -> None:
    found = wilson(successes, n)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombe_gives_the_published_intervals(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = newcombe_difference(*first, *second)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_holm_gives_the_textbook_values_in_the_order_given() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_holm_agrees_with_the_definition_for_any_order() -> None:
    rng = np.random.default_rng(3)
    p_values = [float(p) for p in rng.uniform(0, 0.2, 12)]
    adjusted = holm(p_values)
    assert all(new >= old for new, old in zip(adjusted, p_values, strict=True))
    turned = holm(p_values[::-1])[::-1]
    assert turned == pytest.approx(adjusted)


def test_nps_is_the_adjusted_wald_interval_of_rocks() -> None:
    found = nps_interval(5, 3, 2)
    assert found is not None
    up, down, n = 5.75 / 13, 2.75 / 13, 13
    half = 1.959964 * math.sqrt((up + down - (up - down) ** 2) / n)
    assert found.score == pytest.approx(30)
    assert (found.low, found.high) == pytest.approx((100 * (up - down - half), 100 * (up - down + half)), abs=1e-4)
    assert nps_interval(0, 0, 0) is None


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_nps_lies_in_its_interval_and_on_its_scale(promoters: int, passives: int, detractors: int) -> None:
    found = nps_interval(promoters, passives, detractors)
    if found is not None:
        assert -100 <= found.low <= found.score <= found.high <= 100
        turned = nps_interval(detractors, passives, promoters)
        assert turned is not None
        assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


@given(
    st.lists(st.floats(1, 5), min_size=10, max_size=30).filter(lambda values: np.std(values) > 1e-3),
    st.lists(st.floats(1, 5), min_size=10, max_size=30).filter(lambda values: np.std(values) > 1e-3),
)
def test_welch_agrees_with_scipy(first: list[float], second: list[float]) -> None:
    one, other = estimate(sample_of(first)), estimate(sample_of(second))
    assert one is not None
    assert other is not None
    found = welch_difference(one, other)
    expected = scipy_stats.ttest_ind(first, second, equal_var=False)
    bounds = expected.confidence_interval(0.95)
    assert (found.df, found.p) == pytest.approx((expected.df, expected.pvalue), rel=1e-6, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((bounds.low, bounds.high), rel=1e-6, abs=1e-9)


# Means


def test_a_mean_interval_is_students_and_clipped_to_the_scale() -> None:
    found = mean_interval(Sample(16, 4.7, 0.8))
    assert found is not None
    assert found.low == pytest.approx(4.7 - 1.7530504 * 0.2)
    assert found.high == 5.0


def test_below_ten_answers_and_without_spread_the_pooled_spread_is_taken() -> None:
    pooled = Spread(0.5, 400)
    for sample in (Sample(9, 3.0, 2.0), Sample(9, 3.0), Sample(12, 3.0, 0.0), Sample(12, 3.0)):
        found = estimate(sample, pooled)
        assert found is not None
        assert (found.sd, found.df) == (0.5, 400)
        assert mean_interval(sample) is None


def test_the_pooled_spread_is_that_of_an_analysis_of_variance() -> None:
    groups = [[1.0, 2.0, 4.0], [3.0, 3.5], [5.0], [2.0, 2.0, 2.0, 5.0]]
    found = pooled_sd([sample_of(group) for group in groups])
    within = sum((value - np.mean(group)) ** 2 for group in groups for value in group)
    assert found is not None
    assert found.df == 6
    assert found.sd == pytest.approx(math.sqrt(within / 6))
    assert pooled_sd([Sample(4, 3.0), Sample(1, 2.0, 0.0)]) is None
    assert pooled_sd([Sample(4, 3.0, 0.0)]) is None


def test_levels_are_half_open_bands_on_the_unrounded_score() -> None:
    scores = [1, 1.79999, 1.8, 2.6, 3.39999, 3.4, 4.2, 5]
    assert [level(score) for score in scores] == [1, 1, 2, 3, 3, 4, 5, 5]


@given(st.floats(1, 5), st.floats(0.01, 2), st.integers(2, 500))
def test_the_confidence_in_the_levels_sums_to_one(mean: float, sd: float, n: int) -> None:
    shares = level_probabilities(Estimate(n, mean, sd, n - 1))
    assert len(shares) == 5
    assert min(shares) >= 0
    assert sum(shares) == pytest.approx(1)


def test_the_likeliest_level_of_a_sure_mean_is_its_own() -> None:
    for mean in (1.2, 2.2, 3.0, 3.8, 4.9):
        assert level_probabilities(Estimate(500, mean, 0.5, 499))[level(mean) - 1] > 0.99


def test_a_model_may_cut_its_levels_elsewhere() -> None:
    cuts = (2.0, 4.0)
    assert [level(score, cuts) for score in (1, 1.99, 2, 3.99, 4, 5)] == [1, 1, 2, 2, 3, 3]
    shares = level_probabilities(Estimate(500, 3.0, 0.5, 499), cuts)
    assert len(shares) == 3
    assert sum(shares) == pytest.approx(1)
    assert shares[1] > 0.99


# Verdicts


def test_a_clear_change_is_called_and_an_unclear_one_says_how_many_replies_it_takes() -> None:
    before = Estimate(100, 3.0, 0.8, 99)
    up = change(before, Estimate(120, 3.5, 0.8, 119))
    assert (up.verdict, up.needed) == ("up", None)
    assert up.low > 0
    assert change(before, Estimate(120, 2.5, 0.8, 119)).verdict == "down"
    unclear = change(before, Estimate(120, 3.1, 0.8, 119))
    assert unclear.verdict == "cannot_tell"
    assert unclear.low < 0 < unclear.high
    assert unclear.needed == 1005  # 1004.7: (1.96 + 0.8416)^2 x 2 x 0.64 / 0.01
    assert change(before, before).needed is None


def test_the_replies_needed_give_eighty_per_cent_power() -> None:
    needed = replies_needed(0.4, 0.8, 0.8)
    assert needed == 63  # Cohen (1988), table 2.4.1: d = .5, power .80, two-sided .05: 64 by the t law
    rng = np.random.default_rng(11)
    called = 0
    for _ in range(2000):
        before, after = rng.normal(3.0, 0.8, needed), rng.normal(3.4, 0.8, needed)
        called += (
            change(*(Estimate(needed, v.mean(), v.std(ddof=1), needed - 1) for v in (before, after))).verdict == "up"
        )
    assert called / 2000 == pytest.approx(0.8, abs=0.03)


def test_the_replies_needed_beside_other_pillars_give_eighty_per_cent_power_under_holm() -> None:
    unclear, still = (Estimate(50, 3.0, 1.0, 49), Estimate(50, 3.47, 1.0, 49)), Estimate(50, 3.0, 1.0, 49)
    found = changes([unclear, *[(still, still)] * 4])[0]
    assert found is not None
    assert found.verdict == "cannot_tell"
    assert found.needed == 106  # (2.576 + 0.8416)^2 x 2 / 0.47^2; at .05 it would be 72
    power = {n: called_under_holm(n, 0.47, pillars=5) for n in (72, 106)}
    assert power[72] < 0.65
    assert power[106] == pytest.approx(0.8, abs=0.04)


def called_under_holm(n: int, shift: float, *, pillars: int) -> float:
    """How often the one pillar that changed is called, beside others that did not."""
    rng = np.random.default_rng(17)
    called = 0
    for _ in range(1500):
        before = rng.normal(3.0, 1.0, (pillars, n))
        after = rng.normal(3.0, 1.0, (pillars, n))
        after[0] += shift
        means, spreads = (before.mean(1), after.mean(1)), (before.std(1, ddof=1), after.std(1, ddof=1))
        pairs = [
            (Estimate(n, means[0][one], spreads[0][one], n - 1), Estimate(n, means[1][one], spreads[1][one], n - 1))
            for one in range(pillars)
        ]
        first = changes(pairs)[0]
        called += first is not None and first.verdict == "up"
    return called / 1500


def test_the_replies_needed_are_those_of_each_wave_however_unlike_the_waves_were() -> None:
    before, after = Estimate(20, 3.0, 1.0, 19), Estimate(60, 3.5, 1.0, 59)
    assert change(before, after).needed == 63
    assert change(after, before).needed == 63


def test_a_small_unit_that_spreads_wide_is_hardly_called_by_chance() -> None:
    """Seven people whose answers spread 1.6 times as wide as is usual, judged by the usual spread."""
    rng = np.random.default_rng(9)
    means = rng.normal(3.0, 1.6 / math.sqrt(7), (2, 4000))
    pairs = [(Estimate(7, before, 1.0, 400), Estimate(7, after, 1.0, 400)) for before, after in means.T]
    assert sum(welch_difference(after, before).p <= 0.05 for before, after in pairs) / 4000 > 0.2
    assert sum(change(before, after).verdict != "cannot_tell" for before, after in pairs) / 4000 <= 0.06
    enough = change(Estimate(7, 3.0, 0.5, 400), Estimate(7, 3.7, 0.5, 400))
    assert (enough.verdict, enough.needed) == ("cannot_tell", 10)  # from ten on the unit's own spread counts


def test_a_small_unit_that_spreads_wide_hardly_stands_out_by_chance() -> None:
    rng = np.random.default_rng(12)
    company = Sample(900, 3.0, 1.0)
    called = 0
    for mean in np.clip(rng.normal(3.0, 1.6 / math.sqrt(7), 4000), 1, 5):
        found = from_the_rest(company, Sample(7, float(mean)), Spread(1.0, 400))
        called += found is not None and found.p <= 0.05
    assert called / 4000 <= 0.06


def test_several_changes_of_one_scorecard_share_the_error() -> None:
    before, after = Estimate(60, 3.0, 0.8, 59), Estimate(60, 3.31, 0.8, 59)
    assert change(before, after).verdict == "up"
    found = changes([(before, after), None, (before, before), (before, before)])
    assert [one.verdict if one else None for one in found] == ["cannot_tell", None, "cannot_tell", "cannot_tell"]


def test_the_rest_of_the_company_is_what_is_left_exactly() -> None:
    rng = np.random.default_rng(5)
    everybody = [float(value) for value in rng.uniform(1, 5, 60)]
    found = rest_of(sample_of(everybody), sample_of(everybody[:17]))
    expected = sample_of(everybody[17:])
    assert found is not None
    assert found.n == 43
    assert (found.mean, found.sd) == pytest.approx((expected.mean, expected.sd))
    assert rest_of(sample_of(everybody), sample_of(everybody)) is None
    with pytest.raises(ValueError):
        rest_of(Sample(5, 3.0, 1.0), Sample(6, 3.0, 1.0))
    with pytest.raises(ValueError):
        rest_of(Sample(50, 3.0, 0.1), Sample(20, 3.0, 3.0))


def test_a_heat_map_colours_only_what_stands_out() -> None:
    company = Sample(400, 3.0, 0.8)
    cells = {
        "far": Sample(30, 4.0, 0.7),
        "low": Sample(60, 2.6, 0.8),
        "same": Sample(30, 3.1, 0.8),
        "small": Sample(6, 3.2),
        "all": company,
    }
    differences = {key: from_the_rest(company, cell, Spread(0.8, 300)) for key, cell in cells.items()}
    assert differences.pop("all") is None
    found = heat_map({key: each for key, each in differences.items() if each is not None})
    assert {key: (heat.verdict, heat.step) for key, heat in found.items()} == {
        "far": ("above", 3),
        "low": ("below", 2),
        "same": ("cannot_tell", 0),
        "small": ("cannot_tell", 0),
    }
    assert from_the_rest(company, Sample(6, 3.2)) is None


def test_square_and_add_of_equal_intervals_is_symmetric() -> None:
    found = mover(3.0, Interval(2.0, 4.0), 3.0, Interval(2.0, 4.0))
    assert (found.low, found.high) == pytest.approx((-math.sqrt(2), math.sqrt(2)))


# Seeded simulation


@pytest.mark.parametrize("n", [6, 14, 40])
def test_ninety_per_cent_intervals_of_raters_means_cover_ninety_per_cent(n: int) -> None:
    """Raters answer eight practices from 0 to 3 around a mood of their own; their mean is put on 1 to 5."""
    rng = np.random.default_rng(100 + n)

    def raters(rows: int) -> NDArray[np.float64]:
        mood = rng.normal(1.6, 0.5, (rows, n, 1))
        answers = np.clip(np.round(mood + rng.normal(0, 0.7, (rows, n, 8))), 0, 3)
        means: NDArray[np.float64] = answers.mean(axis=2)
        return 1 + 4 * means / 3

    truth = float(raters(20_000).mean())
    pooled = pooled_sd([sample_of(list(unit)) for unit in raters(60)])
    units = raters(4000)
    covered = 0
    for mean, sd in zip(units.mean(axis=1), units.std(axis=1, ddof=1), strict=True):
        found = mean_interval(Sample(n, float(mean), float(sd)), pooled)
        covered += found is not None and found.low <= truth <= found.high
    assert covered / 4000 == pytest.approx(0.90, abs=0.015)


def test_a_change_is_called_by_chance_at_most_once_in_twenty_scorecards_of_five_pillars() -> None:
    rng = np.random.default_rng(8)
    single, any_of_five = 0, 0
    for _ in range(1500):
        pairs = []
        for _ in range(5):
            before, after = rng.normal(3, 0.7, 15), rng.normal(3, 0.9, 25)
            pairs.append(
                (Estimate(15, before.mean(), before.std(ddof=1), 14), Estimate(25, after.mean(), after.std(ddof=1), 24))
            )
        single += change(*pairs[0]).verdict != "cannot_tell"
        any_of_five += any(one is not None and one.verdict != "cannot_tell" for one in changes(pairs))
    assert single / 1500 == pytest.approx(0.05, abs=0.015)
    assert any_of_five / 1500 <= 0.065


def test_the_nps_interval_covers_at_five_answers_where_the_plain_one_does_not() -> None:
    rng = np.random.default_rng(21)
    good, plain = 0, 0
    for detractors, _, promoters in rng.multinomial(5, [0.1, 0.3, 0.6], 4000):
        found = nps_interval(int(promoters), int(5 - promoters - detractors), int(detractors))
        assert found is not None
        good += found.low <= 50 <= found.high
        share = (promoters - detractors) / 5
        half = 1.96 * math.sqrt(max(0.0, (promoters + detractors) / 5 - share**2) / 5)
        plain += share - half <= 0.5 <= share + half
    assert good / 4000 >= 0.93
    assert plain / 4000 < 0.90


# Refusals


def test_what_is_no_number_is_refused() -> None:
    nan = float("nan")
    refused: list[Callable[[], object]] = [
        lambda: Sample(5, nan),
        lambda: Sample(5, 3.0, nan),
        lambda: Sample(5, 3.0, -1.0),
        lambda: Sample(0, 3.0),
        lambda: Spread(nan, 4),
        lambda: Estimate(5, 3.0, 0.0, 4),
        lambda: Estimate(5, nan, 1.0, 4),
        lambda: mean_interval(Sample(12, 5.4, 1.0)),
        lambda: mean_interval(Sample(12, 3.0, 1.0), confidence=1.0),
        lambda: wilson(nan, 5),
        lambda: wilson(6, 5),
        lambda: wilson(0, 0),
        lambda: newcombe_difference(0, 0, 1, 2),
        lambda: holm([nan]),
        lambda: level(nan),
        lambda: level(0.5),
        lambda: nps_interval(-1, 2, 3),
        lambda: replies_needed(nan, 1, 1),
    ]
    for call in refused:
        with pytest.raises(ValueError):
            call()

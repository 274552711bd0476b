"""Scores, two intervals, evidence cap, walk-the-talk gap and company mean: textbook values and seeded simulation."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats as scipy_stats

from stats.intervals import Estimate, Sample, Spread, changes, estimate, level, pooled_sd
from stats.maturity import (
    Gap,
    GapVerdict,
    ScoreBlock,
    capped_level,
    company_mean,
    evidence_cap,
    gap,
    gap_verdicts,
    low_response,
    not_known,
    prediction_limit,
    rater_scores,
    standing,
    two_intervals,
    unit_sample,
)
from tests.stats.teams import Numbers, culture, score

NAN = math.nan


def sample_of(scores: Numbers) -> Sample:
    found = unit_sample(scores)
    assert found is not None
    return found


# Raters' scores


def test_a_raters_score_is_the_weighted_mean_on_one_to_five() -> None:
    answers = np.array([[0.0, 3, 1], [3, 3, 4], [1, 0, NAN]])
    found = rater_scores(answers, [4, 4, 5], [2, 1, 1])
    assert found == pytest.approx([(2 * 1 + 5 + 2) / 4, 5, (2 * (1 + 4 / 3) + 1) / 3])


def test_less_than_half_of_the_weight_is_no_score() -> None:
    answers = np.array([[3.0, NAN, NAN], [NAN, 3, 3], [NAN, NAN, NAN], [NAN, 3, NAN]])
    assert np.isnan(rater_scores(answers, [4] * 3, [2, 1, 1])).tolist() == [False, False, True, True]
    assert np.isnan(rater_scores(answers, [4] * 3)).tolist() == [True, False, True, True]
    assert np.isnan(rater_scores(np.array([[3.0, NAN]]), [4, 4], [0.49, 0.51])).all()
    tenths = [0.6, 0.5, 0.3, 0.3, 0.1, 0.1, 0.1]  # 1.0 of 2.0 was answered, though added up it is a hair less
    answers = np.array([[NAN, 3, NAN, 3, NAN, 3, 3]])
    assert rater_scores(answers, [4] * 7, tenths) == pytest.approx([5])


@given(arrays(np.float64, (4, 6), elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, NAN])), st.permutations(range(6)))
def test_a_raters_score_is_bounded_monotone_and_does_not_depend_on_order(answers: Numbers, order: list[int]) -> None:
    weights = np.array([1.0, 2, 1, 3, 1, 2])
    found = rater_scores(answers, [4] * 6, weights.tolist())
    known = ~np.isnan(found)
    assert ((found[known] >= 1) & (found[known] <= 5 + 1e-12)).all()
    turned = rater_scores(answers[:, order], [4] * 6, weights[order].tolist())
    assert turned == pytest.approx(found, nan_ok=True)
    better = rater_scores(np.minimum(answers + 1, 3), [4] * 6, weights.tolist())
    assert (better[known] >= found[known] - 1e-12).all()


def test_everyone_answers_that_they_do_not_know() -> None:
    nobody = np.full((7, 6), NAN)
    assert unit_sample(rater_scores(nobody, [4] * 6)) is None
    assert not_known(nobody).tolist() == [1.0] * 6
    assert np.isnan(not_known(np.zeros((0, 2)))).all()
    assert not_known(np.array([[1, NAN], [NAN, NAN]])).tolist() == [0.5, 1.0]


def test_a_units_score_is_the_mean_over_its_raters_in_any_order() -> None:
    rng = np.random.default_rng(1)
    scores = np.append(rng.uniform(1, 5, 30), NAN)
    found = sample_of(scores)
    assert found.n == 30
    assert (found.mean, found.sd) == pytest.approx((np.nanmean(scores), np.nanstd(scores, ddof=1)))
    assert sample_of(rng.permutation(scores)) == found
    assert sample_of(np.array([3.0, NAN])) == Sample(1, 3.0)


# Two intervals


def test_the_two_intervals_of_a_worked_example() -> None:
    found = two_intervals(Sample(16, 3.0, 0.8), 25)
    assert found.way is not None
    assert found.here is not None
    half = 1.7530504 * 0.2
    assert (found.way.low, found.way.high) == pytest.approx((3 - half, 3 + half))
    assert (found.here.low, found.here.high) == pytest.approx((3 - 0.6 * half, 3 + 0.6 * half))  # sqrt(1 - 16/25)
    assert not found.everyone


def test_where_everyone_answered_there_is_no_doubt_about_those_now_here() -> None:
    found = two_intervals(Sample(16, 3.0, 0.8), 16)
    assert found.everyone
    assert found.here is not None
    assert (found.here.low, found.here.high) == (3.0, 3.0)
    assert found.way is not None
    assert found.way.low < 3.0 < found.way.high
    few = two_intervals(Sample(6, 3.0), 9)
    assert (few.way, few.here, few.everyone) == (None, None, False)


@given(st.floats(1, 5), st.floats(0.01, 1.5), st.integers(5, 300), st.integers(0, 200))
def test_the_interval_of_those_now_here_lies_in_the_other(mean: float, sd: float, n: int, others: int) -> None:
    found = two_intervals(Sample(n, mean, sd), n + others, Spread(0.7, 100))
    assert found.way is not None
    assert found.here is not None
    assert 1 <= found.way.low <= found.here.low + 1e-12
    assert found.here.low <= mean <= found.here.high
    assert found.here.high - 1e-12 <= found.way.high <= 5


@pytest.mark.parametrize("n", [5, 7, 9, 10, 12, 15, 20])
@pytest.mark.parametrize(("centre", "between"), [(0.5, 0.08), (0.86, 0.04)], ids=["mid-scale", "near the ceiling"])
def test_each_of_the_two_intervals_covers_its_own_target(n: int, centre: float, between: float) -> None:
    """100 companies of 20 units: n raters of 1.6 n members; the way of working is what endlessly many would say."""
    rng = np.random.default_rng([n, round(100 * centre)])
    centres = rng.normal(centre, between, 20)
    cultures = [culture(rng, one) for one in centres]
    members = round(1.6 * n)
    everyone = score(rng, rng.normal(centres[:, None], 0.18, (100, 20, members)))
    way = here = 0
    for company in everyone:
        samples = [sample_of(unit[:n]) for unit in company]
        pooled = pooled_sd(samples)
        for sample, unit, truth in zip(samples, company, cultures, strict=True):
            found = two_intervals(sample, members, pooled)
            assert found.way is not None
            assert found.here is not None
            way += found.way.low <= truth <= found.way.high
            here += found.here.low <= unit.mean() <= found.here.high
    assert 0.87 <= way / 2000 <= 0.92
    assert 0.87 <= here / 2000 <= 0.92


@pytest.mark.parametrize("centre", [0.5, 0.86])
def test_a_change_of_nothing_is_called_on_at_most_one_scorecard_in_twenty(centre: float) -> None:
    """Five pillars tied by each rater's mood, two thirds of the raters the same in both cycles."""
    rng = np.random.default_rng(round(100 * centre))
    called = 0
    for _ in range(1000):
        people = rng.normal(centre, 0.12, (24, 1)) + rng.normal(0, 0.12, (24, 5))
        before, after = score(rng, people[:18]), score(rng, people[6:])
        pairs = [(estimate(sample_of(b)), estimate(sample_of(a))) for b, a in zip(before.T, after.T, strict=True)]
        known = [(b, a) for b, a in pairs if b is not None and a is not None]
        called += any(one is not None and one.verdict != "cannot_tell" for one in changes(known))
    assert called / 1000 <= 0.05


def test_a_response_below_sixty_per_cent_is_low() -> None:
    assert low_response(11, 20)
    assert not low_response(12, 20)
    assert not low_response(6, 10)


# Evidence


@pytest.mark.parametrize(
    ("evidenced", "highest"),
    [(0, 2), (1, 2), (2, 2), (3, 3), (4, 3), (5, 4), (6, 4), (7, 4), (8, 5), (10, 5)],
)
def test_evidence_caps_the_level(evidenced: int, highest: int) -> None:
    found = evidence_cap([True] * evidenced + [False] * (10 - evidenced))
    assert found.share == pytest.approx(evidenced / 10)
    assert (found.practices, found.level) == (evidenced, highest)


def test_the_bounds_of_the_cap_are_reached_exactly_and_by_weight() -> None:
    quarters = [[True] * count + [False] * (4 - count) for count in range(5)]
    assert [evidence_cap(one).level for one in quarters] == [2, 3, 4, 5, 5]
    assert evidence_cap([True, True, False], [0.1, 0.2, 0.1]).level == 5
    assert evidence_cap([True, True, False], [1, 1, 2]).level == 4
    assert evidence_cap([True, True, False, False], [0, 0, 1, 1]).level == 2
    tenths = [0.6, 0.5, 0.3, 0.3, 0.1, 0.1, 0.1]  # 1.5 of 2.0, though added up it is a hair less
    assert evidence_cap([True, True, False, True, False, False, True], tenths).level == 5


def test_one_practice_with_evidence_is_not_enough_for_level_four() -> None:
    assert evidence_cap([True, False], [9, 1]).level == 3
    assert evidence_cap([True]).level == 3
    assert evidence_cap([True, True]).level == 5


@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 5)), min_size=1, max_size=9), st.floats(1, 5))
def test_more_evidence_never_lowers_the_level_and_the_cap_never_raises_it(
    practices: list[tuple[bool, float]], mean: float
) -> None:
    evidenced, weights = [one for one, _ in practices], [weight for _, weight in practices]
    found = evidence_cap(evidenced, weights)
    for place in range(len(practices)):
        more = evidence_cap([one or index == place for index, one in enumerate(evidenced)], weights)
        assert more.level >= found.level
    assert capped_level(mean, found) == min(level(mean), found.level)


# Walk the talk


def test_the_gap_of_a_worked_example() -> None:
    found = gap(4.2, Sample(12, 3.0, 0.6))
    assert found is not None
    half = 2.2009852 * 0.6 / math.sqrt(12)
    assert (found.difference, found.low, found.high) == pytest.approx((1.2, 1.2 - half, 1.2 + half))
    assert found.limit == pytest.approx(3 + 1.7958848 * 0.6 * math.sqrt(13 / 12))
    assert found.chance == pytest.approx(scipy_stats.t(11).sf(1.2 / (0.6 * math.sqrt(13 / 12))))
    assert (found.limit < 4.2) == (found.chance < 0.05)
    assert found.verdict == "higher"


def test_the_words_of_one_pillar() -> None:
    words: dict[GapVerdict, float] = {"higher": 3.5, "alike": 3.1, "lower": 2.4}
    for word, leader in words.items():
        found = gap(leader, Sample(40, 3.0, 0.6))
        assert found is not None
        assert found.verdict == word
    unsure = gap(3.3, Sample(5, 3.0), Spread(0.8, 200))
    assert unsure is not None
    assert unsure.verdict == "cannot_tell"
    wide, own = gap(3.5, Sample(40, 3.0, 0.6), Spread(1.2, 200)), gap(3.5, Sample(40, 3.0, 0.6))
    assert wide is not None
    assert own is not None
    assert wide.high - wide.low == pytest.approx(2 * (own.high - own.low))
    assert (wide.limit, wide.chance) == (own.limit, own.chance)
    assert gap(3.3, Sample(5, 3.0)) is None


def far(chance: float) -> Gap:
    return Gap(1.5, 1.0, 2.0, 4.0, chance)


def test_overrates_needs_two_pillars_or_two_cycles() -> None:
    calm = Gap(0.0, -0.3, 0.3, 4.0, 0.5)
    rest: dict[str, Gap | None] = {"c": calm, "d": calm, "e": calm}
    two = gap_verdicts({"a": far(0.019), "b": far(0.015), **rest})
    assert two == {"a": "overrates", "b": "overrates", "c": "alike", "d": "alike", "e": "alike"}
    assert gap_verdicts({"a": far(0.019), "b": far(0.03), **rest})["a"] == "higher"
    one = {"a": far(0.009), "b": calm, **rest}
    assert gap_verdicts(one)["a"] == "higher"
    assert gap_verdicts(one, {"a": far(0.04)})["a"] == "overrates"
    assert gap_verdicts(one, {"b": far(0.001)})["a"] == "higher"
    assert gap_verdicts(one, {"a": None})["a"] == "higher"
    assert gap_verdicts({"a": far(0.012), "b": calm, **rest}, {"a": far(0.001)})["a"] == "higher"
    assert gap_verdicts({"a": None, "b": calm}) == {"a": "cannot_tell", "b": "alike"}
    assert gap_verdicts({}) == {}


@pytest.mark.parametrize("centre", [0.2, 0.35, 0.5])
def test_a_planted_gap_of_one_point_is_found_with_twelve_raters(centre: float) -> None:
    rng = np.random.default_rng(round(100 * centre))
    truth = culture(rng, centre)
    samples = [sample_of(team) for team in score(rng, rng.normal(centre, 0.18, (1500, 12)))]
    pooled = pooled_sd(samples)
    found = [gap(truth + 1, sample, pooled) for sample in samples]
    assert sum(one is not None and one.verdict == "higher" for one in found) / 1500 >= 0.8


@pytest.mark.parametrize("centre", [0.1, 0.2, 0.5, 0.86])
@pytest.mark.parametrize("n", [7, 12, 20])
def test_a_gap_of_nothing_stays_silent(centre: float, n: int) -> None:
    rng = np.random.default_rng([n, round(100 * centre)])
    truth = culture(rng, centre)
    samples = [sample_of(team) for team in score(rng, rng.normal(centre, 0.18, (3000, n)))]
    pooled = pooled_sd(samples)
    found = [gap(truth, sample, pooled) for sample in samples]
    called = sum(one is not None and one.verdict in {"higher", "lower"} for one in found)
    assert called / 3000 <= 0.05


@pytest.mark.parametrize("n", [5, 7, 9])
def test_a_small_team_that_spreads_wider_than_others_is_no_gap_either(n: int) -> None:
    """Its own spread is not published; it may be 1.6 times the pooled one before more than 5 % are called."""
    rng = np.random.default_rng(60 + n)
    pooled = Spread(0.55, 200)
    teams = rng.normal(3.0, 1.6 * 0.55, (20_000, n)).mean(axis=1)
    found = [gap(3.0, Sample(n, float(mean)), pooled) for mean in teams]
    assert 0.02 <= sum(one is not None and one.verdict in {"higher", "lower"} for one in found) / 20_000 <= 0.055


@pytest.mark.parametrize("n", [7, 12, 20])
@pytest.mark.parametrize(("centre", "mood"), [(0.35, 0.18), (0.35, 0.12), (0.5, 0.15), (0.86, 0.15)])
def test_a_leader_who_is_just_another_colleague_hardly_ever_overrates(n: int, centre: float, mood: float) -> None:
    """Five pillars; what ties them is each person's mood; the same people rate in two cycles."""
    rng = np.random.default_rng([n, round(100 * centre), round(100 * mood)])
    own = math.sqrt(max(0.0, 0.18**2 - mood**2))
    people = rng.normal(centre, mood, (1200, n + 1, 1)) + rng.normal(0, own, (1200, n + 1, 5))
    cycles = [score(rng, people), score(rng, people)]
    pooled = [pooled_sd([sample_of(team) for team in one[:, :n].transpose(0, 2, 1).reshape(-1, n)]) for one in cycles]
    called = 0
    for team in range(1200):
        before, now = (
            {pillar: gap(one[team, n, pillar], sample_of(one[team, :n, pillar]), spread) for pillar in range(5)}
            for one, spread in zip(cycles, pooled, strict=True)
        )
        called += "overrates" in gap_verdicts(now, before).values()
    assert called / 1200 <= 0.05


def test_a_leader_two_points_above_the_team_overrates() -> None:
    rng = np.random.default_rng(77)
    called = 0
    for _ in range(300):
        team = score(rng, rng.normal(0.35, 0.12, (12, 1)) + rng.normal(0, 0.12, (12, 5)))
        found = gap_verdicts({pillar: gap(2.4 + 2, sample_of(team[:, pillar])) for pillar in range(5)})
        called += "overrates" in found.values()
    assert called / 300 >= 0.8


def test_one_colleague_in_twenty_exceeds_the_prediction_limit() -> None:
    rng = np.random.default_rng(3)
    draws = rng.normal(3, 0.7, (20_000, 13))
    beyond = 0
    for row in draws[:4000]:
        team = Estimate(12, float(row[:12].mean()), float(row[:12].std(ddof=1)), 11)
        beyond += row[12] > prediction_limit(team)
    assert beyond / 4000 == pytest.approx(0.05, abs=0.01)


def test_where_the_leader_stands_among_the_raters() -> None:
    scores = np.array([2.0, 3.0, 3.0, 4.0, NAN])
    assert [standing(leader, scores) for leader in (1.0, 3.0, 3.5, 5.0)] == [0, 0.5, 0.75, 1]
    assert standing(3.0, np.array([NAN])) is None


# The company


def test_the_company_is_weighted_to_its_people_and_no_mean_of_means() -> None:
    blocks = [ScoreBlock(40, Sample(10, 2.0, 0.5)), ScoreBlock(20, Sample(20, 4.0, 0.5))]
    found = company_mean(blocks)
    assert found is not None
    assert found.mean == pytest.approx((40 * 2 + 20 * 4) / 60)
    assert found.effective_n == pytest.approx(60**2 / (16 * 10 + 20))
    assert (found.n, found.trimmed) == (30, False)
    assert found.interval is not None
    error = 0.5 * math.sqrt((40 / 60) ** 2 / 10 + (20 / 60) ** 2 / 20)
    assert (found.interval.low + found.interval.high) / 2 == pytest.approx(found.mean)
    assert (found.interval.high - found.interval.low) / 2 == pytest.approx(1.80 * error, rel=0.02)


def test_weights_are_cut_at_five_and_it_is_said() -> None:
    found = company_mean([ScoreBlock(200, Sample(10, 2.0, 0.5)), ScoreBlock(20, Sample(20, 4.0, 0.5))])
    assert found is not None
    assert found.mean == pytest.approx((50 * 2 + 20 * 4) / 70)
    assert found.trimmed


def test_equal_response_is_the_plain_mean_in_any_order() -> None:
    rng = np.random.default_rng(8)
    blocks = [ScoreBlock(30, Sample(15, float(mean), 0.6)) for mean in rng.uniform(2, 4, 8)]
    found, turned = company_mean(blocks), company_mean(blocks[::-1])
    assert found is not None
    assert turned is not None
    assert found.mean == pytest.approx(np.mean([block.sample.mean for block in blocks]))
    assert turned.mean == pytest.approx(found.mean)
    assert found.effective_n == pytest.approx(120)
    assert company_mean([]) is None
    without = company_mean([*blocks, ScoreBlock(9, Sample(6, 3.0))])
    assert without is not None
    assert without.interval is None


@pytest.mark.parametrize("between", [0.0, 0.4])
@pytest.mark.parametrize("lowest", [0.3, 0.15])
def test_the_companys_interval_covers_its_people(between: float, lowest: float) -> None:
    """25 blocks of different size and response; the target is the blocks' ways of working, weighted by people."""
    rng = np.random.default_rng([round(10 * between), round(100 * lowest)])
    covered = 0
    for _ in range(1200):
        means, people = rng.normal(3, between, 25), rng.integers(10, 60, 25)
        counts = np.minimum(people, np.maximum(5, (people * rng.uniform(lowest, 0.95, 25)).round().astype(int)))
        samples = [sample_of(np.clip(rng.normal(mean, 0.6, n), 1, 5)) for mean, n in zip(means, counts, strict=True)]
        shown = [one if one.n >= 10 else Sample(one.n, one.mean) for one in samples]
        blocks = [ScoreBlock(int(size), one) for size, one in zip(people, shown, strict=True)]
        found = company_mean(blocks, pooled_sd(shown))
        assert found is not None
        assert found.interval is not None
        covered += found.interval.low <= (people * means).sum() / people.sum() <= found.interval.high
    assert 0.87 <= covered / 1200 <= 0.925


# Refusals


def test_what_is_no_score_is_refused() -> None:
    team = Sample(12, 3.0, 0.6)
    refused: list[Callable[[], object]] = [
        lambda: rater_scores(np.array([[4.0]]), [4]),
        lambda: rater_scores(np.array([[-1.0]]), [4]),
        lambda: rater_scores(np.array([[math.inf]]), [4]),
        lambda: rater_scores(np.array([[1.0]]), [1]),
        lambda: rater_scores(np.array([[1.0]]), [4, 4]),
        lambda: rater_scores(np.array([1.0]), [4]),
        lambda: rater_scores(np.array([[1.0, 2.0]]), [4, 4], [0, 0]),
        lambda: rater_scores(np.array([[1.0, 2.0]]), [4, 4], [1, -1]),
        lambda: rater_scores(np.array([[1.0, 2.0]]), [4, 4], [1, NAN]),
        lambda: unit_sample(np.array([5.5])),
        lambda: two_intervals(team, 11),
        lambda: low_response(5, 4),
        lambda: evidence_cap([]),
        lambda: evidence_cap([True], [0]),
        lambda: gap(5.5, team),
        lambda: gap(NAN, team),
        lambda: ScoreBlock(11, team),
        lambda: prediction_limit(Estimate(12, 3.0, 0.6, 11), 0.0),
    ]
    for call in refused:
        with pytest.raises(ValueError):
            call()

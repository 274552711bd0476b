"""Agreement and ICC against published figures, textbook formulas, real data, and seeded simulation."""

import csv
import math
import statistics
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import special
from scipy import stats as scipy_stats

from stats.agreement import (
    ad_m,
    agreement,
    agreement_of_counts,
    null_r_wg,
    r_wg_j,
    r_wg_star,
    two_realities,
)
from stats.icc import icc, icc_of_samples
from stats.intervals import Sample
from tests.stats.teams import Numbers, score

TEAM = np.array([[3.0, 2, 3], [3, 3, 2], [2, 3, 3], [3, 2, math.nan]])

answer_sheets = arrays(
    np.float64, st.tuples(st.integers(2, 12), st.integers(1, 6)), elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan])
)


# Published and textbook values


def test_agreement_of_a_worked_example() -> None:
    # Variances 1/4, 1/3 and 1/3 (three answers); uniform answers over four anchors have 15/12.
    v = (1 / 4 + 1 / 3 + 1 / 3) / 3 / (15 / 12)
    assert r_wg_j(TEAM, 4) == pytest.approx(3 * (1 - v) / (3 * (1 - v) + v))
    assert r_wg_star(TEAM, 4) == pytest.approx(1 - v)
    assert ad_m(TEAM, 4) == pytest.approx((3 / 8 + 1 / 2 + 4 / 9) / 3)


def test_full_agreement_is_one_and_more_disagreement_than_chance_is_nought() -> None:
    assert r_wg_j(np.full((5, 4), 2.0), 5) == 1
    assert ad_m(np.full((5, 4), 2.0), 5) == 0
    split = np.array([[0.0] * 4, [0.0] * 4, [3.0] * 4, [3.0] * 4])
    assert r_wg_j(split, 4) == 0
    star = r_wg_star(split, 4)
    assert star is not None
    assert star < 0


def test_the_null_value_is_the_published_one_for_one_item() -> None:
    # Dunlap, Burke & Smith-Crowe (2003), table 2: .53 for ten raters and five anchors.
    assert null_r_wg(10, [5], 0.0) == pytest.approx(0.53, abs=0.005)


def test_the_null_value_is_the_published_one_for_items_that_go_together() -> None:
    # Cohen, Doveh & Nahum-Shani: .61 for ten raters and three five-point items that correlate at .61 on average.
    assert null_r_wg(10, [5, 5, 5], 0.61) == pytest.approx(0.61, abs=0.015)


def test_the_null_value_is_the_exact_one_where_it_can_be_counted() -> None:
    # Three raters, one item of two anchors: all alike with probability 1/4, so nothing is rarer than one in twenty.
    assert null_r_wg(3, [2], 0.0) is None
    # Five raters: all alike 1/16 > 1/20. Six: 1/32 < 1/20, and one apart comes in 12/64 more.
    assert null_r_wg(5, [2], 0.0) is None
    assert null_r_wg(6, [2], 0.0) == 1.0


def test_the_null_value_is_always_the_same_and_falls_with_the_number_of_raters() -> None:
    values = [null_r_wg(n, [4] * 6) for n in (4, 6, 9, 14, 20, 40)]
    assert values == [null_r_wg(n, [4] * 6) for n in (4, 6, 9, 14, 20, 40)]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=True)
    assert null_r_wg(30, [4] * 6) == null_r_wg(5000, [4] * 6)
    assert null_r_wg(8, [2, 5, 4]) == null_r_wg(8, [4, 2, 5])


def test_icc_is_that_of_an_analysis_of_variance_with_mean_group_size() -> None:
    rng = np.random.default_rng(4)
    groups = [rng.normal(rng.normal(3, 0.4), 0.7, size) for size in (5, 9, 12, 30, 7)]
    found = icc(groups)
    assert found is not None
    f = scipy_stats.f_oneway(*groups).statistic
    k = 63 / 5
    assert found.f == pytest.approx(f)
    assert found.icc1 == pytest.approx((f - 1) / (f + k - 1))
    assert found.icc2 == pytest.approx(1 - 1 / f)
    assert (found.groups, found.n) == (5, 63)


def test_icc_of_published_cells_is_that_of_their_raters() -> None:
    rng = np.random.default_rng(5)
    groups = [rng.normal(rng.normal(3, 0.4), 0.7, size) for size in (5, 9, 12)]
    cells = [Sample(len(group), float(group.mean()), float(group.std(ddof=1))) for group in groups]
    assert icc_of_samples(cells) == icc(groups)
    hidden = icc_of_samples([*cells, Sample(8, 4.0)])
    assert hidden == icc_of_samples(cells)


def test_groups_that_differ_less_than_by_chance_have_a_negative_icc_and_it_is_not_cut_off() -> None:
    found = icc([np.array([1.0, 3, 5]), np.array([1.0, 3, 4.9]), np.array([1.1, 3, 5])])
    assert found is not None
    assert found.icc1 < 0
    assert found.icc2 < 0


@pytest.mark.parametrize(
    "groups", [[], [[3.0, 4.0]], [[3.0], [4.0]], [[2.0, 4.0], [3.0, 3.0]], [[np.nan, np.nan], [1.0, 2.0]]]
)
def test_without_groups_or_spread_there_is_no_icc(groups: list[list[float]]) -> None:
    assert icc([np.array(group) for group in groups]) is None


# Real data: 2,042 soldiers in 49 companies rate their leaders on eleven five-point items


@pytest.fixture(scope="module")
def companies(realdata: Path) -> list[NDArray[np.float64]]:
    found: dict[str, list[list[float]]] = {}
    with (realdata / "lq2002.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["COMPID"], []).append([float(row[f"LEAD{item:02}"]) for item in range(1, 12)])
    return [np.array(rows) for rows in found.values()]


@pytest.mark.realdata
def test_agreement_in_real_companies_is_that_of_the_textbook(companies: list[NDArray[np.float64]]) -> None:
    assert (len(companies), sum(map(len, companies))) == (49, 2042)
    values = []
    for rows in companies:
        v = statistics.mean(statistics.variance(column) for column in rows.T.tolist()) / 2
        deviations = [abs(value - statistics.mean(column)) for column in rows.T.tolist() for value in column]
        assert r_wg_j(rows, 5) == pytest.approx(11 * (1 - v) / (11 * (1 - v) + v))
        assert r_wg_star(rows, 5) == pytest.approx(1 - v)
        assert ad_m(rows, 5) == pytest.approx(statistics.mean(deviations))
        values.append(11 * (1 - v) / (11 * (1 - v) + v))
    assert statistics.mean(values) == pytest.approx(0.868, abs=0.0005)
    assert min(values) > 0.70  # .70 alone passes every company


@pytest.mark.realdata
def test_icc_of_real_companies_is_that_of_the_textbook(companies: list[NDArray[np.float64]]) -> None:
    scores = [rows.mean(axis=1) for rows in companies]
    found = icc(scores)
    assert found is not None
    f = scipy_stats.f_oneway(*scores).statistic
    assert found.f == pytest.approx(f)
    assert found.icc1 == pytest.approx((f - 1) / (f + 2042 / 49 - 1))
    assert (found.icc1, found.icc2) == pytest.approx((0.0880, 0.8008), abs=0.00005)


@pytest.mark.realdata
def test_few_real_companies_share_a_view_and_none_has_two_realities(companies: list[NDArray[np.float64]]) -> None:
    found = [agreement(rows, 5) for rows in companies]
    assert sum(one is not None and one.shared for one in found) == 14
    assert not any(one is not None and one.shared and one.is_surely_near for one in found)  # all lie near the bound
    assert sum(one is not None and one.is_surely_apart for one in found) == 17
    assert not any(two_realities(rows.mean(axis=1)) for rows in companies)


# Properties


@given(answer_sheets)
def test_agreement_is_bounded_and_does_not_depend_on_order(answers: Numbers) -> None:
    value, star, deviation = r_wg_j(answers, 4), r_wg_star(answers, 4), ad_m(answers, 4)
    if value is None:
        assert star is None
        assert deviation is None
        assert agreement(answers, 4) is None
        return
    assert star is not None
    assert deviation is not None
    assert 0 <= value <= 1
    assert star <= 1
    assert 0 <= deviation <= 1.5
    turned = answers[::-1, ::-1]
    assert r_wg_j(turned, 4) == pytest.approx(value)
    assert r_wg_star(turned, 4) == pytest.approx(star)
    assert ad_m(turned, 4) == pytest.approx(deviation)
    assert r_wg_j(answers + 1, 4) == pytest.approx(value)  # a scale from 1 is as good as one from 0


@settings(max_examples=50)
@given(answer_sheets)
def test_the_parts_of_an_agreement_are_those_asked_for_one_by_one(answers: Numbers) -> None:
    found = agreement(answers, 4)
    if found is not None:
        assert found.r_wg == r_wg_j(answers, 4)
        assert found.r_wg_star == r_wg_star(answers, 4)
        assert found.ad_m == ad_m(answers, 4)
        assert 2 <= found.n <= len(answers)
        if found.shared:
            assert found.r_wg >= 0.7
            assert found.ad_m <= 4 / 6 + 1e-9
            assert found.chance is not None
            assert found.r_wg >= found.chance


@given(answer_sheets)
def test_agreement_told_of_counts_is_that_of_the_answers(answers: Numbers) -> None:
    counts = [[int((column == anchor).sum()) for anchor in range(4)] for column in answers.T]
    found, told = agreement(answers, 4), agreement_of_counts(counts)
    if found is None or told is None:
        assert found is told
        return
    assert (told.n, told.items, told.chance, told.shared) == (found.n, found.items, found.chance, found.shared)
    assert (told.r_wg, told.r_wg_star, told.ad_m) == pytest.approx((found.r_wg, found.r_wg_star, found.ad_m))
    assert told.margin == pytest.approx(found.margin)


@pytest.mark.parametrize("histogram", [[], [3], [4, -1, 0]])
def test_counts_that_are_none_are_refused(histogram: list[int]) -> None:
    with pytest.raises(ValueError, match="two anchors"):
        agreement_of_counts([histogram])


def test_answers_moved_to_their_middle_agree_more() -> None:
    rng = np.random.default_rng(6)
    answers = rng.integers(0, 5, (12, 5)).astype(float)
    middle = answers.mean(axis=0)
    values = [r_wg_star(middle + share * (answers - middle), 5) or -9.0 for share in (1, 0.7, 0.3, 0)]
    assert values == sorted(values)
    assert values[-1] == 1


def test_items_with_other_anchors_are_held_against_their_own_chance() -> None:
    yes_no, seven = np.array([0.0, 1, 0, 1, 0, 1]), np.array([2.0, 4, 2, 4, 2, 4])
    both = r_wg_star(np.column_stack([yes_no, seven]), [2, 7])
    assert both == pytest.approx(1 - (0.3 / 0.25 + 1.2 / 4) / 2)


def test_an_item_that_one_person_answered_says_nothing() -> None:
    nan = math.nan
    answers = np.array([[2.0, 0], [3, nan], [2, nan]])
    assert r_wg_j(answers, 4) == r_wg_j(answers[:, :1], 4)
    found = agreement(answers, 4)
    assert found is not None
    assert (found.n, found.items) == (3, 1)
    assert r_wg_j(np.full((4, 3), nan), 4) is None


# Verdicts, by seeded simulation


@pytest.mark.parametrize("n", [5, 7, 10])
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_answering_at_random_is_a_shared_view_at_most_once_in_twenty(n: int, correlation: float) -> None:
    rng = np.random.default_rng(10 * n)
    person = math.sqrt(correlation) * rng.normal(size=(2000, n, 1))
    answers = np.floor(4 * special.ndtr(person + math.sqrt(1 - correlation) * rng.normal(size=(2000, n, 6))))
    called = 0
    for team in answers:
        found = agreement(team, 4)
        called += found is not None and found.shared
    assert called / 2000 <= 0.055


def test_a_team_that_sees_the_same_is_found() -> None:
    rng = np.random.default_rng(12)
    found = [agreement(np.clip(np.round(rng.normal(2, 0.5, (12, 6))), 0, 3), 4) for _ in range(300)]
    assert sum(one is not None and one.shared for one in found) >= 290


def around(rng: np.random.Generator, teams: int, n: int, spread: float, *, centre: float, together: float) -> Numbers:
    """Answers of teams to six practices of four anchors, `together` being how items correlate within a person."""
    person = math.sqrt(together) * rng.normal(size=(teams, n, 1))
    own = math.sqrt(1 - together) * rng.normal(size=(teams, n, 6))
    answers: Numbers = np.clip(np.round(3 * centre + spread * (person + own)), 0, 3)
    return answers


@pytest.mark.parametrize("n", [10, 15, 40])
@pytest.mark.parametrize(("centre", "spread"), [(0.5, 0.721), (0.35, 0.9), (0.8, 0.93)])
@pytest.mark.parametrize("together", [0.3, 0.6])
def test_a_team_just_at_the_bound_is_wrongly_called_near_or_apart_one_time_in_twenty(
    n: int, centre: float, spread: float, together: float
) -> None:
    """The spreads put the true AD_M at a sixth of the scale, within a hundredth."""
    rng = np.random.default_rng([n, round(100 * centre)])
    everybody = around(rng, 1, 200_000, spread, centre=centre, together=0)
    assert ad_m(everybody[0], 4) == pytest.approx(4 / 6, abs=0.01)
    found = [agreement(team, 4) for team in around(rng, 1500, n, spread, centre=centre, together=together)]
    assert sum(one is not None and one.shared and one.is_surely_near for one in found) / 1500 <= 0.06
    assert sum(one is not None and one.is_surely_apart for one in found) / 1500 <= 0.06


def test_teams_well_below_and_well_above_the_bound_are_still_told() -> None:
    rng = np.random.default_rng(31)
    near = [agreement(team, 4) for team in around(rng, 400, 20, 0.5, centre=0.5, together=0.45)]
    far = [agreement(team, 4) for team in around(rng, 400, 20, 1.3, centre=0.5, together=0.45)]
    assert sum(one is not None and one.shared and one.is_surely_near for one in near) / 400 >= 0.8
    assert sum(one is not None and one.is_surely_apart for one in far) / 400 >= 0.8


def test_a_high_r_wg_alone_is_no_shared_view() -> None:
    """Eleven items let r_WG(J) rise although people are more than a sixth of the scale apart."""
    spread = np.array([1.0, 2, 2, 3, 4, 4, 2, 3, 4, 2, 4, 4])
    found = agreement(np.column_stack([np.roll(spread, turn) for turn in range(11)]), 5)
    assert found is not None
    assert found.chance is not None
    assert found.r_wg > max(0.70, found.chance)
    assert found.ad_m > 5 / 6
    assert not found.shared


@pytest.mark.parametrize("n", [10, 12, 15, 20, 30])
def test_true_camps_are_called_two_realities(n: int) -> None:
    rng = np.random.default_rng(20 + n)
    centres = np.where(np.arange(n) < n // 2, 0.20, 0.85)
    teams = score(rng, rng.normal(centres, 0.10, (3000, n)))
    assert sum(two_realities(team) for team in teams) / 3000 >= 0.75


@pytest.mark.parametrize("n", [10, 15, 30])
@pytest.mark.parametrize("centre", [0.3, 0.5, 0.6, 0.7, 0.85])
def test_ordinary_teams_are_not(n: int, centre: float) -> None:
    rng = np.random.default_rng(30 + n)
    teams = score(rng, rng.normal(centre, 0.20, (3000, n)))  # raters' means spread by .8 points around one middle
    assert sum(two_realities(team) for team in teams) / 3000 <= 0.02


def test_two_realities_needs_ten_raters_and_two_camps() -> None:
    low, high = [1.4] * 5, [4.6] * 5
    assert two_realities(np.array(low + high))
    assert two_realities(np.array([math.nan, *low, *high, math.nan]))
    assert not two_realities(np.array(low + high[:4]))
    assert not two_realities(np.array([1.4] * 10))
    assert not two_realities(np.array([1.4] * 2 + [4.6] * 8))
    assert two_realities(np.array([2.6] * 5 + [1 + 4 * 11 / 15] * 5)) is False  # far too close: variance .4
    assert not two_realities(np.array([1.4] * 4 + [3.0] * 4 + [4.6] * 4))
    assert not two_realities(np.array([]))


# Refusals


def test_what_is_no_answer_is_refused() -> None:
    inf = math.inf
    refused: list[Callable[[], object]] = [
        lambda: r_wg_j(np.array([[0.0], [4.0]]), 4),
        lambda: r_wg_j(np.array([[0.0], [inf]]), 4),
        lambda: r_wg_j(np.array([0.0, 1.0]), 4),
        lambda: r_wg_j(np.zeros((3, 2)), [4]),
        lambda: r_wg_star(np.zeros((3, 2)), 1),
        lambda: ad_m(np.array([[inf], [1.0]]), 4),
        lambda: null_r_wg(1, [4]),
        lambda: null_r_wg(5, [4], 1.0),
        lambda: icc([np.array([1.0, inf]), np.array([2.0, 3.0])]),
        lambda: two_realities(np.array([0.5, 3.0])),
        lambda: two_realities(np.array([3.0, inf])),
    ]
    for call in refused:
        with pytest.raises(ValueError):
            call()

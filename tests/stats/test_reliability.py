"""Cronbach's alpha and McDonald's omega over complete cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.reliability import Matrix, cronbach_alpha, mcdonald_omega, omega_of


def test_alpha_of_a_worked_example() -> None:
    # Items 1, 2, 3 with sample variances 1, 1 and 1 and a total variance of 7: 1.5 x (1 - 3/7).
    rows = [[1, 2, 1], [2, 1, 2], [3, 3, 3]]
    found = cronbach_alpha(rows)
    assert found is not None
    assert found.value == pytest.approx(1.5 * (1 - 3 / 7))
    assert (found.n, found.dropped) == (3, 0)
    assert found.low < found.value < found.high < 1


def test_incomplete_cases_are_dropped_and_counted() -> None:
    rows: list[list[float | None]] = [[1, 2, 1], [None, 5, 5], [2, 1, 2], [3, 3, 3]]
    found = cronbach_alpha(rows)
    assert found is not None
    assert (found.n, found.dropped) == (3, 1)
    assert found.value == pytest.approx(1.5 * (1 - 3 / 7))


def test_alike_items_have_alpha_one_and_the_interval_covers() -> None:
    found = cronbach_alpha([[1, 1], [2, 2], [4, 4]])
    assert found is not None
    assert found.value == pytest.approx(1)
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        rows = rng.normal(0, 1, (40, 1)) + rng.normal(0, 1, (40, 4))  # four parallel items, true alpha 4/5
        result = cronbach_alpha(rows.tolist())
        covered += result is not None and result.low <= 0.8 <= result.high
    assert covered / 400 == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize("rows", [[], [[1], [2], [3]], [[1, 2], [2, 1]], [[1, 2], [1, 2], [1, 2]], [[None, 1]] * 5])
def test_without_spread_or_cases_there_is_no_alpha(rows: list[list[float | None]]) -> None:
    assert cronbach_alpha(rows) is None


def test_rows_that_do_not_fit_are_refused() -> None:
    for rows in ([[1.0, 2.0], [1.0], [2.0, 3.0]], [[1.0, float("nan")], [2.0, 1.0], [3.0, 4.0]]):
        with pytest.raises(ValueError):
            cronbach_alpha(rows)


# Omega


def rows_with(covariance: Matrix, n: int, seed: int = 1) -> list[list[float]]:
    """So many raters whose answers have exactly this covariance matrix."""
    drawn = np.random.default_rng(seed).normal(size=(n, len(covariance)))
    drawn -= drawn.mean(axis=0)
    white = drawn @ np.linalg.inv(np.linalg.cholesky(np.cov(drawn, rowvar=False))).T
    found: list[list[float]] = (white @ np.linalg.cholesky(covariance).T).tolist()
    return found


def one_factor(loadings: list[float], unique: list[float]) -> Matrix:
    return np.outer(loadings, loadings) + np.diag(unique)


# The example worked out at en.wikipedia.org/wiki/Congeneric_reliability: squared sum of loadings 106.22, variance as
# fitted 124.23, reliability .8550.
FOUR = np.array([[10, 4, 5, 7], [4, 11, 6, 8], [5, 6, 12, 9], [7, 8, 9, 13]], dtype=float)


def test_omega_of_a_published_example() -> None:
    assert omega_of(FOUR) == pytest.approx(0.8550, abs=0.00005)
    found = mcdonald_omega(rows_with(FOUR, 40))
    assert found is not None
    assert found.value == pytest.approx(0.8550, abs=0.00005)
    assert (found.n, found.dropped) == (40, 0)


def test_omega_of_three_items_is_what_their_covariances_say() -> None:
    """With three items the loadings follow from the covariances: the first is the root of s12 s13 / s23."""
    covariance = np.array([[3, 1.2, 0.8], [1.2, 2, 0.9], [0.8, 0.9, 4]])
    first, second, third = (1.2 * 0.8 / 0.9) ** 0.5, (1.2 * 0.9 / 0.8) ** 0.5, (0.8 * 0.9 / 1.2) ** 0.5
    assert omega_of(covariance) == pytest.approx((first + second + third) ** 2 / covariance.sum(), abs=1e-5)


def test_omega_is_alpha_where_all_items_say_equally_much_and_more_where_they_do_not() -> None:
    alike = rows_with(one_factor([2, 2, 2, 2], [3, 1, 4, 2]), 50)
    alpha, omega = cronbach_alpha(alike), mcdonald_omega(alike)
    assert alpha is not None
    assert omega is not None
    assert omega.value == pytest.approx(alpha.value, abs=1e-5)
    uneven = rows_with(one_factor([0.5, 1, 2, 3], [1, 1, 1, 1]), 50)
    alpha, omega = cronbach_alpha(uneven), mcdonald_omega(uneven)
    assert alpha is not None
    assert omega is not None
    assert omega.value == pytest.approx(6.5**2 / (6.5**2 + 4), abs=1e-5)
    assert omega.value > alpha.value + 0.03


@given(
    loadings=st.lists(st.floats(0.3, 2), min_size=3, max_size=7),
    unique=st.lists(st.floats(0.2, 3), min_size=7, max_size=7),
    turn=st.randoms(use_true_random=False),
    scale=st.floats(0.1, 10),
)
@settings(max_examples=60, deadline=None)
def test_omega_finds_the_factor_whatever_the_order_the_scale_or_the_zero(
    loadings: list[float], unique: list[float], turn: object, scale: float
) -> None:
    true = sum(loadings) ** 2 / (sum(loadings) ** 2 + sum(unique[: len(loadings)]))
    rows = np.array(rows_with(one_factor(loadings, unique[: len(loadings)]), 30))
    order = list(range(len(loadings)))
    turn.shuffle(order)  # type: ignore[attr-defined]
    found = mcdonald_omega((scale * rows[::-1][:, order] + 3).tolist())
    assert found is not None
    assert found.value == pytest.approx(true, abs=1e-3)


def test_incomplete_cases_are_left_out_of_omega_and_items_all_answered_alike_change_nothing() -> None:
    rows: list[list[float | None]] = [[*row, 4.0] for row in rows_with(FOUR, 40)]
    found = mcdonald_omega([*rows, [None, 1, 2, 3, 4], [1, 2, 3, 4, None]])
    assert found is not None
    assert (found.n, found.dropped) == (40, 2)
    assert found.value == pytest.approx(0.8550, abs=0.00005)


def test_omega_of_answers_on_five_steps_is_near_what_they_were_drawn_with() -> None:
    rng = np.random.default_rng(7)
    found = []
    for _ in range(40):
        answers = 3 + rng.normal(0, 0.8, (60, 1)) + rng.normal(0, 0.8, (60, 6))
        omega = mcdonald_omega(np.clip(np.round(answers), 1, 5).tolist())
        assert omega is not None
        assert 0 < omega.value < 1
        found.append(omega.value)
    assert np.mean(found) == pytest.approx(6 / 7, abs=0.03)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[1, 2], [2, 1], [3, 4], [4, 4]],  # two items
        [[1, 2, 3], [2, 1, 3], [4, 4, 4]],  # no more raters than items
        [[1, 2, 3], [2, 1, 3], [4, 4, 3], [3, 5, 3]],  # only two items differ
        [[n, n, n % 3] for n in range(9)],  # two items say the same
        [[None, 1, 2]] * 9,
    ],
)
def test_without_three_items_that_differ_there_is_no_omega(rows: list[list[float | None]]) -> None:
    assert mcdonald_omega(rows) is None

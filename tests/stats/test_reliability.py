"""Cronbach's alpha over complete cases."""

import numpy as np
import pytest

from stats.reliability import cronbach_alpha


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

"""Scales: every number of anchors on 1 to 5, and promoters out of 0 to 10."""

import pytest

from stats.rescale import NetCounts, nps_counts, rescale


@pytest.mark.parametrize("anchors", range(2, 8))
def test_the_ends_and_the_middle_of_every_scale_meet(anchors: int) -> None:
    assert rescale(0, anchors) == 1
    assert rescale((anchors - 1) / 2, anchors) == pytest.approx(3)
    assert rescale(anchors - 1, anchors) == 5


def test_ratings_off_the_scale_are_refused() -> None:
    for m, anchors in [(-0.1, 4), (3.1, 4), (float("nan"), 4), (0, 1), (0, 8)]:
        with pytest.raises(ValueError):
            rescale(m, anchors)


def test_promoters_passives_and_detractors_are_counted() -> None:
    assert nps_counts([1, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64]) == NetCounts(96, 24, 7)
    for histogram in ([1] * 10, [1] * 10 + [-1]):
        with pytest.raises(ValueError):
            nps_counts(histogram)

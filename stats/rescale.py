"""Putting answers on the scale they are shown on."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class NetCounts:
    """Answers 9-10, 7-8 and 0-6 to a question from 0 to 10."""

    promoters: int
    passives: int
    detractors: int


def rescale(m: float, anchors: int) -> float:
    """A rating m in 0..anchors-1 on the scale 1 to 5: s = 1 + 4 m / (anchors - 1).

    Raises ValueError outside that range, for NaN, and unless there are 2 to 7 anchors.
    """
    if not 2 <= anchors <= 7:
        raise ValueError("a practice has 2 to 7 anchors")
    if not isfinite(m) or not 0 <= m <= anchors - 1:
        raise ValueError(f"{m} does not fit {anchors} anchors")
    return 1 + 4 * m / (anchors - 1)


def nps_counts(histogram: Sequence[int]) -> NetCounts:
    """Promoters, passives and detractors from the counts of the answers 0, 1, ..., 10 (Reichheld 2003, HBR 81:46-54).

    Raises ValueError unless there are eleven counts, none of them negative.
    """
    if len(histogram) != 11 or any(number < 0 for number in histogram):
        raise ValueError("eleven counts are needed, none of them negative")
    return NetCounts(sum(histogram[9:]), sum(histogram[7:9]), sum(histogram[:7]))

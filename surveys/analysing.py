"""What is found in opened answers beside cells: by analysers, a standing detail block or the whole company at a time;
and how many of the company did not know. In memory alone.
"""

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from surveys.registry import Answers, analysers
from surveys.tally import PillarCount

COMPANY_WIDE_FROM = 200
# These rest on how answers go together, which no published cell implies: two decimals, save over the whole company.
COARSE = frozenset({"alpha", "alpha_low", "alpha_high", "omega"})


def of_block(count: PillarCount, rows: NDArray[np.int64], kind: str) -> dict[str, float]:
    """What the analysers of this kind of round say of one standing block; names they did not declare are refused."""
    return _found(count, rows, kind, is_company=False)


def of_company(count: PillarCount, kind: str) -> dict[str, float]:
    """What they say of all, from 200 complete cases on and unless 1 to k - 1 cases were incomplete."""
    complete = np.flatnonzero((~np.isnan(count.points)).all(axis=1) & count.kept)
    dropped = len(count.replies) - len(complete)
    if len(complete) < COMPANY_WIDE_FROM or 0 < dropped < count.bounds.k:
        return {}
    return _found(count, complete, kind, is_company=True)


def unknown(count: PillarCount, kind: str) -> dict[str, int]:
    """Of each practice of an assessment, how many in a hundred of those asked gave no answer, over the whole company.

    It tells nothing of what anybody answered, nor who did: it is one share for all, of 200 replies or more and in whole
    per cent, and is not said where fewer than k (of those who count) gave no answer, or gave one. No unit has a share
    of its own, so there is nothing to subtract it from; and n beside the company's mean tells nearly as much.
    """
    if kind != "assessment":
        return {}
    shares: dict[str, int] = {}
    for place, (_, item) in enumerate(count.scored):
        asked = count.asked[:, place]
        none = asked & np.isnan(count.points[:, place])
        counted = count.replies.counts
        hides = all(not some.any() or (some & counted).sum() >= count.bounds.k for some in (none, asked & ~none))
        if hides and (asked & counted).sum() >= COMPANY_WIDE_FROM:
            shares[f"unknown:{item.code}"] = round(100 * int(none.sum()) / int(asked.sum()))
    return shares


def _found(count: PillarCount, rows: NDArray[np.int64], kind: str, *, is_company: bool) -> dict[str, float]:
    wanted = [analyser for analyser in analysers.values() if analyser.looks_at(kind)]
    if not wanted or not count.scored:
        return {}
    items = [item for _, item in count.scored]
    group = Answers(
        pillar=count.subject,
        codes=tuple(item.code for item in items),
        steps=tuple(len(item.values) for item in items),
        weights=tuple(item.weight for item in items),
        values=count.points[rows],
        scores=count.measures["pillar"][rows],
        is_company=is_company,
    )
    found: dict[str, float] = {}
    for analyser in wanted:
        for name, value in analyser.analyse(group).items():
            if name not in analyser.outputs:
                raise ValueError(f"{analyser.name} returned {name}, which it did not declare")
            if value is not None and isfinite(value):
                is_coarse = name in COARSE and not is_company
                found[f"{analyser.name}:{name}"] = round(value, 2) if is_coarse else float(f"{value:.4g}")
    return found

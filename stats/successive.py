"""What two waves give away together: the same people asked twice, but for a few.

The attacker's best case is that whoever stays answers the same again. Then every sum over a group of one wave is a
sum over people of the other too, and the difference is what the few who changed said. Groups and people make a graph:
the groups of both waves are its nodes, and whoever is in a group of each is an edge between them; one node more
stands for everybody and everything that is in no group. A weighted sum of published sums that concerns only some
people exists exactly where cutting their edges parts the graph. So people are safe where every cut has 0 or at least
k edges. Pure.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Key = TypeVar("Key", bound=Hashable)
People = NDArray[np.int64]


class EarlierGroups:
    """Disjoint groups of people that an earlier wave showed, or let compute."""

    def __init__(self, groups: list[People]) -> None:
        people = np.concatenate(groups) if groups else np.zeros(0, np.int64)
        number = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        order = np.argsort(people)
        self._people, self._number = people[order], number[order]
        self.sizes = [len(group) for group in groups]

    def of(self, people: People) -> NDArray[np.int64]:
        """The number of each person's group; -1 for those in none."""
        if not len(self._people):
            return np.full(len(people), -1, np.int64)
        place = np.minimum(np.searchsorted(self._people, people), len(self._people) - 1)
        return np.where(self._people[place] == people, self._number[place], -1).astype(np.int64)


def told_by_the_difference(now: Mapping[Key, People], earlier: EarlierGroups, k: int) -> set[Key]:
    """Those of the disjoint groups `now` whose sums, beside the earlier wave's, may concern 1 to k - 1 people.

    Groups are joined while k or more people bind them, so that no smaller cut can part them; every group that is
    still bound to another by fewer is told. (A graph whose cuts are all large need not be joined into one by this; it
    is then judged too strictly, never too mildly.)
    """
    keys = list(now)
    edges = _edges([now[key] for key in keys], earlier)
    nowhere = len(keys) + len(earlier.sizes)
    root = list(range(nowhere + 1))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    while True:
        bound: dict[tuple[int, int], int] = {}
        for (one, other), people in edges.items():
            first, second = sorted((find(one), find(other)))
            if first != second:
                bound[first, second] = bound.get((first, second), 0) + people
        heavy = [pair for pair, people in bound.items() if people >= k]
        if not heavy:
            break
        for first, second in heavy:
            root[find(first)] = find(second)
        edges = bound
    loose = {node for pair in bound for node in pair} - {find(nowhere)}
    return {key for number, key in enumerate(keys) if find(number) in loose}


def _edges(groups: list[People], earlier: EarlierGroups) -> dict[tuple[int, int], int]:
    """How many people bind a group of now (numbered from 0), one of the earlier wave (after those) and the rest."""
    first, nowhere = len(groups), len(groups) + len(earlier.sizes)
    edges: dict[tuple[int, int], int] = {}
    met: dict[int, int] = {}
    for number, people in enumerate(groups):
        before, counts = np.unique(earlier.of(people), return_counts=True)
        for group, many in zip(before.tolist(), counts.tolist(), strict=True):
            edges[number, nowhere if group < 0 else first + group] = many
            met[group] = met.get(group, 0) + many
    for group, many in met.items():
        if group >= 0 and earlier.sizes[group] > many:
            edges[first + group, nowhere] = earlier.sizes[group] - many
    return edges

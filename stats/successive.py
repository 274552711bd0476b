"""What waves give away together: the same people asked again, but for a few.

The attacker's best case is that whoever stays answers the same again. Then every sum over a group of one wave is a
sum over people of the others too. Each person stands in at most one group of each wave, and whoever stands in the same
groups of all waves is of one class: a weighted sum of published sums (a weight for each group) gives everybody of a
class the same weight, the sum of their groups' weights. A sum concerns 1 to k - 1 people only if the classes that
weigh something have so few. So every class of k or more must weigh nothing: those are equations. Where they force the
other classes to weigh nothing too, nobody is told; classes that can only weigh something together count together.

Pure; the equations are solved by elimination modulo a large prime, which errs with a chance of less than one in 10^15.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from heapq import heappop, heappush
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from stats.disclosure import SHARE_SHOWN_FROM

Key = TypeVar("Key", bound=Hashable)
People = NDArray[np.int64]
Row = dict[int, int]  # group -> weight modulo the prime

Classes = dict[tuple[int, ...], int]  # the groups somebody is in, numbered over all waves -> how many people

PRIME = 2**61 - 1
MOST_STEPS = 200_000  # of elimination among people bound together; beyond that every small class is taken to be told


NOBODY = np.zeros(0, np.int64)


class _TooLong(Exception):
    """Elimination takes more steps than it may."""


class _Steps:
    def __init__(self) -> None:
        self._left = MOST_STEPS

    def take(self, number: int) -> None:
        self._left -= number
        if self._left < 0:
            raise _TooLong


class Wave:
    """Disjoint groups of people that a wave showed, or let compute."""

    def __init__(self, groups: Sequence[People]) -> None:
        people = np.concatenate(groups) if groups else np.zeros(0, np.int64)
        number = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        order = np.argsort(people)
        self.people, self._number, self.size = people[order], number[order], len(groups)

    def of(self, people: People) -> NDArray[np.int64]:
        """The number of each person's group; -1 for those in none."""
        if not len(self.people):
            return np.full(len(people), -1, np.int64)
        place = np.minimum(np.searchsorted(self.people, people), len(self.people) - 1)
        return np.where(self.people[place] == people, self._number[place], -1).astype(np.int64)


def told(now: Mapping[Key, People], earlier: Sequence[Wave], k: int, known: People = NOBODY) -> set[Key]:
    """Those of the disjoint groups `now` by which sums may concern 1 to k - 1 people, earlier waves beside them.

    The answers of the `known` may be known to somebody else: they are protected as all are, and protect nobody.
    Whoever keeps groups back has others; ask again until none is told.
    """
    keys = list(now)
    waves = [Wave([now[key] for key in keys]), *earlier]
    found: set[Key] = set()
    for classes in _bound_together(_classes(waves, known)):
        if any(people < k for people in classes.values()):
            found |= {keys[group] for group in _told_by(classes, k, len(keys))}
    return found


def _classes(waves: Sequence[Wave], known: People) -> Classes:
    """The classes of all people, the known not counted; the groups of the first wave have the first numbers."""
    people = np.unique(np.concatenate([wave.people for wave in waves]))
    columns, offset = [], 0
    label = np.zeros(len(people), np.int64)
    for wave in waves:
        group = wave.of(people)
        columns.append(np.where(group < 0, -1, group + offset))
        _, label = np.unique(label * (wave.size + 1) + group + 1, return_inverse=True)
        offset += wave.size
    _, first, place = np.unique(label, return_index=True, return_inverse=True)
    counts = np.bincount(place, weights=~np.isin(people, known)).astype(np.int64)
    rows = np.stack([column[first] for column in columns], axis=1)
    return {
        tuple(group for group in row if group >= 0): many
        for row, many in zip(rows.tolist(), counts.tolist(), strict=True)
    }


def _bound_together(classes: Classes) -> list[Classes]:
    """Classes that share a group, directly or through others."""
    root: dict[int, int] = {}

    def find(group: int) -> int:
        while root.setdefault(group, group) != group:
            root[group] = root[root[group]]
            group = root[group]
        return group

    for groups in classes:
        for group in groups[1:]:
            root[find(group)] = find(groups[0])
    parts: dict[int, Classes] = {}
    for groups, people in classes.items():
        parts.setdefault(find(groups[0]), {})[groups] = people
    return list(parts.values())


def _told_by(classes: Classes, k: int, new: int) -> set[int]:
    """The groups of now (numbered below `new`) that tell of a class which may weigh something with fewer than k people.

    Whoever is in no group now is told by those that hold the rest of a class, unless small groups of earlier waves
    told it already.
    """
    free = _free(classes, k)
    if free is None:
        free = [groups for groups, people in classes.items() if people < k]
    found = {group for groups in free for group in groups if group < new}
    gone = [groups for groups in free if min(groups) >= new]
    if gone:
        sizes: Counter[int] = Counter()
        for groups, people in classes.items():
            sizes.update(dict.fromkeys(groups, people))
        small = {group for group, people in sizes.items() if group >= new and people < SHARE_SHOWN_FROM}
        before: Classes = Counter()
        for groups, people in classes.items():
            before[tuple(group for group in groups if group in small)] += people
        before.pop((), None)
        past = set(_free(before, k) or ())
        fresh = [groups for groups in gone if tuple(group for group in groups if group in small) not in past]
        lost = {group for groups in fresh for group in groups}
        found |= {group for groups in classes if lost.intersection(groups) for group in groups if group < new}
    return found


def _free(classes: Classes, k: int) -> list[tuple[int, ...]] | None:
    """The small classes that no equation forces to weigh nothing; None if that takes too long to say."""
    try:
        return _forced_by_none(classes, k)
    except _TooLong:
        return None


def _forced_by_none(classes: Classes, k: int) -> list[tuple[int, ...]]:
    steps = _Steps()
    basis: dict[int, Row] = {}
    light = []
    for groups, people in classes.items():
        if people >= k:
            _take_in(basis, dict.fromkeys(groups, 1), steps)
        else:
            light.append(groups)
    while True:
        together: Counter[tuple[tuple[int, int], ...]] = Counter()
        left: dict[tuple[int, ...], tuple[tuple[int, int], ...]] = {}
        for groups in light:
            row = _reduced(basis, dict.fromkeys(groups, 1), steps)
            if row:
                left[groups] = _normal(row)
                together[left[groups]] += classes[groups]
        heavy = [row for row, people in together.items() if people >= k]
        if not heavy:
            return list(left)
        for equation in heavy:
            _take_in(basis, dict(equation), steps)


def _reduced(basis: Mapping[int, Row], row: Row, steps: "_Steps") -> Row:
    """What is left of a row beside the equations; empty where they force it to be nothing."""
    row, waiting = dict(row), sorted(row)
    while waiting:
        lead = heappop(waiting)
        if lead not in row or lead not in basis:
            continue
        steps.take(len(basis[lead]))
        factor = row[lead]
        for group, weight in basis[lead].items():
            if group not in row:
                heappush(waiting, group)
            value = (row.get(group, 0) - factor * weight) % PRIME
            if value:
                row[group] = value
            else:
                row.pop(group, None)
    return row


def _take_in(basis: dict[int, Row], row: Row, steps: "_Steps") -> None:
    row = _reduced(basis, row, steps)
    if row:
        normal = dict(_normal(row))
        basis[min(normal)] = normal


def _normal(row: Row) -> tuple[tuple[int, int], ...]:
    """The row with its first weight made 1, so that rows that vanish together are equal."""
    inverse = pow(row[min(row)], PRIME - 2, PRIME)
    return tuple(sorted((group, weight * inverse % PRIME) for group, weight in row.items()))

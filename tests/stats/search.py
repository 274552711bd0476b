"""Full search: is there a set of 1 to k - 1 people whose answers, summed with any weights, are determined?

The attacker knows who is where, who answered which items, the weights, and every answer of those who do not count; he
reads every published sum. The unknowns are single answers, person x item. A combination of published sums that
concerns only a set T of people exists exactly if the row space of the sums holds a vector other than 0 that vanishes
outside T. People with the same coefficients in every sum cannot be told apart, so such a vector concerns whole
classes of them; the search goes through all sets of classes with fewer than k people, in exact arithmetic.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Protocol

Column = tuple[int, str]  # (person, or class of persons; item)
Sum = dict[Column, Fraction]  # one published sum: its coefficients


class Counted(Protocol):
    """Somebody who counts towards the smallest group, or whose answers the attacker knows."""

    @property
    def counts(self) -> bool: ...


def given_away(people: Sequence[Counted], sums: Sequence[Sum], k: int) -> set[int] | None:
    """A set of 1 to k - 1 counted people of whose answers some weighted sum is determined; None if there is none."""
    columns_of: dict[Column, dict[int, Fraction]] = {}
    for row, found in enumerate(sums):
        for key, coefficient in found.items():
            columns_of.setdefault(key, {})[row] = coefficient
    items = sorted({item for _, item in columns_of})
    classes: dict[tuple[tuple[str, tuple[tuple[int, Fraction], ...]], ...], list[int]] = {}
    for person, one in enumerate(people):
        seen = tuple((item, tuple(columns_of[person, item].items())) for item in items if (person, item) in columns_of)
        if one.counts and seen:
            classes.setdefault(seen, []).append(person)
    groups = list(classes.values())
    columns = {(number, item): dict(column) for number, seen in enumerate(classes) for item, column in seen}
    rows = [{key: column[row] for key, column in columns.items() if row in column} for row in range(len(sums))]
    large = [key for key in columns if len(groups[key[0]]) >= k]
    rows = without(rows, large)
    small = [number for number, members in enumerate(groups) if len(members) < k]
    for many in range(1, k):
        for some in combinations(small, many):
            together = {person for number in some for person in groups[number]}
            if len(together) < k and without(rows, [key for key in columns if key[0] not in some]):
                return together
    return None


def without(rows: Sequence[Sum], keys: Sequence[Column]) -> list[Sum]:
    """A basis of those combinations of the rows, other than 0, in which none of the keys occurs (Gauss)."""
    left = [{key: value for key, value in row.items() if value} for row in rows]
    left = [row for row in left if row]
    for key in keys:
        pivot = next((row for row in left if key in row), None)
        if pivot is not None:
            left = [reduced for row in left if row is not pivot and (reduced := minus(row, pivot, key))]
    return left


def minus(row: Sum, pivot: Sum, key: Column) -> Sum:
    if key not in row:
        return row
    factor = row[key] / pivot[key]
    reduced = {name: row.get(name, Fraction(0)) - factor * pivot.get(name, Fraction(0)) for name in {*row, *pivot}}
    return {name: value for name, value in reduced.items() if value}


def spanned(groups: Iterable[frozenset[int]], wanted: frozenset[int]) -> bool:
    """Whether some weighted sum of the groups' totals is the total of the one wanted."""
    rows: list[Sum] = []
    for group in groups:
        rest = _reduced(rows, group)
        if rest:
            rows.append(rest)
    return not _reduced(rows, wanted)


def _reduced(rows: Sequence[Sum], group: frozenset[int]) -> Sum:
    left: Sum = {(atom, ""): Fraction(1) for atom in group}
    for row in rows:
        left = minus(left, row, next(iter(row)))
    return left

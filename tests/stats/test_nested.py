"""What nested groups give away by subtraction: small trees by hand, random ones by brute force."""

import random
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.disclosure import Standing, Tree, cell_atoms
from stats.nested import less, shown_without_harm
from tests.stats.companies import grow_tree

TREE = Tree({1: None, 2: 1, 3: 1, 4: 2, 5: 2})
NESTED = {1: frozenset({1, 2, 3, 4}), 2: frozenset({1, 2}), 3: frozenset({3, 4}), 4: frozenset({1}), 5: frozenset({2})}
SIZES = {1: 60, 2: 20, 3: 40, 4: 8, 5: 12}


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ({4}, {1, 2, 3}),  # and 5 kept back with it, or 2 less 5 would be 4
        ({2}, {1, 5}),
        ({4, 5}, {1, 2, 3}),
        ({3}, {1, 5}),
        ({1}, {3, 5}),
        (set(), {1, 2, 3, 4, 5}),
    ],
)
def test_what_would_yield_a_secret_is_kept_back_with_it(secret: set[int], shown: set[int]) -> None:
    found = shown_without_harm(TREE, NESTED, SIZES, lambda unit, others: unit in secret and not others)
    assert set(found) == shown
    assert not derivable(NESTED, shown, secret)


def derivable(groups: Mapping[int, frozenset[int]], shown: set[int], secret: set[int]) -> set[int]:
    """The secrets that are some weighted sum of the groups shown (Gauss)."""
    rows: list[dict[int, Fraction]] = []

    def reduced(group: frozenset[int]) -> dict[int, Fraction]:
        left = {atom: Fraction(1) for atom in group}
        for row in rows:
            lead = min(row)
            if lead in left:
                factor = left[lead] / row[lead]
                left = {
                    atom: value
                    for atom in {*left, *row}
                    if (value := left.get(atom, Fraction(0)) - factor * row.get(atom, Fraction(0)))
                }
        return left

    for unit in shown:
        rest = reduced(groups[unit])
        if rest:
            rows.append(rest)
    return {unit for unit in secret if not reduced(groups[unit])}


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_no_weighted_sum_of_what_is_shown_yields_a_secret(seed: int) -> None:
    rng = random.Random(seed)
    tree = grow_tree(rng, rng.randint(1, 9))
    standing = [
        Standing(unit, frozenset({number}))
        for number, unit in enumerate(rng.choices(tree.post_order(), k=rng.randint(1, 10)))
    ]
    groups = cell_atoms(tree, standing)
    sizes = {atom: rng.choice([5, 9, 14, 30]) for atom in range(10)}
    n = {unit: sum(sizes[atom] for atom in group) for unit, group in groups.items()}
    secret = {unit for unit in groups if rng.random() < 0.3}
    odd = {atom for atom in sizes if rng.random() < 0.2}

    def risky(unit: int, others: tuple[int, ...]) -> bool:
        left = less(groups, unit, others)
        return (unit in secret and not others) or (len(left) == 1 and left <= odd)

    found = shown_without_harm(tree, groups, n, risky)
    hidden = {unit for unit in groups if risky(unit, ())}
    assert not hidden & found.keys()
    assert not derivable(groups, set(found), hidden)
    for unit, below in found.items():
        left = less(groups, unit, below)
        assert not (left and risky(unit, below))
        assert set(below) <= tree.subtree(unit) & found.keys()


def test_a_unit_with_people_of_its_own_tells_nothing_of_a_hidden_part() -> None:
    groups = {**NESTED, 2: frozenset({1, 2, 9}), 1: frozenset({1, 2, 3, 4, 9})}
    found = shown_without_harm(TREE, groups, SIZES, lambda unit, others: unit == 4 and not others)
    assert set(found) == {1, 2, 3, 5}


def test_groups_kept_back_anyhow_are_secrets_too() -> None:
    found = shown_without_harm(TREE, NESTED, SIZES, lambda unit, others: False, hidden={4})
    assert set(found) == {1, 2, 3}

"""What nested groups give away by subtraction: small trees by hand, random ones by brute force."""

import random
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from stats.disclosure import Standing, Tree, cell_atoms
from stats.nested import nearest_shown, shown_in_sums_of
from tests.stats.companies import grow_tree
from tests.stats.search import spanned

TREE = Tree({1: None, 2: 1, 3: 1, 4: 2, 5: 2})
NESTED = {1: frozenset({1, 2, 3}), 2: frozenset({1, 2}), 3: frozenset({3}), 4: frozenset({1}), 5: frozenset({2})}


def test_the_smallest_sibling_goes_with_a_group_that_is_too_small() -> None:
    assert shown_in_sums_of(TREE, NESTED, {1: 90, 2: 50, 3: 40, 4: 12, 5: 38}, 20) == {1, 2, 3}
    assert shown_in_sums_of(TREE, NESTED, {1: 90, 2: 50, 3: 40, 4: 25, 5: 25}, 20) == {1, 2, 3, 4, 5}
    assert shown_in_sums_of(TREE, NESTED, {1: 60, 2: 50, 3: 10, 4: 25, 5: 25}, 20) == {1, 5}


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_no_difference_of_what_is_shown_holds_too_few(seed: int) -> None:
    rng = random.Random(seed)
    tree = grow_tree(rng, rng.randint(1, 9))
    standing = [
        Standing(unit, frozenset({number}))
        for number, unit in enumerate(rng.choices(tree.post_order(), k=rng.randint(1, 8)))
    ]
    groups = cell_atoms(tree, standing)
    sizes = {atom: rng.choice([5, 9, 14, 30]) for atom in range(8)}
    n = {unit: sum(sizes[atom] for atom in group) for unit, group in groups.items()}
    shown = shown_in_sums_of(tree, groups, n, 20)
    assert shown or all(number < 20 for number in n.values())
    for many in range(1, len(standing) + 1):
        for some in combinations(range(len(standing)), many):
            if sum(sizes[atom] for atom in some) < 20:
                assert not spanned([groups[unit] for unit in shown], frozenset(some))


def test_the_nearest_unit_shown_is_the_unit_itself_or_one_above() -> None:
    assert nearest_shown(TREE, {1, 4}) == {1: 1, 2: 1, 3: 1, 4: 4, 5: 1}
    assert nearest_shown(TREE, {2}) == {1: None, 2: 2, 3: None, 4: 2, 5: 2}

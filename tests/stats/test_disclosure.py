"""The reporting partition: nobody below the bound, everybody once, every number a union of blocks."""

import random
from collections import Counter

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from stats.disclosure import (
    Standing,
    TooFew,
    Tree,
    alike_near_end,
    cell_atoms,
    gives_away_items,
    kept_patterns,
    near_end,
    participation_open,
    participation_shown,
    partition_blocks,
    partition_people,
    raters_apart,
    share_word,
    yes_word,
)
from tests.stats.companies import grow_tree, staff_tree

SEEDS = st.integers(0, 2**32)
SMALL = settings(max_examples=150, deadline=None)
HUGE = settings(max_examples=4, deadline=None, phases=[Phase.generate])


def above(tree: Tree, unit: int) -> list[int]:
    """The unit and all units above it."""
    line = [unit]
    while (upper := tree.parent[line[-1]]) is not None:
        line.append(upper)
    return line


def subtree_sums(tree: Tree, own: dict[int, int]) -> dict[int, int]:
    sums = {unit: own.get(unit, 0) for unit in tree.parent}
    for unit in tree.post_order():
        upper = tree.parent[unit]
        if upper is not None:
            sums[upper] += sums[unit]
    return sums


def check_launch(seed: int, units: int, k: int) -> None:
    rng = random.Random(seed)
    tree = grow_tree(rng, units)
    counted, heads = staff_tree(rng, tree, 3 * k)
    total = sum(counted.values())
    if total < k:
        with pytest.raises(TooFew) as refused:
            partition_people(tree, counted, k, heads)
        assert refused.value.missing == k - total
        return
    standing = partition_people(tree, counted, k, heads)

    assert all(sum(counted[unit] for unit in block.atoms) >= k for block in standing)
    seen = Counter(unit for block in standing for unit in block.atoms)
    assert seen == Counter(unit for unit, number in heads.items() if number)

    for block in standing:
        assert all(block.home in above(tree, unit) for unit in list(block.atoms)[:20])
    cells = cell_atoms(tree, standing)
    assert cells[tree.root] == frozenset(seen)
    check_cells(rng, tree, standing, cells, counted, k)
    lost = [unit for unit, number in subtree_sums(tree, counted).items() if number >= k and unit not in cells]
    check_lost_lie_on_one_line(tree, lost)

    shuffled = [dict(rng.sample(sorted(numbers.items()), len(numbers))) for numbers in (counted, heads)]
    parents = dict(rng.sample(sorted(tree.parent.items()), len(tree.parent)))
    assert partition_people(Tree(parents), shuffled[0], k, shuffled[1]) == standing


def check_cells(
    rng: random.Random,
    tree: Tree,
    standing: list[Standing],
    cells: dict[int, frozenset[int]],
    weight: dict[int, int],
    bound: int,
) -> None:
    """Every cell, every difference and every integer combination of cells is one number on each whole block."""
    block_of = {atom: number for number, block in enumerate(standing) for atom in block.atoms}
    sizes = [sum(weight.get(atom, 0) for atom in block.atoms) for block in standing]
    units = sorted(cells)
    for _ in range(6):
        some = rng.sample(units, min(len(units), rng.randint(1, 4)))
        on_atom: Counter[int] = Counter()
        for unit in some:
            factor = rng.choice([-2, -1, 1, 3])
            for atom in cells[unit]:
                on_atom[atom] += factor
        touched = {block_of[atom] for atom, factor in on_atom.items() if factor}
        for number in touched:
            assert len({on_atom[atom] for atom in standing[number].atoms}) == 1
            assert sizes[number] >= bound
    for unit in rng.sample(units, min(len(units), 30)):
        upper = tree.parent[unit]
        if upper is not None and (rest := cells[upper] - cells[unit]):
            assert sum(weight.get(atom, 0) for atom in rest) >= bound


def check_lost_lie_on_one_line(tree: Tree, lost: list[int]) -> None:
    """Units large enough but without a cell are those above the one block that the root took in."""
    if lost:
        deepest = max(lost, key=lambda unit: len(above(tree, unit)))
        assert set(lost) <= set(above(tree, deepest))


@SMALL
@given(SEEDS, st.integers(1, 40), st.sampled_from([1, 3, 5, 8]))
def test_at_launch_every_person_is_in_exactly_one_block_of_at_least_k(seed: int, units: int, k: int) -> None:
    check_launch(seed, units, k)


@HUGE
@given(SEEDS, st.integers(3000, 5000))
def test_the_launch_rules_hold_for_five_thousand_units(seed: int, units: int) -> None:
    check_launch(seed, units, 5)


def check_close(seed: int, units: int) -> None:
    rng = random.Random(seed)
    tree = grow_tree(rng, units)
    counted, heads = staff_tree(rng, tree, 25)
    if sum(counted.values()) < 5:
        return
    launch = partition_people(tree, counted, 5, heads)
    answers = {
        number: sum(counted[unit] for unit in block.atoms) * rng.randint(0, 10) // 10
        for number, block in enumerate(launch)
    }

    def size(atoms: frozenset[int]) -> int:
        return sum(answers[atom] for atom in atoms)

    homes = {number: block.home for number, block in enumerate(launch)}
    score = partition_blocks(tree, homes, lambda atoms: size(atoms) >= 5, size)
    if size(frozenset(answers)) < 5:
        assert score == []
        return
    assert all(size(block.atoms) >= 5 for block in score)
    assert Counter(atom for block in score for atom in block.atoms) == Counter(homes.keys())
    cells = cell_atoms(tree, score)
    check_cells(rng, tree, score, cells, answers, 5)
    own: Counter[int] = Counter()
    for number, home in homes.items():
        own[home] += answers[number]
    lost = [unit for unit, number in subtree_sums(tree, own).items() if number >= 5 and unit not in cells]
    check_lost_lie_on_one_line(tree, lost)

    def detail_size(atoms: frozenset[int]) -> int:
        return sum(size(score[atom].atoms) for atom in atoms)

    score_homes = {number: block.home for number, block in enumerate(score)}
    detail = partition_blocks(tree, score_homes, lambda atoms: detail_size(atoms) >= 10, detail_size)
    assert all(detail_size(block.atoms) >= 10 for block in detail)
    for block in detail:
        assert all(block.home in above(tree, score[atom].home) for atom in block.atoms)
    if detail:
        assert Counter(atom for block in detail for atom in block.atoms) == Counter(score_homes.keys())
        score_cells = cell_atoms(tree, score)
        for unit, cell in cell_atoms(tree, detail).items():
            inside = frozenset().union(*(score[atom].atoms for atom in cell))
            assert inside <= score_cells[unit]
    reversed_homes = dict(reversed(homes.items()))
    assert partition_blocks(tree, reversed_homes, lambda atoms: size(atoms) >= 5, size) == score


@SMALL
@given(SEEDS, st.integers(1, 40))
def test_at_close_two_nested_levels_keep_their_bounds(seed: int, units: int) -> None:
    check_close(seed, units)


@HUGE
@given(SEEDS, st.integers(3000, 5000))
def test_the_close_rules_hold_for_five_thousand_units(seed: int, units: int) -> None:
    check_close(seed, units)


@SMALL
@given(SEEDS, st.integers(1, 12))
def test_only_blocks_that_hold_stand_however_wilful_the_rule(seed: int, units: int) -> None:
    rng = random.Random(seed)
    tree = grow_tree(rng, units)
    homes = {number: rng.choice(sorted(tree.parent)) for number in range(rng.randint(1, 15))}

    def holds(atoms: frozenset[int]) -> bool:
        return random.Random(f"{seed} {sorted(atoms)}").random() < 0.3

    standing = partition_blocks(tree, homes, holds, len)
    assert all(holds(block.atoms) for block in standing)
    if standing:
        assert Counter(atom for block in standing for atom in block.atoms) == Counter(homes.keys())
    else:
        assert not holds(frozenset(homes))


def test_a_remainder_at_the_root_takes_in_the_smallest_block_which_then_lives_there() -> None:
    tree = Tree({1: None, 2: 1, 3: 1})
    standing = partition_people(tree, {1: 2, 2: 9, 3: 6}, 5)
    assert standing == [Standing(2, frozenset({2})), Standing(1, frozenset({1, 3}))]
    assert cell_atoms(tree, standing) == {2: frozenset({2}), 1: frozenset({1, 2, 3})}


def test_a_remainder_prefers_a_block_that_already_lives_at_the_root() -> None:
    tree = Tree({1: None, 2: 1})
    sizes = {10: 30, 11: 2, 12: 6}
    standing = partition_blocks(
        tree,
        {10: 1, 11: 1, 12: 2},
        lambda atoms: sum(sizes[atom] for atom in atoms) >= 5,
        lambda atoms: sum(sizes[atom] for atom in atoms),
    )
    assert standing == [Standing(2, frozenset({12})), Standing(1, frozenset({10, 11}))]


def test_further_blocks_are_taken_in_until_the_union_holds() -> None:
    tree = Tree({1: None, 2: 1, 3: 1, 4: 1})
    standing = partition_blocks(
        tree,
        {10: 1, 20: 2, 30: 3, 40: 4},
        lambda atoms: len(atoms) == 3 or (len(atoms) == 1 and 10 not in atoms),
        lambda atoms: sum(atoms),
    )
    assert standing == [Standing(4, frozenset({40})), Standing(1, frozenset({10, 20, 30}))]


def test_nothing_is_published_where_all_together_do_not_hold() -> None:
    tree = Tree({1: None, 2: 1})
    assert partition_blocks(tree, {7: 1, 8: 2}, lambda atoms: atoms == {8}, len) == []


def test_people_who_do_not_count_are_in_a_block_but_never_make_one() -> None:
    tree = Tree({1: None, 2: 1})
    standing = partition_people(tree, {1: 5}, 5, {1: 5, 2: 40})
    assert standing == [Standing(1, frozenset({1, 2}))]


def test_a_company_below_k_is_told_how_many_are_missing() -> None:
    with pytest.raises(TooFew) as refused:
        partition_people(Tree({1: None, 2: 1}), {1: 1, 2: 2}, 5)
    assert refused.value.missing == 2


@pytest.mark.parametrize(
    "parent",
    [{}, {1: None, 2: None}, {1: None, 2: 3, 3: 2}, {1: 1}, {1: None, 2: 9}],
    ids=["no unit", "two roots", "a cycle", "its own parent", "an unknown parent"],
)
def test_a_broken_tree_is_refused(parent: dict[int, int | None]) -> None:
    with pytest.raises(ValueError):
        Tree(parent)


def test_a_tree_knows_its_order_and_subtrees() -> None:
    tree = Tree({1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3})
    assert tree.root == 1
    assert tree.post_order() == (4, 5, 2, 6, 3, 1)
    assert tree.subtree(2) == {2, 4, 5}
    assert tree.subtree(1) == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("counted", "k", "heads"),
    [({9: 6}, 5, None), ({1: 6}, 5, {1: 5}), ({1: -1}, 5, None), ({1: 6}, 0, None), ({1: 6}, 5, {1: 6, 9: 1})],
)
def test_numbers_that_cannot_be_are_refused(counted: dict[int, int], k: int, heads: dict[int, int] | None) -> None:
    with pytest.raises(ValueError):
        partition_people(Tree({1: None}), counted, k, heads)


def test_homes_outside_the_tree_are_refused() -> None:
    with pytest.raises(ValueError):
        partition_blocks(Tree({1: None}), {5: 9}, bool, len)
    with pytest.raises(ValueError):
        cell_atoms(Tree({1: None}), [Standing(9, frozenset({5}))])


@given(st.lists(st.integers(0, 9), max_size=11))
def test_an_item_that_stands_leaves_every_member_in_doubt_about_the_others(histogram: list[int]) -> None:
    if gives_away_items(histogram):
        return
    for category, number in enumerate(histogram):
        if number:
            others = [count - (place == category) for place, count in enumerate(histogram)]
            assert sum(count > 0 for count in others) >= 2


def test_one_odd_answer_gives_an_item_away_and_two_do_not() -> None:
    assert gives_away_items([0, 0, 1, 11, 0])
    assert not gives_away_items([0, 1, 1, 11, 0])
    assert gives_away_items([])
    with pytest.raises(ValueError):
        gives_away_items([3, -1])


def test_rounding_noise_does_not_set_a_rater_apart() -> None:
    assert raters_apart(Counter([3.5] * 6 + [2.0])) == 1
    assert raters_apart(Counter([3.5] * 6 + [2.0, 4.0])) == 2
    assert raters_apart(Counter([0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2, 1.0])) == 1
    assert raters_apart(Counter()) == 0
    with pytest.raises(ValueError):
        raters_apart({float("nan"): 5})


def test_a_mean_near_an_end_gives_groups_away_unless_many_differ() -> None:
    assert alike_near_end(4.8, 19, 9, 1, 5)
    assert alike_near_end(1.2, 5, 2, 1, 5)
    assert not alike_near_end(4.79, 19, 0, 1, 5)
    assert not alike_near_end(4.9, 20, 2, 1, 5)
    assert alike_near_end(4.9, 21, 2, 1, 5)
    assert alike_near_end(1.01, 500, 49, 1, 5)
    assert near_end(4.9, 1, 5) == "high"
    assert near_end(1.0, 1, 5) == "low"
    assert near_end(3.0, 1, 5) is None
    for mean in (float("nan"), 5.2, 0.9):
        with pytest.raises(ValueError):
            alike_near_end(mean, 8, 3, 1, 5)


def test_how_many_said_yes_in_a_word() -> None:
    assert [yes_word(yes, 10) for yes in (0, 4, 5, 6, 10)] == ["few", "few", "mixed", "most", "most"]
    for yes, n in ((-1, 10), (11, 10), (0, 0)):
        with pytest.raises(ValueError):
            yes_word(yes, n)


def test_only_patterns_shared_by_k_raters_are_kept() -> None:
    assert kept_patterns({"ab": 9, "a": 4, "b": 5, "": 0}, 5) == {"ab", "b"}


@pytest.mark.parametrize(
    ("answered", "invited", "word"),
    [(9, 10, "nearly_all"), (17, 19, "most"), (18, 19, "nearly_all"), (6, 10, "most"), (5, 9, "part"), (0, 3, "part")],
)
def test_small_groups_read_only_a_word(answered: int, invited: int, word: str) -> None:
    assert share_word(answered, invited) == word
    shown = participation_shown(answered, invited)
    assert (shown.word, shown.answered, shown.invited, shown.percent) == (word, None, None, None)
    assert participation_open(answered, invited) is None


def test_from_twenty_invited_the_share_is_shown_and_tens_while_open() -> None:
    shown = participation_shown(19, 20)
    assert (shown.word, shown.answered, shown.invited, shown.percent) == ("nearly_all", 19, 20, 95)
    assert participation_open(19, 20) == 90


def test_a_share_of_nobody_is_refused() -> None:
    for answered, invited in [(0, 0), (3, 2), (-1, 5)]:
        with pytest.raises(ValueError):
            share_word(answered, invited)

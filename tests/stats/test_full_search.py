"""Full search over what the rules of `stats/disclosure.py` publish (how it searches: tests/stats/search.py)."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations

import pytest

from stats.disclosure import Standing, TooFew, Tree, cell_atoms, kept_patterns, partition_blocks, partition_people
from tests.stats.companies import DRIVERS, ITEMS, WEIGHTS, Person, staff_company
from tests.stats.search import Sum, given_away

K, K_DETAIL = 5, 10

Publisher = Callable[[Tree, Sequence[Person]], list[Sum]]
Filter = Callable[[Sequence[Person], frozenset[int]], frozenset[int]]


def mean_of(person: int, answered: frozenset[str], items: Sequence[str]) -> Sum:
    """A rater's own weighted mean over those of the items that were answered."""
    weight = sum(WEIGHTS[item] for item in items if item in answered)
    return {(person, item): Fraction(WEIGHTS[item], weight) for item in items if item in answered}


def total(people: Sequence[Person], raters: frozenset[int], items: Sequence[str]) -> Sum:
    """The published sum over raters of a measure made of these items (the mean times n, which is shown)."""
    added: Sum = {}
    for rater in raters:
        added |= mean_of(rater, people[rater].answered, items)
    return added


def everybody(people: Sequence[Person], raters: frozenset[int]) -> frozenset[int]:
    return raters


def patterned(people: Sequence[Person], raters: frozenset[int]) -> frozenset[int]:
    """Bearing's rule: raters stay only in groups of at least k counted who answered exactly the same items."""
    kept = kept_patterns(Counter(people[rater].answered for rater in raters if people[rater].counts), K)
    return frozenset(rater for rater in raters if people[rater].answered in kept)


def out_by_counts(complete: int, partial: int, k: int) -> bool:
    """A milder rule, tried and refuted below: whether partial raters must be left out, judged from two counts.

    `partial` counts the counted raters of a detail block who answered only part, `complete` the counted ones who
    answered all, in the score block inside it that has the fewest of them. They are left out where 1 to k - 1 are
    partial; and where a score block has fewer than k complete raters, because then a difference shows those instead.
    Enough only where score blocks publish nothing but the pillar: with drivers beside it, raters who skipped alike
    cancel out and a single one may remain. `kept_patterns` is enough always.
    """
    return partial > 0 and (partial < k or complete < k)


def counted_out(people: Sequence[Person], raters: frozenset[int]) -> frozenset[int]:
    """Partial raters stay or go by two counts alone, however different the parts they answered."""
    complete = frozenset(rater for rater in raters if len(people[rater].answered) == len(ITEMS))
    counted = sum(people[rater].counts for rater in raters)
    done = sum(people[rater].counts for rater in complete)
    return complete if out_by_counts(done, counted - done, K) else raters


def publish_naively(tree: Tree, people: Sequence[Person]) -> list[Sum]:
    """Every unit with at least k raters, its own and below, gets a score and items: no complement is looked at."""
    sums: list[Sum] = []
    for unit in tree.parent:
        inside = tree.subtree(unit)
        raters = frozenset(number for number, person in enumerate(people) if person.unit in inside and person.answered)
        if len(raters) >= K:
            sums.append(total(people, raters, ITEMS))
            sums.extend(total(people, raters, items) for items in DRIVERS.values())
        if len(raters) >= K_DETAIL:
            sums.extend(total(people, raters, [item]) for item in ITEMS)
    return sums


def publish_blocks(tree: Tree, people: Sequence[Person], keep: Filter) -> list[Sum]:
    """Blocks at launch, score blocks and detail blocks at close, and every cell made of them."""
    counted = Counter(person.unit for person in people if person.counts)
    heads = Counter(person.unit for person in people)
    try:
        launch = partition_people(tree, counted, K, heads)
    except TooFew:
        return []

    def staff(atoms: frozenset[int]) -> frozenset[int]:
        units = frozenset().union(*(launch[atom].atoms for atom in atoms))
        return keep(people, frozenset(number for number, person in enumerate(people) if person.unit in units))

    def answers(raters: frozenset[int], items: Sequence[str]) -> int:
        return sum(people[rater].counts and not people[rater].answered.isdisjoint(items) for rater in raters)

    def holds(atoms: frozenset[int]) -> bool:
        return all(answers(staff(atoms), items) >= K for items in (ITEMS, *DRIVERS.values()))

    homes = {number: block.home for number, block in enumerate(launch)}
    score = partition_blocks(tree, homes, holds, lambda atoms: answers(staff(atoms), ITEMS))
    raters = {number: staff(block.atoms) for number, block in enumerate(score)}

    def inside(atoms: frozenset[int]) -> frozenset[int]:
        return frozenset().union(*(raters[atom] for atom in atoms))

    score_homes = {number: block.home for number, block in enumerate(score)}
    detail = partition_blocks(
        tree,
        score_homes,
        lambda atoms: all(answers(inside(atoms), [item]) >= K_DETAIL for item in ITEMS),
        lambda atoms: answers(inside(atoms), ITEMS),
    )
    numbered = [Standing(block.home, frozenset({number})) for number, block in enumerate(score)]
    sums: list[Sum] = []
    for atoms in {*cell_atoms(tree, numbered).values(), *(block.atoms for block in numbered)}:
        sums.extend(total(people, inside(atoms), items) for items in (ITEMS, *DRIVERS.values()))
    for atoms in {*cell_atoms(tree, detail).values(), *(block.atoms for block in detail)}:
        sums.extend(total(people, inside(atoms), [item]) for item in ITEMS)
    return sums


def publish_as_bearing(tree: Tree, people: Sequence[Person]) -> list[Sum]:
    return publish_blocks(tree, people, patterned)


def publish_with_partial_raters(tree: Tree, people: Sequence[Person]) -> list[Sum]:
    return publish_blocks(tree, people, everybody)


def publish_by_counts(tree: Tree, people: Sequence[Person]) -> list[Sum]:
    return publish_blocks(tree, people, counted_out)


def share_given_away(publish: Publisher, skipping: float, rounds: int) -> float:
    """The share of random small companies in which the search succeeds, among those that publish anything."""
    published, successes = 0, 0
    for seed in range(rounds):
        tree, people = staff_company(random.Random(seed), skipping)
        sums = [found for found in publish(tree, people) if found]
        if sums:
            published += 1
            successes += given_away(people, sums, K) is not None
    assert published >= rounds / 3
    return successes / published


def test_the_search_succeeds_against_every_unit_with_k_published() -> None:
    assert share_given_away(publish_naively, skipping=0.0, rounds=60) > 0.3


def test_the_search_succeeds_where_partial_raters_stay() -> None:
    assert share_given_away(publish_with_partial_raters, skipping=0.08, rounds=60) > 0.5


def test_the_search_succeeds_where_partial_raters_stay_by_counts_alone() -> None:
    assert share_given_away(publish_by_counts, skipping=0.2, rounds=24) > 0.1


def published_by_two_score_blocks(people: Sequence[Person], items: Sequence[str]) -> list[Sum]:
    """The pillar of units 1 and 2, each a score block, and the items of both together, a detail block."""
    units = [frozenset(number for number, person in enumerate(people) if person.unit == unit) for unit in (1, 2)]
    return [total(people, unit, items) for unit in units] + [
        total(people, units[0] | units[1], [item]) for item in items
    ]


def crowd(unit: int, *groups: tuple[int, tuple[str, ...]]) -> list[Person]:
    return [Person(unit, True, frozenset(items)) for number, items in groups for _ in range(number)]


def test_counting_partial_raters_over_a_whole_detail_block_gives_away_who_is_complete_in_one_score_block() -> None:
    both = ("d1a", "d1b")
    people = crowd(1, (1, both), (5, both[:1])) + crowd(2, (20, both))
    assert given_away(people, published_by_two_score_blocks(people, both), K) == {0}
    assert not out_by_counts(complete=21, partial=5, k=K)
    assert out_by_counts(complete=1, partial=5, k=K)


def test_two_counts_are_enough_where_no_driver_is_published_and_every_score_block_is_asked() -> None:
    items = ("d1a", "d1b", "d2b")
    kept = 0
    for seed in range(300):
        rng = random.Random(seed)
        people = [
            one
            for unit in (1, 2)
            for number in range(1, 4)
            for some in combinations(items, number)
            for one in crowd(unit, (rng.choice([5, 6, 20]) if number == 3 else rng.choice([0, 0, 0, 1, 2]), some))
        ]
        complete = Counter(person.unit for person in people if len(person.answered) == 3)
        if not out_by_counts(min(complete.values()), len(people) - complete.total(), K):
            kept += complete.total() < len(people)
            assert given_away(people, published_by_two_score_blocks(people, items), K) is None
    assert kept > 50


def test_patterns_counted_over_a_whole_detail_block_give_people_away() -> None:
    items = ("d1a", "d1b", "d2b")
    people = crowd(1, (1, items), (4, items[:2])) + crowd(2, (20, items), (3, items[:2]))
    assert kept_patterns(Counter(person.answered for person in people), K) == {frozenset(items), frozenset(items[:2])}
    assert given_away(people, published_by_two_score_blocks(people, items), K) == {0, 25, 26, 27}


def test_sparing_a_few_complete_raters_among_kept_patterns_gives_them_away() -> None:
    items = ("d1a", "d1b", "d2b")
    people = crowd(1, (1, items), (6, items[:2]), (6, items[2:]))
    assert given_away(
        people, [total(people, frozenset(range(13)), some) for some in (items, *((item,) for item in items))], K
    ) == {0}
    assert kept_patterns(Counter(person.answered for person in people), K) == {
        frozenset(items[:2]),
        frozenset(items[2:]),
    }


@pytest.mark.parametrize("skipping", [0.0, 0.02, 0.08, 0.2])
def test_the_search_finds_nobody_in_what_bearing_publishes(skipping: float) -> None:
    assert share_given_away(publish_as_bearing, skipping, rounds=120 if skipping < 0.2 else 60) == 0

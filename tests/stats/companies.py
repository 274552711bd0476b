"""Random companies for the tests of the statistics: trees of all shapes and people who answer or do not."""

import random
from dataclasses import dataclass

from stats.disclosure import Tree

ITEMS = ("d1a", "d1b", "d2a", "d2b")
WEIGHTS = {"d1a": 1, "d1b": 1, "d2a": 2, "d2b": 1}
DRIVERS = {"d1": ("d1a", "d1b"), "d2": ("d2a", "d2b")}


def grow_tree(rng: random.Random, units: int) -> Tree:
    """Unit ids are shuffled, so that no order of ids follows the tree. Shapes run from a chain to a star."""
    reach = rng.choice([1, 3, 20, units])
    ids = rng.sample(range(1, 10 * units + 1), units)
    return Tree({unit: None if place == 0 else ids[rng.randrange(max(0, place - reach), place)]
                 for place, unit in enumerate(ids)})  # fmt: skip


def staff_tree(rng: random.Random, tree: Tree, most: int) -> tuple[dict[int, int], dict[int, int]]:
    """Counted people and headcounts per unit; some units are empty, some have people who do not count."""
    heads = {unit: rng.choice([0, 0, 1, 2, rng.randint(0, most)]) for unit in tree.parent}
    counted = {unit: sum(rng.random() < 0.9 for _ in range(number)) for unit, number in heads.items()}
    return counted, heads


@dataclass(frozen=True)
class Person:
    """Somebody in a unit who answered these items of one pillar; who does not count is taken to be the attacker's."""

    unit: int
    counts: bool
    answered: frozenset[str]


def staff_company(rng: random.Random, skipping: float) -> tuple[Tree, list[Person]]:
    """A small company in which everybody skips each item with the given probability."""
    tree = grow_tree(rng, rng.randint(3, 8))
    return tree, [
        Person(
            unit,
            rng.random() < 0.93,
            frozenset(item for item in ITEMS if rng.random() >= skipping),
        )
        for unit in tree.post_order()
        for _ in range(rng.choice([0, 2, 5, 6, 9, 14]))
    ]

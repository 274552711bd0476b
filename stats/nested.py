"""What nested groups give away by subtraction: a unit less the units below it that are shown too.

The groups shown of a tree are nested, so whatever adding and subtracting them can yield is a union of remainders: the
group of a shown unit less the nearest shown ones below it. Whoever keeps every remainder harmless has judged every
difference. Complementary suppression in a hierarchy, as in Hundepool et al., Statistical Disclosure Control (Wiley
2012), section 4.3. Pure, one pass from the leaves to the root.
"""

from collections.abc import Collection, Mapping

from stats.disclosure import Tree


def shown_in_sums_of(
    tree: Tree, groups: Mapping[int, frozenset[int]], n: Mapping[int, int], at_least: int
) -> frozenset[int]:
    """The units to show so that every group, and every difference of groups, holds nobody or `at_least` answers.

    `groups` are nested along the tree (each holds those of the units below it), `n` are their answers. Where too few
    would remain of a unit, its smallest part is not shown either. Raises KeyError for a group without a size.
    """
    below: dict[int, set[int]] = {}  # of every unit shown: the nearest shown units below it
    waiting: dict[int, set[int]] = {}
    for unit in tree.post_order():
        parts = waiting.pop(unit, set())
        if unit in groups and n[unit] >= at_least:
            while 0 < n[unit] - sum(n[part] for part in parts) < at_least:
                smallest = min(parts, key=lambda part: (n[part], part))
                parts = parts - {smallest} | below.pop(smallest)
            below[unit], parts = parts, {unit}
        above = tree.parent[unit]
        if above is not None:
            waiting.setdefault(above, set()).update(parts)
    return frozenset(below)


def nearest_shown(tree: Tree, shown: Collection[int]) -> dict[int, int | None]:
    """For every unit the nearest one that is shown, itself or above it; None where there is none."""
    found: dict[int, int | None] = {}
    for unit in reversed(tree.post_order()):
        above = tree.parent[unit]
        found[unit] = unit if unit in shown else (None if above is None else found[above])
    return found

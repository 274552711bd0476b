"""What nested groups give away by subtraction: a unit less the units below it that are shown too.

The groups shown of a tree are nested, so whatever adding and subtracting them can yield is a union of remainders: the
group of a shown unit less the nearest shown ones below it. A unit is kept back for good only where it is no union of
remainders, and what remains of the others is harmless. Complementary suppression in a hierarchy, as in Hundepool et
al., Statistical Disclosure Control (Wiley 2012), section 4.3. Pure, one pass from the leaves to the root.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from stats.disclosure import Tree

Group = frozenset[int]
Risky = Callable[[int, tuple[int, ...]], bool]


def less(groups: Mapping[int, Group], unit: int, others: Collection[int]) -> Group:
    """The group of a unit without those of others; a unit without a group has an empty one."""
    whole = groups.get(unit, frozenset())
    if len(others) == 1 and groups.get(next(iter(others))) is whole:
        return frozenset()
    return whole.difference(*(groups.get(other, frozenset()) for other in others)) if others else whole


def shown_without_harm(
    tree: Tree, groups: Mapping[int, Group], n: Mapping[int, int], risky: Risky, hidden: Collection[int] = ()
) -> dict[int, tuple[int, ...]]:
    """The units of `groups` that may be shown, each with the nearest shown units below it.

    `groups` are nested along the tree (each holds those of the units below it), `n` are their sizes. `risky(unit,
    others)` judges the group of a unit less those of the others, units below it; `others` is () for the group itself.
    A risky group is not shown, nor one of `hidden`, and no sum or difference of shown ones yields it. Where what
    remains of a unit is risky, its smallest part is kept back as well.

    Raises KeyError for a group without a size.
    """
    return _Search(tree, groups, n, risky, frozenset(hidden)).run()


@dataclass
class _Part:
    """A group and the nearest shown units inside it."""

    unit: int
    below: set[int]


class _Search:
    def __init__(
        self, tree: Tree, groups: Mapping[int, Group], n: Mapping[int, int], risky: Risky, hidden: frozenset[int]
    ) -> None:
        self.tree, self.groups, self.n, self.risky, self.hidden = tree, groups, n, risky, hidden
        self.below: dict[int, set[int]] = {}  # of every unit shown so far
        self.nearest: dict[int, set[int]] = {}  # for units not reached yet
        self.secrets: dict[int, list[_Part]] = {}

    def run(self) -> dict[int, tuple[int, ...]]:
        for unit in self.tree.post_order():
            here = _Part(unit, self.nearest.pop(unit, set()))
            secrets = self.secrets.pop(unit, [])
            if unit in self.groups:
                if unit in self.hidden or self.risky(unit, ()):
                    self._keep_back(here, secrets)
                elif self._show(here, secrets):
                    here, secrets = _Part(unit, {unit}), []
            above = self.tree.parent[unit]
            if above is not None:
                self.nearest.setdefault(above, set()).update(here.below)
                self.secrets.setdefault(above, []).extend(secrets)
        return {unit: tuple(sorted(parts)) for unit, parts in self.below.items()}

    def _keep_back(self, here: _Part, secrets: list[_Part]) -> None:
        """Not shown, and no sum of its parts either: one of them is kept back with it."""
        while here.below and not self._left(here):
            self._hide(self._smallest(here.below), here, secrets)
        secrets.append(_Part(here.unit, set(here.below)))

    def _show(self, here: _Part, secrets: list[_Part]) -> bool:
        """Keep parts back until what remains of the unit tells nothing; False where only the unit itself is left."""
        while left := self._left(here):
            told = next((secret for secret in secrets if self._left(secret) == left), None)
            if told is None and not (here.below and self.risky(here.unit, tuple(sorted(here.below)))):
                break
            others = here.below if told is None else here.below - told.below
            if not others:
                return False
            self._hide(self._smallest(others), here, secrets)
        self.below[here.unit] = here.below
        return True

    def _hide(self, unit: int, here: _Part, secrets: list[_Part]) -> None:
        inside = self.below.pop(unit)
        for each in (here, *secrets):
            if unit in each.below:
                each.below = each.below - {unit} | inside

    def _smallest(self, units: Collection[int]) -> int:
        return min(units, key=lambda unit: (self.n[unit], unit))

    def _left(self, part: _Part) -> int:
        """How much of a group is in none of the shown units inside it."""
        return len(self.groups[part.unit]) - sum(len(self.groups[unit]) for unit in part.below)

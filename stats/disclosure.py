"""What may be published about whom: blocks of people over the unit tree, and the bounds they must keep.

Every published number is about a union of standing blocks, and so is every difference of published numbers: the
blocks are the basis of all linear combinations, so nothing smaller than one block can be computed. The technique is
cell suppression by merging upwards ("no complement below the threshold"), as in Hundepool et al., Statistical
Disclosure Control (Wiley 2012), chapter 4. All functions are pure and do not depend on the order of their input.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal, TypeVar

Word = Literal["nearly_all", "most", "part"]
YesWord = Literal["most", "mixed", "few"]
Pattern = TypeVar("Pattern", bound=Hashable)

SHARE_SHOWN_FROM = 20
FORM_NEEDS = 40
NEAR_END = 0.05
SLACK = 1e-9


class TooFew(Exception):
    """The company has fewer counted people than the bound; `missing` says how many are lacking (>= 1)."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} more counted people are needed")
        self.missing = missing


@dataclass(frozen=True)
class Tree:
    """The units of a company: unit id -> parent id, None for the one root.

    Raises ValueError for a cycle, a parent that is not a unit, and anything but exactly one root.
    """

    parent: Mapping[int, int | None]
    root: int = field(init=False, compare=False, repr=False)
    _order: tuple[int, ...] = field(init=False, compare=False, repr=False)
    _end: Mapping[int, int] = field(init=False, compare=False, repr=False)
    _size: Mapping[int, int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        children: dict[int, list[int]] = {unit: [] for unit in self.parent}
        roots = []
        for unit in sorted(self.parent):
            above = self.parent[unit]
            if above is None:
                roots.append(unit)
            elif above not in children:
                raise ValueError(f"unit {unit} has the unknown parent {above}")
            else:
                children[above].append(unit)
        if len(roots) > 1:
            raise ValueError(f"one root is needed, not {len(roots)}")
        before: list[int] = []  # parent first, then its children from the last to the first: post-order backwards
        waiting = list(roots)
        while waiting:
            unit = waiting.pop()
            before.append(unit)
            waiting.extend(children[unit])
        if not roots or len(before) != len(self.parent):
            raise ValueError("the units form a cycle, or there are none")
        order = tuple(reversed(before))
        size = dict.fromkeys(order, 1)
        for unit in order:
            above = self.parent[unit]
            if above is not None:
                size[above] += size[unit]
        object.__setattr__(self, "root", roots[0])
        object.__setattr__(self, "_order", order)
        object.__setattr__(self, "_end", {unit: place + 1 for place, unit in enumerate(order)})
        object.__setattr__(self, "_size", size)

    def post_order(self) -> tuple[int, ...]:
        """All units, every unit after all units below it; siblings by id. The root is the last."""
        return self._order

    def subtree(self, unit: int) -> frozenset[int]:
        """The unit and all units below it. Raises KeyError for an unknown unit."""
        end = self._end[unit]
        return frozenset(self._order[end - self._size[unit] : end])

    def place(self, unit: int) -> int:
        """The place of a unit in the post-order, from 1. Raises KeyError for an unknown unit."""
        return self._end[unit]

    def refuse_strangers(self, units: Iterable[int]) -> None:
        """Raises ValueError if one of the ids is no unit of this tree."""
        strangers = [unit for unit in units if unit not in self.parent]
        if strangers:
            raise ValueError(f"unknown units: {sorted(strangers)[:5]}")


@dataclass(frozen=True)
class Standing:
    """A block that stands: the unit it is at home in, and the atoms it is made of."""

    home: int
    atoms: frozenset[int]


def partition_people(
    tree: Tree, counted: Mapping[int, int], k: int, headcount: Mapping[int, int] | None = None
) -> list[Standing]:
    """At launch: cut the company into blocks of at least k counted people; the atoms are unit ids.

    `counted` and `headcount` say how many of a unit's own people count towards k and how many there are in all (by
    default the same). Every unit with any person is in exactly one block. A pool of people stands where it first
    reaches k on its way up; what is left at the root joins the smallest block, which then is at home at the root.

    Raises TooFew if the company has fewer than k counted people; ValueError for unknown units, k < 1, negative
    counts, or more counted people than heads.
    """
    heads = counted if headcount is None else headcount
    tree.refuse_strangers(counted)
    tree.refuse_strangers(heads)
    if k < 1:
        raise ValueError("k must be at least 1")
    for unit, number in counted.items():
        if not 0 <= number <= heads.get(unit, 0):
            raise ValueError(f"unit {unit} counts {number} of {heads.get(unit, 0)} people")
    if any(number < 0 for number in heads.values()):
        raise ValueError("a headcount is negative")
    missing = k - sum(counted.values())
    if missing > 0:
        raise TooFew(missing)

    pooled: dict[int, list[int]] = {}
    weight: dict[int, int] = {}
    standing: list[Standing] = []
    for unit in tree.post_order():
        pool = pooled.pop(unit, [])
        if heads.get(unit, 0):
            pool.append(unit)
        number = weight.pop(unit, 0) + counted.get(unit, 0)
        above = tree.parent[unit]
        if number >= k:
            standing.append(Standing(unit, frozenset(pool)))
        elif above is not None:
            _rise(pooled, above, pool)
            weight[above] = weight.get(above, 0) + number
        elif pool:
            standing = _join(
                tree, standing, frozenset(pool), lambda atoms: sum(counted.get(atom, 0) for atom in atoms), _always
            )
    return _ordered(tree, standing)


def partition_blocks(
    tree: Tree,
    homes: Mapping[int, int],
    holds: Callable[[frozenset[int]], bool],
    size: Callable[[frozenset[int]], int],
) -> list[Standing]:
    """At close: merge blocks upwards until every one that stands holds; the atoms are the block ids in `homes`.

    Called with launch blocks it gives the score blocks, called with score blocks the detail blocks, so the two levels
    are nested. `holds` says whether a set of atoms may be published; it need not be monotone. At each unit the own
    blocks that hold alone stand, the others and what rose from below are pooled; the pool stands if it holds, else it
    rises. At the root it joins standing blocks (the smallest at home there first, then the smallest of all, by
    `size`) until the union holds. If all together do not hold, the answer is [] : nothing is published.

    Raises ValueError for a home that is no unit.
    """
    tree.refuse_strangers(homes.values())
    own: dict[int, list[int]] = {}
    for block in sorted(homes):
        own.setdefault(homes[block], []).append(block)
    pooled: dict[int, list[int]] = {}
    standing: list[Standing] = []
    for unit in tree.post_order():
        pool = pooled.pop(unit, [])
        for block in own.get(unit, ()):
            alone = frozenset((block,))
            if holds(alone):
                standing.append(Standing(unit, alone))
            else:
                pool.append(block)
        if not pool:
            continue
        together = frozenset(pool)
        above = tree.parent[unit]
        if len(together) > 1 and holds(together):
            standing.append(Standing(unit, together))
        elif above is not None:
            _rise(pooled, above, pool)
        else:
            standing = _join(tree, standing, together, size, holds)
    return _ordered(tree, standing)


def cell_atoms(tree: Tree, standing: Sequence[Standing]) -> dict[int, frozenset[int]]:
    """The cell of each unit: the union of the atoms of the blocks at home in its subtree; units with none are absent.

    Units whose cells are equal because one child holds everything share one set, so a long chain costs nothing.
    Raises ValueError for a home that is no unit.
    """
    tree.refuse_strangers(block.home for block in standing)
    parts: dict[int, list[frozenset[int]]] = {}
    for block in standing:
        parts.setdefault(block.home, []).append(block.atoms)
    cells: dict[int, frozenset[int]] = {}
    for unit in tree.post_order():
        found = parts.pop(unit, None)
        if found is None:
            continue
        cell = found[0] if len(found) == 1 else frozenset().union(*found)
        cells[unit] = cell
        above = tree.parent[unit]
        if above is not None:
            parts.setdefault(above, []).append(cell)
    return cells


def _rise(pooled: dict[int, list[int]], above: int, pool: list[int]) -> None:
    """Hand a pool to the unit above; the longer list is kept, so that a deep tree stays near linear."""
    there = pooled.get(above, [])
    longer, shorter = (pool, there) if len(pool) > len(there) else (there, pool)
    longer.extend(shorter)
    pooled[above] = longer


def _join(
    tree: Tree,
    standing: list[Standing],
    remainder: frozenset[int],
    size: Callable[[frozenset[int]], int],
    holds: Callable[[frozenset[int]], bool],
) -> list[Standing]:
    """The remainder at the root takes in standing blocks, the smallest first, until the union holds; else []."""
    left = sorted(
        standing,
        key=lambda block: (block.home != tree.root, size(block.atoms), tree.place(block.home), sorted(block.atoms)),
    )
    union = remainder
    for taken, block in enumerate(left, start=1):
        union |= block.atoms
        if holds(union):
            return [*left[taken:], Standing(tree.root, union)]
    return []


def _always(atoms: frozenset[int]) -> bool:
    return True


def _ordered(tree: Tree, standing: list[Standing]) -> list[Standing]:
    return sorted(standing, key=lambda block: (tree.place(block.home), min(block.atoms)))


# Evidence that a block gives people away, from counts only


def gives_away_items(histogram: Sequence[int]) -> bool:
    """Whether fewer than two answers lie outside the commonest category of an item (counts per category, >= 0).

    With all answers alike everybody's answer is known; with one exception that one knows all the others'.
    """
    if any(number < 0 for number in histogram):
        raise ValueError("a count is negative")
    return sum(histogram) - max(histogram, default=0) < 2


def raters_apart(means: Mapping[float, int]) -> int:
    """How many raters' means differ from the commonest mean (a Counter: mean -> raters).

    Means that differ by less than 1e-9 are one. Raises ValueError for NaN and negative counts.
    """
    raters: dict[float, int] = {}
    for mean, number in means.items():
        if not isfinite(mean) or number < 0:
            raise ValueError("means must be finite and counts not negative")
        rounded = round(mean, 9)
        raters[rounded] = raters.get(rounded, 0) + number
    return sum(raters.values()) - max(raters.values(), default=0)


def near_end(mean: float, low: float, high: float) -> Literal["low", "high"] | None:
    """The end of the scale within 5 % of whose span a mean lies, ends included (1-5: up to 1.2 and from 4.8 on)."""
    if not low < high or not low - SLACK <= mean <= high + SLACK:
        raise ValueError(f"a mean of {mean} does not fit the scale {low} to {high}")
    margin = NEAR_END * (high - low) + SLACK
    if mean <= low + margin:
        return "low"
    return "high" if mean >= high - margin else None


def alike_near_end(mean: float, n: int, apart: int, low: float, high: float) -> bool:
    """Whether nearly all of a group say one end of the scale, so that everybody's answer is as good as known.

    `apart` raters' means differ from the commonest. Near an end a mean of fewer than 20 raters always tells too much;
    from 20 on it does where fewer than a tenth differ.
    """
    return near_end(mean, low, high) is not None and (n < SHARE_SHOWN_FROM or 10 * apart < n)


# Partial raters: 2 x pillar - item - item is exactly the answers of those who answered only part


def kept_patterns(patterns: Mapping[Pattern, int], k: int) -> frozenset[Pattern]:
    """The answer patterns whose raters stay in every measure of a pillar, given raters per pattern in a score block.

    A pattern is what exactly was answered (the set of item codes), everything being a pattern too; count those who
    count towards k, per score block and not per detail block. Published sums treat raters of one pattern in one score
    block alike, so whatever is computed from them concerns whole groups: keeping only groups of >= k raters means that
    no combination, with drivers and weights of any kind, can concern fewer than k.
    """
    return frozenset(pattern for pattern, raters in patterns.items() if raters >= max(k, 1))


# Participation


@dataclass(frozen=True)
class Share:
    """How many took part, as far as it may be shown: counts and per cent (0-100) are None where only the word is."""

    word: Word
    answered: int | None
    invited: int | None
    percent: int | None


def share_word(answered: int, invited: int) -> Word:
    """The share of the invited who answered in one word: nearly all (>= 90 %), most (>= 60 %), or part.

    Raises ValueError unless 0 <= answered <= invited and invited >= 1.
    """
    if not 0 <= answered <= invited or invited < 1:
        raise ValueError(f"{answered} of {invited} is no share")
    if 10 * answered >= 9 * invited:
        return "nearly_all"
    return "most" if 10 * answered >= 6 * invited else "part"


def yes_word(yes: int, n: int) -> YesWord:
    """How many said yes in one word: most (>= 60 %), few (<= 40 %), or mixed.

    Raises ValueError unless 0 <= yes <= n and n >= 1.
    """
    if not 0 <= yes <= n or n < 1:
        raise ValueError(f"{yes} of {n} is no share")
    if 10 * yes >= 6 * n:
        return "most"
    return "few" if 10 * yes <= 4 * n else "mixed"


def participation_shown(answered: int, invited: int, counted: int | None = None) -> Share:
    """What may be shown of participation after close: below 20 invited who count only the word.

    `counted` are those of the invited who count (all of them by default). Raises as `share_word`.
    """
    word = share_word(answered, invited)
    if (invited if counted is None else counted) < SHARE_SHOWN_FROM:
        return Share(word, None, None, None)
    return Share(word, answered, invited, 100 * answered // invited)


def participation_open(collected: int, invited: int) -> int | None:
    """Per cent of links used while a round is open, rounded down to tens; None below 20 invited."""
    share_word(collected, invited)
    return None if invited < SHARE_SHOWN_FROM else 10 * (10 * collected // invited)


# Rotation: the bank is cut into slices, a wave draws its forms from one slice


@dataclass(frozen=True)
class BankItem:
    """An item of the question bank; an empty driver means that it belongs to none."""

    code: str
    pillar: str
    driver: str


def slice_bank(items: Sequence[BankItem], count: int) -> list[list[str]]:
    """Cut the bank into `count` slices of item codes, each item in exactly one, deterministically.

    Every slice has items of every pillar that has at least `count` items (a smaller pillar covers as many slices as
    it has items); the items of one driver stay together in pairs where that allows it; slices are of even size.
    Raises ValueError if count < 1, there are fewer items than slices, or a code comes twice.
    """
    if not 1 <= count <= len(items):
        raise ValueError(f"{len(items)} items cannot be cut into {count} slices")
    if len({item.code for item in items}) != len(items):
        raise ValueError("an item code comes twice")
    slices: list[list[str]] = [[] for _ in range(count)]
    for pillar in sorted({item.pillar for item in items}):
        bundles = _bundles([item for item in items if item.pillar == pillar])
        while len(bundles) < count and len(bundles[0]) > 1:
            split = bundles.pop(0)
            bundles = sorted([*bundles, split[:-1], split[-1:]], key=lambda bundle: (-len(bundle), bundle))
        here = [0] * count
        for bundle in bundles:
            place = min(range(count), key=lambda number: (here[number], len(slices[number]), number))
            slices[place].extend(bundle)
            here[place] += len(bundle)
    return slices


def slice_yield(slice_items: Sequence[BankItem], per_pillar: int = 2) -> int:
    """How many disjoint forms a slice yields (>= 1): as many as its poorest pillar can fill with `per_pillar` items."""
    numbers = [sum(item.pillar == pillar for item in slice_items) for pillar in {item.pillar for item in slice_items}]
    return max(1, min(numbers, default=0) // per_pillar)


def form_count(invited: int, yields: int, k_form: int = FORM_NEEDS) -> int:
    """How many forms a block gets: max(1, floor(invited / k_form)), at most what its slice yields."""
    return max(1, min(invited // k_form, yields))


def draw_forms(slice_items: Sequence[BankItem], n_forms: int, per_pillar: int = 2, turn: int = 0) -> list[list[str]]:
    """Draw `n_forms` disjoint forms of up to `per_pillar` items of every pillar from a slice.

    The items of one driver come together where possible. `turn` (>= 0) moves the start, so that the next round
    through the slices asks what this one left out. Raises ValueError for more forms than the slice yields.
    """
    if not 1 <= n_forms <= slice_yield(slice_items, per_pillar):
        raise ValueError(f"the slice does not yield {n_forms} forms")
    forms: list[list[str]] = [[] for _ in range(n_forms)]
    for pillar in sorted({item.pillar for item in slice_items}):
        bundles = _bundles([item for item in slice_items if item.pillar == pillar])
        start = turn * n_forms % len(bundles)
        codes = [code for bundle in bundles[start:] + bundles[:start] for code in bundle]
        for number, form in enumerate(forms):
            form.extend(codes[number * per_pillar : (number + 1) * per_pillar])
    return forms


def _bundles(items: Sequence[BankItem]) -> list[list[str]]:
    """The codes of one pillar, bundled in pairs of one driver (an odd one joins the last pair), larger ones first."""
    drivers: dict[str, list[str]] = {}
    for item in sorted(items, key=lambda item: item.code):
        drivers.setdefault(item.driver or f"\0{item.code}", []).append(item.code)
    bundles = []
    for codes in drivers.values():
        pairs = [codes[start : start + 2] for start in range(0, max(1, len(codes) - 1), 2)]
        if len(codes) > 2 and len(codes) % 2:
            pairs[-1].append(codes[-1])
        bundles.extend(pairs)
    return sorted(bundles, key=lambda bundle: (-len(bundle), bundle))

"""From opened answers to what may be published: pure arithmetic over arrays, no database, no clock.

The rules are those of docs/trust.md: score blocks of at least k counted answers, detail blocks that are unions of
them with at least `k_detail` answers to every item, partial raters left out where a difference would show them, and
blocks that give people away merged upwards.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from stats import disclosure
from stats.disclosure import Standing, Tree
from surveys.opening import NOT_ANSWERED
from surveys.questionnaire import Item, Questionnaire, Scale

UNIFORM_SD = sqrt(2)  # sd of a uniform answer on 1-5: used where no spread may be published


@dataclass(frozen=True)
class Bounds:
    """The smallest groups of this round: k answers for scores, k_detail for items, comments_needed per group."""

    k: int
    k_detail: int
    comments_needed: int = 3


@dataclass(frozen=True)
class Replies:
    """What a round's boxes held, latest reply of each ballot: one row per reply, in no meaningful order."""

    block: NDArray[np.int64]
    form: NDArray[np.int16]
    counts: NDArray[np.bool_]
    answers: NDArray[np.int8]  # replies x items of the questionnaire, NOT_ANSWERED where skipped or not known

    def __len__(self) -> int:
        return len(self.block)

    @cached_property
    def _numbered(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return np.unique(self.block, return_inverse=True)

    @cached_property
    def places(self) -> dict[int, int]:
        """The blocks that have replies, numbered from 0."""
        return {block: place for place, block in enumerate(self._numbered[0].tolist())}

    @property
    def place(self) -> NDArray[np.int64]:
        """The number of each reply's block."""
        return self._numbered[1]

    @cached_property
    def of_block(self) -> dict[int, NDArray[np.int64]]:
        """The rows of each block: sorted once, so that asking for a block costs its size and not everybody's."""
        return dict(zip(self.places, _rows_of(self.place, len(self.places)), strict=True))

    def only(self, blocks: Collection[int]) -> "Replies":
        """The replies of these blocks."""
        some = np.isin(self.block, list(blocks))
        return Replies(self.block[some], self.form[some], self.counts[some], self.answers[some])

    def rows(self, blocks: frozenset[int]) -> NDArray[np.int64]:
        """The rows of a union of blocks."""
        found = [self.of_block[block] for block in blocks if block in self.of_block]
        return np.concatenate(found) if found else np.zeros(0, np.int64)


@dataclass(frozen=True)
class Sums:
    """What a published mean is made of; squares and histogram only where details may be shown."""

    n: int
    total: float
    squares: float | None = None
    histogram: tuple[int, ...] | None = None
    counted: int = 0  # answers of people who count towards the smallest group

    def __add__(self, other: "Sums") -> "Sums":
        both = self.histogram is not None and other.histogram is not None
        return Sums(
            self.n + other.n,
            self.total + other.total,
            None if self.squares is None or other.squares is None else self.squares + other.squares,
            tuple(a + b for a, b in zip(self.histogram or (), other.histogram or (), strict=True)) if both else None,
            self.counted + other.counted,
        )

    @property
    def mean(self) -> float:
        """The mean; never called on an empty group."""
        return self.total / self.n

    @property
    def variance(self) -> float | None:
        """The sample variance (n - 1), or None where squares are not published."""
        if self.squares is None or self.n < 2:
            return None
        return max(0.0, (self.squares - self.total**2 / self.n) / (self.n - 1))


def counts_as_item(questionnaire: Questionnaire, subject: str, driver: str | None = None) -> bool:
    """Whether some form measures a pillar, or one driver of it, by a single item: then it is shown as an item is."""
    codes = {
        item.code
        for item in questionnaire.items
        if item.subject == subject and item.scores and (driver is None or item.driver == driver)
    }
    return len(codes) <= 1 or any(len(codes.intersection(form)) == 1 for form in questionnaire.forms)


@dataclass
class PillarTally:
    """Everything published about one pillar: two nested partitions and the sums of each measure on each block.

    Or about one question that stands by itself.
    """

    subject: str
    score: list[Standing] = field(default_factory=list)
    detail: list[Standing] = field(default_factory=list)
    score_sums: list[dict[str, Sums]] = field(default_factory=list)  # per score block: "pillar", "driver:x"
    detail_sums: list[dict[str, Sums]] = field(default_factory=list)  # per detail block: also "item:x"
    counted: list[dict[str, int]] = field(default_factory=list)  # per finest block: answers of people who count
    members: list[NDArray[np.int64]] = field(default_factory=list)  # per detail block: its replies, for analysers
    left_out: int = 0


class PillarCount:
    """One pillar's answers, counted per launch block, so that any union of blocks is an addition.

    Or those to a question that stands by itself, which is published as the questions of a pillar are.
    """

    def __init__(self, subject: str, questionnaire: Questionnaire, replies: Replies, bounds: Bounds) -> None:
        self.subject, self.bounds, self.replies = subject, bounds, replies
        self.columns = [
            (column, item)
            for column, item in enumerate(questionnaire.items)
            if item.subject == subject and item.scale is not Scale.COMMENT
        ]
        self.scored = [(column, item) for column, item in self.columns if item.scores]
        self.is_single = counts_as_item(questionnaire, subject)
        drivers = {item.driver for _, item in self.scored}
        self.drivers = [
            name for name in sorted(drivers) if len(drivers) > 1 and not counts_as_item(questionnaire, subject, name)
        ]
        self.asked = self._asked_in(questionnaire)
        self.kept = np.ones(len(replies), dtype=bool)

    def _asked_in(self, questionnaire: Questionnaire) -> NDArray[np.bool_]:
        """Whether the form of each reply asks each scored item."""
        asked = np.array(
            [[item.code in form for _, item in self.scored] for form in questionnaire.forms], dtype=bool
        ).reshape(len(questionnaire.forms), len(self.scored))
        given: NDArray[np.bool_] = asked[self.replies.form]
        return given

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """Scored answers on 1-5, NaN where not answered."""
        points = np.full((len(self.replies), len(self.scored)), np.nan)
        for place, (column, item) in enumerate(self.scored):
            given = self.replies.answers[:, column]
            table = np.array([item.points(value) for value in item.values])
            valid = given != NOT_ANSWERED
            points[valid, place] = table[given[valid] - item.values[0]]
        return points

    def means(self, places: Sequence[int]) -> NDArray[np.float64]:
        """Each rater's weighted mean over some of the scored items; NaN below half of the weight asked."""
        points = self.points[:, places]
        weights = np.array([self.scored[place][1].weight for place in places])
        answered = (~np.isnan(points) * weights).sum(axis=1)
        asked = (self.asked[:, places] * weights).sum(axis=1)
        enough = (answered > 0) & (2 * answered >= asked)
        means: NDArray[np.float64] = np.full(len(points), np.nan)
        np.divide(np.nansum(points * weights, axis=1), answered, out=means, where=enough)
        return means

    @cached_property
    def measures(self) -> dict[str, NDArray[np.float64]]:
        """The raters' means of the pillar and of each driver asked in several items."""
        every = list(range(len(self.scored)))
        found = {} if not self.scored else {"pillar": self.means(every)}
        for driver in self.drivers:
            found[f"driver:{driver}"] = self.means([at for at in every if self.scored[at][1].driver == driver])
        return found

    @cached_property
    def pattern(self) -> NDArray[np.int64]:
        """A number for each rater, alike for those who answered the same questions and enter the same measures."""
        columns = [*(~np.isnan(self.points)).T, *(~np.isnan(means) for means in self.measures.values())]
        number = np.zeros(len(self.replies), np.int64)
        for column in columns:  # numbered anew after each, so that any number of questions fits
            _, number = np.unique(2 * number + column, return_inverse=True)
        return number

    def tally(self, tree: Tree, homes: Mapping[int, int]) -> PillarTally:
        """Find the blocks that stand, leaving out partial raters until no difference shows fewer than k of them."""
        before = -1
        result = PillarTally(self.subject)
        while before != int(self.kept.sum()):
            before = int(self.kept.sum())
            result = self._partition(tree, homes)
            self._leave_out_partial(result)
        result.left_out = len(self.replies) - before
        self._sum_up(result)
        return result

    def _partition(self, tree: Tree, homes: Mapping[int, int]) -> PillarTally:
        counts = BlockCounts(self)
        score = disclosure.partition_blocks(tree, homes, counts.score_holds, counts.size)
        numbered = dict(enumerate(score))

        def launch_blocks(atoms: frozenset[int]) -> frozenset[int]:
            return frozenset().union(*(numbered[atom].atoms for atom in atoms))

        detail = disclosure.partition_blocks(
            tree,
            {number: standing.home for number, standing in numbered.items()},
            lambda atoms: counts.detail_holds(launch_blocks(atoms)),
            lambda atoms: counts.size(launch_blocks(atoms)),
        )
        unions = [Standing(standing.home, launch_blocks(standing.atoms)) for standing in detail]
        return PillarTally(self.subject, score=score, detail=unions)

    def _leave_out_partial(self, result: PillarTally) -> None:
        """Keep only groups of at least k raters of one score block who answered exactly the same questions.

        The measures they enter must be the same too: two answers are enough for a score in a short form and too few
        in a long one. Published sums treat such raters alike, so no combination of pillar, drivers and items
        concerns fewer. Those who answered everything are a group like any other (tests/stats/test_full_search.py).
        """
        if len(self.scored) < 2:
            return
        some = (~np.isnan(self.points)).any(axis=1) & self.kept
        pattern = self.pattern
        for standing in result.score:
            rows = self.replies.rows(standing.atoms)
            rows = rows[some[rows]]
            counted = Counter(pattern[rows[self.replies.counts[rows]]].tolist())
            whole = disclosure.kept_patterns(counted, self.bounds.k)
            if len(whole) < len(set(pattern[rows].tolist())):
                self.kept[rows[~np.isin(pattern[rows], list(whole))]] = False

    def rows(self, standing: Standing) -> NDArray[np.int64]:
        """The replies of a standing block that are kept for this pillar."""
        rows = self.replies.rows(standing.atoms)
        return rows[self.kept[rows]]

    def _sum_up(self, result: PillarTally) -> None:
        owner, number = self._owners(result.score), len(result.score)
        if not self.is_single:
            result.score_sums = self._sums(owner, number)
        finest = self._items(owner, number)
        owner, number = self._owners(result.detail), len(result.detail)
        result.detail_sums = self._sums(owner, number, squares=True)
        items = self._items(owner, number)
        for sums, of_items in zip(result.detail_sums, items, strict=True):
            sums |= of_items
        result.counted = [
            {name: found.counted for name, found in {**sums, **of_items}.items()}
            for sums, of_items in (
                zip(result.detail_sums, items, strict=True)
                if self.is_single
                else zip(result.score_sums, finest, strict=True)
            )
        ]
        result.members = _rows_of(owner, number)
        if len(self.scored) > 1:
            self._count_patterns(result)

    def _count_patterns(self, result: PillarTally) -> None:
        """Whoever answered the same questions can be told apart by subtracting measures: such groups count like one."""
        answered = (~np.isnan(self.points)).any(axis=1) & self.replies.counts
        finest = result.detail if self.is_single else result.score
        for counted, standing in zip(result.counted, finest, strict=True):
            rows = self.rows(standing)
            patterns = Counter(self.pattern[rows[answered[rows]]].tolist())
            counted |= {f"pattern:{pattern}": n for pattern, n in patterns.items()}

    def _sums(self, owner: NDArray[np.int64], number: int, squares: bool = False) -> list[dict[str, Sums]]:
        """The measures on each standing block."""
        counts = self.replies.counts
        sums = {name: _sums(means, counts, owner, number, squares) for name, means in self.measures.items()}
        return _by_block(sums, number)

    def _items(self, owner: NDArray[np.int64], number: int) -> list[dict[str, Sums]]:
        """The items on each standing block."""
        given, counts = self.replies.answers, self.replies.counts
        columns = {f"item:{item.code}": (item, given[:, column]) for column, item in self.columns}
        sums = {name: _item_sums(item, answers, counts, owner, number) for name, (item, answers) in columns.items()}
        return _by_block(sums, number)

    def _owners(self, standing: Sequence[Standing]) -> NDArray[np.int64]:
        """The number of the standing block each reply belongs to; -1 for none and for replies left out."""
        places = self.replies.places
        owner = np.full(len(places), -1)
        for number, each in enumerate(standing):
            owner[[places[block] for block in each.atoms if block in places]] = number
        return np.where(self.kept, owner[self.replies.place], -1)


class BlockCounts:
    """Counts of one pillar, a row for each launch block: asking whether a union of blocks may stand adds up rows.

    For each measure and item a row holds how many answered, and how many of those who count said each value.
    """

    def __init__(self, count: PillarCount) -> None:
        self.bounds, self.is_single, self.places = count.bounds, count.is_single, count.replies.places
        said: dict[str, tuple[NDArray[np.int64], int]] = {}
        self.values: dict[str, list[float]] = {}  # of each measure, the means its raters have
        for name, means in count.measures.items():
            self.values[name], category = _categories(means)
            said[name] = category, len(self.values[name])
        self.items = [f"item:{item.code}" for _, item in count.columns]
        for name, (column, item) in zip(self.items, count.columns, strict=True):
            said[name] = _on_scale(item, count.replies.answers[:, column]), len(item.values)
        everybody = np.where(count.kept, count.replies.place, -1)
        counting = np.where(count.replies.counts, everybody, -1)
        blocks, width = len(self.places), 0
        tables = [np.zeros((blocks, 0), np.int64)]
        self._columns: dict[str, slice] = {}
        for name, (category, categories) in said.items():
            answered = np.minimum(category, 0)
            tables += [_count_by(everybody, answered, blocks, 1), _count_by(counting, category, blocks, categories)]
            self._columns[name] = slice(width, width + 1 + categories)
            width += 1 + categories
        self._table = np.hstack(tables)

    def _union(self, blocks: frozenset[int]) -> dict[str, list[int]]:
        rows = [self.places[block] for block in blocks if block in self.places]
        sums = self._table[rows].sum(axis=0).tolist()
        return {name: sums[columns] for name, columns in self._columns.items()}

    def size(self, blocks: frozenset[int]) -> int:
        """Counted answers to the pillar, or all to questions that make no score, for choosing the smallest block."""
        union = self._union(blocks)
        return sum(sum(union[name][1:]) for name in (["pillar"] if self.values else self.items))

    def score_holds(self, blocks: frozenset[int]) -> bool:
        """At least k counted answers to the pillar and each of its drivers, and nobody given away by them."""
        union = self._union(blocks)
        if not self.values:
            return bool(union) and all(sum(counted) >= self.bounds.k for _, *counted in union.values())
        for name, values in self.values.items():
            everybody, *counted = union[name]
            if name != "pillar" and not everybody:
                continue  # a driver of a form nobody here was given
            if sum(counted) < self.bounds.k or (not self.is_single and _gives_away(values, counted)):
                return False
        return True

    def detail_holds(self, blocks: frozenset[int]) -> bool:
        """At least k_detail counted answers to every item asked there, and no item nearly unanimous."""
        union = self._union(blocks)
        asked = [union[name][1:] for name in self.items if union[name][0]]  # in a form somebody here was given
        return bool(asked) and all(
            sum(counted) >= self.bounds.k_detail and not disclosure.gives_away_items(counted) for counted in asked
        )


def _gives_away(values: Sequence[float], counted: Sequence[int]) -> bool:
    """Judged on counted answers alone, so that people put into a group cannot hide that the others agree."""
    raters = {value: number for value, number in zip(values, counted, strict=True) if number}
    n, apart = sum(counted), disclosure.raters_apart(raters)
    mean = sum(value * number for value, number in raters.items()) / n
    return apart < 2 or disclosure.alike_near_end(mean, n, apart, 1, 5)


# Counting over all replies at once; an owner or a category of -1 is none


def _rows_of(owner: NDArray[np.int64], owners: int) -> list[NDArray[np.int64]]:
    order = np.argsort(owner, kind="stable").astype(np.int64)
    return np.split(order, np.searchsorted(owner[order], np.arange(owners)))[1:]


def _count_by(owner: NDArray[np.int64], category: NDArray[np.int64], owners: int, categories: int) -> NDArray[np.int64]:
    """How many replies of each owner are of each category."""
    valid = (owner >= 0) & (category >= 0)
    counted = np.bincount(owner[valid] * categories + category[valid], minlength=owners * categories)
    return counted.reshape(owners, categories)


def _categories(means: NDArray[np.float64]) -> tuple[list[float], NDArray[np.int64]]:
    """The different means there are, and which of them each rater has."""
    valid = ~np.isnan(means)
    category = np.full(len(means), -1)
    values, category[valid] = np.unique(np.round(means[valid], 9), return_inverse=True)
    return values.tolist(), category


def _on_scale(item: Item, given: NDArray[np.int8]) -> NDArray[np.int64]:
    return np.where(given == NOT_ANSWERED, -1, given.astype(np.int64) - item.values[0])


def _item_sums(
    item: Item, given: NDArray[np.int8], counts: NDArray[np.bool_], owner: NDArray[np.int64], owners: int
) -> list[Sums]:
    values = np.asarray(item.values, dtype=np.float64)
    category = _on_scale(item, given)
    histograms = _count_by(owner, category, owners, len(values))
    counted = _count_by(np.where(counts, owner, -1), np.minimum(category, 0), owners, 1)[:, 0]
    n, total, squares = histograms.sum(axis=1), histograms @ values, histograms @ values**2
    columns = n.tolist(), total.tolist(), squares.tolist(), map(tuple, histograms.tolist()), counted.tolist()
    return [Sums(*sums) for sums in zip(*columns, strict=True)]


def _sums(
    values: NDArray[np.float64],
    counts: NDArray[np.bool_],
    owner: NDArray[np.int64],
    owners: int,
    squares: bool,
) -> list[Sums]:
    valid = (owner >= 0) & ~np.isnan(values)
    at, given = owner[valid], values[valid]
    n, total = np.bincount(at, minlength=owners).tolist(), np.bincount(at, given, owners).tolist()
    squared = np.bincount(at, given**2, owners).tolist() if squares else [None] * owners
    counted = np.bincount(owner[valid & counts], minlength=owners).tolist()
    columns = zip(n, total, squared, counted, strict=True)
    return [Sums(many, added, squares_, counted=counting) for many, added, squares_, counting in columns]


def _by_block(sums: Mapping[str, Sequence[Sums]], number: int) -> list[dict[str, Sums]]:
    return [{name: each[block] for name, each in sums.items() if each[block].n} for block in range(number)]


def add_up(tree: Tree, standing: Sequence[Standing], sums: Sequence[Mapping[str, Sums]]) -> dict[int, dict[str, Sums]]:
    """The sums of every unit's cell: those of all blocks at home in its subtree, in one pass from below."""
    cells: dict[int, dict[str, Sums]] = {}
    for block, measured in zip(standing, sums, strict=True):
        _merge(cells.setdefault(block.home, {}), measured)
    for unit in tree.post_order():
        above = tree.parent[unit]
        if unit in cells and above is not None:
            _merge(cells.setdefault(above, {}), cells[unit])
    return cells


def _merge(into: dict[str, Sums], measured: Mapping[str, Sums]) -> None:
    for name, found in measured.items():
        into[name] = into[name] + found if name in into else found


def comment_blocks(
    tree: Tree,
    groups: Sequence[Standing],
    ballots: Mapping[int, int],
    written: Mapping[int, int],
    bounds: Bounds,
) -> list[Standing]:
    """Where comments may be shown: at least k_detail counted ballots and three comments, else they rise.

    Made of `groups`, those that show participation, so that what does not stand has no comments of its own either.
    """
    launch = {number: group.atoms for number, group in enumerate(groups)}

    def total(of: Mapping[int, int], numbers: frozenset[int]) -> int:
        return sum(of.get(block, 0) for number in numbers for block in launch[number])

    standing = disclosure.partition_blocks(
        tree,
        {number: group.home for number, group in enumerate(groups)},
        lambda numbers: (
            total(ballots, numbers) >= bounds.k_detail and total(written, numbers) >= bounds.comments_needed
        ),
        lambda numbers: total(ballots, numbers),
    )
    return [Standing(each.home, frozenset().union(*(launch[number] for number in each.atoms))) for each in standing]


def participation_blocks(
    tree: Tree, homes: Mapping[int, int], answered: Mapping[int, int], pillars: Sequence[PillarTally], k: int
) -> list[Standing]:
    """Where participation may be shown: blocks that stand for every pillar; what does not stand has none."""
    everybody = frozenset(homes)
    owners: list[dict[int, frozenset[int]]] = []
    for tally in pillars:  # a pillar that is not published leaves only the whole company
        shown = tally.score if any(tally.score_sums) else tally.detail
        standing = shown or [Standing(tree.root, everybody)]
        owners.append({block: each.atoms for each in standing for block in each.atoms})

    def holds(blocks: frozenset[int]) -> bool:
        if sum(answered.get(block, 0) for block in blocks) < k:
            return False
        return all(owner[block] <= blocks for owner in owners for block in blocks)

    return disclosure.partition_blocks(tree, homes, holds, lambda blocks: sum(answered.get(b, 0) for b in blocks))

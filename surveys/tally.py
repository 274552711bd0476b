"""From opened answers to what may be published: pure arithmetic over arrays, no database, no clock.

The rules are those of docs/trust.md: score blocks of at least k counted answers, detail blocks that are unions of
them with at least `k_detail` answers to every item, partial raters left out where a difference would show them, and
blocks that give people away merged upwards.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from portal.lib.pillars import Pillar
from stats import disclosure
from stats.disclosure import Standing, Tree
from surveys.questionnaire import Item, Questionnaire, Scale

NOT_ANSWERED = -1
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
    def of_block(self) -> dict[int, NDArray[np.int64]]:
        """The rows of each block: sorted once, so that asking for a block costs its size and not everybody's."""
        order = np.argsort(self.block, kind="stable").astype(np.int64)
        blocks, starts = np.unique(self.block[order], return_index=True)
        return dict(zip(blocks.tolist(), np.split(order, starts[1:]), strict=True)) if len(order) else {}

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

    def __add__(self, other: "Sums") -> "Sums":
        both = self.histogram is not None and other.histogram is not None
        return Sums(
            self.n + other.n,
            self.total + other.total,
            None if self.squares is None or other.squares is None else self.squares + other.squares,
            tuple(a + b for a, b in zip(self.histogram or (), other.histogram or (), strict=True)) if both else None,
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


def counts_as_item(questionnaire: Questionnaire, pillar: Pillar, driver: str | None = None) -> bool:
    """Whether some form measures a pillar, or one driver of it, by a single item: then it is shown as an item is."""
    codes = {
        item.code
        for item in questionnaire.items
        if item.pillar == pillar and item.scores and (driver is None or item.driver == driver)
    }
    return len(codes) <= 1 or any(len(codes.intersection(form)) == 1 for form in questionnaire.forms)


@dataclass
class PillarTally:
    """Everything published about one pillar: two nested partitions and the sums of each measure on each block."""

    pillar: Pillar
    score: list[Standing] = field(default_factory=list)
    detail: list[Standing] = field(default_factory=list)
    score_sums: list[dict[str, Sums]] = field(default_factory=list)  # per score block: "pillar", "driver:x"
    detail_sums: list[dict[str, Sums]] = field(default_factory=list)  # per detail block: also "item:x"
    members: list[NDArray[np.int64]] = field(default_factory=list)  # per detail block: its replies, for analysers
    left_out: int = 0


class PillarCount:
    """One pillar's answers, counted per launch block, so that any union of blocks is an addition."""

    def __init__(self, pillar: Pillar, questionnaire: Questionnaire, replies: Replies, bounds: Bounds) -> None:
        self.pillar, self.bounds, self.replies = pillar, bounds, replies
        self.columns = [
            (column, item)
            for column, item in enumerate(questionnaire.items)
            if item.pillar == pillar and item.scale is not Scale.COMMENT
        ]
        self.scored = [(column, item) for column, item in self.columns if item.scores]
        self.is_single = counts_as_item(questionnaire, pillar)
        drivers = {item.driver for _, item in self.scored}
        self.drivers = [
            name for name in sorted(drivers) if len(drivers) > 1 and not counts_as_item(questionnaire, pillar, name)
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
            table = np.array([item.points(value) for value in item.scale.values])
            valid = given != NOT_ANSWERED
            points[valid, place] = table[given[valid] - item.scale.values[0]]
        return points

    def means(self, places: Sequence[int]) -> NDArray[np.float64]:
        """Each rater's mean over some of the scored items; NaN below half of those asked."""
        points = self.points[:, places]
        answered = (~np.isnan(points)).sum(axis=1)
        asked = self.asked[:, places].sum(axis=1)
        enough = (answered > 0) & (2 * answered >= asked)
        means: NDArray[np.float64] = np.full(len(points), np.nan)
        np.divide(np.nansum(points, axis=1), answered, out=means, where=enough)
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
        result = PillarTally(self.pillar)
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
        return PillarTally(self.pillar, score=score, detail=unions)

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
        for standing in result.score:
            inside = self.rows(standing)
            sums = {} if self.is_single else {name: _sums(means[inside]) for name, means in self.measures.items()}
            result.score_sums.append({name: each for name, each in sums.items() if each.n})
        for standing in result.detail:
            inside = self.rows(standing)
            sums = {name: _sums(means[inside], squares=True) for name, means in self.measures.items()}
            for column, item in self.columns:
                sums[f"item:{item.code}"] = _item_sums(item, self.replies.answers[inside, column])
            result.detail_sums.append({name: each for name, each in sums.items() if each.n})
            result.members.append(inside)


class BlockCounts:
    """Counts of one pillar per launch block, for asking whether a union of blocks may stand."""

    def __init__(self, count: PillarCount) -> None:
        self.bounds, self.is_single = count.bounds, count.is_single
        replies, kept = count.replies, count.kept
        self.means: dict[int, dict[str, Counter[float]]] = {}
        self.counted: dict[int, Counter[str]] = {}
        self.items: dict[int, dict[str, NDArray[np.int64]]] = {}
        self.everybody: dict[int, dict[str, Sums]] = {}  # those too who do not count
        for block, rows in replies.of_block.items():
            whole = rows[kept[rows]]
            counting = whole[replies.counts[whole]]
            self.everybody[block] = {name: _sums(values[whole]) for name, values in count.measures.items()}
            self.means[block] = {
                name: Counter(round(value, 9) for value in values[counting].tolist() if value == value)
                for name, values in count.measures.items()
            }
            self.counted[block] = Counter({name: means.total() for name, means in self.means[block].items()})
            self.items[block] = {}
            for column, item in count.columns:
                histogram = _histogram(item, replies.answers[counting, column])
                self.items[block][item.code] = histogram
                self.counted[block][f"item:{item.code}"] = int(histogram.sum())
                given = replies.answers[whole, column]
                self.everybody[block][f"item:{item.code}"] = Sums(int((given != NOT_ANSWERED).sum()), 0.0)

    def size(self, blocks: frozenset[int]) -> int:
        """Counted answers to the pillar, for choosing the smallest block."""
        return sum(self.counted.get(block, Counter())["pillar"] for block in blocks)

    def score_holds(self, blocks: frozenset[int]) -> bool:
        """At least k counted answers to the pillar and each of its drivers, and nobody given away by them."""
        counted = sum((self.counted.get(block, Counter()) for block in blocks), Counter[str]())
        means: dict[str, Counter[float]] = {}
        for block in blocks:
            for name, values in self.means.get(block, {}).items():
                means.setdefault(name, Counter()).update(values)
        if not means:
            return all(counted[f"item:{code}"] >= self.bounds.k for code in self._codes(blocks)) and bool(counted)
        everybody = self._everybody(blocks)
        return all(
            counted[name] >= self.bounds.k and (self.is_single or not _gives_away(values))
            for name, values in means.items()
            if name == "pillar" or everybody[name].n  # a driver of a form nobody here was given
        )

    def detail_holds(self, blocks: frozenset[int]) -> bool:
        """At least k_detail counted answers to every item asked there, and no item nearly unanimous."""
        asked = False
        everybody = self._everybody(blocks)
        for code in self._codes(blocks):
            histogram = sum(self.items[block][code] for block in blocks if block in self.items)
            counted = sum(self.counted[block][f"item:{code}"] for block in blocks if block in self.counted)
            if not everybody[f"item:{code}"].n:
                continue  # an item of a form nobody here was given
            asked = True
            if counted < self.bounds.k_detail or disclosure.gives_away_items(np.asarray(histogram).tolist()):
                return False
        return asked

    def _everybody(self, blocks: frozenset[int]) -> dict[str, Sums]:
        found: dict[str, Sums] = {}
        for block in blocks:
            _merge(found, self.everybody.get(block, {}))
        return found

    def _codes(self, blocks: frozenset[int]) -> set[str]:
        return {code for block in blocks for code in self.items.get(block, {})}


def _gives_away(values: Counter[float]) -> bool:
    """Judged on counted answers alone, so that people put into a group cannot hide that the others agree."""
    n, apart = values.total(), disclosure.raters_apart(values)
    mean = sum(value * number for value, number in values.items()) / n
    return apart < 2 or disclosure.alike_near_end(mean, n, apart, 1, 5)


def _histogram(item: Item, given: NDArray[np.int8]) -> NDArray[np.int64]:
    values = item.scale.values
    valid = given[given != NOT_ANSWERED].astype(np.int64) - values[0]
    return np.bincount(valid, minlength=len(values))


def _item_sums(item: Item, given: NDArray[np.int8]) -> Sums:
    histogram = _histogram(item, given)
    values = np.asarray(item.scale.values, dtype=np.float64)
    return Sums(
        int(histogram.sum()),
        float(histogram @ values),
        float(histogram @ values**2),
        tuple(int(number) for number in histogram),
    )


def _sums(values: NDArray[np.float64], squares: bool = False) -> Sums:
    valid = values[~np.isnan(values)]
    return Sums(len(valid), float(valid.sum()), float((valid**2).sum()) if squares else None)


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

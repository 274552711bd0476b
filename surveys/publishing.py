"""Writing down what a closed round publishes: standing blocks, cells, and what may be said of them over time."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from django.db import connection

from stats import disclosure, intervals
from stats.disclosure import SHARE_SHOWN_FROM, Standing, Tree
from stats.intervals import Estimate, Sample, Spread
from stats.nested import nearest_shown, shown_in_sums_of
from stats.rescale import nps_counts
from surveys.comparing import Groups, History, Level, Partition, shown_over_time
from surveys.copying import copy_rows, reserve_ids
from surveys.models import Block, Cell, Round, RoundUnit, StandingBlock
from surveys.questionnaire import Item, Questionnaire, Scale
from surveys.tally import UNIFORM_SD, PillarTally, Sums, add_up

COVERS = 2 / 3
CREDITED_FROM = 10  # invited
Statistics = Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class NewCell:
    """A cell before it is written: named as the columns of `Cell`, and far quicker to make."""

    unit_id: int
    measure: str
    code: str
    n: int | None
    covers_part: bool
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    df: float | None = None
    histogram: list[int] | None = None
    share: str = ""
    same_as_id: int | None = None
    verdict: str = ""
    verdict_difference: float | None = None
    verdict_more: int | None = None
    verdict_only: bool = False
    breaks_line: bool = False

    @property
    def estimate(self) -> Estimate | None:
        """Mean and spread as statistics need them."""
        if self.n is None or self.mean is None or self.sd is None or self.df is None:
            return None
        return Estimate(self.n, self.mean, self.sd, self.df)


@dataclass(frozen=True)
class Stood:
    """A standing block before it is written; its atoms are launch blocks."""

    subject: str
    level: str
    number: int
    block: Standing
    statistics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """One pillar before it is compared with earlier rounds: what its scores and its details cover."""

    tally: PillarTally
    partition: Partition
    answers: Mapping[frozenset[int], int]  # of each of its finest blocks
    scores: Level
    details: Level
    statistics: Statistics  # of each detail block
    is_single: bool  # scored as an item is, from details

    @property
    def scored(self) -> Level:
        """The level the pillar's own cells come from."""
        return self.details if self.is_single else self.scores


class Publisher:
    """Collects one round's cells and writes them at the end."""

    def __init__(self, round_: Round, tree: Tree, blocks: Mapping[int, Block]) -> None:
        self.round, self.tree, self.blocks = round_, tree, blocks
        self.invited = {block.pk: block.invited for block in blocks.values()}
        self.heads = dict(RoundUnit.objects.filter(round=round_).values_list("unit_id", "headcount"))
        self.rows: dict[tuple[int, str, str], NewCell] = {}
        self.pillars: dict[str, Published] = {}
        self.credited: list[int] = []  # units most of whose people took part: all of them alike, or nobody
        self.of_pillar: dict[tuple[str, bool, int], list[NewCell]] = {}  # pillar, whether details, unit

    # Cells of one pillar

    def cells(self, questionnaire: Questionnaire, tally: PillarTally, statistics: Statistics) -> None:
        """The cells of every unit for one pillar, its drivers and its items."""
        details = add_up(self.tree, tally.detail, tally.detail_sums)
        scores = add_up(self.tree, tally.score, tally.score_sums)
        is_single = not any(scores.values())
        partition = Partition(self.tree, [] if is_single else self._keyed(tally.score), self._keyed(tally.detail))
        finest = tally.detail_sums if is_single else tally.score_sums
        score_groups = disclosure.cell_atoms(self.tree, partition.score)
        detail_groups = disclosure.cell_atoms(self.tree, partition.detail)
        self.pillars[tally.pillar] = Published(
            tally,
            partition,
            {each.atoms: _most(sums) for each, sums in zip(partition.blocks, finest, strict=True)},
            Level(score_groups, {unit: _most(scores[unit]) for unit in score_groups}),
            Level(detail_groups, {unit: _most(details[unit]) for unit in detail_groups}),
            statistics,
            is_single,
        )
        pooled: dict[str, Spread] = {}
        for unit, sums in (details if is_single else scores).items():
            group = (detail_groups if is_single else score_groups)[unit]
            whole = details.get(unit, {}) if detail_groups.get(unit) == group else {}
            for name, found in sums.items():
                if name == "pillar" or name.startswith("driver:"):
                    measure, code = ("pillar", tally.pillar.value) if name == "pillar" else name.split(":", 1)
                    if name not in pooled:
                        pooled[name] = _pooled(tally.detail_sums, name)
                    cell = self._new(unit, measure, code, group, found.n)
                    self.of_pillar.setdefault((tally.pillar, is_single, unit), []).append(cell)
                    _score(cell, found, whole.get(name), pooled[name])
        for item in questionnaire.items:
            name = f"item:{item.code}"
            found_in = {unit: sums[name] for unit, sums in details.items() if name in sums}
            if found_in:
                self._items(item, tally, detail_groups, found_in)

    def _keyed(self, standing: Sequence[Standing]) -> list[Standing]:
        """Blocks that stand, by the keys of their launch blocks instead of the numbers."""
        return [Standing(each.home, frozenset(self.blocks[atom].pk for atom in each.atoms)) for each in standing]

    def _items(self, item: Item, tally: PillarTally, groups: Groups, sums: Mapping[int, Sums]) -> None:
        measure = "enps" if item.counts == "enps" else "item"
        pooled = _pooled(tally.detail_sums, f"item:{item.code}")
        n_of = {unit: found.n for unit, found in sums.items()}
        counted = shown_in_sums_of(self.tree, {unit: groups[unit] for unit in sums}, n_of, SHARE_SHOWN_FROM)
        for unit, found in sums.items():
            cell = self._new(unit, measure, item.code, groups[unit], found.n)
            self.of_pillar.setdefault((tally.pillar, True, unit), []).append(cell)
            if measure == "enps":
                _enps(cell, found)
            elif item.scale is Scale.YES_NO:
                _yes_no(cell, found, unit in counted)
            else:
                _answers(cell, item, found, pooled)

    def _new(self, unit: int, measure: str, code: str, group: Iterable[int], n: int) -> NewCell:
        covered = sum(self.invited[block] for block in group)
        cell = NewCell(unit, measure, code, n, covers_part=covered < COVERS * self.heads.get(unit, covered))
        self.rows[unit, measure, code] = cell
        return cell

    def participation(self, standing: Sequence[Standing], answered: Mapping[int, int]) -> None:
        """How many took part in every unit with a group of its own; below 20 invited only a word."""
        found = add_up(
            self.tree,
            standing,
            [
                {
                    "answered": Sums(sum(answered.get(atom, 0) for atom in each.atoms), 0.0),
                    "invited": Sums(sum(self.blocks[atom].invited for atom in each.atoms), 0.0),
                }
                for each in standing
            ],
        )
        groups = disclosure.cell_atoms(self.tree, self._keyed(standing))
        for unit, sums in found.items():
            shown = disclosure.participation_shown(sums["answered"].n, sums["invited"].n)
            cell = self._new(unit, "participation", "all", groups[unit], sums["answered"].n)
            cell.share = shown.word
            if sums["invited"].n >= CREDITED_FROM and shown.word != "part":
                self.credited.append(unit)
            if shown.percent is not None:
                cell.mean = float(shown.percent)

    # Over time, and the end

    def finish(self) -> None:
        """Mark cells that equal a child's, compare with earlier rounds, write everything."""
        history = History(self.round)
        self._mark_same()
        self._judge(history)
        stood = [each for pillar in self.pillars.values() for each in self._keep_back(history, pillar)]
        write_standing(self.round, self.blocks, stood)
        write_cells(self.round, self.rows.values())
        self._place_readers()

    def _mark_same(self) -> None:
        """A unit whose pillar cell is just one child's shows it under the child's name."""
        for subject, pillar in self.pillars.items():
            groups = pillar.scored.groups
            for child, group in groups.items():
                above = self.tree.parent[child]
                cell = None if above is None else self.rows.get((above, "pillar", subject))
                if cell is not None and above is not None and len(groups[above]) == len(group):
                    cell.same_as_id = child

    def _judge(self, history: History) -> None:
        """The changes of each unit since the same was last asked, with Holm over its pillars."""
        scorecards: dict[int, list[tuple[NewCell, Cell]]] = {}
        for subject, pillar in self.pillars.items():
            for unit, group in pillar.scored.groups.items():
                cell = self.rows.get((unit, "pillar", subject))
                if cell is None:
                    continue  # a pillar of questions that make no score
                cell.breaks_line = history.breaks_line(subject, unit, group)
                before = history.comparable(subject, unit, group)
                if before is not None:
                    scorecards.setdefault(unit, []).append((cell, before))
        for scorecard in scorecards.values():
            _call_changes(scorecard)

    def _keep_back(self, history: History, pillar: Published) -> list[Stood]:
        """Leave only the verdict where earlier rounds would give people away; the blocks that stand for the pillar.

        What analysers found in a block is kept only where the cells shown yield that block by itself.
        """
        subject = pillar.tally.pillar
        shown = shown_over_time(history, subject, pillar.partition, pillar.answers, pillar.scores, pillar.details)
        for level, units, is_detail in ((pillar.scores, shown.scores, False), (pillar.details, shown.details, True)):
            for unit in level.groups.keys() - units:
                for cell in self.of_pillar.get((subject, is_detail, unit), ()):
                    _leave_verdict(cell)
        nearest = nearest_shown(self.tree, shown.details)
        alone = Counter(nearest[each.home] for each in pillar.tally.detail)
        stood = [Stood(subject, "score", number, each) for number, each in enumerate(pillar.tally.score, 1)]
        for number, (each, found) in enumerate(zip(pillar.tally.detail, pillar.statistics, strict=True), 1):
            is_shown = nearest[each.home] is not None and alone[nearest[each.home]] == 1
            stood.append(Stood(subject, "detail", number, each, found if is_shown else {}))
        return stood

    def _place_readers(self) -> None:
        """For every unit the nearest place, itself included, that has results to read."""
        has = {unit for unit, measure, _ in self.rows if measure == "pillar"}
        shown: dict[int, int | None] = {}
        for unit in reversed(self.tree.post_order()):
            above = self.tree.parent[unit]
            shown[unit] = unit if unit in has else (shown[above] if above is not None else None)
        with connection.cursor() as cursor:
            cursor.execute(PLACE_READERS, [list(shown), list(shown.values()), self.round.pk])


PLACE_READERS = """
UPDATE surveys_roundunit SET shown_at_id = place.shown
FROM unnest(%s::bigint[], %s::bigint[]) AS place(unit, shown)
WHERE round_id = %s AND unit_id = place.unit
"""


def write_cells(round_: Round, cells: Iterable[NewCell]) -> None:
    """Store the cells of a round."""
    plain = [each.name for each in fields(NewCell) if each.name != "histogram"]
    values = attrgetter(*plain)
    rows = ((round_.pk, _json(cell.histogram), *values(cell)) for cell in cells)
    copy_rows(Cell, ["round_id", "histogram", *plain], rows)


def write_standing(round_: Round, blocks: Mapping[int, Block], stood: Sequence[Stood]) -> list[int]:
    """Store blocks that stand, with the launch blocks they are made of; returns their ids."""
    ids = reserve_ids(StandingBlock, len(stood))
    copy_rows(
        StandingBlock,
        ["id", "round_id", "subject", "level", "number", "unit_id", "statistics"],
        (
            (row, round_.pk, each.subject, each.level, each.number, each.block.home, _json(each.statistics))
            for row, each in zip(ids, stood, strict=True)
        ),
    )
    made_of = ((row, blocks[atom].pk) for row, each in zip(ids, stood, strict=True) for atom in each.block.atoms)
    copy_rows(StandingBlock.blocks.through, ["standingblock_id", "block_id"], made_of)
    return ids


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _most(sums: Mapping[str, Sums]) -> int:
    return max((found.n for found in sums.values()), default=0)


# One cell


def _score(cell: NewCell, found: Sums, detail: Sums | None, pooled: Spread) -> None:
    """A pillar or a driver; its own spread only where the details of the same people are published."""
    variance = detail.variance if detail is not None else None
    sample = Sample(found.n, found.mean, None if variance is None else variance**0.5)
    _put(cell, sample, pooled, low=1, high=5)


def _answers(cell: NewCell, item: Item, found: Sums, pooled: Spread) -> None:
    low, high = item.values[0], item.values[-1]
    variance = found.variance
    cell.histogram = list(found.histogram or ())
    _put(cell, Sample(found.n, found.mean, None if variance is None else variance**0.5), pooled, low=low, high=high)


def _put(cell: NewCell, sample: Sample, pooled: Spread, *, low: float, high: float) -> None:
    cell.mean = sample.mean
    interval = intervals.mean_interval(sample, pooled, low=low, high=high)
    estimate = intervals.estimate(sample, pooled)
    if interval is not None and estimate is not None:
        cell.low, cell.high, cell.sd, cell.df = interval.low, interval.high, estimate.sd, estimate.df


def _enps(cell: NewCell, found: Sums) -> None:
    histogram = list(found.histogram or ())
    counts = nps_counts(histogram)
    net = intervals.nps_interval(counts.promoters, counts.passives, counts.detractors, confidence=0.90)
    if net is not None:
        cell.mean, cell.low, cell.high, cell.histogram = net.score, net.low, net.high, histogram


def _yes_no(cell: NewCell, found: Sums, counted: bool) -> None:
    histogram = list(found.histogram or ())
    if not counted:
        cell.share = disclosure.yes_word(histogram[1], found.n)
        return
    share = intervals.wilson(histogram[1], found.n, confidence=0.90)
    cell.mean, cell.low, cell.high, cell.histogram = histogram[1] / found.n, share.low, share.high, histogram


def _call_changes(scorecard: Sequence[tuple[NewCell, Cell]]) -> None:
    pairs: list[tuple[Estimate, Estimate] | None] = []
    for cell, before in scorecard:
        then, now = before.estimate, cell.estimate
        pairs.append(None if then is None or now is None else (then, now))
    for (cell, _), change in zip(scorecard, intervals.changes(pairs), strict=True):
        if change is not None:
            cell.verdict, cell.verdict_difference = change.verdict, change.difference
            cell.verdict_more = change.more_needed


def _leave_verdict(cell: NewCell) -> None:
    """Two values whose people differ by fewer than k would show the difference: only the verdict remains."""
    cell.verdict_only = True
    cell.n = cell.mean = cell.low = cell.high = cell.sd = cell.df = cell.histogram = None
    cell.verdict_difference = cell.verdict_more = None
    cell.share = ""


def _pooled(blocks: Iterable[Mapping[str, Sums]], name: str) -> Spread:
    """Pooled spread within detail blocks; that of a uniform answer, with one degree of freedom each, where none is."""
    samples = [
        Sample(sums[name].n, sums[name].mean, variance**0.5)
        for sums in blocks
        if name in sums and (variance := sums[name].variance) is not None
    ]
    return intervals.pooled_sd(samples) or Spread(UNIFORM_SD, 30)

"""What a closed round publishes: standing blocks and cells, beside what earlier rounds published."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from django.db import connection

from stats import disclosure
from stats.disclosure import SHARE_SHOWN_FROM, Standing, Tree
from stats.nested import nearest_shown, shown_in_sums_of
from surveys import cells
from surveys.cells import NewCell, pooled_over
from surveys.comparing import Groups, History, Level, Partition, Shown, shown_over_time
from surveys.copying import copy_rows, reserve_ids
from surveys.models import Block, Cell, Round, RoundUnit, StandingBlock
from surveys.questionnaire import Item, Questionnaire, Scale
from surveys.tally import PillarTally, Sums, add_up

COVERS = 2 / 3
CREDITED_FROM = 10  # invited
Statistics = Sequence[Mapping[str, Any]]
UnitSums = Mapping[int, Mapping[str, Sums]]  # unit -> measure -> sums


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
    """One pillar before it is compared with earlier rounds: what its scores and its details cover, and their sums."""

    tally: PillarTally
    partition: Partition
    scores: Level
    details: Level
    score_sums: UnitSums
    detail_sums: UnitSums
    statistics: Statistics  # of each detail block; none at all of a question by itself

    @property
    def is_single(self) -> bool:
        """Whether it is scored as an item is, from details."""
        return not self.partition.score

    @property
    def scored(self) -> Level:
        """The level the pillar's own cells come from."""
        return self.details if self.is_single else self.scores


class Publisher:
    """Collects one round's results and writes them at the end."""

    def __init__(self, round_: Round, tree: Tree, blocks: Mapping[int, Block]) -> None:
        self.round, self.tree, self.blocks = round_, tree, blocks
        self.invited = {block.pk: block.invited for block in blocks.values()}
        self.people = dict(RoundUnit.objects.filter(round=round_).values_list("unit_id", "people"))
        self.shares: dict[int, frozenset[int]] = {}  # of every unit whose share of answers is said: its launch blocks
        self.rows: dict[tuple[int, str, str], NewCell] = {}
        self.subjects: dict[str, Published] = {}
        self.credited: list[int] = []  # units most of whose people took part: all of them alike, or nobody

    def take(self, tally: PillarTally, statistics: Statistics, below: Tree | None = None) -> None:
        """What one pillar could publish, or one question by itself; `below` are the units it concerns, if not all."""
        tree = below or self.tree
        details = add_up(tree, tally.detail, tally.detail_sums)
        scores = add_up(tree, tally.score, tally.score_sums) if any(tally.score_sums) else {}
        partition = Partition(tree, self._keyed(tally.score) if scores else [], self._keyed(tally.detail))
        score_groups = disclosure.cell_atoms(tree, partition.score)
        detail_groups = disclosure.cell_atoms(tree, partition.detail)
        self.subjects[tally.subject] = Published(
            tally,
            partition,
            Level(score_groups, {unit: _most(scores[unit]) for unit in score_groups}),
            Level(detail_groups, {unit: _most(details[unit]) for unit in detail_groups}),
            scores,
            details,
            statistics,
        )

    def _keyed(self, standing: Sequence[Standing]) -> list[Standing]:
        """Blocks that stand, by the keys of their launch blocks instead of the numbers."""
        return [Standing(each.home, frozenset(self.blocks[atom].pk for atom in each.atoms)) for each in standing]

    def participation(self, standing: Sequence[Standing], answered: Mapping[int, int]) -> None:
        """How many took part in every unit with a group of its own.

        Only a word below 20 invited, and wherever subtracting shares would yield that of fewer than 20.
        """
        found = add_up(
            self.tree,
            standing,
            [
                {
                    "answered": Sums(sum(answered.get(atom, 0) for atom in each.atoms), 0.0),
                    "invited": Sums(
                        sum(self.blocks[atom].invited for atom in each.atoms),
                        0.0,
                        counted=sum(self.blocks[atom].counted for atom in each.atoms),
                    ),
                }
                for each in standing
            ],
        )
        groups = disclosure.cell_atoms(self.tree, self._keyed(standing))
        counted = {unit: sums["invited"].counted for unit, sums in found.items()}
        told = shown_in_sums_of(self.tree, groups, counted, SHARE_SHOWN_FROM)
        self.shares = {unit: groups[unit] for unit in told}
        for unit, sums in found.items():
            shown = disclosure.participation_shown(sums["answered"].n, sums["invited"].n, sums["invited"].counted)
            cell = self._new(unit, "participation", "all", groups[unit], sums["answered"].n)
            cell.share = shown.word
            if sums["invited"].n >= CREDITED_FROM and shown.word != "part":
                self.credited.append(unit)
            if unit in told and shown.percent is not None:
                cell.mean = float(shown.percent)

    def finish(self, questionnaire: Questionnaire) -> None:
        """Keep back what earlier rounds would give away, make the cells of the rest, compare them, write everything."""
        history = History(self.round)
        stood: list[Stood] = []
        for subject, pillar in self.subjects.items():
            blocks = (each.atoms for each in pillar.partition.blocks)
            counted = dict(zip(blocks, pillar.tally.counted, strict=True))
            shown = shown_over_time(history, subject, pillar.partition, counted, pillar.scores, pillar.details)
            self._cells(questionnaire, pillar, shown)
            stood += self._stood(pillar, shown)
        self._mark_same()
        self._judge(history)
        write_standing(self.round, self.blocks, stood)
        write_cells(self.round, self.rows.values())
        self._place_readers()

    # Cells of one pillar

    def _cells(self, questionnaire: Questionnaire, pillar: Published, shown: Shown) -> None:
        """The cells of every unit shown for one pillar, its drivers and its items."""
        details = {unit: sums for unit, sums in pillar.detail_sums.items() if unit in shown.details}
        scores = {unit: sums for unit, sums in pillar.score_sums.items() if unit in shown.scores}
        scored = details if pillar.is_single else scores
        self._scores(pillar, scored, details)
        for item in questionnaire.items:
            name = f"item:{item.code}"
            found = {unit: sums[name] for unit, sums in details.items() if name in sums}
            if found:
                self._items(item, pillar.details.groups, found)

    def _scores(self, pillar: Published, scored: UnitSums, details: UnitSums) -> None:
        groups = pillar.scored.groups
        whole = {unit for unit in details if unit in scored and groups[unit] == pillar.details.groups[unit]}
        for name in sorted({name for sums in scored.values() for name in sums if not name.startswith("item:")}):
            measure, code = ("pillar", pillar.tally.subject) if name == "pillar" else name.split(":", 1)
            found = {unit: sums[name] for unit, sums in scored.items() if name in sums}
            spread = {unit: details[unit][name] for unit in whole & found.keys() if name in details[unit]}
            pooled = pooled_over(self.tree, spread)
            for unit, sums in found.items():
                cell = self._new(unit, measure, code, groups[unit], sums.n)
                cell.share_said = measure == "pillar" and self.shares.get(unit) == groups[unit]
                cells.score(cell, sums, spread.get(unit), pooled)

    def _items(self, item: Item, groups: Groups, sums: Mapping[int, Sums]) -> None:
        measure = "enps" if item.counts == "enps" else "item"
        pooled = pooled_over(self.tree, sums)
        n_of = {unit: found.counted for unit, found in sums.items()}
        counted = shown_in_sums_of(self.tree, {unit: groups[unit] for unit in sums}, n_of, SHARE_SHOWN_FROM)
        for unit, found in sums.items():
            cell = self._new(unit, measure, item.code, groups[unit], found.n)
            if measure == "enps":
                cells.enps(cell, found)
            elif item.scale is Scale.YES_NO:
                cells.yes_no(cell, found, unit in counted)
            else:
                cells.answers(cell, item, found, pooled)

    def _new(self, unit: int, measure: str, code: str, group: Iterable[int], n: int) -> NewCell:
        covered = sum(self.invited[block] for block in group)
        cell = NewCell(unit, measure, code, n, covers_part=covered < COVERS * self.people.get(unit, covered))
        self.rows[unit, measure, code] = cell
        return cell

    def _mark_same(self) -> None:
        """A unit whose pillar cell is just one child's shows it under the child's name."""
        for subject, pillar in self.subjects.items():
            groups = pillar.scored.groups
            for child, group in groups.items():
                above = pillar.partition.tree.parent[child]
                if above is None or len(groups[above]) > len(group):
                    continue
                cell = self.rows.get((above, "pillar", subject))
                if cell is not None and (child, "pillar", subject) in self.rows:
                    cell.same_as_id = child

    def _judge(self, history: History) -> None:
        """The changes of each unit since the same was last asked, with Holm over its pillars."""
        scorecards: dict[int, list[tuple[NewCell, Cell]]] = {}
        for subject, pillar in self.subjects.items():
            for unit, group in pillar.scored.groups.items():
                cell = self.rows.get((unit, "pillar", subject))
                if cell is None:
                    continue  # kept back, or a pillar of questions that make no score
                cell.breaks_line = history.breaks_line(subject, unit, group)
                before = history.comparable(subject, unit, group)
                if before is not None:
                    scorecards.setdefault(unit, []).append((cell, before))
        for scorecard in scorecards.values():
            cells.call_changes(scorecard)

    def _stood(self, pillar: Published, shown: Shown) -> list[Stood]:
        """The blocks a pillar stands on. What analysers found in one is kept where the cells yield it by itself."""
        subject = pillar.tally.subject
        nearest = nearest_shown(pillar.partition.tree, shown.details)
        alone = Counter(nearest[each.home] for each in pillar.tally.detail)
        scored = [] if pillar.is_single else pillar.tally.score
        stood = [Stood(subject, "score", number, each) for number, each in enumerate(scored, 1)]
        statistics = pillar.statistics or [{}] * len(pillar.tally.detail)
        for number, (each, found) in enumerate(zip(pillar.tally.detail, statistics, strict=True), 1):
            is_shown = nearest[each.home] is not None and alone[nearest[each.home]] == 1
            stood.append(Stood(subject, "detail", number, each, found if is_shown else {}))
        return stood

    def _place_readers(self) -> None:
        """For every unit the nearest place with results to read: its own, or else those that hold its answers.

        A unit above whose results are all those of another child holds nothing of its other parts.
        """
        own = {(unit, cell.same_as_id) for (unit, measure, _), cell in self.rows.items() if measure == "pillar"}
        has, holds = {unit for unit, _ in own}, {unit for unit, same_as in own if same_as is None}
        shown: dict[int, int | None] = {}
        holder: dict[int, int | None] = {}
        for unit in reversed(self.tree.post_order()):
            above = self.tree.parent[unit]
            higher = None if above is None else holder[above]
            shown[unit] = unit if unit in has else higher
            holder[unit] = unit if unit in holds or (above is None and unit in has) else higher
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

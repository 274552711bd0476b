"""What earlier rounds mean for a new one: whose groups are alike, and which would give a few people away.

Two values of nearly the same people, some weeks apart, show what the few added or took away. So nothing below 20
answers is shown that concerns, together with what an earlier round showed, 1 to k - 1 people (stats/successive.py).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from django.db import connection

from stats.disclosure import SHARE_SHOWN_FROM, Standing, Tree, cell_atoms
from stats.nested import nearest_shown
from stats.successive import People, Wave, told
from surveys.models import Block, Cell, Invitation, Round, RoundUnit
from surveys.tally import counts_as_item

COMPARED_WITHIN = timedelta(days=380)  # a yearly survey too
LARGE = 100  # answers: so many change more by themselves than by a few who come and go
Groups = Mapping[int, frozenset[int]]  # unit -> the keys of the launch blocks of its cell
Atom = tuple[int | None, int | None]  # the units whose score, and whose details, hold a block and no smaller ones do


@dataclass(frozen=True)
class Shown:
    """The units whose scores, and those whose details, are shown of one pillar."""

    scores: frozenset[int]
    details: frozenset[int]


@dataclass
class Partition:
    """The blocks one pillar stands on, by keys of launch blocks; details are unions of scores."""

    tree: Tree
    score: Sequence[Standing]
    detail: Sequence[Standing]
    _detail_home: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._detail_home = {key: each.home for each in self.detail for key in each.atoms}

    @property
    def blocks(self) -> Sequence[Standing]:
        """The finest blocks; where the pillar is scored as an item is, those of the details."""
        return self.score or self.detail

    def atoms(self, shown: Shown) -> dict[Atom, list[Standing]]:
        """What can be computed from the cells shown, and perhaps a little less: every block is in one of these."""
        scores, details = nearest_shown(self.tree, shown.scores), nearest_shown(self.tree, shown.details)
        found: dict[Atom, list[Standing]] = {}
        for block in self.blocks:
            home = self._detail_home.get(next(iter(block.atoms)))
            atom = (scores[block.home] if self.score else None, None if home is None else details[home])
            if atom != (None, None):
                found.setdefault(atom, []).append(block)
        return found


STANDING = """
SELECT standing.subject, standing.level, standing.unit_id, array_agg(part.block_id)
FROM surveys_standingblock standing JOIN surveys_standingblock_blocks part ON part.standingblock_id = standing.id
WHERE standing.round_id = %s AND standing.level <> 'comment'
GROUP BY standing.id
"""


class Earlier:
    """One earlier round: its cells, and the launch blocks each of them covers. Read when asked for, and plainly."""

    def __init__(self, round_: Round) -> None:
        self.round = round_
        self._cells: dict[str, dict[int, Cell]] = {}
        self._groups: dict[str, Groups] = {}

    @cached_property
    def _tree(self) -> Tree:
        return Tree(dict(RoundUnit.objects.filter(round=self.round).values_list("unit_id", "parent_id")))

    @cached_property
    def _shown(self) -> dict[tuple[str, bool], set[int]]:
        subject_of = {item["code"]: item["pillar"] or item["code"] for item in self.round.questionnaire["items"]}
        cells = Cell.objects.filter(round=self.round, measure__in=["pillar", "item", "enps"])
        found: dict[tuple[str, bool], set[int]] = {}
        for measure, code, unit in cells.values_list("measure", "code", "unit_id").iterator(chunk_size=10_000):
            place = (code, False) if measure == "pillar" else (subject_of[code], True)
            found.setdefault(place, set()).add(unit)
        return found

    @cached_property
    def _standing(self) -> dict[tuple[str, str], list[Standing]]:
        found: dict[tuple[str, str], list[Standing]] = {}
        with connection.cursor() as cursor:
            cursor.execute(STANDING, [self.round.pk])
            for subject, level, unit, keys in cursor:
                found.setdefault((subject, level), []).append(Standing(unit, frozenset(keys)))
        return found

    def cell(self, subject: str, unit: int) -> Cell | None:
        """The pillar's cell of a unit in that round."""
        if subject not in self._cells:
            cells = Cell.objects.filter(round=self.round, measure="pillar", code=subject)
            self._cells[subject] = {cell.unit_id: cell for cell in cells}
        return self._cells[subject].get(unit)

    def covered(self, subject: str, unit: int) -> frozenset[int]:
        """What the pillar's score of a unit covered."""
        if subject not in self._groups:
            level = "score" if self._scored(subject) else "detail"
            self._groups[subject] = cell_atoms(self._tree, self._standing.get((subject, level), []))
        return self._groups[subject].get(unit, frozenset())

    def groups(self, subject: str) -> list[frozenset[int]]:
        """What could be computed from that round's cells of a pillar: disjoint unions of launch blocks."""
        scored = self._scored(subject)
        partition = Partition(
            self._tree,
            self._standing.get((subject, "score"), []) if scored else [],
            self._standing.get((subject, "detail"), []),
        )
        shown = Shown(
            frozenset(self._shown.get((subject, False), ())) if scored else frozenset(),
            frozenset(self._shown.get((subject, True), ())),
        )
        atoms = partition.atoms(shown)
        large = self._large(subject, shown.scores) if scored else frozenset()
        parts = Counter(scores for scores, _ in atoms)
        return [
            frozenset().union(*(block.atoms for block in blocks))
            for (scores, _), blocks in atoms.items()
            if scores not in large or parts[scores] > 1
        ]

    def _large(self, subject: str, shown: frozenset[int]) -> frozenset[int | None]:
        """The units whose score, less those shown next below, rests on a hundred answers or more."""
        nearest = nearest_shown(self._tree, shown)
        left: Counter[int] = Counter()
        for unit in shown:
            cell = self.cell(subject, unit)
            n = 0 if cell is None or cell.n is None else cell.n
            left[unit] += n
            parent = self._tree.parent[unit]
            above = None if parent is None else nearest[parent]
            if above is not None:
                left[above] -= n
        return frozenset(unit for unit, n in left.items() if n >= LARGE)

    def _scored(self, subject: str) -> bool:
        asked = self.round.questions
        return subject in asked.pillars and not counts_as_item(asked, subject)


class Members:
    """Who was invited with which block, as far as a year of rounds remembers.

    `known` are those who do not count in one of the rounds: somebody else may know what they answered there.
    """

    known: People

    def __init__(self, rounds: Sequence[Any]) -> None:
        self._homes = dict(Block.objects.filter(round__in=rounds).values_list("pk", "unit_id"))
        invited = Invitation.objects.filter(round__in=rounds)
        known = invited.filter(counts=False).values_list("employee_id", flat=True).distinct()
        self.known = np.fromiter(known.iterator(chunk_size=5000), dtype=np.int64)
        pairs = invited.values_list("block_id", "employee_id").order_by("block")
        flat = np.fromiter(chain.from_iterable(pairs.iterator(chunk_size=5000)), dtype=np.int64).reshape(-1, 2)
        blocks, starts = np.unique(flat[:, 0], return_index=True)
        people = np.split(flat[:, 1], starts[1:]) if len(blocks) else []
        self._people: dict[int, People] = dict(zip(blocks.tolist(), people, strict=True))

    def alike(self, one: Iterable[int], other: Iterable[int]) -> bool:
        """Whether both unions have their blocks at home in the same units."""
        return Counter(self._homes[block] for block in one) == Counter(self._homes[block] for block in other)

    def of(self, blocks: Iterable[int]) -> People:
        """The people invited with these blocks."""
        found = [self._people[block] for block in blocks if block in self._people]
        return np.concatenate(found) if found else np.zeros(0, np.int64)


class History:
    """The rounds that ended within 380 days, the latest first: all of a kind, and those of a series to compare with."""

    def __init__(self, round_: Round) -> None:
        since = round_.closes_at - COMPARED_WITHIN
        rounds = Round.objects.closed().filter(kind=round_.kind, closes_at__gt=since).exclude(pk=round_.pk)
        self.round = round_
        self.earlier = [Earlier(each) for each in rounds.order_by("-closes_at", "-closed_at")]
        self._series = [each for each in self.earlier if round_.series and each.round.series == round_.series]
        self.members = Members([round_.pk, *(each.round.pk for each in self.earlier)])

    @cached_property
    def _same(self) -> dict[str, Earlier]:
        """For each pillar the latest earlier round whose score rests on the same questions."""
        found: dict[str, Earlier] = {}
        for each in reversed(self._series):
            now, then = self.round.questions, each.round.questions
            found |= {pillar: each for pillar in now.pillars if now.scored(pillar) == then.scored(pillar)}
        return found

    @property
    def k(self) -> int:
        """The largest bound that any of these rounds promised."""
        return max(self.round.k, *(each.round.k for each in self.earlier), 0)

    def breaks_line(self, subject: str, unit: int, now: frozenset[int]) -> bool:
        """Whether the latest earlier cell of this unit covered other units."""
        latest = self._series[0].covered(subject, unit) if self._series else frozenset()
        return bool(latest) and not self.members.alike(now, latest)

    def comparable(self, subject: str, unit: int, now: frozenset[int]) -> Cell | None:
        """The cell of the latest earlier round that asked the same questions of the same units' people."""
        before = self._same.get(subject)
        found = None if before is None else before.cell(subject, unit)
        if before is None or found is None:
            return None
        return found if self.members.alike(now, before.covered(subject, unit)) else None


@dataclass(frozen=True)
class Level:
    """Nested cells of one pillar: the launch blocks of each unit's cell, and its answers."""

    groups: Groups
    n: Mapping[int, int]


Counted = Mapping[frozenset[int], Mapping[str, int]]  # block -> measure -> answers of people who count


def shown_over_time(
    history: History, subject: str, partition: Partition, counted: Counted, scores: Level, details: Level
) -> Shown:
    """The units whose scores, and those whose details, may stand beside the earlier rounds'.

    Where too few people would be told, the smallest cell that parts them from others goes, until nobody is. First
    everything is judged by the answers to scores, then the details by those to each question.
    """
    shown = Shown(frozenset(scores.groups), frozenset(details.groups))
    past = [Wave([history.members.of(keys) for keys in each.groups(subject)]) for each in history.earlier]
    past = [wave for wave in past if wave.size]
    for of_details in (False, True):
        while past and (atoms := _told(history, past, partition.atoms(shown), counted, of_details)):
            shown = _hide(partition.tree, shown, atoms, scores.n, details.n)
    return shown


def _told(
    history: History,
    past: Sequence[Wave],
    atoms: Mapping[Atom, Sequence[Standing]],
    counted: Counted,
    of_details: bool,
) -> set[Atom]:
    """The parts with a measure of fewer than 20 answers that tell of too few people."""
    small = {}
    for atom, blocks in atoms.items():
        if of_details and atom[1] is None:
            continue
        answers = sum((Counter(counted[block.atoms]) for block in blocks), Counter[str]())
        if any(0 < n < SHARE_SHOWN_FROM for name, n in answers.items() if of_details or not name.startswith("item:")):
            small[atom] = history.members.of(chain.from_iterable(block.atoms for block in blocks))
    found = told(small, past, history.k, history.members.known)
    return {(None, atom[1]) for atom in found} if of_details else found


def _hide(
    tree: Tree, shown: Shown, told: Collection[Atom], scores: Mapping[int, int], details: Mapping[int, int]
) -> Shown:
    """For each told group hide the smallest of the cells around it and those next below; scores take details along."""
    inside: list[dict[int, list[int]]] = []
    for units in (shown.scores, shown.details):
        above = nearest_shown(tree, units)
        below: dict[int, list[int]] = {}
        for unit in units:
            parent = tree.parent[unit]
            nearest = None if parent is None else above[parent]
            if nearest is not None:
                below.setdefault(nearest, []).append(unit)
        inside.append(below)
    hidden: tuple[set[int], set[int]] = (set(), set())
    for atom in told:
        options = [
            (n[each], level, each)
            for level, n, unit in ((0, scores, atom[0]), (1, details, atom[1]))
            if unit is not None
            for each in (unit, *inside[level].get(unit, ()))
        ]
        _, level, unit = min(options)
        hidden[level].add(unit)
    return Shown(shown.scores - hidden[0], shown.details - hidden[0] - hidden[1])

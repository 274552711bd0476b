"""What earlier rounds of a series mean for a new one: whose groups are alike, and which differ by a few people only.

Two values of nearly the same people, some weeks apart, show what the few added or took away. So a value of fewer than
20 answers whose invited people differ from those of an earlier one by 1 to k - 1 is kept back, and so is whatever
would yield it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stats import disclosure
from stats.disclosure import SHARE_SHOWN_FROM, Standing, Tree
from stats.nested import Group, Risky, less, shown_without_harm
from surveys.models import Block, Cell, Invitation, Round, RoundUnit, StandingBlock
from surveys.questionnaire import Questionnaire
from surveys.tally import counts_as_item

COMPARED_WITHIN = timedelta(days=365)
Groups = Mapping[int, Group]  # unit -> the launch blocks of its cell


class Earlier:
    """One earlier round: its cells, and the launch blocks each of them covers."""

    def __init__(self, round_: Round) -> None:
        self.round = round_
        tree = Tree(dict(RoundUnit.objects.filter(round=round_).values_list("unit_id", "parent_id")))
        self._cells = {(cell.code, cell.unit_id): cell for cell in Cell.objects.filter(round=round_, measure="pillar")}
        standing: dict[tuple[str, str], list[Standing]] = {}
        rows = StandingBlock.objects.filter(round=round_).exclude(level="comment").prefetch_related("blocks")
        for row in rows:
            atoms = frozenset(block.pk for block in row.blocks.all())
            standing.setdefault((row.subject, row.level), []).append(Standing(row.unit_id, atoms))
        self._groups = {place: disclosure.cell_atoms(tree, found) for place, found in standing.items()}

    def cell(self, subject: str, unit: int) -> Cell | None:
        """The pillar's cell of a unit in that round."""
        return self._cells.get((subject, unit))

    def scored(self, subject: str) -> Groups:
        """What the pillar's scores covered."""
        level = "detail" if _is_item(self.round.questions, subject) else "score"
        return self._groups.get((subject, level), {})

    def families(self, subject: str) -> list[Groups]:
        """Every set of nested groups published of a pillar: those of the scores, those of the details."""
        levels = ["detail"] if _is_item(self.round.questions, subject) else ["score", "detail"]
        return [self._groups[subject, level] for level in levels if (subject, level) in self._groups]


def _is_item(asked: Questionnaire, subject: str) -> bool:
    return any(pillar == subject and counts_as_item(asked, pillar) for pillar in asked.pillars)


class Members:
    """Who was invited with which block, as far as twelve months of rounds remember."""

    def __init__(self, rounds: Sequence[Any]) -> None:
        self._homes = dict(Block.objects.filter(round__in=rounds).values_list("pk", "unit_id"))
        invited = Invitation.objects.filter(round__in=rounds).values_list("block_id", "employee_id").order_by("block")
        flat = np.fromiter(chain.from_iterable(invited.iterator(chunk_size=5000)), dtype=np.int64)
        blocks, starts = np.unique(flat[::2], return_index=True)
        people = np.split(flat[1::2], starts[1:]) if len(blocks) else []
        self._people: dict[int, NDArray[np.int64]] = dict(zip(blocks.tolist(), people, strict=True))

    def differ(self, one: Iterable[int], other: Iterable[int]) -> int:
        """How many people were invited in only one of the two unions of blocks."""
        return len(np.setxor1d(self._of(one), self._of(other), assume_unique=True))

    def alike(self, one: Iterable[int], other: Iterable[int]) -> bool:
        """Whether both unions have their blocks at home in the same units."""
        return Counter(self._homes[block] for block in one) == Counter(self._homes[block] for block in other)

    def _of(self, blocks: Iterable[int]) -> NDArray[np.int64]:
        found = [self._people[block] for block in blocks if block in self._people]
        return np.concatenate(found) if found else np.zeros(0, np.int64)


class History:
    """The rounds of the same series that ended within twelve months, the latest first."""

    def __init__(self, round_: Round) -> None:
        rounds = (
            Round.objects.closed()
            .filter(series=round_.series, closes_at__gt=round_.closes_at - COMPARED_WITHIN)
            .exclude(pk=round_.pk)
            .order_by("-closes_at")
            if round_.series
            else Round.objects.none()
        )
        self.round = round_
        self.earlier = [Earlier(each) for each in rounds]
        self.members = Members([round_.pk, *(each.round.pk for each in self.earlier)]) if self.earlier else None

    def breaks_line(self, subject: str, unit: int, now: Group) -> bool:
        """Whether the latest earlier cell of this unit covered other units."""
        latest = self.earlier[0].scored(subject).get(unit) if self.earlier else None
        return bool(latest) and self.members is not None and not self.members.alike(now, latest or ())

    def comparable(self, subject: str, unit: int, now: Group) -> Cell | None:
        """The cell of the latest earlier round that asked the same questions of the same units' people."""
        before = next(
            (each for each in self.earlier if _asked(each.round, subject) == _asked(self.round, subject)), None
        )
        if before is None or self.members is None:
            return None
        found = before.cell(subject, unit)
        then = before.scored(subject).get(unit, frozenset())
        return found if found is not None and self.members.alike(now, then) else None

    def few_left_out(self, subject: str, now: Group, unit: int) -> bool:
        """Whether 1 to k - 1 people are the difference in what the details of a unit leave out of its score."""
        pairs = [families for each in self.earlier if len(families := each.families(subject)) == 2]
        return self.members is not None and any(
            0 < self.members.differ(now, then) < self.round.k
            for scores, details in pairs
            if unit in details and (then := scores.get(unit, frozenset()) - details[unit])
        )

    def a_few_differ(self, subject: str, now: Group, unit: int, others: tuple[int, ...]) -> bool:
        """Whether 1 to k - 1 people are only in a group or only in what an earlier round showed of the same units.

        `others` are the units below that were taken off.
        """
        if self.members is None:
            return False
        return any(
            0 < self.members.differ(now, then) < self.round.k
            for each in self.earlier
            for family in each.families(subject)
            if (then := less(family, unit, others))
        )


@dataclass(frozen=True)
class Level:
    """Nested cells of one pillar: the launch blocks of each unit's cell, and its answers."""

    groups: Groups
    n: Mapping[int, int]


def shown_over_time(
    tree: Tree, history: History, subject: str, scores: Level, details: Level
) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """The units whose scores, and those whose details, may stand beside earlier rounds; each with those shown below."""

    def differ(now: Group, n: int, unit: int, others: tuple[int, ...]) -> bool:
        return bool(now) and n < SHARE_SHOWN_FROM and history.a_few_differ(subject, now, unit, others)

    def risky_within(level: Level) -> Risky:
        def risky(unit: int, others: tuple[int, ...]) -> bool:
            n = level.n[unit] - sum(level.n[other] for other in others)
            return n < SHARE_SHOWN_FROM and differ(less(level.groups, unit, others), n, unit, others)

        return risky

    shown = shown_without_harm(tree, scores.groups, scores.n, risky_within(scores))
    within = risky_within(details)

    def risky_detail(unit: int, others: tuple[int, ...]) -> bool:
        """Details of everybody in a group yield its score too: both levels are taken off one another."""
        if others or within(unit, others):
            return within(unit, others)
        if unit not in shown:
            return False
        group, whole = details.groups[unit], scores.groups[unit]
        left_out = whole - group
        if (
            left_out
            and scores.n[unit] - details.n[unit] < SHARE_SHOWN_FROM
            and history.few_left_out(subject, left_out, unit)
        ):
            return True
        parts = tuple(part for part in shown[unit] if scores.groups[part] <= group)
        rest = less({unit: group} | {part: scores.groups[part] for part in parts}, unit, parts)
        n = details.n[unit] - sum(scores.n[part] for part in parts)
        return differ(rest, n, unit, parts)

    kept_back = scores.groups.keys() - shown.keys()
    return shown, shown_without_harm(tree, details.groups, details.n, risky_detail, kept_back)


def _asked(round_: Round, subject: str) -> frozenset[str]:
    return frozenset(item["code"] for item in round_.questionnaire["items"] if item["pillar"] == subject)

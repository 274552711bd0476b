"""Closing a round: open the boxes once, in memory; publish what may be published; destroy the rest.

Runs on the queue `seal` alone, in one transaction, and can be repeated until that commits. Between the boxes and the
cells nothing readable touches a disk.
"""

import logging
import os
import random
import uuid
from array import array
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from diary.actions import record
from people import days
from people.models import Employee
from portal.lib import clock
from stats import disclosure
from stats.disclosure import Standing, Tree
from surveys import analysing, extras, facts, keyring
from surveys.actions import CLOSE_GRACE, forget_traces
from surveys.ballots import round_key
from surveys.masking import Masker
from surveys.models import (
    Block,
    Cell,
    Comment,
    Invitation,
    KeyPair,
    Participation,
    Round,
    RoundUnit,
    SealedReply,
)
from surveys.opening import Plan, Reader, Readers, Sheet
from surveys.publishing import Publisher, Stood, write_standing
from surveys.questionnaire import Scale
from surveys.tally import (
    Bounds,
    PillarCount,
    PillarTally,
    Replies,
    comment_blocks,
    participation_blocks,
)

log = logging.getLogger("bearing.surveys")

FETCH = 2000
DAYS_KEPT = 410  # longer than rounds are judged beside each other
SIDE_BY_SIDE_FROM = 20_000  # invited
MOST_PROCESSES = 4

Part = TypeVar("Part")


@dataclass(frozen=True)
class Opened:
    """Everything the boxes held, with comments apart from answers."""

    replies: Replies
    comments: list[tuple[int, str, str, bool]]  # block, question, text, whether its writer counts
    dropped: frozenset[int]


def rounds_over() -> list[uuid.UUID]:
    """The rounds whose window is over, and the moment of grace after it."""
    return list(Round.objects.due_to_close(clock.now() - CLOSE_GRACE).values_list("pk", flat=True))


def close_round(round_id: uuid.UUID) -> bool:
    """Publish a round's results and destroy its boxes and key; False when another worker did, or it is not over."""
    with transaction.atomic():
        round_ = (
            Round.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("key_pair")
            .filter(pk=round_id, state=Round.State.OPEN, closes_at__lte=clock.now())
            .first()
        )
        if round_ is None:
            return False
        try:
            private = keyring.private_half(settings.KEY_DIR, round_.key_pair.pk)
        except keyring.KeyLost:
            _lose(round_)
            return True
        with connection.cursor() as cursor:  # one after the other: each looks at what the others have published
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('surveys.close', 0))")
        opened = _open_boxes(round_, private)
        _publish(round_, opened)
        forget_traces(round_.pk)
        round_.state, round_.closed_at = Round.State.CLOSED, clock.now()
        round_.answered = len(opened.replies)
        round_.save(update_fields=["state", "closed_at", "answered", "company_statistics"])
        record(
            facts.ROUND_CLOSED,
            subject=f"surveys.round:{round_.pk}",
            key=f"{facts.ROUND_CLOSED}:{round_.pk}",
            data={"cells": Cell.objects.filter(round=round_).count()},
        )
    destroy_spent_keys()
    return True


def _lose(round_: Round) -> None:
    """The key is gone, so the answers are: say so instead of pretending."""
    log.error("the private key of round %s is not in KEY_DIR; its answers cannot be read", round_.pk)
    forget_traces(round_.pk)
    Round.objects.filter(pk=round_.pk).update(state=Round.State.LOST, closed_at=clock.now())
    record(facts.ROUND_LOST, subject=f"surveys.round:{round_.pk}", key=f"{facts.ROUND_LOST}:{round_.pk}")


def destroy_spent_keys() -> int:
    """Destroy the private halves no round needs any more; a sweep repeats this after a crash."""
    spent = list(KeyPair.objects.filter(state=KeyPair.State.SPENT).values_list("pk", flat=True))
    for pair_id in spent:
        keyring.destroy(settings.KEY_DIR, pair_id)
        KeyPair.objects.filter(pk=pair_id).update(state=KeyPair.State.DESTROYED)
    return len(spent)


def forget_stray_boxes() -> int:
    """Delete boxes that reached a round in the moment it ended; no key opens them any more."""
    return SealedReply.objects.exclude(round__state=Round.State.OPEN).delete()[0]


def forget_old_invitations() -> int:
    """Delete invitations twelve months after their round closed; returns how many."""
    limit = clock.now() - timedelta(days=DAYS_KEPT)
    return Invitation.objects.filter(round__closed_at__lt=limit).delete()[0]


# Opening


def boxes_of(round_: Round) -> Generator[list[bytes], None, None]:
    """The boxes of a round, streamed from the server a few thousand at a time."""
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute("SELECT box FROM surveys_sealedreply WHERE round_id = %s", [round_.pk])
        while rows := cursor.fetchmany(FETCH):
            yield [box for (box,) in rows]


def plan_of(round_: Round, private: bytes) -> Plan:
    """What it takes to read the boxes of a round."""
    asked = round_.questions
    values = {item.code: (item.values.start, item.values.stop) for item in asked.items}
    return Plan(
        private=private,
        round_id=round_.pk.hex,
        ballot_key=round_key(settings.BALLOT_SECRET, round_.pk),
        forms=[{code: values[code] for code in form} for form in asked.forms],
        texts=[item.code for item in asked.items if item.scale is Scale.COMMENT],
        columns={item.code: column for column, item in enumerate(asked.items)},
    )


def reader_for(round_: Round, private: bytes) -> Reader | Readers:
    """Who reads: several processes where there are many boxes and several processors."""
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    alone = processes == 1 or round_.invited < SIDE_BY_SIDE_FROM
    plan = plan_of(round_, private)
    return Reader(plan) if alone else Readers(plan, processes)


class _Sheets:
    """What the boxes of a round said: a row for each, until the latest of each ballot is chosen."""

    def __init__(self) -> None:
        self.of_ballot: dict[str, list[int]] = {}
        self.blocks, self.forms, self.times = array("l"), array("h"), array("d")
        self.inner: list[str] = []
        self.answers = bytearray()
        self.comments: dict[int, dict[str, str]] = {}

    def note(self, sheet: Sheet) -> None:
        """Add a row."""
        ballot, moment, block, form, inner, answers, texts = sheet
        row = len(self.blocks)
        self.of_ballot.setdefault(ballot, []).append(row)
        self.blocks.append(block)
        self.forms.append(form)
        self.times.append(moment)
        self.inner.append(inner)
        self.answers += answers
        if texts:
            self.comments[row] = texts

    def latest(self, reader: Reader | Readers) -> Iterator[tuple[int, bool]]:
        """The latest row of each ballot whose inner box opens, and whether it counts."""
        waiting = [sorted(rows, key=self._when) for rows in self.of_ballot.values()]
        while waiting:
            batches = ([self.inner[rows[-1]] for rows in some] for some in batched(waiting, FETCH))
            again = []
            for rows, counting in zip(waiting, reader.counts(batches), strict=True):
                if counting is not None:
                    yield rows[-1], counting
                elif len(rows) > 1:
                    again.append(rows[:-1])
            waiting = again

    def _when(self, row: int) -> tuple[float, int]:
        return self.times[row], row


def batched(rows: Sequence[Part], size: int) -> Iterator[Sequence[Part]]:
    """Slices of so many, the last one shorter."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _open_boxes(round_: Round, private: bytes) -> Opened:
    """Open every box, keep the latest reply of each ballot, drop blocks with more ballots than presses."""
    sheets = _Sheets()
    with reader_for(round_, private) as reader, closing(boxes_of(round_)) as batches:
        for sheet in reader.sheets(batches):
            sheets.note(sheet)
        latest = list(sheets.latest(reader))
    random.SystemRandom().shuffle(latest)
    kept = np.array([row for row, _ in latest], dtype=np.int64)
    counts = np.array([counting for _, counting in latest], dtype=bool)
    of_block = np.array(sheets.blocks, dtype=np.int64)[kept]
    dropped = _overfull(round_, Counter(of_block.tolist()))
    standing = ~np.isin(of_block, list(dropped))
    kept, counts, of_block = kept[standing], counts[standing], of_block[standing]
    table = np.frombuffer(bytes(sheets.answers), dtype=np.int8).reshape(-1, len(round_.questions.items))
    replies = Replies(of_block, np.array(sheets.forms, dtype=np.int16)[kept], counts, table[kept])
    written = [
        (sheets.blocks[row], code, text, counting)
        for row, counting in zip(kept.tolist(), counts.tolist(), strict=True)
        for code, text in sheets.comments.get(row, {}).items()
    ]
    return Opened(replies, written, dropped)


def _overfull(round_: Round, ballots: Counter[int]) -> frozenset[int]:
    """Blocks with more ballots than presses: somebody forged some, so none of them is believed."""
    pressed = Block.objects.filter(round=round_).presses()
    dropped = frozenset(number for number, n in ballots.items() if n > pressed.get(number, 0))
    Block.objects.filter(round=round_, number__in=dropped).update(is_dropped=True)
    return dropped


# Publishing


def _publish(round_: Round, opened: Opened) -> None:
    """Write standing blocks, cells and comments: all that is ever readable of this round."""
    tree = Tree(dict(RoundUnit.objects.filter(round=round_).values_list("unit_id", "parent_id")))
    blocks = {block.number: block for block in Block.objects.filter(round=round_)}
    homes = {number: block.unit_id for number, block in blocks.items() if number not in opened.dropped}
    questionnaire, bounds = round_.questions, Bounds(round_.k, round_.k_detail)
    tallies: list[PillarTally] = []
    publisher = Publisher(round_, tree, blocks)
    for pillar in questionnaire.pillars:
        count = PillarCount(pillar, questionnaire, opened.replies, bounds)
        tally = count.tally(tree, homes)
        tallies.append(tally)
        publisher.take(tally, [analysing.of_block(count, rows, round_.kind) for rows in tally.members])
        company = analysing.of_company(count, round_.kind) | analysing.unknown(count, round_.kind)
        if company:
            round_.company_statistics[pillar.value] = company
    _take_questions_alone(round_, opened, tree, homes, publisher)
    answered = Counter(opened.replies.block.tolist())
    groups = participation_blocks(tree, homes, answered, tallies, bounds.k)
    publisher.participation(groups, answered)
    publisher.finish(questionnaire)
    _publish_comments(round_, opened, tree, groups, bounds, publisher)
    record(
        facts.UNITS_TOOK_PART,
        subject=f"surveys.round:{round_.pk}",
        key=f"{facts.UNITS_TOOK_PART}:{round_.pk}",
        data={"units": sorted(publisher.credited)},
    )


def _take_questions_alone(
    round_: Round, opened: Opened, tree: Tree, homes: Mapping[int, int], publisher: Publisher
) -> None:
    """Questions without a pillar: each by itself, among the blocks of the units it concerns, whatever others do."""
    questionnaire, bounds = round_.questions, Bounds(round_.k, round_.k_detail)
    for item in questionnaire.alone:
        below = extras.tree_below(tree, questionnaire.places.get(item.code, tree.root))
        concerned = {number: home for number, home in homes.items() if home in below.parent}
        count = PillarCount(item.subject, questionnaire, opened.replies.only(concerned), bounds)
        publisher.take(count.tally(below, concerned), [], below)


def _publish_comments(
    round_: Round, opened: Opened, tree: Tree, groups: list[Standing], bounds: Bounds, publisher: Publisher
) -> None:
    """Mask what was written and insert it in random order, each with no more than the group it may be shown with."""
    questions = [item.code for item in round_.questions.items if item.scale is Scale.COMMENT]
    if not questions or not opened.comments:
        return
    masker = Masker(Employee.objects.values_list("full_name", flat=True).iterator())
    counted = opened.replies.block[opened.replies.counts]
    ballots = Counter(counted.tolist())
    rows: list[Comment] = []
    for question in questions:
        written = [(block, text) for block, code, text, _ in opened.comments if code == question]
        counted_here = Counter(block for block, code, _, counting in opened.comments if code == question and counting)
        standing = comment_blocks(tree, groups, ballots, counted_here, bounds)
        stood = [Stood(question, "comment", number, each) for number, each in enumerate(standing, start=1)]
        ids = write_standing(round_, publisher.blocks, stood)
        owner = {block: row for row, each in zip(ids, standing, strict=True) for block in each.atoms}
        rows += [
            Comment(round=round_, standing_block_id=owner[block], question=question, text=masker.mask(text))
            for block, text in written
            if block in owner
        ]
    random.SystemRandom().shuffle(rows)
    Comment.objects.bulk_create(rows, batch_size=1000)


# Participation while open


def count_participation() -> int:
    """Once a day from the second day: links used per group of at least 20 invited, rounded down to 10 %.

    The difference of two groups shown has at least 20 invited too.
    """
    now = clock.now()
    today, written = days.today(), 0
    for round_ in Round.objects.open().filter(opens_at__lte=now - timedelta(days=1)):
        if Participation.objects.filter(round=round_, day=today).exists():
            continue
        written += _count_round(round_)
    return written


@transaction.atomic
def _count_round(round_: Round) -> int:
    tree = Tree(dict(RoundUnit.objects.filter(round=round_).values_list("unit_id", "parent_id")))
    blocks = {block.number: block for block in Block.objects.filter(round=round_)}
    presses = Block.objects.filter(round=round_).presses()

    def invited(numbers: frozenset[int]) -> int:
        return sum(blocks[number].invited for number in numbers)

    standing = disclosure.partition_blocks(
        tree,
        {number: block.unit_id for number, block in blocks.items()},
        lambda numbers: sum(blocks[number].counted for number in numbers) >= disclosure.SHARE_SHOWN_FROM,
        invited,
    )
    rows = []
    for unit, numbers in disclosure.cell_atoms(tree, standing).items():
        percent = disclosure.participation_open(sum(presses[number] for number in numbers), invited(numbers))
        if percent is not None:
            rows.append(Participation(round=round_, unit_id=unit, day=days.today(), percent=percent))
    Participation.objects.filter(round=round_).delete()
    Participation.objects.bulk_create(rows, batch_size=2000)
    return len(rows)

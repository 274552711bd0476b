"""Closing a round: open the boxes once, in memory; publish what may be published; destroy the rest.

Runs on the queue `seal` alone, in one transaction, and can be repeated until that commits. Between the boxes and the
cells nothing readable touches a disk.
"""

import logging
import random
import uuid
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from math import isfinite
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from numpy.typing import NDArray

from diary.actions import record
from people import days
from people.models import Employee
from portal.lib import clock
from stats import disclosure
from stats.disclosure import Standing, Tree
from surveys import boxes, facts, keyring
from surveys.actions import CLOSE_GRACE, forget_traces
from surveys.ballots import Ballot, is_signed
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
from surveys.publishing import Publisher, Stood, write_standing
from surveys.questionnaire import Scale
from surveys.registry import Answers, analysers
from surveys.tally import (
    NOT_ANSWERED,
    Bounds,
    PillarCount,
    PillarTally,
    Replies,
    comment_blocks,
    participation_blocks,
)

log = logging.getLogger("bearing.surveys")

COMPANY_WIDE_FROM = 200
FETCH = 2000
DAYS_KEPT = 365
# What reading a box raises that nothing of Bearing's wrote; whoever inserted it gains nothing.
JUNK = (boxes.Unreadable, LookupError, TypeError, ValueError, OverflowError)


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
        opened = _open_boxes(round_, boxes.Opener(private))
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


def _boxes(round_: Round) -> Iterator[bytes]:
    """The boxes of a round, streamed from the server a few thousand at a time."""
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute("SELECT box FROM surveys_sealedreply WHERE round_id = %s", [round_.pk])
        while rows := cursor.fetchmany(FETCH):
            for (box,) in rows:
                yield box


class _Sheets:
    """What the boxes of a round said: a row for each, until the latest of each ballot is chosen."""

    def __init__(self, round_: Round, opener: boxes.Opener) -> None:
        questionnaire = round_.questions
        self.round_id, self.opener = round_.pk, opener
        self.columns = {item.code: column for column, item in enumerate(questionnaire.items)}
        self.asked = [
            {item.code: item.values for item in questionnaire.form(number)}
            for number in range(len(questionnaire.forms))
        ]
        self.written = {item.code for item in questionnaire.items if item.scale is Scale.COMMENT}
        self.of_ballot: dict[str, list[int]] = {}
        self.blocks, self.forms, self.times = array("l"), array("h"), array("d")
        self.inner: list[str] = []
        self.answers = bytearray()
        self.comments: dict[int, dict[str, str]] = {}
        self._blank = bytes([NOT_ANSWERED & 0xFF]) * len(self.columns)

    def add(self, box: bytes) -> None:
        """Read a box and note what it says, unless it is nothing that an answer page wrote."""
        try:
            content = self.opener.open(box)
            is_sound = self._is_sound(content)
        except JUNK:
            return
        if is_sound:
            self._note(content)

    def _is_sound(self, content: Mapping[str, Any]) -> bool:
        asked = self.asked[content["f"]]
        return (
            content["f"] >= 0
            and isinstance(content["b"], str)
            and all(isinstance(content[name], str) for name in "is")
            and all(isinstance(content[name], dict) for name in "ac")
            and type(content["k"]) is int
            and 0 < content["k"] < 2**31
            and isfinite(content["t"])
            and self._is_signed(content)
            and all(type(value) is int and value in asked[code] for code, value in content["a"].items())
            and all(
                code in asked and code in self.written and isinstance(text, str) for code, text in content["c"].items()
            )
        )

    def _is_signed(self, content: Mapping[str, Any]) -> bool:
        """Whether the ballot in a box is ours: whoever only holds the public key can seal a box, but not this."""
        ballot = Ballot(self.round_id, content["k"], content["f"], content["b"], content["i"])
        return is_signed(ballot, content["s"], settings.BALLOT_SECRET)

    def _note(self, content: Mapping[str, Any]) -> None:
        row = len(self.blocks)
        self.of_ballot.setdefault(content["b"], []).append(row)
        self.blocks.append(content["k"])
        self.forms.append(content["f"])
        self.times.append(content["t"])
        self.inner.append(content["i"])
        self.answers += self._blank
        for code, value in content["a"].items():
            self.answers[row * len(self._blank) + self.columns[code]] = value
        if content["c"]:
            self.comments[row] = content["c"]

    def latest(self) -> Iterator[tuple[int, bool]]:
        """The latest row of each ballot whose inner box opens, and whether it counts."""
        for rows in self.of_ballot.values():
            found = map(self._counts, sorted(rows, key=self._when, reverse=True))
            yield from islice((each for each in found if each is not None), 1)

    def _when(self, row: int) -> tuple[float, int]:
        return self.times[row], row

    def _counts(self, row: int) -> tuple[int, bool] | None:
        try:
            return row, bool(self.opener.open(boxes.from_text(self.inner[row]))["counts"])
        except JUNK:
            return None


def _open_boxes(round_: Round, opener: boxes.Opener) -> Opened:
    """Open every box, keep the latest reply of each ballot, drop blocks with more ballots than presses."""
    sheets = _Sheets(round_, opener)
    for box in _boxes(round_):
        sheets.add(box)
    latest = list(sheets.latest())
    random.SystemRandom().shuffle(latest)
    kept = np.array([row for row, _ in latest], dtype=np.int64)
    counts = np.array([counting for _, counting in latest], dtype=bool)
    of_block = np.array(sheets.blocks, dtype=np.int64)[kept]
    dropped = _overfull(round_, Counter(of_block.tolist()))
    standing = ~np.isin(of_block, list(dropped))
    kept, counts, of_block = kept[standing], counts[standing], of_block[standing]
    table = np.frombuffer(bytes(sheets.answers), dtype=np.int8).reshape(-1, len(sheets.columns))
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
        publisher.take(tally, [_analysed(count, rows) for rows in tally.members])
        company = _company(count, opened.replies)
        if company:
            round_.company_statistics[pillar.value] = company
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


def _analysed(count: PillarCount, rows: NDArray[np.int64], is_company: bool = False) -> dict[str, object]:
    """What registered analysers say of one group, rounded; other names than declared are refused."""
    codes = tuple(item.code for _, item in count.scored)
    group = Answers(count.pillar.value, codes, count.points[rows], is_company)
    found: dict[str, object] = {}
    for analyser in analysers.values():
        for name, value in analyser.analyse(group).items():
            if name not in analyser.outputs:
                raise ValueError(f"{analyser.name} returned {name}, which it did not declare")
            if value is not None and isfinite(value):
                found[f"{analyser.name}:{name}"] = float(f"{value:.4g}")
    return found


def _company(count: PillarCount, replies: Replies) -> dict[str, object]:
    """Company-wide statistics, from 200 complete cases on and unless 1 to k - 1 cases were incomplete."""
    complete = (~np.isnan(count.points)).all(axis=1) if count.scored else np.zeros(len(replies), dtype=bool)
    dropped = int((~complete).sum())
    if int(complete.sum()) < COMPANY_WIDE_FROM or 0 < dropped < count.bounds.k:
        return {}
    return _analysed(count, np.flatnonzero(complete & count.kept), is_company=True)


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

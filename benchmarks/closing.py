"""Closing a round full of boxes, beside the bare loop that opens the same boxes."""

import random
import resource
import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection

from benchmarks.launching import forget_rounds, launch
from benchmarks.report import Row
from portal.lib import clock
from surveys import ballots, boxes, closing, keyring
from surveys.models import Block, Invitation, Round

WANTED = 1.5


def fill(round_: Round, number: int) -> None:
    """Press every invitation and append so many boxes, as if the same people sent again and again."""
    dice = random.Random(7)
    public = bytes(round_.key_pair.public)
    blocks = dict(Block.objects.filter(round=round_).values_list("pk", "number"))
    Invitation.objects.filter(round=round_).update(collected=True)
    invited = list(Invitation.objects.filter(round=round_).values_list("pk", "block_id", "form"))
    items = [(item.code, list(item.values)) for item in round_.questions.items]
    inner = boxes.as_text(boxes.seal(public, {"counts": True}, boxes.INNER_SIZE))
    with connection.cursor() as cursor, cursor.copy("COPY surveys_sealedreply (id, round_id, box) FROM STDIN") as copy:
        for turn in range(number):
            invitation, block, form = invited[turn % len(invited)]
            number_of = ballots.ballot_id(settings.BALLOT_SECRET, round_.pk, invitation)
            ballot = ballots.Ballot(round_.pk, blocks[block], form or 0, number_of, inner)
            content = {
                "b": ballot.id,
                "k": ballot.block,
                "f": ballot.form,
                "i": ballot.inner,
                "s": ballots.signature(ballot, settings.BALLOT_SECRET),
                "a": {code: dice.choice(values) for code, values in items},
                "c": {},
                "l": "vi",
                "t": 1_700_000_000.0 + turn,
            }
            copy.write_row((uuid.uuid4(), round_.pk, boxes.seal(public, content, round_.box_size)))


def open_bare(round_: Round) -> float:
    """Seconds to read and open every box, and every inner box of the latest, doing nothing else."""
    opener = boxes.Opener(keyring.private_half(settings.KEY_DIR, round_.key_pair.pk))
    latest: dict[str, str] = {}
    started = time.perf_counter()
    for batch in closing.boxes_of(round_):
        for box in batch:
            content = opener.open(box)
            latest[content["b"]] = content["i"]
    for inner in latest.values():
        opener.open(boxes.from_text(inner))
    return time.perf_counter() - started


def measure(number: int) -> list[Row]:
    """Open bare, then close for real; and half as many, to see that it is linear."""
    rows, seconds = [], {}
    for size in (number // 2, number):
        forget_rounds()
        round_ = launch(f"bench:close:{size}")
        fill(round_, size)
        bare = open_bare(round_)
        started = time.perf_counter()
        with clock.at(round_.closes_at + timedelta(minutes=1)):
            closing.close_round(round_.pk)
        seconds[size] = time.perf_counter() - started
        ratio = seconds[size] / bare
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append(
            Row(
                f"close of {size:,} boxes x 10 answers",
                f"{seconds[size]:.1f} s, at most {memory:.0f} MB",
                f"opening the same boxes {bare:.1f} s",
                ratio,
                f"<= {WANTED}, under 1,024 MB",
                ratio <= WANTED and memory < 1024,
            )
        )
    growth = seconds[number] / seconds[number // 2]
    rows.append(Row("twice as many boxes", f"x {growth:.2f}", "x 2 (linear)", growth / 2, "<= 1.2", growth / 2 <= 1.2))
    return rows

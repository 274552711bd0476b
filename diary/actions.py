"""Verbs of the diary: record a fact, seal facts, read on, check the chain."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from diary import scoring
from diary.models import AwaitingSeal, Fact, Reader, Sealed
from portal.lib import clock

if TYPE_CHECKING:
    from people.models import Employee, Unit
    from people.registry import Saying

SEALER_LOCK = 0x_D1A2_5EA1
SEAL_BATCH = 10_000

INSERT_FACT = """
    INSERT INTO diary_fact (verb, at, actor_id, unit_id, subject, key, data, content_hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb, %s)
    ON CONFLICT (key) DO NOTHING RETURNING id
"""
INSERT_FACTS = """
    INSERT INTO diary_fact (verb, at, actor_id, unit_id, subject, key, data, content_hash)
    SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
        %s::text[]::jsonb[], %s::text[])
    ON CONFLICT (key) DO NOTHING
"""
MANY = 5_000

# Visible rows below the oldest running transaction are final; rows at or above the newest one came with a restore.
READY_FACTS = """
    SELECT fact.id, fact.content_hash
    FROM diary_awaitingseal waiting JOIN diary_fact fact ON fact.id = waiting.fact_id
    WHERE fact.txid < pg_snapshot_xmin(pg_current_snapshot()) OR fact.txid >= pg_snapshot_xmax(pg_current_snapshot())
    ORDER BY fact.id LIMIT %s
"""


class NotInTransaction(RuntimeError):
    """A fact belongs to a change; `record` was called outside of any transaction."""


def record(
    verb: str,
    *,
    actor: "Employee | None" = None,
    unit: "Unit | None" = None,
    subject: str = "",
    key: str,
    data: Mapping[str, object] | None = None,
) -> Fact | None:
    """Say, in the transaction of the change, that it happened; None when this key was already said."""
    if not connection.in_atomic_block:
        raise NotInTransaction("Call record() inside the transaction of the change it tells about.")
    actor_id, unit_id = (actor.pk if actor else None), (unit.pk if unit else None)
    with connection.cursor() as cursor:
        cursor.execute(INSERT_FACT, _row(verb, actor_id, unit_id, subject, key, data or {}))
        row = cursor.fetchone()
    return Fact.objects.get(pk=row[0]) if row else None


def record_many(verb: str, sayings: "Iterable[Saying]", *, actor: "Employee | None" = None) -> None:
    """The same for many facts of one verb, written together: an import may change thousands of people."""
    if not connection.in_atomic_block:
        raise NotInTransaction("Call record_many() inside the transaction of the change it tells about.")
    actor_id = actor.pk if actor else None
    rows = (_row(verb, actor_id, one.unit_id, one.subject, one.key, one.data) for one in sayings)
    with connection.cursor() as cursor:
        while some := list(islice(rows, MANY)):
            cursor.execute(INSERT_FACTS, [list(column) for column in zip(*some, strict=True)])


def _row(
    verb: str, actor_id: int | None, unit_id: int | None, subject: str, key: str, data: Mapping[str, object]
) -> list[str | int | datetime | None]:
    """The values of one row, checked and hashed."""
    scoring.check_words(verb, subject, key)
    at, said = clock.now(), scoring.plain(data)
    content = scoring.content_hash(
        verb=verb, at=at, actor_id=actor_id, unit_id=unit_id, subject=subject, key=key, data=said
    )
    return [verb, at, actor_id, unit_id, subject, key, json.dumps(said), content]


@transaction.atomic
def seal_facts() -> int:
    """Chain the facts that can no longer be overtaken; returns how many. A second sealer leaves at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(READY_FACTS, [SEAL_BATCH])
        ready: list[tuple[int, str]] = cursor.fetchall()
    last = Sealed.objects.order_by("-seq").first()
    seq, link = (last.seq, last.chain_hash) if last else (0, scoring.FIRST_LINK)
    links = []
    for fact_id, content in ready:
        seq += 1
        link = scoring.chain_hash(link, seq=seq, fact_id=fact_id, content=content)
        links.append(Sealed(seq=seq, fact_id=fact_id, chain_hash=link))
    Sealed.objects.bulk_create(links, batch_size=2000)
    AwaitingSeal.objects.filter(pk__in=[fact_id for fact_id, _ in ready]).delete()
    return len(ready)


@contextmanager
def read_next(name: str, limit: int = 100) -> Iterator[list[Sealed]]:
    """The next sealed facts for this reader, remembered as read when the block ends without an error.

    The block runs in one transaction with the reader's row locked; when another process holds it the list is empty.
    """
    Reader.objects.bulk_create([Reader(name=name)], ignore_conflicts=True)
    with transaction.atomic():
        reader = Reader.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if reader is None:
            yield []
            return
        links = list(Sealed.objects.filter(seq__gt=reader.last_seq).select_related("fact").order_by("seq")[:limit])
        yield links
        if links:
            Reader.objects.filter(pk=reader.pk).update(last_seq=links[-1].seq)


@dataclass(frozen=True)
class DaySeal:
    """The last link of a day: whoever keeps it can later prove that nothing before it was changed."""

    day: date
    seq: int
    chain_hash: str
    facts: int


def midnight(day: date) -> datetime:
    """When a day begins, in the company's time."""
    return timezone.make_aware(datetime.combine(day, time.min))


def is_sealed_until(day: date) -> bool:
    """Whether every fact up to the end of this day (company time) has its place in the chain."""
    return not AwaitingSeal.objects.filter(fact__at__lt=midnight(day + timedelta(days=1))).exists()


def day_seal(day: date) -> DaySeal | None:
    """The last link over the facts of this day (company time), or None when the day has none."""
    links = Sealed.objects.filter(fact__at__gte=midnight(day), fact__at__lt=midnight(day + timedelta(days=1)))
    last = links.order_by("-seq").first()
    return DaySeal(day, last.seq, last.chain_hash, links.count()) if last else None


@dataclass(frozen=True)
class Flaw:
    """The first place where the diary does not hold."""

    seq: int | None
    fact_id: int | None
    reason: str


def find_flaw() -> Flaw | None:
    """Recompute every hash from the first link to the last; None when the whole diary holds."""
    previous = scoring.FIRST_LINK
    links = Sealed.objects.select_related("fact").order_by("seq").iterator(chunk_size=5000)
    for expected, link in enumerate(links, start=1):
        fact = link.fact
        if link.seq != expected:
            return Flaw(expected, None, "this link is missing")
        if content_of(fact) != fact.content_hash:
            return Flaw(link.seq, fact.pk, "the fact was changed")
        previous = scoring.chain_hash(previous, seq=link.seq, fact_id=fact.pk, content=fact.content_hash)
        if previous != link.chain_hash:
            return Flaw(link.seq, fact.pk, "the chain was changed here or a fact was exchanged")
    for fact in Fact.objects.filter(sealed=None).order_by("id").iterator(chunk_size=5000):
        if content_of(fact) != fact.content_hash:
            return Flaw(None, fact.pk, "the fact was changed before it was sealed")
    lost = Fact.objects.filter(sealed=None, awaiting_seal=None).order_by("id").first()
    return Flaw(None, lost.pk, "the fact was taken out of the chain") if lost else None


def content_of(fact: Fact) -> str:
    """The hash this fact ought to carry."""
    return scoring.content_hash(
        verb=fact.verb,
        at=fact.at,
        actor_id=fact.actor_id,
        unit_id=fact.unit_id,
        subject=fact.subject,
        key=fact.key,
        data=scoring.plain(fact.data),
    )

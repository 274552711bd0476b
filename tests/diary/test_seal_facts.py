"""seal_facts: one gapless, chained order, safe against transactions that end late; and reading on along it."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from diary import scoring
from diary.actions import day_seal, read_next, record, seal_facts
from diary.models import AwaitingSeal, Reader, Sealed
from portal.lib import clock

pytestmark = pytest.mark.django_db(transaction=True)


def say(key: str) -> int:
    with transaction.atomic():
        fact = record("people.import_applied", key=key)
    assert fact is not None
    return fact.pk


def in_thread(work: Callable[[], None]) -> threading.Thread:
    """Run something in a thread with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_facts_get_a_gapless_sequence_and_each_link_chains_the_one_before() -> None:
    facts = [say(f"k{n}") for n in range(5)]
    assert seal_facts() == 5
    links = list(Sealed.objects.order_by("seq").select_related("fact"))
    assert [link.seq for link in links] == [1, 2, 3, 4, 5]
    assert [link.fact_id for link in links] == facts
    before = scoring.FIRST_LINK
    for link in links:
        before = scoring.chain_hash(before, seq=link.seq, fact_id=link.fact_id, content=link.fact.content_hash)
        assert link.chain_hash == before
    assert not AwaitingSeal.objects.exists()


def test_sealing_again_goes_on_where_it_stopped() -> None:
    say("a")
    assert seal_facts() == 1
    assert seal_facts() == 0
    say("b")
    assert seal_facts() == 1
    assert list(Sealed.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]


def test_nothing_is_sealed_past_a_transaction_that_is_still_open() -> None:
    wrote, may_end = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            record("people.import_applied", key="late")
            wrote.set()
            may_end.wait(10)

    thread = in_thread(late)
    assert wrote.wait(10)
    say("early")
    assert seal_facts() == 0
    may_end.set()
    thread.join()
    assert seal_facts() == 2
    assert list(Sealed.objects.order_by("seq").values_list("fact__key", flat=True)) == ["late", "early"]


def test_an_undone_change_leaves_no_gap() -> None:
    say("a")
    with transaction.atomic():
        record("people.import_applied", key="undone")
        transaction.set_rollback(True)
    say("b")
    assert seal_facts() == 2
    assert list(Sealed.objects.order_by("seq").values_list("seq", "fact__key")) == [(1, "a"), (2, "b")]


def test_many_sealers_and_many_writers_at_once_make_one_chain() -> None:
    def write(name: int) -> None:
        for n in range(20):
            say(f"{name}:{n}")

    def seal() -> None:
        for _ in range(20):
            seal_facts()

    threads = [in_thread(partial(write, n)) for n in range(3)] + [in_thread(seal) for _ in range(3)]
    for thread in threads:
        thread.join()
    seal_facts()
    assert list(Sealed.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 61))


def test_the_same_key_from_two_transactions_at_once_is_said_once() -> None:
    said: list[object] = []

    def speak() -> None:
        with transaction.atomic():
            said.append(record("people.import_applied", key="same"))

    for thread in [in_thread(speak) for _ in range(4)]:
        thread.join()
    assert len([fact for fact in said if fact is not None]) == 1


def test_a_reader_gets_each_fact_once_in_sealed_order() -> None:
    for n in range(3):
        say(f"k{n}")
    seal_facts()
    with read_next("rewards", limit=2) as links:
        assert [link.fact.key for link in links] == ["k0", "k1"]
    with read_next("rewards", limit=2) as links:
        assert [link.fact.key for link in links] == ["k2"]
    with read_next("rewards") as links:
        assert links == []
    with read_next("another") as links:
        assert len(links) == 3


def test_a_reader_that_fails_reads_the_same_facts_again() -> None:
    say("a")
    seal_facts()

    def fail_half_way() -> None:
        with read_next("rewards") as links:
            raise RuntimeError(f"{len(links)} half-way")

    with pytest.raises(RuntimeError, match="1 half-way"):
        fail_half_way()
    with read_next("rewards") as links:
        assert [link.fact.key for link in links] == ["a"]
    assert Reader.objects.get(name="rewards").last_seq == 1


def test_a_second_process_with_the_same_reader_gets_nothing_meanwhile() -> None:
    say("a")
    seal_facts()
    seen: list[int] = []

    def other() -> None:
        with read_next("rewards") as links:
            seen.append(len(links))

    with read_next("rewards") as links:
        in_thread(other).join()
        assert len(links) == 1
    assert seen == [0]


def test_the_last_link_of_a_day_is_what_the_auditors_keep() -> None:
    say("a")
    say("b")
    seal_facts()
    today = timezone.localdate(clock.now())
    seal = day_seal(today)
    last = Sealed.objects.order_by("-seq").first()
    assert seal is not None
    assert last is not None
    assert (seal.seq, seal.chain_hash, seal.facts) == (2, last.chain_hash, 2)
    assert day_seal(today.replace(year=today.year - 1)) is None

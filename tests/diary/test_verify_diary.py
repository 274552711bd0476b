"""verify_diary: recomputes the chain and names the first row that does not hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from diary.actions import record, seal_facts
from diary.models import Sealed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def facts() -> list[int]:
    """Four sealed facts and one that is not sealed yet."""
    pks = []
    for n in range(5):
        with transaction.atomic():
            fact = record("people.import_applied", key=f"k{n}", data={"added": n, "share": 0.25, "role": "HR"})
        assert fact is not None
        pks.append(fact.pk)
        if n == 3:
            seal_facts()
    return pks


@contextmanager
def as_owner_of_the_tables() -> Iterator[None]:
    """Somebody with full power over the database, who switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")


def verify(*args: str) -> str:
    out = StringIO()
    call_command("verify_diary", *args, stdout=out)
    return out.getvalue()


def tamper(statement: str, *values: int) -> None:
    with as_owner_of_the_tables(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_untouched_record_holds(facts: list[int]) -> None:
    assert "holds up to link 4" in verify()


def test_an_empty_record_holds() -> None:
    assert "nothing is sealed yet" in verify()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE diary_fact SET data = '{\"added\": 9}' WHERE id = %s", "fact was changed"),
        ("UPDATE diary_fact SET at = at + interval '1 second' WHERE id = %s", "fact was changed"),
        ("UPDATE diary_fact SET verb = 'people.grant_given' WHERE id = %s", "fact was changed"),
        ("UPDATE diary_fact SET content_hash = repeat('a', 64) WHERE id = %s", "fact was changed"),
        ("UPDATE diary_sealed SET chain_hash = repeat('a', 64) WHERE fact_id = %s", "chain was changed"),
        ("DELETE FROM diary_sealed WHERE fact_id = %s", "link is missing"),
    ],
)
def test_a_change_behind_the_triggers_is_found_and_named(facts: list[int], change: str, said: str) -> None:
    tamper(change, facts[1])
    with pytest.raises(CommandError, match=f"link 2.*{said}"):
        verify()


def test_a_change_before_sealing_is_found(facts: list[int]) -> None:
    tamper("UPDATE diary_fact SET verb = 'people.grant_given' WHERE id = %s", facts[4])
    with pytest.raises(CommandError, match=f"fact {facts[4]}"):
        verify()


def test_the_last_links_cut_off_are_found(facts: list[int]) -> None:
    tamper("DELETE FROM diary_sealed WHERE fact_id = %s", facts[3])
    with pytest.raises(CommandError, match="taken out of the chain"):
        verify()


def test_a_whole_chain_made_anew_does_not_match_the_link_that_was_mailed(facts: list[int]) -> None:
    kept = Sealed.objects.get(pk=3)
    assert "holds" in verify("--seq", "3", "--hash", kept.chain_hash)
    with as_owner_of_the_tables(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM diary_sealed")
        cursor.execute("DELETE FROM diary_fact WHERE id = %s", [facts[1]])
        cursor.execute("DELETE FROM diary_awaitingseal")
        cursor.execute("INSERT INTO diary_awaitingseal SELECT id FROM diary_fact")
    seal_facts()
    assert "holds" in verify()
    with pytest.raises(CommandError, match="chain was replaced"):
        verify("--seq", "3", "--hash", kept.chain_hash)

"""record: one fact for each thing that happened, in the transaction of the change."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from diary.actions import NotInTransaction, record, record_many
from diary.models import AwaitingSeal, Fact
from diary.scoring import NotPlain, content_hash
from people.registry import Saying
from people.roles import Role
from portal.lib import clock
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db


def content_hash_of(fact: Fact) -> str:
    return content_hash(
        verb=fact.verb,
        at=fact.at,
        actor_id=fact.actor_id,
        unit_id=fact.unit_id,
        subject=fact.subject,
        key=fact.key,
        data=fact.data,
    )


def test_a_fact_holds_who_where_what_and_when() -> None:
    unit = make_unit()
    actor = make_employee(unit=unit)
    with clock.at(datetime(2026, 9, 14, 1, 30, tzinfo=UTC)):
        fact = record(
            "pulses.wave_launched", actor=actor, unit=unit, subject="pulses.wave:7", key="wave:7", data={"invited": 412}
        )
    assert fact is not None
    fact.refresh_from_db()
    assert (fact.verb, fact.actor, fact.unit, fact.subject) == ("pulses.wave_launched", actor, unit, "pulses.wave:7")
    assert fact.at == datetime(2026, 9, 14, 1, 30, tzinfo=UTC)
    assert fact.data == {"invited": 412}
    assert len(fact.content_hash) == 64
    assert isinstance(fact.txid, int)


def test_a_thing_said_twice_is_said_once() -> None:
    assert record("people.import_applied", key="import:1", data={"added": 3}) is not None
    assert record("people.import_applied", key="import:1", data={"added": 3}) is None
    assert Fact.objects.count() == 1


def test_many_facts_written_together_are_each_said_once_and_sealed_like_any_other() -> None:
    actor, unit = make_employee(), make_unit()
    sayings = [Saying(f"changed:{n}", f"people.employee:{n}", unit.pk, {"cause": "list"}) for n in (1, 2)]
    for _ in range(2):
        record_many("people.contact_changed", sayings, actor=actor)
    facts = list(Fact.objects.order_by("key"))
    assert [(fact.subject, fact.actor, fact.unit) for fact in facts] == [
        ("people.employee:1", actor, unit),
        ("people.employee:2", actor, unit),
    ]
    assert all(fact.content_hash == content_hash_of(fact) for fact in facts)
    assert AwaitingSeal.objects.count() == 2


def test_of_many_facts_one_with_an_address_stops_them_all() -> None:
    sayings = [Saying("a", "", None, {}), Saying("b", "", None, {"mail": "tam@example.vn"})]
    with pytest.raises(NotPlain):
        record_many("people.contact_changed", sayings)
    assert not Fact.objects.exists()


def test_a_fact_goes_with_its_change_when_that_is_undone() -> None:
    with transaction.atomic():
        record("people.import_applied", key="import:1")
        transaction.set_rollback(True)
    assert not Fact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_of_any_change_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        record("people.import_applied", key="import:1")
    with pytest.raises(NotInTransaction):
        record_many("people.import_applied", [Saying("import:1", "", None, {})])


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Nguyễn Văn Tám"},
        {"name": "Nguyen Van Tam"},
        {"mail": "tam@example.vn"},
        {"comment": "I do not like it"},
        {"rows": [{"deep": "chị Lan nói"}]},
        {"tên": 1},
        {"share": float("nan")},
        {"when": object()},
        {"text": "x" * 65},
    ],
)
def test_a_fact_refuses_names_addresses_and_free_text(said: dict[str, object]) -> None:
    with pytest.raises(NotPlain):
        record("people.import_applied", key="import:1", data=said)


@pytest.mark.parametrize(
    ("verb", "subject", "key"),
    [
        ("Import applied", "", "a"),
        ("people.import_applied", "tam@example.vn", "a"),
        ("people.import_applied", "people.employee:Nguyễn", "a"),
        ("people.import_applied", "", "tam@example.vn"),
        ("people.import_applied", "", ""),
        ("people.import_applied", "", "a b"),
    ],
)
def test_a_fact_refuses_a_verb_subject_or_key_of_another_form(verb: str, subject: str, key: str) -> None:
    with pytest.raises(NotPlain):
        record(verb, subject=subject, key=key)


def test_a_fact_takes_codes_days_and_nested_numbers() -> None:
    said = {"role": "HR", "on": "2026-09-14", "version": "1.2.0+a1b2", "at": "2026-09-14T01:30:00+00:00", "n": [1, 2.5]}
    fact = record("people.grant_given", key="grant:1", data=said)
    assert fact is not None
    assert fact.data == said


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE diary_fact SET verb = 'x.y'",
        "DELETE FROM diary_fact",
        "UPDATE diary_sealed SET chain_hash = 'x'",
        "DELETE FROM diary_sealed",
    ],
)
def test_the_database_refuses_to_change_or_delete_what_was_said(statement: str) -> None:
    fact = record("people.import_applied", key="import:1")
    assert fact is not None
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO diary_sealed (seq, fact_id, chain_hash) VALUES (1, %s, 'h')", [fact.pk])
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        connection.cursor().execute(statement)


def test_only_an_auditor_reads_the_diary() -> None:
    record("people.import_applied", key="import:1")
    assert Fact.objects.visible_to(make_employee(roles=(Role.AUDITOR,))).count() == 1
    for roles in [(), (Role.HR,), (Role.CX,), (Role.BOARD,)]:
        assert not Fact.objects.visible_to(make_employee(roles=roles)).exists()

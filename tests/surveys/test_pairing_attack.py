"""Somebody with the database, its WAL, all mails and the staff list tries to tell who wrote what.

The attacker sees rows and their order before and after the close, ids, transaction ids and lengths; everything but
the key directory. Each attack first succeeds against a naive survey kept here, then fails against ours: of 1,200
answers 20 are guessed right by chance, and more than 40 would happen less than once in ten thousand runs.
"""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from people.models import Employee
from portal.lib import clock
from surveys import actions, closing
from surveys.models import Invitation
from tests.surveys.stage import launch, make_company, make_questionnaire
from tests.surveys.test_real_round import HIDDEN

ROUNDS, PEOPLE, CHANCE_LIMIT = 20, 60, 40
Order = Sequence[object]
PRESS_ORDERS = {
    "place": "invitation.ctid",
    "id": "invitation.id",
    "transaction": "invitation.xmin::text::bigint",
}


def column(sql: str, *values: Any) -> list[object]:
    """One column of what the attacker's copy of the database says."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return [row[0] for row in cursor.fetchall()]


def hits(people: Order, texts: Order) -> int:
    """How many are right when the first person is paired with the first text, and so on."""
    return sum(f"said by {person}" == text for person, text in zip(people, texts, strict=True))


class NaiveSurvey:
    """What one would write first: a row an answer, in the order of arrival, and a mark on the invitation."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE naive_invitation (person text, done boolean)")
            cursor.execute("CREATE TABLE naive_answer (id bigserial, said text)")

    def answer(self, person: str, text: str) -> None:
        """Mark the invitation and store the answer."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO naive_invitation VALUES (%s, true)", [person])
            cursor.execute("INSERT INTO naive_answer (said) VALUES (%s)", [text])


@pytest.mark.django_db(transaction=True)
def test_a_naive_survey_gives_away_everybody_by_the_order_of_its_rows() -> None:
    survey = NaiveSurvey()
    people = [f"P{number}" for number in range(PEOPLE)]
    random.Random(1).shuffle(people)
    for person in people:
        survey.answer(person, f"said by {person}")
    found = hits(
        column("SELECT person FROM naive_invitation ORDER BY ctid"), column("SELECT said FROM naive_answer ORDER BY id")
    )
    assert found == PEOPLE


PRESSED = """
    SELECT person.number FROM surveys_invitation invitation
    JOIN people_employee person ON person.id = invitation.employee_id
    WHERE invitation.round_id = %s AND collected ORDER BY {}
"""


@pytest.mark.django_db(transaction=True)
def test_nobody_is_found_in_twenty_rounds_by_order_id_or_transaction(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    make_company({"A": PEOPLE})
    staff = list(Employee.objects.all())
    client, dice = Client(), random.Random(20261122)
    guesses: dict[str, int] = {}
    for number in range(ROUNDS):
        round_ = launch(make_questionnaire(comment=True), key=f"attack:{number}")
        dice.shuffle(staff)
        invitations = {each.employee_id: each.pk for each in Invitation.objects.filter(round=round_)}
        opened = column("SELECT pg_current_wal_insert_lsn()::text")[0]
        with clock.at(round_.opens_at + timedelta(hours=2)):
            for person in staff:
                send(client, settings.SURVEY_HOST, actions.new_link(invitations[person.pk]), person, dice)
        orders = {
            f"{name} of presses": column(PRESSED.format(order), round_.pk) for name, order in PRESS_ORDERS.items()
        }
        orders["time"] = [person.number for person in staff]
        assert len(set(column("SELECT length(box) FROM surveys_sealedreply WHERE round_id = %s", round_.pk))) == 1
        assert_not_on_disk_since(opened)
        with clock.at(round_.closes_at + timedelta(minutes=1)):
            assert closing.close_round(round_.pk)
        for name, people in orders.items():
            for order in ("ctid", "id"):
                texts = column(f"SELECT text FROM surveys_comment WHERE round_id = %s ORDER BY {order}", round_.pk)
                assert len(texts) == PEOPLE
                guess = f"{name} against {order} of comments"
                guesses[guess] = guesses.get(guess, 0) + hits(people, texts)
    assert {guess: right for guess, right in guesses.items() if right > CHANCE_LIMIT} == {}


def send(client: Client, host: str, token: str, person: Employee, dice: random.Random) -> None:
    """One person presses and answers over the pages; the comment tells who it was, for the score only."""
    sheet = client.post("/vi/start", {"token": token}, headers={"host": host})
    ballot = dict(HIDDEN.findall(sheet.content.decode()))["ballot"]
    answers = {"a.L1": str(dice.randint(1, 5)), "a.L2": str(dice.randint(1, 5)), "c.C1": f"said by {person.number}"}
    assert client.post("/vi/send", {"ballot": ballot, **answers}, headers={"host": host}).status_code in (200, 303)


def assert_not_on_disk_since(position: object) -> None:
    """Neither a table nor the WAL written since then holds a word of what was answered."""
    folder = Path(str(column("SHOW data_directory")[0]))
    first = str(column("SELECT pg_walfile_name(%s::pg_lsn)", position)[0])
    last = str(column("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")[0])
    offset = int(column("SELECT file_offset FROM pg_walfile_name_offset(%s::pg_lsn)", position)[0])  # type: ignore[call-overload]
    for path in sorted((folder / "pg_wal").glob("0*")):
        if first <= path.name <= last:
            written = path.read_bytes()[offset if path.name == first else 0 :]
            assert b"said by" not in written, "an answer stands readable in the write-ahead log"
    for table in ("surveys_sealedreply", "surveys_invitation", "surveys_key"):
        assert not column(f"SELECT 1 FROM {table} WHERE {table}::text LIKE '%%said by%%'")

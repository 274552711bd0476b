"""Attacks on the answer pages and the close: forged, changed, replayed, huge and simultaneous requests."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test import Client
from pytest_django.fixtures import Settings

from diary.models import Fact
from people.models import Employee
from portal.lib import clock
from surveys import actions, ballots, closing
from surveys.models import Cell, Invitation, Round, SealedReply
from tests.conftest import database_url
from tests.surveys.stage import close, everybody_answers, launch, make_company, make_questionnaire

HOST = django_settings.SURVEY_HOST


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def round_(db: None) -> Round:
    make_company({"A": 12, "B": 12})
    return launch(make_questionnaire(comment=True))


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": HOST}, raise_request_exception=True)


def pattern(employee: Employee, number: int) -> dict[str, int]:
    return {"L1": 2 + number % 3, "L2": 3 + number % 3}


def ballot_of(round_: Round, number: int = 0) -> str:
    invitation = Invitation.objects.filter(round=round_).order_by("block_id", "pk")[number]
    return actions.press_start(actions.new_link(invitation.pk)).ballot


def fields_of(ballot: str) -> list[object]:
    fields: list[object] = json.loads(urlsafe_b64decode(ballot.split(".")[0]))
    return fields


def with_fields(ballot: str, fields: object) -> str:
    """The same signature under other fields."""
    return f"{urlsafe_b64encode(json.dumps(fields).encode()).decode()}.{ballot.split('.')[1]}"


@pytest.mark.parametrize("place", range(5))
def test_no_field_of_a_ballot_can_be_taken_from_another(round_: Round, browser: Client, place: int) -> None:
    mine, other = ballot_of(round_, 0), ballot_of(round_, 20)
    fields = fields_of(mine)
    fields[place] = {0: uuid.uuid4().hex, 2: 1}.get(place, fields_of(other)[place])
    assert browser.post("/vi/send", {"ballot": with_fields(mine, fields), "a.L1": "3"}).status_code == 400
    assert not SealedReply.objects.exists()


JUNK = {
    "empty": "",
    "no signature": "e30=",
    "deep": urlsafe_b64encode(b"[" * 100_000).decode() + ".AAAA",
    "number for a round": urlsafe_b64encode(b'[5,1,0,"x","y"]').decode() + ".AAAA",
    "infinite": urlsafe_b64encode(b'["%s",Infinity,0,"x","y"]' % uuid.uuid4().hex.encode()).decode() + ".AAAA",
    "long number": urlsafe_b64encode(b'["%s",%s,0,"x","y"]' % (uuid.uuid4().hex.encode(), b"9" * 9000)).decode() + ".A",
    "not base64": "ế.ế",
    "zero byte": "\x00.\x00",
}


@pytest.mark.parametrize("name", JUNK)
def test_a_ballot_nobody_signed_is_refused_politely(round_: Round, browser: Client, name: str) -> None:
    assert browser.post("/vi/send", {"ballot": JUNK[name], "a.L1": "3"}).status_code == 400
    assert not SealedReply.objects.exists()


def test_a_ballot_of_one_round_is_worth_nothing_in_another(round_: Round, browser: Client) -> None:
    ballot = ballot_of(round_)
    second = launch(make_questionnaire(comment=True), key="test:2")
    replayed = with_fields(ballot, [second.pk.hex, *fields_of(ballot)[1:]])
    assert browser.post("/vi/send", {"ballot": replayed, "a.L1": "3"}).status_code == 400
    assert (
        ballots.read(ballot, django_settings.BALLOT_SECRET).id
        != ballots.read(ballot_of(second), django_settings.BALLOT_SECRET).id
    )


def test_what_the_form_does_not_ask_is_not_kept_and_what_is_too_long_is_refused(round_: Round, browser: Client) -> None:
    ballot = ballot_of(round_)
    assert browser.post("/vi/send", {"ballot": ballot, "a.L1": "5" * 10_000}).status_code == 422
    assert browser.post("/vi/send", {"ballot": ballot, "c.C1": "x" * 10_000}).status_code == 422
    assert not SealedReply.objects.exists()
    junk = {"a.NONE": "5", "c.L1": "text", "a.C1": "4", "c.NONE": "y" * 10_000}
    assert browser.post("/vi/send", {"ballot": ballot, "a.L2": "3", **junk}).status_code == 303
    assert [len(bytes(reply.box)) for reply in SealedReply.objects.all()] == [round_.box_size]


def test_a_body_of_two_megabytes_neither_breaks_a_page_nor_is_kept(round_: Round, browser: Client) -> None:
    ballot = ballot_of(round_)
    assert browser.post("/vi/send", {"ballot": ballot, "c.C1": "x" * 2_000_000}).status_code in (413, 422)
    many = "&".join(f"a.X{number}=1" for number in range(5000))
    type_ = "application/x-www-form-urlencoded"
    assert browser.post("/vi/send", f"ballot={ballot}&{many}", content_type=type_).status_code == 400
    assert browser.post("/vi/start", f"token={'x' * 2_000_000}", content_type=type_).status_code == 404
    assert not SealedReply.objects.exists()


def test_guessed_tokens_are_unknown_whatever_they_hold(round_: Round, browser: Client) -> None:
    known = actions.new_link(Invitation.objects.filter(round=round_)[0].pk)
    assert len(urlsafe_b64decode(known)) >= 16
    for guess in (known[:-1], known + "A", known.swapcase(), "", "\x00", "%", "' OR 1=1 --", "ế" * 50, "\ud800"):
        answer = browser.post("/vi/start", {"token": guess.encode("utf-8", "surrogatepass")})
        assert answer.status_code == 404
    assert not Invitation.objects.filter(collected=True).exists()


def checksums() -> dict[str, object]:
    """Every row of every table of the room, place and transaction included."""
    found: dict[str, object] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'surveys_%%'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT md5(string_agg(ctid::text || xmin || xmax || t::text, '' ORDER BY ctid)) FROM {table} t"
            )
            found[table] = cursor.fetchone()
    return found


def test_looking_fifty_times_at_every_page_changes_no_row(round_: Round, browser: Client) -> None:
    token = actions.new_link(Invitation.objects.filter(round=round_)[0].pk)
    before = checksums()
    assert len(before) >= 10
    for number in range(50):
        ask: Callable[..., object] = browser.head if number % 2 else browser.get
        for path in (f"p/{token}", "start", "send", f"start?token={token}", f"thanks/{round_.pk}"):
            for language in ("vi", "en"):
                ask(f"/{language}/{path}")
    assert checksums() == before


def together(*doings: Callable[[], object]) -> list[object]:
    """Do things at the same moment, each with database connections of its own; what they return or raise."""
    gate = threading.Barrier(len(doings))
    found: list[object] = [None] * len(doings)

    def run(place: int, doing: Callable[[], object]) -> None:
        gate.wait()
        try:
            found[place] = doing()
        except (actions.RoundNotOpen, actions.LinkUnknown) as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_two_links_pressed_at_once_give_one_ballot(round_: Round) -> None:
    invitation = Invitation.objects.filter(round=round_)[0]
    tokens = [actions.new_link(invitation.pk) for _ in range(6)]
    started = together(*[lambda token=token: actions.press_start(token).ballot_id for token in tokens])
    assert len(set(started)) == 1
    assert isinstance(started[0], str)
    assert Invitation.objects.filter(round=round_, collected=True).count() == 1


def cells_of(round_: Round) -> set[tuple[object, ...]]:
    return set(Cell.objects.filter(round=round_).values_list("unit", "measure", "code", "n", "mean", "low", "high"))


@pytest.mark.django_db(transaction=True)
def test_four_closers_at_once_close_once(round_: Round) -> None:
    everybody_answers(round_, pattern)
    Round.objects.filter(pk=round_.pk).update(closes_at=clock.now() - timedelta(minutes=1))
    assert sorted(map(bool, together(*[lambda: closing.close_round(round_.pk)] * 4))) == [False, False, False, True]
    assert Fact.objects.filter(verb="surveys.round_closed").count() == 1
    assert Cell.objects.filter(round=round_, measure="pillar").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_sheet_sent_while_a_round_closes_is_counted_or_refused_and_never_lost_silently(round_: Round) -> None:
    everybody_answers(round_, pattern)
    late = ballot_of(round_)
    actions.submit_ballot(late, {"L1": "1"}, {}, "vi")
    Round.objects.filter(pk=round_.pk).update(closes_at=clock.now() - timedelta(seconds=1))

    def send() -> object:
        return actions.submit_ballot(late, {"L1": "5"}, {}, "vi")

    found = together(send, lambda: closing.close_round(round_.pk), send)
    assert [isinstance(each, actions.RoundNotOpen) for each in found] == [True, False, True]
    assert not SealedReply.objects.exists()


MID_CLOSE = """
import django
django.setup()
import time
from pathlib import Path
from django.conf import settings
from surveys import closing
settings.KEY_DIR = Path({keys!r})
def stop(*args):
    print("written", flush=True)
    time.sleep(60)
closing.forget_traces = stop
closing.close_round({round_!r})
"""


@pytest.mark.django_db(transaction=True)
def test_a_close_killed_half_way_is_repeated_with_the_same_cells_and_destroys_the_key(
    round_: Round, settings: Settings
) -> None:
    everybody_answers(round_, pattern)
    Round.objects.filter(pk=round_.pk).update(closes_at=clock.now() - timedelta(minutes=1))
    name = str(connections["default"].settings_dict["NAME"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(name),
        "SURVEY_DATABASE_URL": database_url(name, "SURVEY_DATABASE_URL"),
    }
    program = MID_CLOSE.format(keys=str(settings.KEY_DIR), round_=str(round_.pk))
    worker = subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, cwd=django_settings.BASE_DIR
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"written\n"
    assert closing.close_round(round_.pk) is False, "another worker has it"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    assert not Cell.objects.exists()
    assert SealedReply.objects.count() == 24
    key = settings.KEY_DIR / f"{round_.key_pair_id}.key"
    assert key.exists()
    deadline = time.monotonic() + 10
    while not closing.close_round(round_.pk):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert not key.exists()
    first = {row[1:] for row in cells_of(round_)}
    second = launch(make_questionnaire(comment=True), key="again")
    everybody_answers(second, pattern)
    close(second)
    assert {row[1:] for row in cells_of(second)} == first


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [5, 41, 83, 130])
def test_no_reply_names_fewer_than_k_invited_people_by_block_and_form(number: int) -> None:
    make_company({"A": number, "B": 7, "C": 3})
    asked = make_questionnaire()
    asked = type(asked)(asked.title, asked.items, (("L1", "L2"), ("L1",), ("L2",)))
    round_ = launch(asked)
    groups: dict[tuple[int, int | None], int] = {}
    for block, form in Invitation.objects.filter(round=round_).values_list("block_id", "form"):
        groups[block, form] = groups.get((block, form), 0) + 1
    assert sum(groups.values()) == number + 10
    assert min(groups.values()) >= round_.k


FORBIDDEN = [
    "SELECT employee_id FROM surveys_invitation",
    "SELECT * FROM surveys_invitation",
    "SELECT * FROM people_employee",
    "SELECT * FROM surveys_cell",
    "SELECT * FROM surveys_comment",
    "SELECT * FROM surveys_standingblock",
    "SELECT box FROM surveys_sealedreply",
    "SELECT count(*) FROM surveys_sealedreply",
    "UPDATE surveys_sealedreply SET box = ''",
    "DELETE FROM surveys_sealedreply",
    "UPDATE surveys_invitation SET form = 0",
    "UPDATE surveys_invitation SET counts = true",
    "UPDATE surveys_round SET closes_at = now()",
    "INSERT INTO surveys_key (id, invitation_id, hash) SELECT gen_random_uuid(), id, '\\x00' FROM surveys_invitation",
    "DELETE FROM surveys_key",
    "SELECT * FROM outbox_notice",
    "SELECT * FROM django_session",
    "SELECT * FROM diary_fact",
]


@pytest.mark.django_db(transaction=True)
def test_the_role_of_the_answer_pages_can_do_nothing_else(round_: Round) -> None:
    name = str(connections["default"].settings_dict["NAME"])
    with psycopg.connect(database_url(name, "SURVEY_DATABASE_URL"), autocommit=True) as role:
        who = role.execute("SELECT current_user").fetchone()
        if who != ("bearing_survey",):
            pytest.skip("SURVEY_DATABASE_URL names no role of its own")
        assert role.execute("SELECT count(id) FROM surveys_invitation WHERE NOT collected").fetchone() == (24,)
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                role.execute(statement.encode())

"""Giving and taking back evidence: one piece for one press, a file and its row together or neither."""

import threading
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.utils import IntegrityError

from assessments import uploads
from assessments.actions.evidence import (
    MOST_STANDING,
    Piece,
    Place,
    TooManyPieces,
    give_evidence,
    withdraw_evidence,
)
from assessments.models import Evidence
from diary.models import Fact
from people.models import Employee, Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from tests.assessments.evidence_cast import DAY, NOON, make_evidence, pdf
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

LISTENS = Place("bearing-five", "L1", Pillar.LEADERSHIP)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path / "evidence"


@pytest.fixture
def store() -> Unit:
    return make_unit("CH-01", leader=make_employee())


def piece(**changed: Any) -> Piece:
    said: dict[str, Any] = {"title": "Diary", "dated_on": DAY, "expires_on": date(2027, 5, 1)}
    if not {"upload", "indicator"} & changed.keys():
        said["link"] = "https://intranet.example/diary"
    return Piece(**said | changed)


def a_file(content: bytes = b"") -> Piece:
    return piece(upload=uploads.check(ContentFile(content or pdf(), "minutes.pdf")))


def files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]


def test_a_piece_is_given_waits_and_is_on_the_record_without_its_words(store: Unit) -> None:
    with clock.at(NOON):
        given = give_evidence(unit=store, place=LISTENS, piece=piece(note="Page 3"), by=store.leader)

    assert (given.state, given.kind, given.added_on, given.pillar) == ("waiting", "link", DAY, "leadership")
    fact = Fact.objects.get(verb="assessments.evidence_given")
    assert (fact.unit, fact.actor) == (store, store.leader)
    assert fact.subject == f"assessments.evidence:{given.pk}"
    assert fact.data == {"kind": "link", "pillar": "leadership"}


def test_a_file_is_kept_with_its_fingerprint_type_and_shown_name(store: Unit, folder: Path) -> None:
    given = give_evidence(unit=store, place=LISTENS, piece=a_file(), by=store.leader)

    assert (given.file_name, given.content_type, given.size) == ("minutes.pdf", "application/pdf", len(pdf()))
    assert len(given.sha256) == 64
    assert [each.read_bytes() for each in files(folder)] == [pdf()]


def test_an_indicator_is_given_with_the_value_it_must_reach(store: Unit) -> None:
    shown = piece(indicator="training.share", threshold=0.8, at_most=True, expires_on=None)
    given = give_evidence(unit=store, place=LISTENS, piece=shown)

    assert (given.kind, given.threshold, given.at_most, given.expires_on) == ("indicator", 0.8, True, None)


def test_the_same_press_gives_one_piece_and_keeps_one_file(store: Unit, folder: Path) -> None:
    press = uuid4()
    first = give_evidence(unit=store, place=LISTENS, piece=a_file(), press=press, by=store.leader)
    again = give_evidence(unit=store, place=LISTENS, piece=a_file(), press=press, by=store.leader)

    assert first == again
    assert Evidence.objects.count() == len(files(folder)) == 1


def test_a_press_reused_for_something_else_is_another_piece(store: Unit) -> None:
    press = uuid4()
    for title in ("Diary", "Minutes"):
        give_evidence(unit=store, place=LISTENS, piece=piece(title=title), press=press)

    assert Evidence.objects.count() == 2


def test_twenty_pieces_of_a_unit_stand_for_a_practice_and_no_more(store: Unit, folder: Path) -> None:
    for _ in range(MOST_STANDING):
        make_evidence(store)

    with pytest.raises(TooManyPieces):
        give_evidence(unit=store, place=LISTENS, piece=a_file())
    assert files(folder) == []
    Evidence.objects.filter(pk=Evidence.objects.values("pk")[:1]).update(state="withdrawn")
    give_evidence(unit=store, place=LISTENS, piece=a_file())


def test_a_transaction_that_fails_leaves_no_file(store: Unit, folder: Path) -> None:
    upload = uploads.check(ContentFile(pdf(), "minutes.pdf"))
    backwards = piece(upload=upload, expires_on=date(2020, 1, 1))  # refused by the database itself

    with pytest.raises(IntegrityError, match="evidence_holds_after_its_date"), transaction.atomic():
        give_evidence(unit=store, place=LISTENS, piece=backwards)

    assert files(folder) == []
    assert not Evidence.objects.exists()


def test_the_database_refuses_evidence_that_is_nothing_or_two_things(store: Unit) -> None:
    for wrong in ({"link": ""}, {"file": "ab/cd"}, {"kind": "indicator", "link": "", "indicator": "x.y"}):
        with pytest.raises(IntegrityError, match="evidence_is_a_file_a_link"), transaction.atomic():
            make_evidence(store, **{"link": "https://a.example", **wrong})


def test_taking_back_says_so_once_and_deletes_the_file(
    store: Unit, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    given = give_evidence(unit=store, place=LISTENS, piece=a_file(), by=store.leader)
    assert store.leader is not None

    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            withdraw_evidence(evidence=given, by=store.leader)

    assert given.state == "withdrawn"
    assert files(folder) == []
    assert Fact.objects.filter(verb="assessments.evidence_withdrawn").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_by_three_browsers_at_once_is_one_piece_and_one_file(folder: Path) -> None:
    unit, press, gate = make_unit("CH-01"), uuid4(), threading.Barrier(3)
    found = []

    def go() -> None:
        gate.wait()
        found.append(give_evidence(unit=unit, place=LISTENS, piece=a_file(), press=press).pk)
        connection.close()

    threads = [threading.Thread(target=go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert len(found) == 3
    assert Evidence.objects.count() == len(files(folder)) == 1


def test_a_leaver_takes_the_name_and_leaves_the_evidence(store: Unit) -> None:
    gone: Employee = make_employee()
    given = give_evidence(unit=store, place=LISTENS, piece=piece())
    Evidence.objects.update(added_by=gone)

    gone.delete()

    given.refresh_from_db()
    assert given.added_by is None

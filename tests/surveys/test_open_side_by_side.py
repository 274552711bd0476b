"""Large rounds are opened by several processes: the same results, and nothing half done when one of them dies."""

import os
import signal
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from people.models import Employee
from portal.lib import clock
from surveys import closing, keyring
from surveys.models import Cell, Round, SealedReply
from surveys.opening import Readers
from tests.surveys.stage import answer, launch, make_company, make_questionnaire
from tests.surveys.test_close_round import pattern

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def answered() -> Round:
    make_company({"A": 14, "B": 12})
    round_ = launch(make_questionnaire(comment=True))
    for number, person in enumerate(Employee.objects.order_by("pk")):
        answer(round_, person, {"L1": 1, "L2": 1})
        answer(round_, person, pattern(person, number), {"C1": f"Ý kiến {number}"})
    SealedReply.objects.create(round=round_, box=b"no box at all")
    return round_


def private_half(round_: Round) -> bytes:
    return keyring.private_half(settings.KEY_DIR, round_.key_pair.pk)


def test_several_processes_read_what_one_reads(answered: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "FETCH", 7)
    plan = closing.plan_of(answered, private_half(answered))
    alone = list(closing.reader_for(answered, private_half(answered)).sheets(closing.boxes_of(answered)))
    with Readers(plan, 3) as readers:
        assert list(readers.sheets(closing.boxes_of(answered))) == alone
        assert list(readers.counts([[sheet[4] for sheet in alone], ["x"], []])) == [True] * len(alone) + [None]
    assert len(alone) == 52


def test_a_round_opened_side_by_side_publishes_the_latest_of_each_ballot(
    answered: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "SIDE_BY_SIDE_FROM", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with clock.at(answered.closes_at):
        assert closing.close_round(answered.pk)
    answered.refresh_from_db()
    assert answered.answered == 26
    cell = Cell.objects.get(round=answered, unit__code="ROOT", measure="pillar")
    assert cell.n == 26
    assert cell.mean == pytest.approx(sum(2.5 + number % 3 for number in range(26)) / 26)
    assert answered.comments.count() == 26


def test_a_process_that_dies_leaves_the_round_open_with_all_its_boxes(
    answered: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(plan: object, processes: int) -> Readers:
        readers = Readers(plan, processes)  # type: ignore[arg-type]
        for process in readers._all:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        return readers

    monkeypatch.setattr(closing, "SIDE_BY_SIDE_FROM", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with monkeypatch.context() as patched, clock.at(answered.closes_at):
        patched.setattr(closing, "Readers", dying)
        with pytest.raises((EOFError, BrokenPipeError)):
            closing.close_round(answered.pk)
    answered.refresh_from_db()
    assert answered.state == Round.State.OPEN
    assert SealedReply.objects.count() == 53
    with clock.at(answered.closes_at):
        assert closing.close_round(answered.pk)

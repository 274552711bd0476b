"""The demo company has done something about its results."""

import pytest

from improvement.models import Action, Commitment, Note
from people.days import today
from people.models import Employee, Unit
from portal.demo.company import SIGN_INS, found
from portal.demo.improving import play_improvement
from pulses.banks import CATALOGUE, load_bank

pytestmark = pytest.mark.django_db


def test_the_demo_has_something_overdue_done_dropped_kept_waiting_and_told() -> None:
    load_bank(CATALOGUE / "bearing-pulse-40.yaml")
    found()
    play_improvement()
    leader = Employee.objects.get(number=SIGN_INS["leader"])
    branch = Unit.objects.get(code="BL-DN-HC")
    seen = Action.objects.visible_to(leader)
    assert seen.overdue(today()).get().owner == branch.leader
    assert seen.filter(state="open", owner=leader).exists()
    assert seen.filter(state="done").get().note.done.startswith("Bảng phân quyền")
    assert Action.objects.filter(state="dropped").exists()
    assert {promise.state for promise in Commitment.objects.all()} == {"current", "kept"}
    assert Commitment.objects.to_answer(today()).count() == 1
    assert Note.objects.count() == 2

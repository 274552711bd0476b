"""Start, change, finish and drop: three at most, once for each press, and nothing lost between two tabs."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from diary.models import Fact
from improvement import actions
from improvement.models import Action, Note
from outbox.models import Notice
from people.days import today
from portal.lib.pillars import Pillar
from tests.improvement.conftest import CAUSE, House, later, make_action, make_house, make_plan

pytestmark = pytest.mark.django_db


def verbs() -> list[str]:
    return list(Fact.objects.order_by("id").values_list("verb", flat=True))


def test_an_action_keeps_what_it_answers_in_both_languages(house: House) -> None:
    begun = make_action(house.branch, house.leader, cause=CAUSE)
    found = Action.objects.get(pk=begun.pk)
    assert found.cause == CAUSE
    assert (found.slot, found.state, found.started_by) == (1, "open", house.leader)
    assert verbs() == ["improvement.action_started"]


def test_a_fact_holds_no_word_that_somebody_wrote(house: House) -> None:
    begun = make_action(house.branch, house.leader, cause=CAUSE)
    actions.finish_action(action=begun, evidence="Bảng phân quyền đã dán ở quầy", by=house.leader)
    assert [fact.data for fact in Fact.objects.order_by("id")] == [{"pillar": "people", "cause": "pulses"}, {}]


def test_a_fourth_action_is_refused_and_an_ended_one_makes_room(house: House) -> None:
    first, *_ = (make_action(house.branch, house.leader, f"Việc {number}") for number in (1, 2, 3))
    with pytest.raises(actions.TooManyAtOnce):
        make_action(house.branch, house.leader, "Việc 4")
    make_action(house.beside, house.other_leader, "Another unit has places of its own")
    actions.drop_action(action=first, reason="Không còn cần", by=house.leader)
    assert make_action(house.branch, house.leader, "Việc 4").slot == 1


def test_the_database_refuses_a_slot_given_twice(house: House) -> None:
    begun = make_action(house.branch, house.leader)
    second = make_action(house.branch, house.leader, "Việc 2")
    with pytest.raises(IntegrityError, match="at_most_three_open_actions_per_unit"), transaction.atomic():
        Action.objects.filter(pk=second.pk).update(slot=begun.slot)
    with pytest.raises(IntegrityError, match="open_action_holds_one_of_three_slots"), transaction.atomic():
        Action.objects.filter(pk=second.pk).update(slot=4)


def test_the_same_press_begins_one_action(house: House) -> None:
    press = uuid4()
    both = [
        actions.start_action(unit=house.branch, plan=make_plan(house.leader), press=press, by=house.leader)
        for _ in range(2)
    ]
    assert both[0] == both[1]
    assert Action.objects.count() == 1
    assert verbs() == ["improvement.action_started"]


def test_a_form_taken_back_and_written_anew_begins_another(house: House) -> None:
    press = uuid4()
    for title in ("Việc 1", "Việc 2"):
        actions.start_action(unit=house.branch, plan=make_plan(house.leader, title), press=press, by=house.leader)
    assert Action.objects.count() == 2


def test_an_owner_made_by_somebody_else_is_told_and_oneself_is_not(house: House) -> None:
    make_action(house.branch, house.leader, by=house.leader)
    assert not Notice.objects.exists()
    begun = make_action(house.branch, house.member, "Việc 2", by=house.leader)
    assert Notice.objects.get().employee == house.member
    actions.change_action(action=begun, plan=make_plan(house.deputy, "Việc 2"), version=1, by=house.leader)
    assert list(Notice.objects.order_by("id").values_list("employee", flat=True)) == [house.member.pk, house.deputy.pk]


def test_the_second_of_two_tabs_saves_nothing(house: House) -> None:
    begun = make_action(house.branch, house.leader)
    actions.change_action(action=begun, plan=make_plan(house.leader, "Tab một"), version=1, by=house.leader)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.change_action(action=begun, plan=make_plan(house.leader, "Tab hai"), version=1, by=house.leader)
    assert Action.objects.get().title == "Tab một"


def test_a_later_date_is_a_change_with_the_days_it_moved(house: House) -> None:
    begun = make_action(house.branch, house.leader)
    plan = make_plan(house.leader, due_on=begun.due_on + timedelta(days=7))
    actions.change_action(action=begun, plan=plan, version=1, by=house.leader)
    assert Fact.objects.get(verb="improvement.action_changed").data == {"moved_days": 7}


def test_an_ended_action_ends_once_and_stays_as_it_is(house: House) -> None:
    begun = make_action(house.branch, house.leader)
    with later(16):
        actions.finish_action(action=begun, evidence="Đã dán bảng", by=house.leader)
    assert Fact.objects.get(verb="improvement.action_done").data == {"days_late": 2}
    plan = make_plan(house.leader)
    with pytest.raises(actions.AlreadyEnded):
        actions.finish_action(action=begun, evidence="Lần hai", by=house.leader)
    with pytest.raises(actions.AlreadyEnded):
        actions.drop_action(action=begun, reason="Thôi", by=house.leader)
    with pytest.raises(actions.AlreadyEnded):
        actions.change_action(action=begun, plan=plan, version=1, by=house.leader)
    assert Action.objects.get().evidence == "Đã dán bảng"


def test_nothing_ends_without_a_word_about_it(house: House) -> None:
    begun = make_action(house.branch, house.leader)
    with pytest.raises(IntegrityError, match="ended_action_says_what_came_of_it"), transaction.atomic():
        actions.finish_action(action=begun, evidence="", by=house.leader)
    assert Action.objects.get().is_open


def test_a_finished_action_is_told_in_the_same_press_and_once(house: House) -> None:
    begun = make_action(house.branch, house.leader, cause=CAUSE)
    actions.finish_action(action=begun, evidence="Đã trao quyền cho quầy.", tells=True, by=house.leader)
    note = Note.objects.get()
    assert CAUSE.words in note.heard
    assert note.done == "Đã trao quyền cho quầy."
    again = actions.publish_note(unit=house.branch, words=actions.words_of(begun), action=begun, by=house.leader)
    assert again == note


def test_a_proposal_writes_nothing_and_leads_to_the_form_filled_in(house: House) -> None:
    proposal = actions.propose_action(unit=house.branch, pillar=Pillar.PEOPLE, cause=CAUSE, title="Trao quyền")
    assert proposal.href.startswith(f"/improvement/actions/new/?unit={house.branch.pk}&pillar=people&cause=")
    assert not Action.objects.exists()
    assert not Fact.objects.exists()


# At once ----------------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Let all go at the same moment; what each ended with."""
    start = threading.Barrier(len(acts))
    ended: list[str] = []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            ended.append("done")
        except actions.Refused as error:
            ended.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ended)


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_gets_the_third_place() -> None:
    house = make_house()
    for number in (1, 2):
        make_action(house.branch, house.leader, f"Việc {number}")

    ended = at_once(
        lambda: make_action(house.branch, house.leader, "Việc 3"),
        lambda: make_action(house.branch, house.deputy, "Việc 4"),
    )

    assert ended == ["TooManyAtOnce", "done"]
    assert Action.objects.open().filter(unit=house.branch).count() == 3


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_begins_one_action() -> None:
    house = make_house()
    press, plan = uuid4(), make_plan(house.leader)

    def send() -> object:
        return actions.start_action(unit=house.branch, plan=plan, press=press, by=house.leader)

    assert at_once(send, send) == ["done", "done"]
    assert Action.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_done_and_dropped_at_once_end_it_once() -> None:
    house = make_house()
    begun = make_action(house.branch, house.leader)
    mine, yours = Action.objects.get(pk=begun.pk), Action.objects.get(pk=begun.pk)

    ended = at_once(
        lambda: actions.finish_action(action=mine, evidence="Đã xong", by=house.leader),
        lambda: actions.drop_action(action=yours, reason="Thôi", by=house.deputy),
    )

    assert ended == ["AlreadyEnded", "done"]
    assert Fact.objects.filter(verb__in=["improvement.action_done", "improvement.action_dropped"]).count() == 1


def test_the_day_of_an_action_is_the_companys_day(house: House) -> None:
    with later(0):
        assert today().isoformat() == "2026-11-02"

"""A promise stands as it was made and is answered once; a note is published once for each press."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from diary.models import Fact
from diary.registry import Period, indicator
from improvement import actions
from improvement.causes import Cause, NotACause, read_cause
from improvement.models import Commitment, Note
from tests.improvement.conftest import CAUSE, TODAY, House, later, make_action, make_commitment, make_note

pytestmark = pytest.mark.django_db


def test_a_fourth_promise_is_refused_until_one_has_been_answered(house: House) -> None:
    first, *_ = (make_commitment(house.branch, house.leader, f"Hứa {number}") for number in (1, 2, 3))
    with pytest.raises(actions.TooManyAtOnce):
        make_commitment(house.branch, house.leader, "Hứa 4")
    actions.settle_commitment(commitment=first, kept=True, outcome="Đã làm", by=house.leader)
    assert make_commitment(house.branch, house.leader, "Hứa 4").slot == 1


def test_a_promise_may_be_kept_early_but_not_missed_before_its_date(house: House) -> None:
    promise = make_commitment(house.branch, house.leader, days=10)
    with pytest.raises(actions.TooEarly):
        actions.settle_commitment(commitment=promise, kept=False, outcome="Chưa được", by=house.leader)
    with later(10):
        actions.settle_commitment(commitment=promise, kept=False, outcome="Thiếu người", by=house.leader)
    assert Commitment.objects.get().state == "missed"
    assert Fact.objects.filter(verb="improvement.commitment_missed").count() == 1


def test_how_it_went_is_said_once(house: House) -> None:
    promise = make_commitment(house.branch, house.leader)
    actions.settle_commitment(commitment=promise, kept=True, outcome="Đã làm", by=house.leader)
    with pytest.raises(actions.AlreadyEnded):
        actions.settle_commitment(commitment=promise, kept=True, outcome="Lần hai", by=house.deputy)
    assert Commitment.objects.get().outcome == "Đã làm"


def test_the_database_wants_a_word_about_a_settled_promise(house: House) -> None:
    promise = make_commitment(house.branch, house.leader)
    with pytest.raises(IntegrityError, match="settled_commitment_says_what_came_of_it"), transaction.atomic():
        actions.settle_commitment(commitment=promise, kept=True, outcome="", by=house.leader)


def test_one_press_publishes_one_note(house: House) -> None:
    press = uuid4()
    assert make_note(house.branch, house.leader, press=press) == make_note(house.branch, house.leader, press=press)
    make_note(house.branch, house.leader, "Một điều khác", press=press)
    assert Note.objects.count() == 2


def test_a_cause_is_read_only_as_it_was_signed() -> None:
    signed = CAUSE.signed()
    assert read_cause(signed) == CAUSE
    assert read_cause(signed[:-1] + ("A" if signed[-1] != "A" else "B")) is None
    assert read_cause("") is None
    assert read_cause('["pulses","k",{"vi":"x","en":"x"},{}]') is None


@pytest.mark.parametrize(
    ("room", "key", "label"),
    [
        ("Pulses!", "k", {"vi": "a", "en": "b"}),
        ("pulses", "with space", {"vi": "a", "en": "b"}),
        ("pulses", "k", {"vi": "a"}),
        ("pulses", "k", {"vi": "a" * 301, "en": "b"}),
    ],
)
def test_a_cause_has_a_room_a_key_and_short_words_in_both_languages(room: str, key: str, label: dict[str, str]) -> None:
    with pytest.raises(NotACause):
        Cause(room, key, label)


def test_the_indicator_counts_what_was_due_and_done_in_time_below_the_unit(house: House) -> None:
    in_time = make_action(house.branch, house.leader, "Đúng hạn", due_on=TODAY)
    late = make_action(house.beside, house.other_leader, "Trễ hạn", due_on=TODAY)
    make_action(house.branch, house.leader, "Còn mở", due_on=TODAY)
    early = make_action(house.branch, house.leader, "Bỏ trước hạn", due_on=TODAY)
    actions.finish_action(action=in_time, evidence="Xong", by=house.leader)
    actions.drop_action(action=early, reason="Không cần nữa", by=house.leader)
    observe = indicator("improvement.actions_in_time").observe
    with later(3):
        actions.finish_action(action=late, evidence="Xong", by=house.other_leader)
        here = observe(house.region, Period(TODAY, TODAY.replace(day=30)))
        branch = observe(house.branch, Period(TODAY, TODAY.replace(day=30)))
        nothing = observe(house.company, Period(TODAY.replace(day=20), TODAY.replace(day=30)))
    assert here.value == pytest.approx(1 / 3)
    assert here.n == 3
    assert (branch.value, branch.n) == (0.5, 2)
    assert (nothing.value, nothing.n) == (None, 0)

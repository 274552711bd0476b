"""Closing publishes what may be published and leaves nothing else."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from diary.models import Fact
from people.models import Employee
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions, closing
from surveys.models import Cell, Comment, Invitation, Key, KeyPair, Round, SealedReply
from surveys.tasks import sweep_rounds
from tests.make import make_employee, make_unit
from tests.surveys.stage import answer, close, everybody_answers, launch, make_company, make_questionnaire
from tests.worker import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_DIR = tmp_path / "keys"


def pattern(employee: Employee, number: int) -> dict[str, int]:
    return {"L1": 2 + number % 3, "L2": 3 + number % 3}


def test_a_closed_round_publishes_the_mean_and_n_of_each_unit_and_the_company() -> None:
    root, units = make_company({"A": 12, "B": 14})
    round_ = launch()
    everybody_answers(round_, lambda person, n: {"L1": 4 if person.unit == units["A"] else 2 + n % 2, "L2": 2 + n % 3})
    close(round_)
    company = Cell.objects.get(round=round_, unit=root, measure="pillar", code="leadership")
    parts = [Cell.objects.get(round=round_, unit=unit, measure="pillar", code="leadership") for unit in units.values()]
    assert [cell.n for cell in parts] == [12, 14]
    assert company.n == 26
    assert company.mean == pytest.approx(sum((cell.n or 0) * (cell.mean or 0) for cell in parts) / 26)
    assert all((cell.low or 9) < (cell.mean or 0) < (cell.high or 0) for cell in [company, *parts])


def test_after_close_nothing_is_left_but_cells_and_who_was_invited() -> None:
    make_company({"A": 12})
    round_ = launch()
    everybody_answers(round_, pattern)
    pair = round_.key_pair_id
    assert (settings.KEY_DIR / f"{pair}.key").exists()
    close(round_)
    assert round_.state == Round.State.CLOSED
    assert round_.answered == 12
    assert not SealedReply.objects.exists()
    assert not Key.objects.exists()
    assert set(Invitation.objects.values_list("collected", "form", "counts")) == {(None, None, True)}
    assert KeyPair.objects.get(pk=pair).state == KeyPair.State.DESTROYED
    assert not (settings.KEY_DIR / f"{pair}.key").exists()


def test_closing_twice_publishes_once() -> None:
    make_company({"A": 12})
    round_ = launch()
    everybody_answers(round_, pattern)
    close(round_)
    cells = Cell.objects.count()
    with clock.at(round_.closes_at + timedelta(hours=1)):
        assert closing.close_round(round_.pk) is False
    assert Cell.objects.count() == cells
    assert Fact.objects.filter(verb="surveys.round_closed").count() == 1


def test_a_round_is_not_closed_before_its_window_is_over() -> None:
    make_company({"A": 12})
    round_ = launch()
    assert closing.close_round(round_.pk) is False


def test_the_last_sending_of_a_ballot_counts() -> None:
    make_company({"A": 12})
    round_ = launch()
    everybody_answers(round_, lambda person, n: {"L1": 1 + n % 2, "L2": 1 + n % 2})
    with clock.at(clock.now() + timedelta(minutes=5)):
        everybody_answers(round_, lambda person, n: {"L1": 4 + n % 2, "L2": 3})
    close(round_)
    cell = Cell.objects.get(measure="pillar", unit__code="A")
    assert cell.n == 12
    assert cell.mean == pytest.approx(3.75)


def test_a_unit_with_too_few_answers_rises_and_is_shown_at_its_parent() -> None:
    root, units = make_company({"A": 12, "B": 8})
    round_ = launch()
    for number, person in enumerate(Employee.objects.filter(unit=units["A"])):
        answer(round_, person, pattern(person, number))
    for person in Employee.objects.filter(unit=units["B"])[:4]:
        answer(round_, person, {"L1": 3, "L2": 2})
    close(round_)
    assert not Cell.objects.filter(unit=units["B"], measure="pillar").exists()
    assert Cell.objects.get(unit=root, measure="pillar").n == 16


def test_a_unit_is_shown_at_the_unit_that_really_holds_its_answers() -> None:
    """The region's answers are all its branch's, so the kiosk beside the branch is not in them."""
    root, units = make_company({"A": 12, "R": 0})
    branch, kiosk = make_unit("V", parent=units["R"]), make_unit("K", parent=units["R"])
    for unit, size in ((root, 6), (branch, 12), (kiosk, 3)):
        for _ in range(size):
            make_employee(unit=unit)
    round_ = launch()
    everybody_answers(round_, pattern)
    close(round_)
    assert Cell.objects.get(unit=units["R"], measure="pillar").same_as == branch
    places = dict(round_.units.values_list("unit__code", "shown_at__code"))
    assert places == {"ROOT": "ROOT", "A": "A", "R": "R", "V": "V", "K": "ROOT"}
    assert Cell.objects.get(unit=root, measure="pillar").n == 33


def test_a_unit_that_all_answered_alike_is_not_shown_apart() -> None:
    root, units = make_company({"A": 12, "B": 12})
    round_ = launch()
    everybody_answers(round_, lambda person, n: {"L1": 4, "L2": 4} if person.unit == units["B"] else pattern(person, n))
    close(round_)
    assert not Cell.objects.filter(unit=units["B"]).exists()
    assert Cell.objects.get(unit=root, measure="pillar").n == 24


def test_newcomers_may_answer_but_do_not_count_towards_the_smallest_group() -> None:
    _, units = make_company({"A": 12, "B": 3})
    tomorrow = (clock.now() + timedelta(days=1)).date()
    for _ in range(6):
        make_employee(unit=units["B"], counts_from=tomorrow)
    round_ = launch()
    assert round_.invited == 21
    everybody_answers(round_, pattern)
    close(round_)
    assert not Cell.objects.filter(unit=units["B"]).exists()
    assert Cell.objects.get(unit__code="ROOT", measure="pillar").n == 21


def test_a_block_with_more_ballots_than_presses_is_dropped_whole() -> None:
    _, units = make_company({"A": 12, "B": 12})
    round_ = launch()
    everybody_answers(round_, pattern)
    inside = Invitation.objects.filter(round=round_, employee__unit=units["B"])
    Invitation.objects.filter(pk=inside[0].pk).update(collected=False)
    close(round_)
    assert Cell.objects.get(unit__code="ROOT", measure="pillar").n == 12
    assert round_.blocks.filter(is_dropped=True).count() == 1


def test_comments_are_masked_and_need_ten_answers_and_three_comments() -> None:
    _, units = make_company({"A": 12, "B": 12})
    make_employee(full_name="Nguyễn Văn Tám", unit=units["A"])
    round_ = launch(make_questionnaire(comment=True))
    for number, person in enumerate(Employee.objects.filter(unit=units["A"])):
        text = "Hỏi nguyen van tam, 0903 123 456, tam@cty.vn" if number < 3 else ""
        answer(round_, person, pattern(person, number), {"C1": text})
    for number, person in enumerate(Employee.objects.filter(unit=units["B"])):
        answer(round_, person, pattern(person, number), {"C1": "Rất tốt" if number < 2 else ""})
    close(round_)
    shown = {(comment.standing_block.unit.code, comment.text) for comment in Comment.objects.all()}
    assert shown == {("ROOT", "Hỏi […], […], […]"), ("ROOT", "Rất tốt")}


def test_a_lost_key_is_said_and_not_papered_over() -> None:
    make_company({"A": 12})
    round_ = launch()
    everybody_answers(round_, pattern)
    (settings.KEY_DIR / f"{round_.key_pair_id}.key").unlink()
    close(round_)
    assert round_.state == Round.State.LOST
    assert not Cell.objects.exists()


def test_a_cancelled_round_publishes_nothing_and_destroys_its_key() -> None:
    _, units = make_company({"A": 12})
    round_ = launch()
    everybody_answers(round_, pattern)
    boss = make_employee(unit=units["A"])
    assert actions.cancel_round(round_.pk, by=boss)
    assert not actions.cancel_round(round_.pk, by=boss)
    closing.destroy_spent_keys()
    assert not SealedReply.objects.exists()
    assert not Cell.objects.exists()
    assert not (settings.KEY_DIR / f"{round_.key_pair_id}.key").exists()


def test_a_box_that_came_in_the_moment_a_round_ended_is_swept_away() -> None:
    make_company({"A": 12})
    round_ = launch()
    everybody_answers(round_, pattern)
    close(round_)
    SealedReply.objects.create(round=round_, box=b"late")
    assert closing.forget_stray_boxes() == 1
    assert not SealedReply.objects.exists()


def test_units_are_credited_as_a_whole_where_most_took_part() -> None:
    _, units = make_company({"A": 12, "B": 12, "C": 8})
    round_ = launch()
    for number, person in enumerate(Employee.objects.order_by("unit", "pk")):
        if person.unit != units["B"] or number % 2:
            answer(round_, person, {"L1": 2 + number % 3, "L2": 3 + number % 3})
    close(round_)
    fact = Fact.objects.get(verb="surveys.units_took_part")
    root = units["A"].parent
    assert root is not None
    assert fact.actor is None
    assert fact.data == {"units": sorted([root.pk, units["A"].pk])}


def shares_of(round_: Round) -> dict[str, tuple[float | None, str]]:
    cells = Cell.objects.filter(round=round_, measure="participation").select_related("unit")
    return {cell.unit.code: (cell.mean, cell.share) for cell in cells}


def test_a_share_below_twenty_invited_is_no_difference_of_other_shares() -> None:
    """64 % of 50 less 75 % of 20 and 50 % of 22 is six of eight."""
    _, units = make_company({"A": 20, "B": 22, "C": 8})
    round_ = launch()
    for name, answering in (("A", 15), ("B", 11), ("C", 6)):
        for number, person in enumerate(Employee.objects.filter(unit=units[name]).order_by("pk")[:answering]):
            answer(round_, person, pattern(person, number))
    close(round_)
    assert shares_of(round_) == {"ROOT": (64, "most"), "A": (None, "most"), "B": (50, "part"), "C": (None, "most")}
    said = Cell.objects.filter(round=round_, measure="pillar", share_said=True)
    assert set(said.values_list("unit__code", flat=True)) == {"ROOT", "B"}


def test_a_pillar_whose_group_is_another_than_that_of_taking_part_tells_no_share_of_its_own() -> None:
    """The unit's people in one pillar less those in the other would be the few who knew nothing of one."""
    _, units = make_company({"A": 0, "B": 30})
    team, other = make_unit("A1", parent=units["A"]), make_unit("A2", parent=units["A"])
    for unit, size in ((team, 31), (other, 7)):
        for _ in range(size):
            make_employee(unit=unit)
    round_ = launch(make_questionnaire((Pillar.LEADERSHIP, Pillar.PEOPLE)))

    def choose(person: Employee, number: int) -> dict[str, int | str]:
        people: dict[str, int | str] = {"P1": "dk", "P2": "dk"} if person.unit == other else {}
        return {**pattern(person, number), "P1": 2 + number % 3, "P2": 2 + number % 2, **people}

    everybody_answers(round_, choose)
    close(round_)
    said = {
        (cell.unit.code, cell.code): (cell.n, cell.share_said)
        for cell in Cell.objects.filter(round=round_, measure="pillar", unit=units["A"]).select_related("unit")
    }
    took_part = Cell.objects.get(round=round_, measure="participation", unit=units["A"])
    assert said == {("A", "leadership"): (38, False), ("A", "people"): (31, True)}
    assert (took_part.n, took_part.mean) == (31, 100)


def test_a_score_of_the_few_who_are_asked_is_said_to_cover_a_part_of_the_unit() -> None:
    _, units = make_company({"A": 10, "B": 12})
    for _ in range(60):
        make_employee(unit=units["A"], kiosk=True)
    round_ = launch()
    everybody_answers(round_, pattern)
    close(round_)
    part = dict(Cell.objects.filter(round=round_, measure="pillar").values_list("unit__code", "covers_part"))
    assert part == {"ROOT": True, "A": True, "B": False}


def test_a_round_that_cannot_be_closed_holds_back_neither_the_others_nor_what_is_to_be_forgotten() -> None:
    make_company({"A": 12})
    broken, whole = launch(key="test:broken"), launch(key="test:whole")
    everybody_answers(broken, pattern)
    everybody_answers(whole, pattern)
    Round.objects.filter(pk=broken.pk).update(questionnaire={}, closes_at=broken.closes_at - timedelta(hours=1))
    stray = close(launch(key="test:over"))
    SealedReply.objects.create(round=stray, box=b"late")
    with clock.at(whole.closes_at + timedelta(minutes=1)):
        sweep_rounds()
        ended = sorted(work_off("seal"))
    assert ended == [("surveys.tasks.close_round", "FAILURE"), ("surveys.tasks.close_round", "SUCCESS")]
    states = {round_.pk: round_.state for round_ in Round.objects.all()}
    assert (states[broken.pk], states[whole.pk]) == (Round.State.OPEN, Round.State.CLOSED)
    assert set(SealedReply.objects.values_list("round", flat=True)) == {broken.pk}


def test_a_round_queued_twice_is_closed_once() -> None:
    make_company({"A": 12})
    round_ = launch()
    everybody_answers(round_, pattern)
    with clock.at(round_.closes_at + timedelta(minutes=1)):
        sweep_rounds()
        sweep_rounds()
        assert [ending for _, ending in work_off("seal")] == ["SUCCESS", "SUCCESS"]
        sweep_rounds()
        assert work_off("seal") == []
    assert Fact.objects.filter(verb="surveys.round_closed").count() == 1

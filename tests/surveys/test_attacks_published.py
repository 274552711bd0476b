"""Attacks on what a close publishes: by differences, over time, by newcomers and by boxes nobody wrote."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from people.actions.codes import print_codes
from people.actions.contact import set_email
from people.models import Employee, Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from stats import intervals
from surveys import actions, boxes, closing
from surveys.ballots import Ballot, signature
from surveys.models import Cell, Comment, Invitation, Participation, Round, SealedReply, StandingBlock
from surveys.questionnaire import Item, Questionnaire, Scale
from tests.make import make_employee
from tests.surveys.stage import answer, close, everybody_answers, launch, make_company, make_questionnaire, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_DIR = tmp_path / "keys"


def pattern(employee: Employee, number: int) -> dict[str, int]:
    return {"L1": 2 + number % 3, "L2": 3 + number % 3}


def test_a_verdict_over_five_pillars_asks_more_than_one_pillar_alone_would() -> None:
    make_company({"A": 24})
    items = [
        Item(f"{pillar.value}{number}", pillar, "d", Scale.AGREE, words("Q")) for pillar in Pillar for number in (1, 2)
    ]
    asked = Questionnaire(words("Pulse"), tuple(items), (tuple(item.code for item in items),))
    codes = [item.code for item in asked.items]
    leadership = [item.code for item in asked.items if item.pillar is Pillar.LEADERSHIP]
    first = launch(asked, key="wave:1", series="pulse")
    everybody_answers(first, lambda person, n: dict.fromkeys(codes, 2 + 2 * (n % 2)))
    close(first)
    second = launch(asked, key="wave:2", series="pulse")
    better = {**dict.fromkeys(codes, 2), **dict.fromkeys(leadership, 4)}
    everybody_answers(
        second, lambda person, n: better if n % 2 == 0 and n < 16 else dict.fromkeys(codes, 2 + 2 * (n % 2))
    )
    close(second)
    before, after = [Cell.objects.get(round=each, unit__code="A", code="leadership") for each in (first, second)]
    assert before.estimate is not None
    assert after.estimate is not None
    assert intervals.change(before.estimate, after.estimate).verdict == "up"
    assert after.verdict == "cannot_tell"


def two_rounds_with_a_newcomer_between(sizes: Mapping[str, int]) -> Round:
    _, units = make_company(sizes)
    first = launch(key="wave:1", series="pulse")
    everybody_answers(first, pattern)
    close(first)
    make_employee(unit=units["A"])
    second = launch(key="wave:2", series="pulse")
    everybody_answers(second, pattern)
    return close(second)


def test_a_score_hidden_because_one_person_joined_is_no_difference_of_others_either() -> None:
    round_ = two_rounds_with_a_newcomer_between({"A": 12, "B": 30, "C": 25})
    shown = set(Cell.objects.filter(round=round_, measure="pillar", n__gt=0).values_list("unit__code", flat=True))
    assert shown == {"ROOT", "B"}
    rest = Cell.objects.filter(round=round_).exclude(measure="participation").values_list("unit__code", flat=True)
    assert set(rest) == shown
    places = dict(round_.units.values_list("unit__code", "shown_at__code"))
    assert places == {"ROOT": "ROOT", "A": "ROOT", "B": "B", "C": "ROOT"}


def scored_units(round_: Round) -> set[str]:
    return set(Cell.objects.filter(round=round_, measure="pillar").values_list("unit__code", flat=True))


def waves_of(first: Callable[[Employee, int], Mapping[str, int]], change: Callable[[], object]) -> Round:
    """Two waves of everybody, with a change between."""
    before = launch(key="wave:1", series="pulse")
    everybody_answers(before, first)
    close(before)
    change()
    after = launch(key="wave:2", series="another programme")
    everybody_answers(after, first)
    return close(after)


def test_a_newcomer_who_does_not_count_yet_is_protected_as_all_are() -> None:
    _, units = make_company({"A": 11, "B": 30})
    tomorrow = (clock.now() + timedelta(days=1)).date()
    second = waves_of(pattern, lambda: make_employee(unit=units["A"], counts_from=tomorrow))
    assert scored_units(second) == {"ROOT"}


def test_a_code_printed_after_the_answer_takes_nobodys_protection_away() -> None:
    _, units = make_company({"A": 11, "B": 30})
    victim = Employee.objects.filter(unit=units["A"]).order_by("pk")[0]
    first = launch(key="wave:1")
    everybody_answers(first, pattern)
    print_codes(employees=[victim], actor=make_employee(unit=units["B"]))
    close(first)
    assert "A" in scored_units(first)
    Employee.objects.filter(pk=victim.pk).update(is_active=False, left_on=clock.now().date())
    second = launch(key="wave:2")
    everybody_answers(second, pattern)
    assert "A" not in scored_units(close(second))


def test_a_few_who_skipped_the_same_question_are_no_difference_of_measures_over_time() -> None:
    """Twice the pillar less both questions is the sum of those who skipped one of them."""
    _, units = make_company({"A": 30, "B": 30})

    def some_skip(person: Employee, number: int) -> dict[str, int]:
        answers = pattern(person, number)
        return {"L1": answers["L1"]} if number < 6 else answers

    second = waves_of(some_skip, lambda: make_employee_leave(units["A"]))
    assert "A" not in set(Cell.objects.filter(round=second, measure="item").values_list("unit__code", flat=True))


def make_employee_leave(unit: Unit) -> None:
    leaver = Employee.objects.filter(unit=unit).order_by("pk")[0]
    Employee.objects.filter(pk=leaver.pk).update(is_active=False, left_on=clock.now().date())


def test_blocks_that_stand_keep_nothing_of_what_was_answered() -> None:
    round_ = two_rounds_with_a_newcomer_between({"A": 12, "B": 30})
    stored = StandingBlock.objects.filter(round=round_)
    assert stored
    assert all(row.statistics == {} for row in stored)


def question(code: str, scale: Scale, counts: str = "score") -> Item:
    return Item(code, Pillar.LEADERSHIP, "d", scale, words(code), counts=counts)


@pytest.mark.parametrize("series", ["", "pulse"])
def test_a_pillar_of_questions_that_make_no_score_is_closed_like_any(series: str) -> None:
    make_company({"A": 14})
    items = (question("L1", Scale.YES_NO), question("L2", Scale.ZERO_TEN, "enps"))
    for number in (1, 2):
        round_ = launch(Questionnaire(words("Q"), items, (("L1", "L2"),)), key=f"w:{number}", series=series)
        everybody_answers(round_, lambda person, n: {"L1": n % 2, "L2": 4 + n % 6})
        assert close(round_).state == Round.State.CLOSED
    assert set(Cell.objects.filter(unit__code="A").values_list("measure", flat=True)) == {
        "item",
        "enps",
        "participation",
    }


def test_yes_and_no_of_a_small_unit_are_no_difference_of_counts_shown() -> None:
    make_company({"A": 12, "B": 30, "C": 24})
    items = (*make_questionnaire().items, question("Y1", Scale.YES_NO, "item"))
    round_ = launch(Questionnaire(words("Q"), items, (("L1", "L2", "Y1"),)))
    everybody_answers(round_, lambda person, n: pattern(person, n) | {"Y1": int(n % 4 == 0)})
    close(round_)
    cells = Cell.objects.filter(round=round_, code="Y1").order_by("unit__code")
    assert list(cells.values_list("unit__code", "share")) == [("A", "few"), ("B", ""), ("C", "few"), ("ROOT", "")]
    assert {cell.unit.code for cell in cells if cell.histogram} == {"B", "ROOT"}


def test_a_question_that_one_newcomer_alone_answered_does_not_stop_the_close() -> None:
    _, units = make_company({"A": 14})
    make_employee(unit=units["A"], counts_from=(clock.now() + timedelta(days=1)).date())
    items = (*make_questionnaire().items, question("L3", Scale.YES_NO))
    round_ = launch(Questionnaire(words("Q"), items, (("L1", "L2", "L3"),)))
    everybody_answers(round_, lambda person, n: pattern(person, n) | ({"L3": 1} if n == 14 else {}))
    assert close(round_).state == Round.State.CLOSED
    assert not Cell.objects.filter(code="L3").exists()


JUNK: list[dict[str, Any]] = [
    {"b": None},
    {"k": "1"},
    {"k": 10**30},
    {"f": 7},
    {"f": -1},
    {"f": "0"},
    {"i": "x"},
    {"i": 5},
    {"a": {"L1": 100}},
    {"a": {"L1": "5"}},
    {"a": {"NOT": 3}},
    {"a": [1]},
    {"c": {"L1": "text"}},
    {"c": 5},
    {"t": "now"},
    {"t": float("nan")},
]


def test_boxes_no_page_wrote_neither_stop_a_close_nor_enter_it() -> None:
    make_company({"A": 12})
    round_ = launch()
    everybody_answers(round_, pattern)
    public = bytes(round_.key_pair.public)
    inner = boxes.as_text(boxes.seal(public, {"counts": True}, boxes.INNER_SIZE))
    sound = {"b": "x", "k": 1, "f": 0, "i": inner, "a": {}, "c": {}, "l": "vi", "t": 0.0}
    contents: list[dict[str, Any]] = [sound | junk for junk in JUNK] + [{}, {"b": "y"}, sound | {"s": 5}, sound]
    for content in contents:
        if "k" in content and content is not sound:
            ballot = Ballot(round_.pk, content["k"], content["f"], content["b"], content["i"])
            content.setdefault("s", signature(ballot, settings.BALLOT_SECRET))
        SealedReply.objects.create(round=round_, box=boxes.seal(public, content, round_.box_size))
    SealedReply.objects.create(round=round_, box=b"no box at all")
    assert close(round_).answered == 12
    assert not round_.blocks.filter(is_dropped=True).exists()


def test_whoever_writes_in_the_database_but_lacks_the_secret_adds_no_answer() -> None:
    """The public key seals any box, and the presses can be set; a ballot cannot be signed."""
    make_company({"A": 12})
    round_ = launch()
    for number, person in enumerate(Employee.objects.order_by("pk")[:8]):
        answer(round_, person, pattern(person, number))
    round_.invitations.update(collected=True)
    public = bytes(round_.key_pair.public)
    inner = boxes.as_text(boxes.seal(public, {"counts": True}, boxes.INNER_SIZE))
    for number in range(4):
        forged = {"b": str(number), "k": 1, "f": 0, "i": inner, "a": {"L1": 1, "L2": 1}, "c": {}, "l": "vi", "t": 1.0}
        ballot = Ballot(round_.pk, 1, 0, str(number), inner)
        for sealed in (forged, {**forged, "s": signature(ballot, "another secret")}):
            SealedReply.objects.create(round=round_, box=boxes.seal(public, sealed, round_.box_size))
    assert close(round_).answered == 8


def test_whoever_may_be_answered_for_counts_no_more() -> None:
    """HR gives two people new codes and two new addresses after the launch, and answers for them."""
    make_company({"A": 9})
    round_ = launch()
    people = list(Employee.objects.order_by("pk"))
    hr = make_employee(unit=people[0].unit)
    print_codes(employees=people[:2], actor=hr)
    for number, person in enumerate(people[2:4]):
        set_email(employee=person, email=f"hr{number}@example.vn", actor=hr)
    for number, person in enumerate(people[:8]):
        answer(round_, person, pattern(person, number))
    close(round_)
    assert not Cell.objects.filter(round=round_, measure="pillar").exists()
    counted = Invitation.objects.filter(round=round_, counts=True).values_list("employee", flat=True)
    assert set(counted) == {person.pk for person in people[4:]}


def test_comments_of_newcomers_do_not_bring_another_comment_to_a_smaller_group() -> None:
    _, units = make_company({"A": 12, "B": 12})
    for _ in range(2):
        make_employee(unit=units["A"], counts_from=(clock.now() + timedelta(days=1)).date())
    round_ = launch(make_questionnaire(comment=True))
    for number, person in enumerate(Employee.objects.order_by("-counts_from", "unit", "pk")):
        answer(round_, person, pattern(person, number), {"C1": "words" if number < 3 or number > 20 else ""})
    close(round_)
    assert set(Comment.objects.values_list("standing_block__unit__code", flat=True)) == {"ROOT"}


def test_a_cancelled_round_keeps_no_count_of_links_used() -> None:
    _, units = make_company({"A": 24})
    round_ = launch()
    with clock.at(round_.opens_at + timedelta(days=2)):
        assert closing.count_participation()
        assert actions.cancel_round(round_.pk, by=make_employee(unit=units["A"]))
    assert not Participation.objects.exists()


def test_comments_of_a_dropped_block_are_gone_with_it() -> None:
    _, units = make_company({"A": 12, "B": 12})
    round_ = launch(make_questionnaire(comment=True))
    for number, person in enumerate(Employee.objects.all()):
        answer(round_, person, pattern(person, number), {"C1": f"from {person.unit.code if person.unit else ''}"})
    round_.invitations.filter(employee=Employee.objects.filter(unit=units["B"])[0]).update(collected=False)
    close(round_)
    assert set(Comment.objects.values_list("text", flat=True)) == {"from A"}


def test_comments_of_a_group_that_gives_itself_away_are_shown_with_those_of_the_unit_above() -> None:
    _, units = make_company({"A": 14, "B": 14})
    round_ = launch(make_questionnaire(comment=True))
    for number, person in enumerate(Employee.objects.all()):
        answers = pattern(person, number) if person.unit == units["A"] else {"L1": 4, "L2": 4}
        answer(round_, person, answers, {"C1": "words"})
    close(round_)
    assert set(Comment.objects.values_list("standing_block__unit__code", flat=True)) == {"ROOT"}
    assert set(Cell.objects.filter(measure="participation").values_list("unit__code", flat=True)) == {"ROOT"}


@pytest.mark.parametrize(("sizes", "shown"), [((20, 8), {"ROOT"}), ((20, 20), {"ROOT", "A", "B"}), ((10, 9), set())])
def test_participation_while_open_shows_no_group_below_twenty_by_difference(
    sizes: Sequence[int], shown: set[str]
) -> None:
    _, units = make_company(dict(zip("AB", sizes, strict=True)))
    round_ = launch()
    for person in Employee.objects.filter(unit=units["A"]):
        answer(round_, person, {"L1": 3, "L2": 4})
    with clock.at(round_.opens_at + timedelta(days=2)):
        closing.count_participation()
    assert set(Participation.objects.values_list("unit__code", flat=True)) == shown

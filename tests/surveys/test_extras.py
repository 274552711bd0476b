"""Questions that rooms add for some units: who is asked, what is frozen, where it is published, what it disturbs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from people.models import Employee, Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions
from surveys.models import Block, Cell, Invitation, Round, StandingBlock
from surveys.questionnaire import Item, Questionnaire, Scale
from surveys.registry import item_sources, register_items
from tests.make import make_employee, make_unit
from tests.surveys.stage import answer, close, everybody_answers, launch, make_company, make_questionnaire, words

pytestmark = pytest.mark.django_db

Offer = Callable[[Mapping[Unit, Sequence[Item]]], list[SimpleNamespace]]


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def offer() -> Iterator[Offer]:
    """Have questions asked below units; what the source was called with can be looked at."""
    before = dict(item_sources)
    item_sources.clear()

    def add(items: Mapping[Unit, Sequence[Item]]) -> list[SimpleNamespace]:
        calls: list[SimpleNamespace] = []

        def source(kind: str, units: frozenset[int], opens_at: datetime) -> Mapping[int, Sequence[Item]]:
            calls.append(SimpleNamespace(kind=kind, units=units, opens_at=opens_at))
            return {unit.pk: found for unit, found in items.items()}

        register_items("promises", source)
        return calls

    yield add
    item_sources.clear()
    item_sources.update(before)


def kept(number: int, text: str = "I see this promise kept.", **kwargs: object) -> Item:
    return Item(f"kept:{number}", None, "", Scale.AGREE, words(text), **kwargs)  # type: ignore[arg-type]


def questions(round_: Round, person: Employee) -> list[str]:
    """What somebody is asked who presses the link."""
    invitation = Invitation.objects.get(round=round_, employee=person)
    return [item.code for item in actions.press_start(actions.new_link(invitation.pk)).items]


def one_of(unit: Unit) -> Employee:
    return Employee.objects.filter(unit=unit)[0]


def test_everybody_below_a_unit_is_asked_and_nobody_else(offer: Offer) -> None:
    root, units = make_company({"A": 12, "B": 12})
    below = make_unit("A1", parent=units["A"])
    for _ in range(6):
        make_employee(unit=below)
    calls = offer({units["A"]: [kept(7)]})
    round_ = launch(make_questionnaire(comment=True), kind="pulse")
    assert questions(round_, one_of(units["A"])) == ["L1", "L2", "kept:7", "C1"]
    assert questions(round_, one_of(below)) == ["L1", "L2", "kept:7", "C1"]
    assert questions(round_, one_of(units["B"])) == ["L1", "L2", "C1"]
    asked = Invitation.objects.filter(round=round_, form=1).values_list("employee__unit__code", flat=True)
    assert sorted(set(asked)) == ["A", "A1"]
    [call] = calls
    assert (call.kind, call.opens_at) == ("pulse", round_.opens_at)
    assert call.units == {root.pk, below.pk, *(unit.pk for unit in units.values())}


def test_the_promise_says_how_many_questions_the_sheet_has(offer: Offer, client: Client, settings: Settings) -> None:
    _, units = make_company({"A": 12, "B": 12})
    offer({units["A"]: [kept(7)]})
    round_ = launch(kind="pulse")
    for name, number in (("A", 3), ("B", 2)):
        invitation = Invitation.objects.get(round=round_, employee=one_of(units[name]))
        link = f"/en/p/{actions.new_link(invitation.pk)}"
        assert f"{number} questions" in client.get(link, headers={"host": settings.SURVEY_HOST}).content.decode()


def test_a_unit_without_a_group_of_its_own_is_not_asked(offer: Offer) -> None:
    _, units = make_company({"A": 12, "B": 4})
    offer({units["B"]: [kept(7)]})
    round_ = launch()
    assert set(Invitation.objects.filter(round=round_).values_list("form", flat=True)) == {0}
    assert len(round_.questions.items) == 2


def test_the_leader_stands_above_and_is_not_asked_about_the_own_promise(offer: Offer) -> None:
    root, units = make_company({"A": 12, "B": 12})
    for _ in range(5):
        make_employee(unit=root)
    leader = one_of(units["A"])
    Unit.objects.filter(pk=units["A"].pk).update(leader=leader)
    offer({units["A"]: [kept(7)]})
    round_ = launch()
    assert questions(round_, leader) == ["L1", "L2"]


def test_what_is_asked_is_frozen_at_launch(offer: Offer) -> None:
    _, units = make_company({"A": 12})
    offer({units["A"]: [kept(7, "Before")]})
    round_ = launch()
    offer({units["A"]: [kept(8, "After")]})
    assert questions(round_, one_of(units["A"])) == ["L1", "L2", "kept:7"]
    frozen = Round.objects.get(pk=round_.pk).questions
    assert frozen.item("kept:7").text == words("Before")
    assert dict(frozen.places) == {"kept:7": units["A"].pk}


def test_blocks_of_several_forms_keep_as_many_and_each_asks_the_added_question(offer: Offer) -> None:
    _, units = make_company({"A": 90, "B": 6})
    offer({units["A"]: [kept(7)]})
    asked = make_questionnaire()
    round_ = launch(Questionnaire(asked.title, asked.items, (("L1", "L2"), ("L2", "L1"))))
    forms = Invitation.objects.filter(round=round_).values_list("employee__unit__code", "form")
    assert set(forms) == {("A", 2), ("A", 3), ("B", 0)}
    assert {block.forms for block in Block.objects.filter(round=round_, unit=units["A"])} == {2}
    assert round_.questions.forms[2:] == (("L1", "L2", "kept:7"), ("L2", "L1", "kept:7"))


def test_a_group_is_asked_three_at_most_and_what_does_not_fit_is_asked_nobody(offer: Offer) -> None:
    root, units = make_company({"A": 12, "B": 12})
    offer({units["A"]: [kept(number) for number in range(4)], root: [kept(9)], units["B"]: [kept(8)]})
    round_ = launch()
    # In turn, the lowest units first: 0 and 8, then the root's 9, then 1; A's third and fourth find A full.
    assert questions(round_, one_of(units["A"])) == ["L1", "L2", "kept:0", "kept:9", "kept:1"]
    assert questions(round_, one_of(units["B"])) == ["L1", "L2", "kept:8", "kept:9"]


def test_a_question_of_the_company_is_asked_nobody_where_one_group_has_no_room(offer: Offer) -> None:
    root, units = make_company({"A": 12, "B": 12})
    below = make_unit("A1", parent=units["A"])
    lowest = make_unit("A2", parent=below)
    for _ in range(6):
        make_employee(unit=lowest)
    offer({lowest: [kept(1)], below: [kept(2)], units["A"]: [kept(3)], root: [kept(4)]})
    round_ = launch()
    assert questions(round_, one_of(lowest))[2:] == ["kept:1", "kept:2", "kept:3"]
    assert questions(round_, one_of(units["B"])) == ["L1", "L2"]


@pytest.mark.parametrize(
    "wrong",
    [
        Item("kept:1", Pillar.PEOPLE, "", Scale.AGREE, words("Of a pillar")),
        Item("kept:1", None, "", Scale.COMMENT, words("Open"), counts="comment"),
        Item("kept:1", None, "", Scale.ZERO_TEN, words("Long")),
        Item("kept:1", None, "", Scale.AGREE, {"en": "No Vietnamese"}),
        Item("kept:1", None, "", Scale.AGREE, words(" ")),
        Item("kept:1", None, "", Scale.AGREE, words("x" * 301)),
        Item("k" * 41, None, "", Scale.AGREE, words("Long code")),
        Item("L1", None, "", Scale.AGREE, words("A code that is taken")),
        Item("people", None, "", Scale.AGREE, words("A code that is a pillar")),
    ],
)
def test_what_cannot_be_asked_is_left_out_and_the_rest_is_asked(
    offer: Offer, wrong: Item, caplog: pytest.LogCaptureFixture
) -> None:
    _, units = make_company({"A": 12})
    offer({units["A"]: [wrong, kept(2)]})
    round_ = launch()
    assert questions(round_, one_of(units["A"])) == ["L1", "L2", "kept:2"]
    assert "is not asked" in caplog.text


def test_a_source_that_fails_holds_no_launch_up(offer: Offer, caplog: pytest.LogCaptureFixture) -> None:
    def fails(kind: str, units: frozenset[int], opens_at: datetime) -> Mapping[int, Sequence[Item]]:
        Employee.objects.create(number=None)  # type: ignore[misc]  # breaks the transaction it stands in
        return {}

    _, units = make_company({"A": 12})
    offer({units["A"]: [kept(2)]})
    register_items("broken", fails)
    round_ = launch()
    assert round_.invited == 12
    assert questions(round_, one_of(units["A"])) == ["L1", "L2", "kept:2"]
    assert "broken" in caplog.text


def test_the_fullest_sheet_with_the_longest_comments_fits_its_box(offer: Offer) -> None:
    _, units = make_company({"A": 12})
    offer({units["A"]: [Item(f"kept:{n}".ljust(40, "0"), None, "", Scale.AGREE, words("?")) for n in range(3)]})
    closed = [Item(f"Q{n}", Pillar.PEOPLE, "", Scale.AGREE, words("?")) for n in range(10)]
    items = (*closed, *(Item(f"C{n}", None, "", Scale.COMMENT, words("?"), counts="comment") for n in (1, 2)))
    round_ = launch(Questionnaire(words("Pulse"), items, (tuple(item.code for item in items),)))
    codes = [code for code in questions(round_, one_of(units["A"])) if not code.startswith("C")]
    assert len(codes) == 13
    answer(round_, one_of(units["A"]), dict.fromkeys(codes, 5), {"C1": "ạ" * 500, "C2": "ạ" * 500})


# What is published


def tell(person: Employee, number: int) -> dict[str, int]:
    return {"L1": 2 + number % 3, "L2": 3 + number % 3}


def test_it_is_published_below_its_unit_as_a_single_question_and_nowhere_above(offer: Offer) -> None:
    root, units = make_company({"A": 0, "B": 12})
    parts = {name: make_unit(name, parent=units["A"]) for name in ("A1", "A2")}
    for unit in parts.values():
        for _ in range(12):
            make_employee(unit=unit)
    offer({units["A"]: [kept(7)]})
    round_ = launch()
    everybody_answers(
        round_, lambda person, n: tell(person, n) | ({"kept:7": 1 + n % 5} if person.unit != units["B"] else {})
    )
    close(round_)
    cells = {cell.unit.code: cell for cell in Cell.objects.filter(round=round_, measure="item", code="kept:7")}
    assert {name: cell.n for name, cell in cells.items()} == {"A": 24, "A1": 12, "A2": 12}
    assert sum(cells["A"].histogram or []) == 24
    assert [a + b for a, b in zip(cells["A1"].histogram or [], cells["A2"].histogram or [], strict=True)] == cells[
        "A"
    ].histogram
    assert not Cell.objects.filter(round=round_, code="kept:7").exclude(measure="item").exists()
    assert Cell.objects.filter(round=round_, unit=root, measure="pillar").count() == 1


def test_below_ten_answers_it_rises_within_its_unit_and_never_above(offer: Offer) -> None:
    _, units = make_company({"A": 0, "B": 30})
    parts = {name: make_unit(name, parent=units["A"]) for name in ("A1", "A2")}
    for unit, size in zip(parts.values(), (14, 7), strict=True):
        for _ in range(size):
            make_employee(unit=unit)
    offer({units["A"]: [kept(7)]})
    round_ = launch()
    everybody_answers(
        round_, lambda person, n: tell(person, n) | ({"kept:7": 1 + n % 5} if person.unit != units["B"] else {})
    )
    close(round_)
    found = Cell.objects.filter(round=round_, code="kept:7").values_list("unit__code", "n")
    assert dict(found) == {"A": 21}  # A2's seven join A1's fourteen: neither is shown apart


@pytest.mark.parametrize("said", [{}, {"kept:7": 4}])
def test_too_few_answers_or_all_alike_are_not_published_at_all(offer: Offer, said: dict[str, int]) -> None:
    _, units = make_company({"A": 12, "B": 12})
    offer({units["A"]: [kept(7)]})
    round_ = launch()
    everybody_answers(round_, lambda person, n: tell(person, n) | (said if person.unit == units["A"] else {}))
    close(round_)
    assert not Cell.objects.filter(round=round_, code="kept:7").exists()
    assert not StandingBlock.objects.filter(round=round_, subject="kept:7").exists()
    assert Cell.objects.filter(round=round_, measure="pillar").count() == 3


def test_nothing_else_that_is_published_changes_by_it(offer: Offer) -> None:
    _, units = make_company({"A": 12, "B": 7, "C": 3})
    plain = launch(key="test:plain")
    offer({units["A"]: [kept(7)]})
    more = launch(key="test:more")
    everybody_answers(plain, tell)
    everybody_answers(
        more, lambda person, n: tell(person, n) | ({"kept:7": 1 + n % 2} if person.unit == units["A"] else {})
    )
    published = []
    for round_ in (plain, more):
        close(round_)
        cells = Cell.objects.filter(round=round_).exclude(code="kept:7")
        published.append(
            sorted(cells.values_list("unit", "measure", "code", "n", "mean", "low", "high", "share", "histogram"))
        )
        Round.objects.filter(pk=round_.pk).update(kind="apart")  # so that neither is judged beside the other
    assert published[0] == published[1]
    assert len(published[0]) > 5


def test_waves_are_judged_beside_each_other_where_they_ask_the_same(offer: Offer) -> None:
    """One of eleven leaves: two values of the same question, weeks apart, would tell what that one said."""
    _, units = make_company({"A": 12, "B": 40})
    offer({units["A"]: [kept(7)]})

    def say(person: Employee, number: int) -> dict[str, int]:
        return tell(person, number) | ({"kept:7": 1 + person.pk % 5} if person.unit == units["A"] else {})

    first = launch(key="test:1")
    everybody_answers(first, say)
    close(first)
    leaves = one_of(units["A"])
    Employee.objects.filter(pk=leaves.pk).update(is_active=False, left_on=clock.now().date())
    with clock.at(clock.now() + timedelta(days=28)):
        second = launch(key="test:2")
        everybody_answers(second, say)
        close(second)
    shown = Cell.objects.filter(code="kept:7").values_list("round__key", "unit__code")
    assert list(shown) == [("test:1", "A")]

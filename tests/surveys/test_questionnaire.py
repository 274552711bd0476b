"""A questionnaire that could not be answered or counted is refused before anybody is asked."""

from dataclasses import replace

import pytest

from portal.lib.pillars import Pillar
from surveys.questionnaire import Item, Questionnaire, Scale, minutes_for
from tests.surveys.stage import make_questionnaire, words


def test_what_was_stored_reads_back_the_same() -> None:
    asked = make_questionnaire(comment=True)
    assert Questionnaire.from_json(asked.to_json()) == asked


def test_two_questions_never_share_a_code() -> None:
    asked = make_questionnaire()
    with pytest.raises(ValueError, match="same code"):
        replace(asked, items=(*asked.items, asked.items[0]))


@pytest.mark.parametrize("form", [("L1", "L1"), ("L1", "L9")])
def test_a_form_asks_each_question_once_and_only_those_that_are_there(form: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="a form asks"):
        replace(make_questionnaire(), forms=(form,))


def test_every_sealed_reply_of_a_round_has_one_size_that_holds_its_comments() -> None:
    items = tuple(Item(f"C{n}", None, "", Scale.COMMENT, words("?"), counts="") for n in range(6))
    sizes = [Questionnaire(words("Q"), items, (tuple(item.code for item in items[:n]),)).box_size for n in (0, 2, 3, 5)]
    assert sizes == [4096, 4096, 8192, 8192]
    with pytest.raises(ValueError, match="open questions"):
        Questionnaire(words("Q"), items, (tuple(item.code for item in items),))


def anchored(*anchors: str, weight: float = 1.0) -> Item:
    return Item(
        "L1", Pillar.LEADERSHIP, "", Scale.ANCHORS, words("?"), anchors=tuple(map(words, anchors)), weight=weight
    )


def test_described_behaviours_are_put_on_the_common_scale() -> None:
    item = anchored("never", "sometimes", "often", "always")
    assert [item.points(value) for value in item.values] == pytest.approx([1, 1 + 4 / 3, 1 + 8 / 3, 5])
    asked = Questionnaire(words("Model"), (item,), (("L1",),))
    assert Questionnaire.from_json(asked.to_json()) == asked


@pytest.mark.parametrize("anchors", [(), ("always",)])
def test_a_scale_of_described_behaviours_has_at_least_two(anchors: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="anchors"):
        anchored(*anchors)


@pytest.mark.parametrize("weight", [0, -1, 0.01, 0.5, 1.5, 3, 100, float("nan"), float("inf")])
def test_a_question_counts_once_or_twice_and_nothing_between(weight: float) -> None:
    with pytest.raises(ValueError, match="counts once"):
        anchored("no", "yes", weight=weight)


@pytest.mark.parametrize(("questions", "minutes"), [(1, 1), (3, 1), (6, 2), (10, 3), (13, 4)])
def test_a_question_takes_twenty_seconds(questions: int, minutes: int) -> None:
    assert minutes_for(questions) == minutes

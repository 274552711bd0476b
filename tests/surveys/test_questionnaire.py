"""A questionnaire that could not be answered or counted is refused before anybody is asked."""

from dataclasses import replace

import pytest

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


def test_a_form_asks_two_open_questions_at_most() -> None:
    items = tuple(Item(f"C{n}", None, "", Scale.COMMENT, words("?"), counts="") for n in range(3))
    with pytest.raises(ValueError, match="open questions"):
        Questionnaire(words("Pulse"), items, (("C0", "C1", "C2"),))


@pytest.mark.parametrize(("questions", "minutes"), [(1, 1), (3, 1), (6, 2), (10, 3), (13, 4)])
def test_a_question_takes_twenty_seconds(questions: int, minutes: int) -> None:
    assert minutes_for(questions) == minutes

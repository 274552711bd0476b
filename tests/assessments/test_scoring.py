"""Answers read by another version: clamp or rescale, nothing thrown away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import NotAnAnswer, Remap, remap_answer, remap_answers

anchors = st.integers(2, 7)
ways = st.sampled_from(list(Remap))


@pytest.mark.parametrize(
    ("answer", "old", "new", "how", "becomes"),
    [
        (3, 4, 3, Remap.CLAMP, 2),
        (1, 4, 3, Remap.CLAMP, 1),
        (3, 4, 7, Remap.CLAMP, 3),
        (3, 4, 7, Remap.RESCALE, 6),
        (1, 4, 7, Remap.RESCALE, 2),
        (1, 3, 4, Remap.RESCALE, 2),  # 1.5 is rounded up
        (2, 5, 4, Remap.RESCALE, 2),  # 1.5 is rounded up
        (4, 5, 2, Remap.RESCALE, 1),
        (1, 5, 2, Remap.RESCALE, 0),
        (None, 4, 5, Remap.RESCALE, None),
        (None, 4, 2, Remap.CLAMP, None),
    ],
)
def test_an_answer_takes_its_place_among_more_or_fewer(
    answer: int | None, old: int, new: int, how: Remap, becomes: int | None
) -> None:
    assert remap_answer(answer, old=old, new=new, how=how) == becomes


@given(anchors, anchors, ways, st.data())
def test_order_is_kept_and_every_result_is_an_answer(old: int, new: int, how: Remap, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, old - 1))
    high = data.draw(st.integers(low, old - 1))
    first, second = (remap_answer(each, old=old, new=new, how=how) for each in (low, high))
    assert first is not None
    assert second is not None
    assert 0 <= first <= second < new


@given(anchors, anchors)
def test_rescaling_keeps_lowest_and_highest(old: int, new: int) -> None:
    assert remap_answer(0, old=old, new=new, how=Remap.RESCALE) == 0
    assert remap_answer(old - 1, old=old, new=new, how=Remap.RESCALE) == new - 1


@given(anchors, ways, st.data())
def test_the_same_number_of_answers_changes_nothing(old: int, how: Remap, data: st.DataObject) -> None:
    answer = data.draw(st.integers(0, old - 1))
    assert remap_answer(answer, old=old, new=old, how=how) == answer


@given(anchors, st.integers(1, 3), st.data())
def test_rescaling_to_a_finer_scale_and_back_loses_nothing(old: int, finer: int, data: st.DataObject) -> None:
    new = (old - 1) * finer + 1
    answer = data.draw(st.integers(0, old - 1))
    there = remap_answer(answer, old=old, new=new, how=Remap.RESCALE)
    assert remap_answer(there, old=new, new=old, how=Remap.RESCALE) == answer


def test_an_answer_that_never_was_is_refused() -> None:
    for answer in (-1, 4):
        with pytest.raises(NotAnAnswer):
            remap_answer(answer, old=4, new=3, how=Remap.CLAMP)


def test_a_practice_removed_meanwhile_is_kept_apart_and_a_new_one_is_named() -> None:
    moved = remap_answers(
        {"A": 3, "B": None, "C": 1, "GONE": 2},
        old={"A": 4, "B": 4, "C": 4, "GONE": 4},
        new={"A": 3, "B": 3, "C": 3, "NEW": 4},
        how=Remap.CLAMP,
    )
    assert moved.answers == {"A": 2, "B": None, "C": 1}
    assert moved.moved == ("A",)
    assert moved.gone == {"GONE": 2}
    assert moved.unasked == ("NEW",)

"""Answers read by another version, nothing thrown away; and the arithmetic of scorecards."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring import (
    Asked,
    NotAnAnswer,
    Remap,
    cap_level,
    cap_of,
    leader_scores,
    place_among,
    remap_answer,
    remap_answers,
    view_of,
)
from stats.agreement import Agreement
from stats.intervals import Estimate
from stats.maturity import rater_scores
from tests.stats.teams import score

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


# Scorecards

SIX = [Asked(f"P{number}", 4, 1) for number in range(6)]


def test_a_leaders_score_is_a_raters() -> None:
    asked = {"people": [Asked("A", 4, 1), Asked("B", 4, 2), Asked("C", 7, 1)]}
    assert leader_scores({"A": 3, "B": 0, "C": 6}, asked) == {"people": pytest.approx((5 + 2 * 1 + 5) / 4)}
    assert leader_scores({"A": 3, "B": None, "C": 6}, asked) == {"people": pytest.approx(5)}
    assert leader_scores({"A": 3}, asked) == {"people": None}  # a quarter of the weight
    assert leader_scores({"B": 1}, asked) == {"people": pytest.approx(1 + 4 / 3)}  # half of it
    assert leader_scores({}, {"people": []}) == {"people": None}
    with pytest.raises(NotAnAnswer):
        leader_scores({"A": 4, "B": 0}, asked)


@given(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=6, max_size=6), st.permutations(range(6)))
def test_a_leaders_score_equals_the_raters_and_does_not_depend_on_order(
    said: list[int | None], order: list[int]
) -> None:
    said_by = {f"P{place}": answer for place, answer in enumerate(said)}
    rater = rater_scores(np.array([[np.nan if answer is None else answer for answer in said]]), [4] * 6)[0]
    for asked in (SIX, [SIX[place] for place in order]):
        found = leader_scores(said_by, {"p": asked})["p"]
        assert found == (None if np.isnan(rater) else pytest.approx(rater))


@pytest.mark.parametrize(
    ("cuts", "caps"),
    [
        ((1.8, 2.6, 3.4, 4.2), [2, 3, 4, 5]),
        ((2.0, 3.5), [2, 2, 3, 3]),
        ((3.0,), [1, 2, 2, 2]),
        ((1.5, 2.0, 2.5, 3.0, 3.5, 4.0), [4, 5, 7, 7]),
    ],
)
def test_a_cap_lies_where_the_usual_level_ends(cuts: tuple[float, ...], caps: list[int]) -> None:
    assert [cap_level(usual, cuts) for usual in (2, 3, 4, 5)] == caps


def test_a_cap_names_the_practices_that_have_evidence() -> None:
    found = cap_of({"P0", "P1", "elsewhere"}, SIX)
    assert (found.level, found.practices) == (3, frozenset({"P0", "P1"}))
    assert found.share == pytest.approx(1 / 3)
    assert cap_of((), SIX).level == 2
    assert cap_of([one.code for one in SIX], SIX).level == 5


def test_the_words_of_agreement() -> None:
    def found(r_wg: float, away: float, shared: bool, margin: float = 0.02) -> Agreement:
        return Agreement(12, 6, r_wg, 0.5, 4 * away, away, 0.8, shared, margin)

    assert view_of(None, None) == ""
    assert view_of(None, False) == ""
    assert view_of(found(0.9, 0.1, True), False) == "shared"
    assert view_of(found(0.9, 0.1, True), True) == "two_realities"
    assert view_of(found(0.6, 0.2, False), None) == "apart"
    assert view_of(found(0.9, 0.2, False), None) == "apart"
    assert view_of(found(0.75, 0.1, False), None) == ""  # answering at random reaches as much
    assert view_of(found(0.9, 0.15, True), None) == ""  # so near a sixth that it may lie beyond
    assert view_of(found(0.9, 0.18, False), None) == ""
    assert view_of(found(0.6, 0.2, False, 0.05), None) == ""


def test_the_place_among_the_team_is_told_in_thirds() -> None:
    team = Estimate(24, 3.0, 0.7, 23)
    assert [place_among(score, team, own_spread=True) for score in (1.5, 2.9, 3.2, 4.5)] == [
        "lower",
        "middle",
        "middle",
        "upper",
    ]
    assert place_among(4.5, team, own_spread=False) == ""
    assert place_among(4.5, Estimate(19, 3.0, 0.7, 18), own_spread=True) == ""


def test_the_place_is_right_for_most_leaders_whatever_the_teams_shape() -> None:
    """Simulated: raters of six practices; a leader drawn at random is put into the third among them that is right."""
    rng = np.random.default_rng(20)
    right = total = 0
    for centre in (0.4, 0.6, 0.75):
        for _ in range(300):
            scores = np.sort(score(rng, np.clip(rng.normal(centre, 0.18, 30), 0, 1)))
            leader = float(rng.choice(scores))
            below = ((scores < leader - 1e-9).sum() + (scores <= leader + 1e-9).sum()) / 2 / 30
            team = Estimate(30, float(scores.mean()), float(scores.std(ddof=1)), 29)
            place = place_among(leader, team, own_spread=True)
            right += place == ("lower" if below < 1 / 3 else "upper" if below > 2 / 3 else "middle")
            total += 1
    assert right / total > 0.85

"""Full search over what the engine itself publishes of random small companies, and groups built to slip through it.

Every sum on a block becomes a row over unknowns person x item, with the weights that give the published total; cells
are unions of blocks, so differences of cells need no rows of their own (how it searches: tests/stats/search.py).
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest

from portal.lib.pillars import Pillar
from stats.disclosure import Standing, TooFew, Tree, partition_people
from surveys.opening import NOT_ANSWERED
from surveys.questionnaire import Item, Questionnaire, Scale
from surveys.tally import (
    Bounds,
    PillarCount,
    PillarTally,
    Replies,
    comment_blocks,
    participation_blocks,
)
from tests.stats.companies import Person, grow_tree
from tests.stats.search import Sum, given_away
from tests.surveys.stage import words

K, K_DETAIL = 5, 10
Answers = Mapping[str, int]
ONE = Tree({1: None})
PAIR = Tree({1: None, 2: 1, 3: 1})


def ask(*forms: Sequence[str], scales: Mapping[str, Scale] | None = None) -> Questionnaire:
    """Items named "driver.number", all of one pillar, in these forms."""
    codes = dict.fromkeys(code for form in forms for code in form)
    scale = scales or {}
    items = tuple(
        Item(code, Pillar.PEOPLE, code.split(".")[0], scale.get(code, Scale.AGREE), words(code)) for code in codes
    )
    return Questionnaire(words("Pulse"), items, tuple(tuple(form) for form in forms))


def collect(questionnaire: Questionnaire, people: Sequence[tuple[int, bool, Answers]], forms: object = 0) -> Replies:
    """Replies of people: block, whether they count, and answers."""
    table = [[answers.get(item.code, NOT_ANSWERED) for item in questionnaire.items] for _, _, answers in people]
    return Replies(
        np.array([block for block, _, _ in people], np.int64),
        np.broadcast_to(np.array(forms, np.int16), len(people)),
        np.array([counts for _, counts, _ in people], bool),
        np.array(table, np.int8).reshape(len(people), len(questionnaire.items)),
    )


def count(questionnaire: Questionnaire, replies: Replies) -> PillarCount:
    return PillarCount(Pillar.PEOPLE, questionnaire, replies, Bounds(K, K_DETAIL))


def rows_of(counted: PillarCount, tally: PillarTally) -> list[Sum]:
    """Every published sum as its coefficients; each is checked against the total that is really published."""
    sums: list[Sum] = []
    for standing, published in [*zip(tally.score, tally.score_sums), *zip(tally.detail, tally.detail_sums)]:  # noqa: B905
        for name, found in published.items():
            row, total, raters = coefficients(counted, standing, name)
            assert found.n == raters
            assert found.total == pytest.approx(total)
            sums.append(row)
    return sums


def coefficients(counted: PillarCount, standing: Standing, name: str) -> tuple[Sum, float, int]:
    kind, _, rest = name.partition(":")
    wanted = [
        (column, item)
        for column, item in (counted.columns if kind == "item" else counted.scored)
        if kind == "pillar" or rest == (item.code if kind == "item" else item.driver)
    ]
    row: Sum = {}
    total, raters = 0.0, 0
    for person in counted.rows(standing).tolist():
        given = [
            (item, int(counted.replies.answers[person, column]))
            for column, item in wanted
            if counted.replies.answers[person, column] != NOT_ANSWERED
        ]
        if not given or (kind != "item" and 2 * len(given) < len(wanted)):
            continue
        raters += 1
        for item, value in given:
            if kind == "item":
                row[person, item.code], total = Fraction(1), total + value
            else:
                span = Fraction(4, len(item.values) - 1)
                row[person, item.code], total = span / len(given), total + item.points(value) / len(given)
    return row, total, raters


def draw_company(rng: random.Random) -> tuple[Tree, Questionnaire, list[tuple[int, bool, Answers]]]:
    """3-8 units, 12-60 people of whom a few do not count, 2-4 items in one or two drivers, everybody skips some."""
    tree = grow_tree(rng, rng.randint(3, 8))
    codes = rng.choice([("a.1", "a.2"), ("a.1", "a.2", "a.3"), ("a.1", "a.2", "b.1"), ("a.1", "a.2", "b.1", "b.2")])
    questionnaire = ask(codes, scales={codes[-1]: rng.choice([Scale.AGREE, Scale.ZERO_TEN])})
    skipping = rng.choice([0.0, 0.03, 0.1])
    units = list(tree.parent)
    people: list[tuple[int, bool, Answers]] = [
        (
            rng.choice(units),
            rng.random() < 0.93,
            {item.code: rng.choice(item.values) for item in questionnaire.items if rng.random() >= skipping},
        )
        for _ in range(rng.randint(12, 60))
    ]
    return tree, questionnaire, people


def published_by_the_engine(
    tree: Tree, questionnaire: Questionnaire, people: Sequence[tuple[int, bool, Answers]]
) -> list[Sum]:
    heads = Counter(unit for unit, _, _ in people)
    try:
        launch = partition_people(tree, Counter(unit for unit, counts, _ in people if counts), K, heads)
    except TooFew:
        return []
    block_of = {unit: number for number, block in enumerate(launch) for unit in block.atoms}
    replies = collect(questionnaire, [(block_of[unit], counts, answers) for unit, counts, answers in people])
    counted = count(questionnaire, replies)
    return rows_of(counted, counted.tally(tree, {number: block.home for number, block in enumerate(launch)}))


def published_naively(
    tree: Tree, questionnaire: Questionnaire, people: Sequence[tuple[int, bool, Answers]]
) -> list[Sum]:
    """Every unit with k replies of its own and below, pillar, drivers and items."""
    sums: list[Sum] = []
    replies = collect(questionnaire, people)
    counted = count(questionnaire, replies)
    for unit in tree.parent:
        inside = Standing(unit, tree.subtree(unit))
        names = [*counted.measures, *(f"item:{item.code}" for item in questionnaire.items)]
        sums += [row for row, _, n in (coefficients(counted, inside, name) for name in names) if n >= K]
    return sums


def share_found(publish: object, rounds: int) -> float:
    published, found = 0, 0
    for seed in range(rounds):
        tree, questionnaire, people = draw_company(random.Random(seed))
        sums = publish(tree, questionnaire, people)  # type: ignore[operator]
        staff = [Person(unit, counts, frozenset(answers)) for unit, counts, answers in people]
        if sums:
            published += 1
            found += given_away(staff, sums, K) is not None
    assert published > rounds / 3
    return found / published


def test_the_search_finds_people_where_every_unit_of_k_is_published() -> None:
    assert share_found(published_naively, 30) > 0.5


def test_the_search_finds_nobody_in_what_the_engine_publishes() -> None:
    assert share_found(published_by_the_engine, 300) == 0


def test_raters_of_overlapping_forms_who_answered_alike_are_not_taken_for_one_group() -> None:
    """Two of five asked is too little for a score, two of two is enough: a difference would show the two apart."""
    questionnaire = ask(("a.1", "a.2"), ("a.1", "a.2", "a.3", "a.4", "a.5"))
    rng = random.Random(4)
    people: list[tuple[int, bool, Answers]] = [
        (1, True, {"a.1": rng.randint(1, 5), "a.2": rng.randint(1, 5)}) for _ in range(24)
    ]
    tally = count(questionnaire, collect(questionnaire, people, [1, 1, *[0] * 22])).tally(ONE, {1: 1})
    found = tally.detail_sums[0]
    assert found["pillar"].n == found["item:a.1"].n == 22


def test_a_driver_asked_in_one_item_of_a_form_is_no_score_there() -> None:
    questionnaire = ask(("a.1", "b.1", "b.2"), ("a.2", "a.3", "b.3"))
    people: list[tuple[int, bool, Answers]] = [
        (1, True, {"a.1": 1 + n % 5, "b.1": 2 + n % 3, "b.2": 1 + n % 4}) for n in range(7)
    ]
    tally = count(questionnaire, collect(questionnaire, people)).tally(ONE, {1: 1})
    assert [sorted(found) for found in tally.score_sums] == [["pillar"]]


def test_a_driver_nobody_here_was_asked_about_does_not_hide_the_pillar() -> None:
    questionnaire = ask(("a.1", "a.2"), ("b.1", "b.2"))
    people: list[tuple[int, bool, Answers]] = [(1, True, {"a.1": 1 + n % 5, "a.2": 2 + n % 3}) for n in range(9)]
    tally = count(questionnaire, collect(questionnaire, people)).tally(ONE, {1: 1})
    assert [sorted(found) for found in tally.score_sums] == [["driver:a", "pillar"]]


def test_an_item_that_only_newcomers_answered_is_not_published() -> None:
    questionnaire = ask(("a.1", "a.2", "a.3"))
    people: list[tuple[int, bool, Answers]] = [(1, True, {"a.1": 1 + n % 5, "a.2": 2 + n % 3}) for n in range(14)]
    people += [(1, False, {"a.1": 3, "a.2": 4}) for _ in range(4)] + [(1, False, {"a.1": 2, "a.2": 4, "a.3": 1})]
    tally = count(questionnaire, collect(questionnaire, people)).tally(ONE, {1: 1})
    assert [sorted(found) for found in tally.detail_sums] == [["item:a.1", "item:a.2", "pillar"]]


def test_a_yes_no_item_that_only_a_newcomer_answered_is_not_shown_for_that_newcomer_apart() -> None:
    questionnaire = ask(("a.1", "a.2", "a.3"), scales={"a.3": Scale.YES_NO})
    people = [*spread(2, 14), *[(3, True, {**answers, "a.3": n % 2}) for n, (*_, answers) in enumerate(spread(3, 14))]]
    newcomer: tuple[int, bool, Answers] = (2, False, {"a.1": 1, "a.2": 2, "a.3": 1})
    without = count(questionnaire, collect(questionnaire, people)).tally(PAIR, {2: 2, 3: 3})
    joined = count(questionnaire, collect(questionnaire, [*people, newcomer])).tally(PAIR, {2: 2, 3: 3})
    assert [found.get("item:a.3") and found["item:a.3"].n for found in without.detail_sums] == [None, 14]
    assert [found["item:a.3"].n for found in joined.detail_sums] == [15]
    assert joined.score == without.score == without.detail


@pytest.mark.parametrize(("apart", "stands"), [(2, False), (3, True)])
def test_newcomers_do_not_hide_that_nearly_all_say_one_end(apart: int, stands: bool) -> None:
    questionnaire = ask(("a.1", "a.2"))
    people: list[tuple[int, bool, Answers]] = [(1, True, {"a.1": 5, "a.2": 4 if n < apart else 5}) for n in range(24)]
    with_them = [*people, *[(1, False, {"a.1": 1, "a.2": 1})] * 4]
    for some in (people, with_them):
        score = count(questionnaire, collect(questionnaire, some)).tally(ONE, {1: 1}).score
        assert bool(score) == stands


def spread(block: int, number: int) -> list[tuple[int, bool, Answers]]:
    return [(block, True, {"a.1": 1 + n % 5, "a.2": 2 + n % 3}) for n in range(number)]


def test_participation_is_not_shown_apart_for_a_group_that_does_not_stand() -> None:
    questionnaire = ask(("a.1", "a.2"))
    people = [*spread(2, 12), *[(3, True, {"a.1": 4, "a.2": 4})] * 12]
    tally = count(questionnaire, collect(questionnaire, people)).tally(PAIR, {2: 2, 3: 3})
    shown = participation_blocks(PAIR, {2: 2, 3: 3}, {2: 12, 3: 12}, [tally], K)
    assert shown == [Standing(1, frozenset({2, 3}))] == tally.score


def test_participation_of_a_pillar_in_one_item_follows_the_groups_that_show_the_item() -> None:
    questionnaire = ask(("a.1",))
    people: list[tuple[int, bool, Answers]] = [(2, True, {"a.1": 1 + n % 5}) for n in range(12)]
    people += [(3, True, {"a.1": 5 if n else 4}) for n in range(12)]
    tally = count(questionnaire, collect(questionnaire, people)).tally(PAIR, {2: 2, 3: 3})
    assert tally.detail == [Standing(1, frozenset({2, 3}))]
    assert participation_blocks(PAIR, {2: 2, 3: 3}, {2: 12, 3: 12}, [tally], K) == tally.detail


def test_comments_are_not_shown_apart_for_a_group_that_does_not_stand() -> None:
    standing = [Standing(1, frozenset({2, 3}))]
    assert comment_blocks(PAIR, standing, {2: 12, 3: 12}, {2: 4, 3: 4}, Bounds(K, K_DETAIL)) == standing
    apart = [Standing(2, frozenset({2})), Standing(3, frozenset({3}))]
    assert comment_blocks(PAIR, apart, {2: 12, 3: 12}, {2: 4, 3: 4}, Bounds(K, K_DETAIL)) == apart


def test_a_rater_who_answered_less_than_half_of_the_weight_has_no_score() -> None:
    heavy = Item("a.1", Pillar.PEOPLE, "a", Scale.AGREE, words("?"), weight=2)
    light = Item("a.2", Pillar.PEOPLE, "a", Scale.AGREE, words("?"))
    questionnaire = Questionnaire(words("Q"), (heavy, light), (("a.1", "a.2"),))
    people: list[tuple[int, bool, Answers]] = [
        (1, True, {"a.1": 5, "a.2": 1}),
        (1, True, {"a.2": 5}),
        (1, True, {"a.1": 2}),
    ]
    counted = count(questionnaire, collect(questionnaire, people))
    assert counted.means([0, 1]).tolist() == pytest.approx([11 / 3, float("nan"), 2.0], nan_ok=True)

"""Full search over what is published of questions asked below single units, beside all that is published of a pillar.

Leaders' promises: up to three questions in nested or separate units, asked by the rules of launch, answered or skipped,
tallied by the rules of close. The attacker knows who was asked what, and who skipped it.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import pytest

from stats.disclosure import Standing, TooFew, Tree, partition_people
from surveys.extras import Asked, add_extras, tree_below
from surveys.questionnaire import Item, Questionnaire, Scale
from surveys.registry import item_sources, register_items
from surveys.tally import Bounds, PillarCount
from tests.stats.companies import Person, grow_tree
from tests.stats.search import Sum, given_away
from tests.surveys.stage import words
from tests.surveys.test_attacks_tally import K_DETAIL, K, ask, coefficients, collect, count, rows_of

pytestmark = pytest.mark.django_db

Staff = Sequence[tuple[int, bool]]  # unit, and whether the person counts
Publish = Callable[[random.Random, Tree, Staff], tuple[list[Sum], list[Person]]]


@pytest.fixture(autouse=True)
def _no_other_questions() -> Iterator[None]:
    before = dict(item_sources)
    item_sources.clear()
    yield
    item_sources.clear()
    item_sources.update(before)


def promised(rng: random.Random, tree: Tree) -> dict[int, list[Item]]:
    """One to four promises in units anywhere."""
    found: dict[int, list[Item]] = {}
    for number in range(rng.randint(1, 4)):
        item = Item(f"kept:{number}", None, "", Scale.AGREE, words("Kept?"))
        found.setdefault(rng.choice(list(tree.parent)), []).append(item)
    return found


def launched(rng: random.Random, tree: Tree, homes: Sequence[int]) -> Asked:
    found: Mapping[int, Sequence[Item]] = promised(rng, tree)
    register_items("promises", lambda kind, units, opens_at: found)
    return add_extras(ask(("a.1", "a.2")), tree, homes, kind="pulse", opens_at=datetime(2026, 11, 1, tzinfo=UTC))


def by_the_engine(rng: random.Random, tree: Tree, staff: Staff) -> tuple[list[Sum], list[Person]]:
    heads = Counter(unit for unit, _ in staff)
    blocks = partition_people(tree, Counter(unit for unit, counts in staff if counts), K, heads)
    asked = launched(rng, tree, [block.home for block in blocks])
    block_of = {unit: number for number, block in enumerate(blocks) for unit in block.atoms}
    skipping = rng.choice([0.0, 0.05, 0.2])
    people = []
    for unit, counts in staff:
        form = asked.questionnaire.forms[asked.first_forms[block_of[unit]]]
        people.append((block_of[unit], counts, {code: rng.randint(1, 5) for code in form if rng.random() >= skipping}))
    forms = [asked.first_forms[block] for block, _, _ in people]
    replies = collect(asked.questionnaire, people, forms)
    homes = {number: block.home for number, block in enumerate(blocks)}
    pillar = count(asked.questionnaire, replies)
    sums = rows_of(pillar, pillar.tally(tree, homes))
    for item in asked.questionnaire.alone:
        below = tree_below(tree, asked.questionnaire.places[item.code])
        concerned = {number: home for number, home in homes.items() if home in below.parent}
        here = PillarCount(item.subject, asked.questionnaire, replies.only(concerned), Bounds(K, K_DETAIL))
        back = [row for row, (block, _, _) in enumerate(people) if block in concerned]
        rows = rows_of(here, here.tally(below, concerned))
        sums += [{(back[person], code): value for (person, code), value in row.items()} for row in rows]
    return sums, [
        Person(unit, counts, frozenset(said)) for (unit, counts), (*_, said) in zip(staff, people, strict=True)
    ]


def naively(rng: random.Random, tree: Tree, staff: Staff) -> tuple[list[Sum], list[Person]]:
    """Each promise in every unit with k answers of its own and below, in the unit it was made for and under it."""
    found = promised(rng, tree)
    questionnaire = ask(("a.1", "a.2"))
    items = [(unit, item) for unit, some in found.items() for item in some]
    everything = Questionnaire(
        questionnaire.title,
        (*questionnaire.items, *(item for _, item in items)),
        (("a.1", "a.2", *(item.code for _, item in items)),),
    )
    people = [
        (unit, counts, {item.code: rng.randint(1, 5) for place, item in items if unit in tree.subtree(place)})
        for unit, counts in staff
    ]
    replies = collect(everything, people)
    sums = []
    for place, item in items:
        counted = PillarCount(item.subject, everything, replies, Bounds(K, K_DETAIL))
        for unit in tree.subtree(place):
            row, _, n = coefficients(counted, Standing(unit, tree.subtree(unit)), f"item:{item.code}")
            sums += [row] if n >= K else []
    return sums, [Person(unit, counts, frozenset(said)) for unit, counts, said in people]


def share_found(publish: Publish, companies: int) -> float:
    """In what share of companies where a promise is published somebody is given away."""
    published = found = 0
    for seed in range(companies):
        rng = random.Random(seed)
        tree = grow_tree(rng, rng.randint(3, 8))
        staff = [(rng.choice(list(tree.parent)), rng.random() < 0.93) for _ in range(rng.randint(20, 80))]
        try:
            sums, people = publish(rng, tree, staff)
        except TooFew:
            continue
        if any(code.startswith("kept:") for row in sums for _, code in row):
            published += 1
            found += given_away(people, sums, K) is not None
    assert published > companies / 4
    return found / published


def test_the_search_finds_people_where_every_unit_with_five_answers_shows_its_promises() -> None:
    assert share_found(naively, 60) > 0.1


def test_the_search_finds_nobody_in_questions_asked_below_single_units() -> None:
    assert share_found(by_the_engine, 200) == 0

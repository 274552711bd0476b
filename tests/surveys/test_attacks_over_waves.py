"""Full search over waves of one company between which a few people left, joined or moved.

The attacker's best case: everybody answers every question, and whoever stays answers the same again. Then the
difference of two groups is what the few who changed said. Groups of 20 and more are taken to change more by
themselves than by one person, so all that the attacker can compute of groups below 20 is searched, of all waves.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest

from stats.disclosure import SHARE_SHOWN_FROM, Standing, TooFew, Tree, cell_atoms, partition_people
from surveys.comparing import Earlier, History, Level, Members, Partition, Shown, shown_over_time
from surveys.models import Round
from surveys.questionnaire import Questionnaire
from surveys.tally import PillarCount, PillarTally, add_up
from tests.stats.companies import Person, grow_tree
from tests.stats.search import Sum, given_away, spanned
from tests.surveys.test_attacks_tally import Answers, K, ask, coefficients, collect, count

ASKED = ask(("a.1", "a.2", "b.1", "b.2"))


class Remembered(Earlier):
    """A wave as a year remembers it, without a database."""

    def __init__(self, groups: list[frozenset[int]]) -> None:
        self.round, self._found = Round(k=K), groups

    def groups(self, subject: str) -> list[frozenset[int]]:
        return self._found


class Known(Members):
    """Who was invited with which block."""

    def __init__(self, people: Mapping[int, frozenset[int]]) -> None:
        self.known = np.zeros(0, np.int64)
        self._people = {block: np.array(sorted(found), np.int64) for block, found in people.items()}


class Past(History):
    """One earlier wave."""

    def __init__(self, earlier: list[Earlier], members: Members) -> None:
        self.round, self.earlier, self.members = Round(k=K), earlier, members


@dataclass(frozen=True)
class Wave:
    """What one wave could publish of one pillar; launch blocks have numbers of their own in each wave."""

    ids: Sequence[int]  # the people who answered, in the order of the replies
    counted: PillarCount
    tally: PillarTally
    members: Mapping[int, frozenset[int]]
    partition: Partition
    scores: Level
    details: Level

    @property
    def whole(self) -> Shown:
        return Shown(frozenset(self.scores.groups), frozenset(self.details.groups))


def hold_wave(tree: Tree, asked: Questionnaire, units: Mapping[int, int], staff: Sequence[Answers], first: int) -> Wave:
    """Launch, everybody answers, close: up to where earlier waves are looked at."""
    ids = sorted(units)
    launch = partition_people(tree, Counter(units.values()), K)
    number_of = {unit: first + at for at, block in enumerate(launch) for unit in block.atoms}
    counted = count(asked, collect(asked, [(number_of[units[person]], True, staff[person]) for person in ids]))
    tally = counted.tally(tree, {first + at: block.home for at, block in enumerate(launch)})
    members = {
        first + at: frozenset(person for person in ids if units[person] in block.atoms)
        for at, block in enumerate(launch)
    }

    def level(standing: Sequence[Standing], sums: Sequence[Mapping[str, object]]) -> Level:
        n = {unit: found["pillar"].n for unit, found in add_up(tree, standing, sums).items()}  # type: ignore[arg-type]
        return Level(cell_atoms(tree, standing), n)

    partition = Partition(tree, tally.score, tally.detail)
    scores, details = level(tally.score, tally.score_sums), level(tally.detail, tally.detail_sums)
    return Wave(ids, counted, tally, members, partition, scores, details)


Kept = Callable[[Past, Wave], Shown]


def by_the_rule(past: Past, wave: Wave) -> Shown:
    counted = {block.atoms: found for block, found in zip(wave.tally.score, wave.tally.counted, strict=True)}
    return shown_over_time(past, "people", wave.partition, counted, wave.scores, wave.details)


def everything(past: Past, wave: Wave) -> Shown:
    return wave.whole


def single_cells(past: Past, wave: Wave) -> Shown:
    """Keeps back the very scores whose people nearly agree with an earlier score's, and nothing that yields them."""

    def stands(unit: int) -> bool:
        now = set(past.members.of(wave.scores.groups[unit]))
        then = [set(past.members.of(group)) for each in past.earlier for group in each.groups("people")]
        return wave.scores.n[unit] >= SHARE_SHOWN_FROM or not any(0 < len(now ^ each) < K for each in then)

    return Shown(frozenset(unit for unit in wave.scores.groups if stands(unit)), frozenset())


def small_sums(wave: Wave, shown: Shown) -> list[Sum]:
    """Every sum over fewer than 20 people that adding and subtracting the cells shown can yield."""
    detailed = [wave.details.groups[unit] for unit in shown.details]
    scored = [*(wave.scores.groups[unit] for unit in shown.scores), *detailed]  # all questions make the pillar
    blocks = [(block.atoms, len(wave.counted.rows(block))) for block in wave.tally.score]
    sums: list[Sum] = []
    for some in (chosen for number in (1, 2, 3) for chosen in combinations(blocks, number)):
        if sum(n for _, n in some) < SHARE_SHOWN_FROM:
            union = frozenset().union(*(atoms for atoms, _ in some))
            names = ["pillar", "driver:a", "driver:b"] * spanned(scored, union)
            names += [f"item:{item.code}" for item in ASKED.items] * spanned(detailed, union)
            for name in names:
                row, _, _ = coefficients(wave.counted, Standing(1, union), name)
                sums.append({(wave.ids[place], item): value for (place, item), value in row.items()})
    return sums


def draw_changes(rng: random.Random, tree: Tree, waves: int) -> list[dict[int, int]]:
    """The unit of everybody, wave by wave."""
    units = list(tree.parent)
    drawn = [{person: rng.choice(units) for person in range(rng.randint(14, 60))}]
    newest = len(drawn[0])
    for _ in range(waves - 1):
        after = dict(drawn[-1])
        for person in rng.sample(sorted(after), rng.choice([0, 1, 1, 2, 3, 6])):
            del after[person]
        for person in rng.sample(sorted(after), rng.choice([0, 0, 1, 4, 6])):
            after[person] = rng.choice(units)
        for _ in range(rng.choice([0, 1, 1, 2])):
            after[newest] = rng.choice(units)
            newest += 1
        drawn.append(after)
    return drawn


def share_found(kept: Kept, rounds: int, waves: int = 2) -> float:
    """In what share of the companies with small groups in several waves some 1 to k - 1 people are given away."""
    published, found = 0, 0
    for seed in range(rounds):
        rng = random.Random(seed)
        tree = grow_tree(rng, rng.randint(2, 8))
        drawn = draw_changes(rng, tree, waves)
        people = 1 + max(person for wave in drawn for person in wave)
        staff = [{item.code: rng.choice(item.values) for item in ASKED.items} for _ in range(people)]
        try:
            held = [hold_wave(tree, ASKED, units, staff, 1000 * at) for at, units in enumerate(drawn)]
        except TooFew:
            continue
        known = Known({block: people for wave in held for block, people in wave.members.items()})
        earlier: list[Earlier] = []
        sums: list[list[Sum]] = []
        for wave in held:
            shown = kept(Past(list(earlier), known), wave)
            sums.append(small_sums(wave, shown))
            parts = wave.partition.atoms(shown).values()
            earlier.append(Remembered([frozenset().union(*(block.atoms for block in blocks)) for blocks in parts]))
        several = sum(bool(each) for each in sums) > 1
        published += several
        everybody = [Person(1, True, frozenset()) for _ in staff]
        found += several and given_away(everybody, [row for each in sums for row in each], K) is not None
    assert published > rounds / 5
    return found / published


def test_the_search_finds_leavers_where_every_wave_is_shown_whole() -> None:
    assert share_found(everything, 40) > 0.3


def test_the_search_finds_leavers_where_only_the_cells_themselves_are_kept_back() -> None:
    assert share_found(single_cells, 120) > 0.02


@pytest.mark.parametrize(("waves", "rounds"), [(2, 300), (3, 150), (4, 60)])
def test_the_search_finds_nobody_in_waves_as_they_are_published(waves: int, rounds: int) -> None:
    assert share_found(by_the_rule, rounds, waves) == 0

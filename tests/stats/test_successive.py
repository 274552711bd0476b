"""Waves beside each other: which groups would tell of a few people."""

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats import successive
from stats.successive import Wave, told
from tests.stats.search import Sum, without

K = 5


def tells(now: Mapping[str, Collection[int]], *earlier: Collection[Collection[int]]) -> set[str]:
    waves = [Wave([np.array(sorted(people), np.int64) for people in groups]) for groups in earlier]
    return told({name: np.array(sorted(people), np.int64) for name, people in now.items()}, waves, K)


def test_the_same_people_again_tell_nothing_new() -> None:
    assert tells({"A": range(8)}, [range(8)]) == set()


def test_a_leaver_is_told_and_five_leavers_are_not() -> None:
    assert tells({"A": range(1, 12)}, [range(12)]) == {"A"}
    assert tells({"A": range(5, 12)}, [range(12)]) == set()


def test_somebody_who_moved_between_two_groups_is_told_by_both() -> None:
    before = [range(8), range(8, 18)]
    assert tells({"A": range(9), "B": range(9, 18)}, before) == {"A"}
    assert tells({"B": range(9, 18)}, before) == {"B"}


def test_groups_that_are_new_altogether_tell_nothing() -> None:
    assert tells({"A": range(8)}, [range(100, 130)]) == set()
    assert tells({"A": range(8)}) == set()


def test_three_who_joined_five_from_a_large_group_cannot_be_told_apart_from_it() -> None:
    assert tells({"A": [*range(5), 900, 901, 902]}, [range(200)]) == set()


def test_three_waves_tell_what_no_two_of_them_do() -> None:
    """All eleven, then five of them, then the other six without one: 11 less 5 less 5 is one person."""
    eleven, five, others = range(11), range(5), range(6, 11)
    assert tells({"A": others}, [eleven]) == set()
    assert tells({"A": others}, [five]) == set()
    assert tells({"A": others}, [eleven], [five]) == {"A"}


def test_whoever_may_be_known_protects_nobody_and_is_protected() -> None:
    known = np.array([1, 2, 3, 4], np.int64)
    ten, earlier = np.arange(10), [Wave([np.arange(10)])]
    assert told({"A": np.arange(5, 10)}, earlier, K) == set()  # five leave
    assert told({"A": np.arange(5, 10)}, earlier, K, known) == {"A"}  # four of them are known, so one is told
    assert told({"A": np.append(ten, 99)}, earlier, K, np.array([99])) == {"A"}


def test_where_reckoning_takes_too_long_every_small_class_is_taken_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now, before = {"A": [*range(5), 900, 901, 902]}, [range(200)]
    assert tells(now, before) == set()
    monkeypatch.setattr(successive, "MOST_STEPS", 0)
    assert tells(now, before) == {"A"}


def test_what_earlier_waves_told_among_themselves_keeps_nobody_else_back() -> None:
    twelve, eleven = range(100, 112), range(101, 112)
    assert tells({"A": range(8)}, [[*range(3), *twelve], range(3, 8)], [[*range(3), *eleven], range(3, 8)]) == {"A"}
    assert tells({"A": range(8)}, [twelve, range(8)], [eleven, range(8)]) == set()


def test_a_leaver_is_told_when_the_group_is_shown_again_after_a_wave_in_a_larger_one() -> None:
    others = range(50, 72)
    assert tells({"A": range(1, 12)}, [range(12), others], [[*range(1, 12), *others]]) == {"A"}


def told_exactly(waves: Sequence[Mapping[int, int]], people: Collection[int]) -> bool:
    """Whether some weighted sum of all groups' sums concerns 1 to K - 1 people, by trying every set of classes."""
    classes = Counter(tuple(wave.get(person, -1) for wave in waves) for person in people)
    classes.pop((-1,) * len(waves), None)
    rows: dict[tuple[int, int], Sum] = {}
    for number, groups in enumerate(classes):
        for at, group in enumerate(groups):
            if group >= 0:
                rows.setdefault((at, group), {})[number, ""] = Fraction(1)
    sizes = list(classes.values())
    small = [number for number, size in enumerate(sizes) if size < K]
    return any(
        sum(sizes[number] for number in some) < K
        and without(list(rows.values()), [(number, "") for number in range(len(sizes)) if number not in some])
        for many in range(1, K)
        for some in combinations(small, many)
    )


@pytest.mark.parametrize("earlier", [1, 2, 3])
@given(st.integers(0, 2**32))
@settings(max_examples=120, deadline=None)
def test_what_is_left_tells_of_nobody(earlier: int, seed: int) -> None:
    rng = random.Random(seed)
    people = range(rng.randint(10, 45))
    stays = rng.choice([0.6, 0.9, 0.97])
    waves = [{person: rng.randint(0, 2) for person in people}]
    for _ in range(earlier):
        waves.append(
            {person: group if rng.random() < stays else rng.randint(-1, 2) for person, group in waves[-1].items()}
        )
    shown: list[dict[int, int]] = []
    for wave in waves:  # each is judged when it comes, beside those before
        groups = {str(group): [person for person in people if wave[person] == group] for group in range(3)}
        now = {name: members for name, members in groups.items() if len(members) >= K}
        past = [
            [[person for person in each if each[person] == group] for group in set(each.values())] for each in shown
        ]
        while left := tells(now, *past):
            now = {name: members for name, members in now.items() if name not in left}
        shown.append({person: int(name) for name, members in now.items() for person in members})
        assert not told_exactly(shown, people)

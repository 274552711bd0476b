"""Two waves beside each other: which groups would tell of a few people."""

import random
from collections import Counter
from collections.abc import Collection, Mapping
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.successive import EarlierGroups, told_by_the_difference

K = 5


def told(now: Mapping[str, Collection[int]], earlier: Collection[Collection[int]]) -> set[str]:
    groups = EarlierGroups([np.array(sorted(people), np.int64) for people in earlier])
    return told_by_the_difference({name: np.array(sorted(people), np.int64) for name, people in now.items()}, groups, K)


def test_the_same_people_again_tell_nothing_new() -> None:
    assert told({"A": range(8)}, [range(8)]) == set()


def test_a_leaver_is_told_and_five_leavers_are_not() -> None:
    assert told({"A": range(1, 12)}, [range(12)]) == {"A"}
    assert told({"A": range(5, 12)}, [range(12)]) == set()


def test_somebody_who_moved_between_two_groups_tells_of_both() -> None:
    assert told({"A": range(9), "B": range(9, 18)}, [range(8), range(8, 18)]) == {"A", "B"}


def test_groups_that_are_new_altogether_tell_nothing() -> None:
    assert told({"A": range(8)}, [range(100, 130)]) == set()
    assert told({"A": range(8)}, []) == set()


def test_a_few_who_came_from_another_group_are_told_with_those_they_joined() -> None:
    assert told({"A": [*range(8), 100]}, [range(8), range(100, 200)]) == {"A"}


@given(st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_whatever_is_not_told_is_cut_from_others_by_nobody_or_by_k_people(seed: int) -> None:
    rng = random.Random(seed)
    people = range(rng.randint(10, 60))
    before = {person: rng.randint(0, 3) for person in people}
    sizes = Counter(before.values())
    before = {person: group if sizes[group] >= K else -1 for person, group in before.items()}
    stays = rng.choice([0.6, 0.9, 0.97])
    after = {person: before[person] if rng.random() < stays else rng.randint(-1, 3) for person in people}
    earlier = [[person for person in people if before[person] == group] for group in range(4)]
    now = {str(group): [person for person in people if after[person] == group] for group in range(4)}
    while left := told(now, earlier):
        now = {name: members for name, members in now.items() if name not in left}
    groups = [(1, set(members)) for members in now.values()] + [(-1, set(members)) for members in earlier]
    for many in range(1, len(groups) + 1):
        for some in combinations(groups, many):
            weights = [sum(sign for sign, members in some if person in members) for person in people]
            assert not 0 < sum(weight != 0 for weight in weights) < K

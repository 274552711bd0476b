"""Slices and forms: every item once, every pillar in every slice, forms that share no item."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.disclosure import BankItem, draw_forms, form_count, slice_bank, slice_yield

BANK = [BankItem(f"{pillar}{number}", pillar, f"{pillar}-{number // 2}") for pillar in "ABCDE" for number in range(8)]
BY_CODE = {item.code: item for item in BANK}


def random_bank(seed: int) -> list[BankItem]:
    rng = random.Random(seed)
    return [
        BankItem(f"{pillar}{number:02}", pillar, rng.choice(["", f"{pillar}x", f"{pillar}y", f"{pillar}z"]))
        for pillar in "ABCDE"
        for number in range(rng.randint(2, 14))
    ]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_every_item_is_in_one_slice_and_every_pillar_in_every_slice(seed: int, count: int) -> None:
    bank = random_bank(seed)
    if count > len(bank):
        return
    slices = slice_bank(bank, count)
    assert len(slices) == count
    assert Counter(code for codes in slices for code in codes) == Counter(item.code for item in bank)
    pillar_of = {item.code: item.pillar for item in bank}
    for pillar, number in Counter(item.pillar for item in bank).items():
        covered = sum(any(pillar_of[code] == pillar for code in codes) for codes in slices)
        assert covered == count or number < count
        assert covered >= min(number, count)
    assert slice_bank(random.Random(seed).sample(bank, len(bank)), count) == slices


@pytest.mark.parametrize(("count", "sizes"), [(3, {12, 14}), (6, {6, 7}), (12, {3, 4})])
def test_the_shipped_size_of_bank_gives_even_slices(count: int, sizes: set[int]) -> None:
    assert {len(codes) for codes in slice_bank(BANK, count)} == sizes


def test_both_items_of_a_driver_stay_together_where_there_are_enough_drivers() -> None:
    for codes in slice_bank(BANK, 3):
        assert set(Counter(BY_CODE[code].driver for code in codes).values()) == {2}


def test_a_bank_too_small_or_with_a_code_twice_is_refused() -> None:
    for items, count in [(BANK[:2], 3), (BANK, 0), (BANK + BANK[:1], 3)]:
        with pytest.raises(ValueError):
            slice_bank(items, count)


def test_a_block_has_a_form_for_every_forty_invited_as_far_as_the_slice_yields() -> None:
    assert [form_count(invited, yields=3) for invited in (5, 39, 40, 79, 80, 120, 4000)] == [1, 1, 1, 1, 2, 3, 3]
    assert form_count(4000, yields=1) == 1


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(0, 9))
def test_forms_share_no_item_and_ask_every_pillar(seed: int, per_pillar: int, turn: int) -> None:
    bank = random_bank(seed)
    most = slice_yield(bank, per_pillar)
    for number in range(1, most + 1):
        forms = draw_forms(bank, number, per_pillar, turn)
        codes = [code for form in forms for code in form]
        assert len(set(codes)) == len(codes)
        for form in forms:
            asked = Counter(code[0] for code in form)
            assert set(asked) == set("ABCDE")
            assert max(asked.values()) <= per_pillar
    with pytest.raises(ValueError):
        draw_forms(bank, most + 1, per_pillar, turn)


def test_a_form_of_the_shipped_bank_has_two_items_of_one_driver_per_pillar_and_turns() -> None:
    slice_items = [BY_CODE[code] for code in slice_bank(BANK, 3)[0]]
    first, second = (draw_forms(slice_items, 1, turn=turn)[0] for turn in (0, 1))
    assert len(first) == len(second) == 10
    assert set(Counter(BY_CODE[code].driver for code in first).values()) == {2}
    assert set(first) != set(second)

"""Searching without marks, and sorting as Vietnamese does."""

import pytest

from people.models import Employee, Unit
from people.pillars import PILLAR_LONG, PILLAR_SHORT
from portal.lib.pillars import Pillar
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["nguyen dat", "ĐẠT", "dat nguyễn", "đạt", "nv-đ7", "NGUYỄN"])
def test_people_are_found_by_words_of_the_name_or_number_without_marks(words: str) -> None:
    dat = make_employee("Nguyễn Tiến Đạt", number="NV-Đ7")
    make_employee("Trần Bình", number="NV-8")

    assert list(Employee.objects.search(words)) == [dat]


@pytest.mark.parametrize("words", ["%", "_", "n%t", "\\"])
def test_marks_of_the_database_mean_nothing_in_a_search(words: str) -> None:
    make_employee("Nguyễn Tiến Đạt")

    assert not Employee.objects.search(words).exists()


def test_units_are_found_in_either_language() -> None:
    store = make_unit("KHO", name_vi="Kho hàng", name_en="Warehouse")

    assert list(Unit.objects.search("kho hang")) == list(Unit.objects.search("warehouse")) == [store]


def test_people_are_sorted_by_the_last_word_in_the_order_of_the_alphabet() -> None:
    expected = ["Lê An", "Trần An", "Lê Ánh", "Lê Bình", "Lê Dung", "Lê Đạt", "Lê Oanh", "Lê Ôn", "Lê Yến"]
    for name in reversed(expected):
        make_employee(name)

    assert [person.full_name for person in Employee.objects.sorted()] == expected


def test_the_tree_is_listed_depth_first_and_alphabetically() -> None:
    root = make_unit("R", name_vi="Công ty")
    south = make_unit("S", name_vi="Ô Môn", parent=root)
    north = make_unit("N", name_vi="Đông Anh", parent=root)
    make_unit("N2", name_vi="Ánh Sáng", parent=north)
    make_unit("N1", name_vi="An Bình", parent=north)

    listed = [(unit.code, unit.tree_depth) for unit in Unit.objects.in_tree_order()]

    assert listed == [("R", 0), ("N", 1), ("N1", 2), ("N2", 2), (south.code, 1)]


def test_every_pillar_has_a_short_and_a_long_name() -> None:
    assert set(PILLAR_SHORT) == set(PILLAR_LONG) == set(Pillar)

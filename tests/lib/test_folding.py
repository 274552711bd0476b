"""Search keys and sort keys."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.folding import fold, person_sort_key, slug, sort_key

ALPHABET = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")


def test_letters_follow_the_vietnamese_alphabet() -> None:
    assert sorted(set(ALPHABET), key=sort_key) == ALPHABET


def test_tones_follow_the_dictionary() -> None:
    assert sorted(["mạ", "má", "mã", "mả", "mà", "ma"], key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ"]


def test_a_syllable_is_finished_before_the_next_begins() -> None:
    expected = ["ho an", "hò an", "hoa mai", "hòa bình", "hoan hô"]

    assert sorted(set(expected), key=sort_key) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Khách hàng", "khach hang"), ("ĐẶNG  Thị Ơn", "dang thi on"), ("Straße", "strasse"), ("Ưu Đãi", "uu dai")],
)
def test_the_search_key_drops_marks(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text())
def test_keys_are_the_same_however_the_text_was_composed(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


def test_people_come_by_the_last_word() -> None:
    assert person_sort_key("Nguyễn Văn An") < person_sort_key("Bùi Ánh")
    assert person_sort_key("") == ""


def test_an_address_keeps_the_letters_of_a_name() -> None:
    assert slug("Đổi thưởng – quý III/2026") == "doi-thuong-quy-iii-2026"

"""Cells no spreadsheet runs, and rows that keep their line."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.csvfiles import CannotRead, looks_like_formula, read_rows, safe_cell, write_rows


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|'/c calc'!A0", "-2+3+cmd", "@SUM(A1)", " =1", "\t=1", "\ufeff=1", "＝1+1", "\r=1", "-a"]
)
def test_a_formula_is_seen_and_made_harmless(cell: str) -> None:
    assert looks_like_formula(cell)
    assert safe_cell(cell).startswith("'")


@pytest.mark.parametrize("cell", ["", "-", "-3,5", "+84 912 345 678", "a=b", "lan@example.vn", "10%", "-1.234,5"])
def test_plain_text_and_numbers_are_left_alone(cell: str) -> None:
    assert not looks_like_formula(cell)
    assert safe_cell(cell) == cell


@given(st.lists(st.lists(st.text(), min_size=2), min_size=1))
def test_no_written_cell_is_ever_a_formula(rows: list[list[str]]) -> None:
    for row in rows:
        for cell in row:
            assert not looks_like_formula(safe_cell(cell)) or safe_cell(cell).startswith("'")


def test_lines_are_counted_as_an_editor_does() -> None:
    text = 'a,b\n1,"two\nlines"\n\n3,4\n'

    assert [(row.line, row.cells) for row in read_rows(io.BytesIO(text.encode()))] == [
        (1, ["a", "b"]),
        (2, ["1", "two\nlines"]),
        (5, ["3", "4"]),
    ]


def test_what_is_written_can_be_read_again() -> None:
    rows = [["Mã", "Họ và tên"], ["1", 'Lê “Đạt”, "A"']]
    text = "".join(write_rows(iter(rows)))

    assert [row.cells for row in read_rows(io.BytesIO(text.encode()))] == rows


def test_a_quote_that_never_closes_is_named_with_its_line() -> None:
    with pytest.raises(CannotRead) as refused:
        list(read_rows(io.BytesIO(b'a,b\n1,2\n3,"4\n')))

    assert refused.value.line == 3

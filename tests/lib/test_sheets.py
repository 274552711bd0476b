"""Workbooks written row by row: what a spreadsheet finds in them."""

import io
import tracemalloc
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from portal.lib.sheets import Sheet, Value, write_workbook


def written(*rows: list[Value], columns: int = 1) -> Workbook:
    out = io.BytesIO()
    write_workbook(out, [Sheet("Điểm số / Scores", [("n", 12)] * columns, rows)])
    return load_workbook(io.BytesIO(out.getvalue()))


def cells(*values: Value) -> list[object]:
    page = written(list(values), columns=len(values)).worksheets[0]
    return [cell.value for cell in page[2]]


def test_numbers_are_numbers_and_dates_are_dates() -> None:
    page = written(["Ngô Quyền", 12, 2.345, date(2026, 11, 22), None], columns=5).worksheets[0]
    text, whole, broken, day, nothing = page[2]
    assert (text.value, text.data_type) == ("Ngô Quyền", "s")
    assert (whole.value, whole.data_type) == (12, "n")
    assert (broken.value, broken.number_format) == (2.345, "0.00")
    assert (day.value, day.number_format) == (datetime(2026, 11, 22), "dd/mm/yyyy")  # noqa: DTZ001 - a workbook knows no zone
    assert nothing.value is None


def test_a_moment_is_the_day_it_names() -> None:
    assert cells(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == [datetime(2026, 1, 2)]  # noqa: DTZ001


@pytest.mark.parametrize("formula", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|x", "\t=1", "＝1+1"])
def test_no_text_is_ever_a_formula(formula: str) -> None:
    page = written([formula]).worksheets[0]
    assert page["A2"].data_type == "s"
    assert str(page["A2"].value).startswith("'")


@pytest.mark.parametrize("text", ["<b>&amp;</b>", "\x00\x08\x0b", "\ud800", "a]]>b", "  spaces  ", "Đ\u0302", "\ufffe"])
def test_letters_that_xml_knows_not_do_no_harm(text: str) -> None:
    (found,) = cells(f"x{text}x")
    assert str(found).startswith("x")
    assert str(found).endswith("x")


def test_what_is_no_number_is_an_empty_cell() -> None:
    assert cells(float("nan"), float("inf"), -0.5) == [None, None, -0.5]


def test_the_head_stays_in_sight_and_is_bold() -> None:
    page = written([1]).worksheets[0]
    assert page.freeze_panes == "A2"
    assert page["A1"].font.b
    assert page.title == "Điểm số - Scores"


def test_memory_does_not_grow_with_the_rows() -> None:
    def rows() -> object:
        for number in range(40_000):
            yield ["Chi nhánh", number, number / 7]

    tracemalloc.start()
    write_workbook(io.BytesIO(), [Sheet("x", [("n", 8)] * 3, rows())])  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000

"""Workbooks written row by row: numbers are numbers, dates are dates, and no text is ever a formula.

For tables of any length: nothing but the row at hand is kept in memory, and a hundred and fifty thousand rows take
seconds. `openpyxl`, which reads and writes the small workbooks of this house, takes many times as long for these.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from math import isfinite
from typing import BinaryIO, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from portal.lib.csvfiles import safe_cell

Value: TypeAlias = str | int | float | date | None
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_AT_ONCE = 2000
LONGEST_TEXT = 32_000  # characters a cell may hold
FIRST_DAY = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PLAIN, BOLD, DAY, TWO_PLACES = range(4)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAMES = re.compile(r"[\\/*?:\[\]]")
_STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/>'
    '</font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill '
    'patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFEFECE4"/></patternFill>'
    '</fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1"><alignment '
    'vertical="top" wrapText="1"/></xf><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="2" '
    'applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)


@dataclass(frozen=True)
class Sheet:
    """One table: its name (at most 31 letters), the heads of its columns with their widths, and its rows."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Value]]


def write_workbook(out: BinaryIO, sheets: Sequence[Sheet]) -> None:
    """The sheets as one workbook."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        for name, text in _frame(sheets):
            book.writestr(name, text)
        for number, sheet in enumerate(sheets, start=1):
            with book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as page:
                for part in _pieces(sheet):
                    page.write(part.encode())


def _pieces(sheet: Sheet) -> Iterator[str]:
    """A sheet's XML, some thousand rows at once."""
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, (_head, width) in enumerate(sheet.columns, start=1)
    )
    yield (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{widths}</cols><sheetData>'
    )
    yield "<row>" + "".join(_text(head, BOLD) for head, _width in sheet.columns) + "</row>"
    waiting: list[str] = []
    for row in sheet.rows:
        waiting.append(f"<row>{''.join(map(_cell, row))}</row>")
        if len(waiting) >= ROWS_AT_ONCE:
            yield "".join(waiting)
            waiting.clear()
    yield "".join(waiting)
    yield "</sheetData></worksheet>"


def _cell(value: Value) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return _text(value, PLAIN)
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return f'<c s="{DAY}"><v>{(day - FIRST_DAY).days}</v></c>'
    if isinstance(value, float):
        return f'<c s="{TWO_PLACES}"><v>{value!r}</v></c>' if isfinite(value) else "<c/>"
    return f"<c><v>{int(value)}</v></c>"


@lru_cache(maxsize=20_000)  # most words of a long table stand in many rows
def _text(text: str, style: int) -> str:
    plain = safe_cell(_NOT_IN_XML.sub("", text))[:LONGEST_TEXT]
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(plain)}</t></is></c>' if plain else "<c/>"


def _frame(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    """The files around the sheets."""
    numbers = range(1, len(sheets) + 1)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>{parts}</Types>',
    )
    yield (
        "_rels/.rels",
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    names = "".join(
        f'<sheet name={quoteattr(_NOT_IN_NAMES.sub("-", sheet.name)[:31])} sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in enumerate(sheets, start=1)
    )
    yield "xl/workbook.xml", f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{names}</sheets></workbook>'
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    styles = f'<Relationship Id="rId{len(sheets) + 1}" Type="{LINKS}/styles" Target="styles.xml"/>'
    relations = f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}{styles}</Relationships>'
    yield "xl/_rels/workbook.xml.rels", relations
    yield "xl/styles.xml", _STYLES

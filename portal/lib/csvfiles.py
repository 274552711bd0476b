"""Reading tables that people made in spreadsheets, and writing ones that are safe to open in them. No Django here."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

DELIMITERS = (",", ";", "\t")
# A cell that opens with one of these is run as a formula by Excel, LibreOffice and Google Sheets.
_FORMULA = re.compile(r"^[\s\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]\s*\S|^[\t\r\n]")
_PLAIN_NUMBER = re.compile(r"^[+\-\u2212]?\d[\d\s.,()\-]*%?$")


class Trouble(StrEnum):
    """Why a file cannot be read at all."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    UTF16 = "utf16"
    NOT_UTF8 = "not_utf8"
    SPREADSHEET = "spreadsheet"
    NO_DELIMITER = "no_delimiter"
    BROKEN_QUOTES = "broken_quotes"


class CannotRead(ValueError):
    """The file is not a CSV file in UTF-8. `trouble` says why; `line` where, when that is known."""

    def __init__(self, trouble: Trouble, line: int | None = None) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.line = line


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file; `line` is the line people see in an editor, counted from 1."""

    line: int
    cells: list[str]


def looks_like_formula(cell: str) -> bool:
    """Whether a spreadsheet would run this cell. Plain numbers such as -3,5 and +84 912 345 678 are not formulas."""
    return bool(cell) and _FORMULA.match(cell) is not None and _PLAIN_NUMBER.match(cell.strip()) is None


def safe_cell(text: object) -> str:
    """The cell as text no spreadsheet runs: a formula gets an apostrophe in front; NUL is dropped."""
    cell = str(text).replace("\x00", "")
    return f"'{cell}" if looks_like_formula(cell) else cell


def write_rows(rows: Iterator[Sequence[object]], *, delimiter: str = ",") -> Iterator[str]:
    """The rows as lines of CSV with safe cells; the first line carries the mark that makes Excel read UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    buffer.write("\ufeff")
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def check_encoding(stream: BinaryIO) -> None:
    """Raise CannotRead unless the whole stream is UTF-8 text; leaves the stream at its start."""
    stream.seek(0)
    head = stream.read(8)
    if not head:
        raise CannotRead(Trouble.EMPTY)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CannotRead(Trouble.SPREADSHEET)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head[1:2] == b"\x00" or head[:1] == b"\x00":
        raise CannotRead(Trouble.UTF16)
    stream.seek(0)
    for number, raw in enumerate(stream, start=1):
        if b"\x00" in raw:
            raise CannotRead(Trouble.NOT_TEXT, number)
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            raise CannotRead(Trouble.NOT_UTF8, number) from None
    stream.seek(0)


def sniff_delimiter(header: str) -> str:
    """The delimiter of a header line: the one that parts it into the most cells, quotes respected."""
    counts = {mark: len(next(csv.reader([header], delimiter=mark), [])) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: counts[mark])
    if counts[best] < 2:
        raise CannotRead(Trouble.NO_DELIMITER, 1)
    return best


def read_rows(stream: BinaryIO) -> Iterator[Row]:
    """The rows of a CSV file, header first, blank rows left out, row by row so that a large file stays on disk."""
    check_encoding(stream)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    try:
        header = ""
        while not header.strip():
            header = text.readline()
            if not header:
                raise CannotRead(Trouble.EMPTY)
        delimiter = sniff_delimiter(header.strip("\r\n"))
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        before = 0
        try:
            for cells in reader:
                line, before = before + 1, reader.line_num
                if any(cell.strip() for cell in cells):
                    yield Row(line=line, cells=cells)
        except csv.Error:
            raise CannotRead(Trouble.BROKEN_QUOTES, before + 1) from None
    finally:
        text.detach()

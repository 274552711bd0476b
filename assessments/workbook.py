"""Maturity models as Excel workbooks: read from files nobody has to trust.

Six sheets, each with fixed column names; the guide in front is for people. What a cell says becomes the same plain
data as a catalogue file, with the cell of every value beside it, so that the same check (`faults.py`) can name sheet
and cell. Writing stands in `workbook_out.py`.
"""

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from assessments.content import Content, Text, tidy_number
from assessments.faults import Place, faults_of
from assessments.models import SHIPPED_PREFIX
from portal.lib.folding import tidy

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST_FILE = 3_000_000  # bytes as sent
LARGEST_UNPACKED = 40_000_000  # bytes of all parts together
MOST_PARTS = 300
MOST_ROWS, MOST_COLUMNS = 9_000, 30  # 20 dimensions of 60 practices with 7 answers
MOST_TROUBLES = 50

MODEL, LEVELS, PILLARS, PRACTICES, ANSWERS, EVIDENCE = (
    "Model",
    "Levels",
    "Pillars",
    "Practices",
    "Answers",
    "Evidence",
)
COLUMNS: dict[str, tuple[str, ...]] = {
    MODEL: ("field", "value", "vi", "en"),
    LEVELS: ("level", "from", "to", "name_vi", "name_en", "about_vi", "about_en"),
    PILLARS: ("code", "pillar", "name_vi", "name_en", "about_vi", "about_en"),
    PRACTICES: (
        *("pillar", "code", "group_vi", "group_en", "name_vi", "name_en"),
        *("question_vi", "question_en", "hint_vi", "hint_en", "weight"),
    ),
    ANSWERS: ("practice", "answer", "text_vi", "text_en", "next_vi", "next_en"),
    EVIDENCE: ("practice", "text_vi", "text_en"),
}
MAY_BE_MISSING = frozenset({LEVELS, ANSWERS, EVIDENCE})
MODEL_FIELDS = ("code", "version", "title", "about", "minutes", "answers", "label")

BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, TypeError),
    *(AttributeError, IndexError, EOFError, OSError, NotImplementedError, AssertionError),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where a workbook is wrong, and why; without a sheet the file as a whole is."""

    sheet: str
    cell: str
    reason: str


class WorkbookRefused(Exception):
    """A workbook that becomes no model; nothing of it is kept."""

    def __init__(self, troubles: list[Trouble]) -> None:
        super().__init__("; ".join(f"{one.sheet} {one.cell}: {one.reason}" for one in troubles))
        self.troubles = troubles[:MOST_TROUBLES]


@dataclass(frozen=True, slots=True)
class ReadModel:
    """What a workbook says."""

    code: str
    version: int
    title: Text
    content: Content


@dataclass(slots=True)
class Row:
    """One row of a sheet: the values by column name, and where they stand."""

    sheet: str
    number: int
    values: dict[str, Any]
    letters: dict[str, str]

    def cell(self, column: str) -> str:
        return f"{self.letters.get(column, 'A')}{self.number}"

    def word(self, column: str) -> str:
        value = self.values.get(column)
        return "" if value is None else _word(value)


@dataclass(slots=True)
class Draft:
    """The plain data while it grows, and the cell of each value."""

    plain: dict[str, Any] = field(default_factory=dict)
    cells: dict[Place, tuple[str, str]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)

    def wrong(self, row: Row, column: str, reason: str) -> None:
        self.troubles.append(Trouble(row.sheet, row.cell(column), reason))

    def mark(self, place: Place, row: Row, column: str) -> None:
        self.cells[place] = (row.sheet, row.cell(column))

    def text(self, place: Place, row: Row, columns: tuple[str, str], *, needed: bool) -> dict[str, str] | None:
        """A text from two cells; half a text stays half, so that the check says which half is missing."""
        words = {language: row.word(column) for language, column in zip(("vi", "en"), columns, strict=True)}
        if not needed and not any(words.values()):
            return None
        self.mark(place, row, columns[0])
        for language, column in zip(("vi", "en"), columns, strict=True):
            self.mark((*place, language), row, column)
        return words

    def where(self, place: Place) -> tuple[str, str]:
        """The cell of the nearest part of this place."""
        for end in range(len(place), -1, -1):
            if place[:end] in self.cells:
                return self.cells[place[:end]]
        return (MODEL, "A1")


def _word(value: object) -> str:
    """A cell's value as text."""
    if isinstance(value, float) and not isinstance(value, bool):
        value = tidy_number(value) if value == value and abs(value) < 1e15 else value
    return tidy(str(value))


def _number(value: object) -> object:
    """A cell's value as a number, written with a comma or a point; anything else as it is."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return tidy_number(value) if value == value and abs(value) < 1e15 else str(value)
    text = str(value).strip().replace(",", ".")
    try:
        return tidy_number(float(text)) if len(text) < 20 and text.lower().lstrip("+-")[:1].isdigit() else str(value)
    except ValueError:
        return str(value)


# Reading ------------------------------------------------------------------------------------------------------------


def read_workbook(content: bytes, *, code: str = "") -> ReadModel:
    """The model of a workbook, or WorkbookRefused with every reason found; `code` replaces the workbook's own."""
    _refuse_dangerous(content)
    sheets, troubles = _rows_of(content)
    draft = Draft(troubles=troubles)
    if not troubles:
        _read_model(draft, sheets[MODEL], code)
        _read_levels(draft, sheets.get(LEVELS, []))
        _read_practices(draft, sheets)
    if not draft.troubles:
        draft.troubles = [Trouble(*draft.where(fault.path), fault.reason) for fault in faults_of(draft.plain)]
    if draft.troubles:
        raise WorkbookRefused(draft.troubles)
    plain = draft.plain
    return ReadModel(plain["code"], plain["version"], Text.read(plain["title"]), Content.read(plain))


def _refuse(reason: str) -> WorkbookRefused:
    return WorkbookRefused([Trouble("", "", reason)])


def _refuse_dangerous(content: bytes) -> None:
    """Look at the wrapping before anything unpacks it: size, kind, macros, bombs."""
    if len(content) > LARGEST_FILE:
        raise _refuse(_("The file is larger than 3 MB. A model needs far less: remove pictures and other sheets."))
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise _refuse(_("This is an old or a protected Excel file. Save it as .xlsx, without a password."))
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _refuse_parts(archive)
    except BROKEN as error:
        raise _refuse(_("This is no Excel workbook (.xlsx), or it is damaged. Save it again in Excel.")) from error


def _refuse_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _refuse(_("The file unpacks to far more than a model needs, and was not opened."))
    if "[Content_Types].xml" not in names or len(set(names)) != len(names):
        raise _refuse(_("This is no Excel workbook (.xlsx), or it is damaged. Save it again in Excel."))
    if any(part.flag_bits & 1 for part in parts):
        raise _refuse(_("This is an old or a protected Excel file. Save it as .xlsx, without a password."))
    kinds = archive.read("[Content_Types].xml")
    if b"macroEnabled" in kinds or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refuse(_("The workbook holds macros. Save it as .xlsx without macros."))
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            text = archive.read(part)
            if b"\x00" in text or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise _refuse(_("This is no Excel workbook (.xlsx), or it is damaged. Save it again in Excel."))


def _rows_of(content: bytes) -> tuple[dict[str, list[Row]], list[Trouble]]:
    """The rows of every sheet that counts, and what is wrong with the sheets themselves."""
    troubles: list[Trouble] = []
    sheets: dict[str, list[Row]] = {}
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        there = {name.strip().casefold(): name for name in book.sheetnames}
        for sheet in COLUMNS:
            name = there.get(sheet.casefold())
            if name is None:
                if sheet not in MAY_BE_MISSING:
                    troubles.append(Trouble(sheet, "", _("The sheet %(sheet)s is missing.") % {"sheet": sheet}))
                continue
            grid = book[name].iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
            sheets[sheet] = list(_rows_of_sheet(sheet, grid, troubles))
        book.close()
    except BROKEN as error:
        raise _refuse(_("This is no Excel workbook (.xlsx), or it is damaged. Save it again in Excel.")) from error
    return sheets, troubles


def _rows_of_sheet(sheet: str, grid: Iterator[Sequence[Any]], troubles: list[Trouble]) -> Iterator[Row]:
    letters: dict[str, str] = {}
    for number, cells in enumerate(grid, start=1):
        values: dict[int, Any] = {}
        for place, cell in enumerate(cells):
            value = _value(sheet, cell, f"{get_column_letter(place + 1)}{number}", troubles)
            if value is not None:
                values[place] = value
        if number == 1:
            letters = _heads(sheet, values, troubles)
            continue
        if values and number > MOST_ROWS:
            said = _("A sheet has at most %(number)s rows. Remove what stands below.") % {"number": MOST_ROWS}
            troubles.append(Trouble(sheet, f"A{number}", said))
            return
        named = {name: values.get(_index(letter)) for name, letter in letters.items()}
        if any(value is not None for value in named.values()):
            yield Row(sheet, number, named, letters)


def _index(letter: str) -> int:
    return ord(letter) - ord("A")


def _value(sheet: str, cell: ReadOnlyCell | EmptyCell, place: str, troubles: list[Trouble]) -> Any:
    """What a cell holds: text or a number. Formulas, dates and errors are refused."""
    value = cell.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    kind = cell.data_type
    if kind == "f":
        said = _("A formula stands here. Put its result in as text or number (paste as values).")
    elif kind == "e":
        said = _("Excel shows an error here. Write the text or number that belongs here.")
    elif kind == "d" or not isinstance(value, str | int | float):
        said = _("A date stands here. Format the cell as text and type it again.")
    else:
        return value
    troubles.append(Trouble(sheet, place, said))
    return None


def _heads(sheet: str, values: Mapping[int, Any], troubles: list[Trouble]) -> dict[str, str]:
    """Column name -> letter, from the first row."""
    letters: dict[str, str] = {}
    for place, value in values.items():
        name, letter = _word(value).casefold(), get_column_letter(place + 1)
        if name not in COLUMNS[sheet]:
            said = _("There is no column “%(name)s” in the template. Correct the name, or remove the column.")
            troubles.append(Trouble(sheet, f"{letter}1", said % {"name": name[:40]}))
        elif name in letters:
            said = _("The column “%(name)s” comes twice.") % {"name": name}
            troubles.append(Trouble(sheet, f"{letter}1", said))
        else:
            letters[name] = letter
    for name in COLUMNS[sheet]:
        if name not in letters and not name.startswith(("about_", "group_", "hint_", "next_", "weight", "value")):
            said = _("The column “%(name)s” is missing in the first row.") % {"name": name}
            troubles.append(Trouble(sheet, "A1", said))
    return letters


def _read_model(draft: Draft, rows: list[Row], code: str) -> None:
    """Title, description, scale and the short name."""
    plain: dict[str, Any] = {"version": 1, "scale": {}}
    labels: list[dict[str, str]] = []
    seen: set[str] = set()
    for row in rows:
        name = row.word("field").casefold()
        if name not in MODEL_FIELDS:
            draft.wrong(row, "field", _("There is no field “%(name)s” in the template.") % {"name": name[:40]})
        elif name in seen and name != "label":
            draft.wrong(row, "field", _("“%(name)s” comes twice.") % {"name": name})
        elif name == "label":
            labels.append(draft.text(("scale", "labels", len(labels)), row, ("vi", "en"), needed=True) or {})
        elif name in ("title", "about"):
            plain[name] = draft.text((name,), row, ("vi", "en"), needed=True)
        elif row.values.get("value") is not None:
            _put_value(draft, plain, row, name)
        seen.add(name)
    if code:
        plain["code"] = code
    if str(plain.get("code", "")).startswith(SHIPPED_PREFIX):
        said = _("Short names that begin with bearing- belong to the models that ship with Bearing. Choose another.")
        draft.troubles.append(Trouble(*draft.where(("code",)), said))
    if labels:
        plain["scale"]["labels"] = labels
        plain["scale"].setdefault("anchors", len(labels))
    draft.plain = plain


def _put_value(draft: Draft, plain: dict[str, Any], row: Row, name: str) -> None:
    place: Place = ("scale", "anchors") if name == "answers" else (name,)
    draft.mark(place, row, "value")
    if name == "code":
        plain["code"] = row.word("value")
    elif name == "answers":
        plain["scale"]["anchors"] = _number(row.values["value"])
    else:
        plain[name] = _number(row.values["value"])


def _read_levels(draft: Draft, rows: list[Row]) -> None:
    levels = []
    for place, row in enumerate(rows):
        level: dict[str, Any] = {}
        draft.mark(("levels", place), row, "level")
        for column in ("level", "from", "to"):
            draft.mark(("levels", place, column), row, column)
            if row.values.get(column) is not None:
                level[column] = _number(row.values[column])
        level["name"] = draft.text(("levels", place, "name"), row, ("name_vi", "name_en"), needed=True)
        if about := draft.text(("levels", place, "about"), row, ("about_vi", "about_en"), needed=False):
            level["about"] = about
        levels.append(level)
    if levels:
        draft.plain["levels"] = levels


def _read_practices(draft: Draft, sheets: Mapping[str, list[Row]]) -> None:
    """Dimensions with their practices, each practice with its answers, next steps and evidence."""
    dimensions: list[dict[str, Any]] = []
    place_of: dict[str, int] = {}
    for d, row in enumerate(sheets[PILLARS]):
        place: Place = ("pillars", d)
        draft.mark(place, row, "code")
        draft.mark((*place, "code"), row, "code")
        draft.mark((*place, "pillar"), row, "pillar")
        one: dict[str, Any] = {"code": row.word("code")}
        if (pillar := row.word("pillar")) and pillar != one["code"]:
            one["pillar"] = pillar
        one["name"] = draft.text((*place, "name"), row, ("name_vi", "name_en"), needed=True)
        if about := draft.text((*place, "about"), row, ("about_vi", "about_en"), needed=False):
            one["about"] = about
        one["practices"] = []
        dimensions.append(one)
        place_of.setdefault(one["code"], d)
    asked: set[str] = set()
    for row in sheets[PRACTICES]:
        if (code := row.word("code")) in asked:
            draft.wrong(row, "code", _("The code %(code)s comes twice.") % {"code": code[:40]})
        asked.add(code)
    answers = _by_practice(draft, sheets.get(ANSWERS, []), asked)
    evidence = _by_practice(draft, sheets.get(EVIDENCE, []), asked)
    for row in sheets[PRACTICES]:
        home = row.word("pillar")
        if home not in place_of:
            said = _("There is no “%(name)s” among the codes on the sheet Pillars.") % {"name": home[:40]}
            draft.wrong(row, "pillar", said)
            continue
        d = place_of[home]
        place = ("pillars", d, "practices", len(dimensions[d]["practices"]))
        code = row.word("code")
        practice = _read_practice(draft, place, row)
        _read_answers(draft, place, practice, answers.get(code, []))
        _read_evidence(draft, place, practice, evidence.get(code, []))
        dimensions[d]["practices"].append(practice)
    draft.plain["pillars"] = dimensions


def _by_practice(draft: Draft, rows: list[Row], asked: set[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        code = row.word("practice")
        if code not in asked:
            said = _("There is no “%(name)s” among the codes on the sheet Practices.") % {"name": code[:40]}
            draft.wrong(row, "practice", said)
        found.setdefault(code, []).append(row)
    return found


def _read_practice(draft: Draft, place: Place, row: Row) -> dict[str, Any]:
    draft.mark(place, row, "code")
    draft.mark((*place, "code"), row, "code")
    draft.mark((*place, "weight"), row, "weight")
    practice: dict[str, Any] = {"code": row.word("code")}
    for name in ("name", "group", "question", "hint"):
        needed = name in ("name", "question")
        if text := draft.text((*place, name), row, (f"{name}_vi", f"{name}_en"), needed=needed):
            practice[name] = text
    weight = row.values.get("weight")
    practice["weight"] = 1 if weight is None else _number(weight)
    return practice


def _read_answers(draft: Draft, place: Place, practice: dict[str, Any], rows: list[Row]) -> None:
    """The answers in the order of their numbers; a practice without any takes the names of the scale."""
    anchors: list[dict[str, str]] = []
    steps: list[dict[str, str]] = []
    for n, row in enumerate(rows):
        if _number(row.values.get("answer")) != n:
            said = _("Answers of a practice are counted 0, 1, 2 and so on; here belongs %(number)s.") % {"number": n}
            draft.wrong(row, "answer", said)
        anchors.append(draft.text((*place, "anchors", n), row, ("text_vi", "text_en"), needed=True) or {})
        draft.cells.setdefault((*place, "anchors"), (row.sheet, row.cell("text_vi")))
        step = draft.text((*place, "next", len(steps)), row, ("next_vi", "next_en"), needed=False)
        if step and n == len(rows) - 1:
            draft.wrong(row, "next_vi", _("Beside the highest answer stands no next step. Empty it."))
        elif step:
            draft.cells.setdefault((*place, "next"), (row.sheet, row.cell("next_vi")))
            steps.append(step)
    if not rows:
        anchors = [dict(each) for each in draft.plain["scale"].get("labels", [])]
    practice["anchors"] = anchors
    if steps:
        practice["next"] = steps


def _read_evidence(draft: Draft, place: Place, practice: dict[str, Any], rows: list[Row]) -> None:
    proofs = [
        draft.text((*place, "evidence", n), row, ("text_vi", "text_en"), needed=True) or {}
        for n, row in enumerate(rows)
    ]
    if proofs:
        draft.cells.setdefault((*place, "evidence"), (rows[0].sheet, rows[0].cell("practice")))
        practice["evidence"] = proofs

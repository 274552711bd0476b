"""Maturity models as Excel workbooks, written: what `workbook.py` reads gives back exactly the same model."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from assessments.modelfiles import CATALOGUE, read_model
from assessments.workbook import ANSWERS, COLUMNS, EVIDENCE, LEVELS, MODEL, PILLARS, PRACTICES

HEAD = Font(bold=True)
SHADE = PatternFill("solid", fgColor="EFECE4")
WIDE = ("title", "about", "question", "hint", "text", "next", "vi", "en", "name", "group")


def write_workbook(plain: Mapping[str, Any]) -> bytes:
    """A version as a workbook; reading it gives back exactly the same."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _write_guide(book)
    for sheet, rows in _sheets_of(plain).items():
        page = book.create_sheet(sheet)
        for number, row in enumerate([COLUMNS[sheet], *rows], start=1):
            for place, value in enumerate(row, start=1):
                if value is not None:
                    cell = page.cell(number, place)
                    cell.value = value
                    cell.data_type = "n" if isinstance(value, int | float) else "s"  # "=" begins no formula here
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
        for place, name in enumerate(COLUMNS[sheet], start=1):
            head = page.cell(1, place)
            head.font, head.fill = HEAD, SHADE
            page.column_dimensions[get_column_letter(place)].width = 42 if name.split("_")[0] in WIDE else 12
        page.freeze_panes = "A2"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _pair(text: Mapping[str, str] | None) -> tuple[str | None, str | None]:
    return (text["vi"], text["en"]) if text else (None, None)


def _sheets_of(plain: Mapping[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """The cells of every sheet."""
    practices = [(one["code"], each) for one in plain["pillars"] for each in one["practices"]]
    return {
        MODEL: [
            ("code", plain["code"], None, None),
            ("version", plain["version"], None, None),
            ("title", None, *_pair(plain["title"])),
            ("about", None, *_pair(plain["about"])),
            ("minutes", plain.get("minutes"), None, None),
            ("answers", plain["scale"]["anchors"], None, None),
            *(("label", n, *_pair(text)) for n, text in enumerate(plain["scale"].get("labels", []))),
        ],
        LEVELS: [
            (level["level"], level["from"], level["to"], *_pair(level["name"]), *_pair(level.get("about")))
            for level in plain.get("levels", [])
        ],
        PILLARS: [
            (one["code"], one.get("pillar", one["code"]), *_pair(one["name"]), *_pair(one.get("about")))
            for one in plain["pillars"]
        ],
        PRACTICES: [
            (
                *(home, each["code"], *_pair(each.get("group")), *_pair(each["name"])),
                *(*_pair(each["question"]), *_pair(each.get("hint")), each.get("weight", 1)),
            )
            for home, each in practices
        ],
        ANSWERS: [
            (each["code"], n, *_pair(text), *_pair(each["next"][n] if n < len(each.get("next", [])) else None))
            for _home, each in practices
            for n, text in enumerate(each["anchors"])
        ],
        EVIDENCE: [(each["code"], *_pair(text)) for _home, each in practices for text in each.get("evidence", [])],
    }


def _guide() -> list[tuple[str, str]]:
    """Sheet, and what stands on it, in the language that is active."""
    return [
        ("", _("Fill in the six sheets and import the workbook in Bearing. The first row of a sheet stays as it is.")),
        ("", _("Every text stands in Vietnamese (…_vi) and in English (…_en). Formulas and macros are refused.")),
        (
            MODEL,
            _(
                "Short name (code), title, description, minutes, the usual number of answers, and one row “label” for "
                "each answer of the scale."
            ),
        ),
        (
            LEVELS,
            _(
                "Bands of the score from 1 to 5: each begins where the one before ends. Leave the sheet empty for the "
                "five levels of Bearing."
            ),
        ),
        (
            PILLARS,
            _(
                "Dimensions or functions of the model. “pillar” says which of the five it belongs to: leadership, "
                "understanding, people, process or measurement."
            ),
        ),
        (
            PRACTICES,
            _(
                "One row for each question. “pillar” is a code from the sheet Pillars; “group” is an optional heading "
                "above questions that belong together; a weight is 1 or 2."
            ),
        ),
        (
            ANSWERS,
            _(
                "The answers of each practice, counted from 0 for the lowest, 2 to 7 of them. A practice without rows "
                "here takes the names of the scale. “next” is what to do next from there."
            ),
        ),
        (EVIDENCE, _("What would prove it, up to six rows for each practice. May stay empty.")),
    ]


def _write_guide(book: Workbook) -> None:
    page = book.create_sheet("Guide")
    with translation.override("vi"):
        vietnamese = _guide()
    with translation.override("en"):
        english = _guide()
    for number, (vi, en) in enumerate(zip(vietnamese, english, strict=True), start=1):
        for place, words in enumerate((vi[0], vi[1], en[1]), start=1):
            cell = page.cell(number, place, words)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in (("A", 14), ("B", 70), ("C", 70)):
        page.column_dimensions[letter].width = width


def template_workbook() -> bytes:
    """A workbook to begin with: the guide, and a small model that shows every column."""
    return write_workbook(read_model(CATALOGUE / "template.yaml"))

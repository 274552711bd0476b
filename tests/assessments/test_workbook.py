"""Models as Excel workbooks: out and in again, foreign models without code, hostile files refused."""

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from assessments.content import Content
from assessments.faults import faults_of
from assessments.modelfiles import CATALOGUE
from assessments.models import MaturityModel
from assessments.workbook import LARGEST_FILE, WorkbookRefused, read_workbook
from assessments.workbook_out import template_workbook, write_workbook
from people.models import Employee
from portal.lib.folding import tidy
from portal.lib.pillars import Pillar
from tests.assessments.conftest import browser

TEN: dict[str, Any] = yaml.safe_load((CATALOGUE / "bearing-ten.yaml").read_text(encoding="utf-8"))
TEMPLATE = template_workbook()
FIVE: dict[str, Any] = yaml.safe_load((CATALOGUE / "bearing-five.yaml").read_text(encoding="utf-8"))

letters = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=24)
lines = st.one_of(
    letters, st.sampled_from(["=1+1", "=HYPERLINK(1)", "0", "1.50", "TRUE", "_x0041_", "'a", "@b", "<b>&"])
)
words = lines.map(tidy).filter(bool)
texts = st.builds(lambda vi, en: {"vi": vi, "en": en}, words, words)
weights = st.sampled_from([1, 2])


@st.composite
def models(draw: Any) -> dict[str, Any]:
    """Any model the check lets through."""

    def practice(code: str) -> dict[str, Any]:
        number = draw(st.integers(2, 7))
        answers = draw(
            st.lists(
                texts,
                min_size=number,
                max_size=number,
                unique_by=(lambda x: x["vi"].casefold(), lambda x: x["en"].casefold()),
            )
        )
        said: dict[str, Any] = {"code": code, "name": draw(texts)}
        if draw(st.booleans()):
            said["group"] = draw(texts)
        said["question"] = draw(texts)
        if draw(st.booleans()):
            said["hint"] = draw(texts)
        said |= {"weight": draw(weights), "anchors": answers}
        if evidence := draw(st.lists(texts, max_size=3)):
            said["evidence"] = evidence
        if draw(st.booleans()):
            said["next"] = [draw(texts) for _ in range(number - 1)]
        return said

    codes = iter(f"Q{n}" for n in range(99))
    pillars = []
    for n in range(draw(st.integers(1, 3))):
        one: dict[str, Any] = {"code": f"own-{n}", "pillar": draw(st.sampled_from([each.value for each in Pillar]))}
        if draw(st.booleans()):
            one = {"code": list(Pillar)[n].value}
        one["name"] = draw(texts)
        if draw(st.booleans()):
            one["about"] = draw(texts)
        one["practices"] = [practice(next(codes)) for _ in range(draw(st.integers(1, 3)))]
        pillars.append(one)
    said: dict[str, Any] = {"code": "any-model", "version": draw(st.integers(1, 9)), "title": draw(texts)}
    said["about"] = draw(texts)
    if draw(st.booleans()):
        said["minutes"] = draw(st.integers(1, 120))
    anchors = draw(st.integers(2, 7))
    said["scale"] = {"anchors": anchors}
    if draw(st.booleans()):
        said["scale"]["labels"] = [draw(texts) for _ in range(anchors)]
    if draw(st.booleans()):
        cuts = sorted(draw(st.sets(st.integers(11, 49), min_size=1, max_size=5)))
        ends = [1, *(cut / 10 for cut in cuts), 5]
        said["levels"] = [
            {
                "level": n + 1,
                "from": int(low) if low == int(low) else low,
                "to": int(high) if high == int(high) else high,
                "name": draw(texts),
            }
            for n, (low, high) in enumerate(pairwise(ends))
        ]
    said["pillars"] = pillars
    return said


@settings(max_examples=20)
@given(models())
def test_what_is_exported_comes_back_identical(model: dict[str, Any]) -> None:
    if faults_of(model):
        return
    back = read_workbook(write_workbook(model))

    assert {"code": back.code, "version": back.version, "title": back.title.plain(), **back.content.plain()} == model


@pytest.mark.parametrize("plain", [TEN, FIVE], ids=["ten", "five"])
def test_the_shipped_models_come_back_identical_under_another_name(plain: dict[str, Any]) -> None:
    back = read_workbook(write_workbook(plain), code="ours")

    assert back.code == "ours"
    assert back.title.plain() == plain["title"]
    assert back.content == Content.read(plain)


def test_the_template_can_be_imported_as_it_is() -> None:
    back = read_workbook(TEMPLATE)

    assert back.code == "our-model"
    assert [len(practice.anchors) for practice in back.content.practices] == [4, 3]


def test_the_template_explains_itself_in_both_languages() -> None:
    guide = load_workbook(io.BytesIO(TEMPLATE))["Guide"]
    text = "\n".join(str(cell) for row in guide.iter_rows(values_only=True) for cell in row)

    assert "Fill in the six sheets" in text


# A foreign model ------------------------------------------------------------------------------------------------------


def foreign() -> Workbook:
    """Five functions, fifteen practices as headings, ninety questions, all on one scale that is named once."""
    book = Workbook()
    sheets: dict[str, list[list[Any]]] = {
        "Model": [
            ["field", "value", "vi", "en"],
            ["code", "foreign-90", None, None],
            ["title", None, "Mô hình 90 câu", "The model of 90"],
            ["about", None, "Năm chức năng, mười lăm thực hành.", "Five functions, fifteen practices."],
            *(["label", n, f"Mức {n}", f"Step {n}"] for n in range(5)),
        ],
        "Pillars": [["code", "pillar", "name_vi", "name_en"]]
        + [[f"f{n}", pillar.value, f"Chức năng {n}", f"Function {n}"] for n, pillar in enumerate(Pillar)],
        "Practices": [
            ["pillar", "code", "group_vi", "group_en", "name_vi", "name_en", "question_vi", "question_en", "weight"]
        ]
        + [
            [
                f"f{q // 18}",
                f"Q-{q}",
                f"Nhóm {q // 6}",
                f"Group {q // 6}",
                f"Câu {q}",
                f"Item {q}",
                "Thế nào?",
                "How?",
                "2,0",
            ]
            for q in range(90)
        ],
    }
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    return book


def content_of(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_model_of_ninety_questions_with_its_own_scale_comes_in_without_code() -> None:
    read = read_workbook(content_of(foreign()))

    practices = list(read.content.practices)
    assert len(practices) == 90
    assert [len(one.practices) for one in read.content.dimensions] == [18] * 5
    assert len({practice.group for practice in practices}) == 15
    assert {len(practice.anchors) for practice in practices} == {5}
    assert [one.pillar for one in read.content.dimensions] == list(Pillar)
    assert practices[0].weight == 2


# Bad input ------------------------------------------------------------------------------------------------------------


def troubles(content: bytes) -> list[tuple[str, str, str]]:
    with pytest.raises(WorkbookRefused) as refused:
        read_workbook(content)
    return [(one.sheet, one.cell, one.reason) for one in refused.value.troubles]


def spoilt(spoil: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(io.BytesIO(TEMPLATE))
    spoil(book)
    return content_of(book)


def put(sheet: str, cell: str, value: Any) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        book[sheet][cell] = value

    return spoil


@pytest.mark.parametrize(
    ("spoil", "sheet", "cell", "said"),
    [
        (put("Model", "D4", None), "Model", "D4", "The text in English is empty."),
        (put("Practices", "G3", None), "Practices", "G3", "The text in Vietnamese is empty."),
        (put("Answers", "D4", "  "), "Answers", "D4", "The text in English is empty."),
        (put("Practices", "K2", 0), "Practices", "K2", "its weight is 1 or 2"),
        (put("Practices", "K2", 30), "Practices", "K2", "Of shares such as 20, 30 and 50"),
        (put("Practices", "K2", "heavy"), "Practices", "K2", "its weight is 1 or 2"),
        (put("Practices", "B3", "SD-A1"), "Practices", "B3", "The code SD-A1 comes twice."),
        (put("Pillars", "A3", "service-design"), "Practices", "A3", "There is no “leadership”"),
        (put("Pillars", "B2", "sales"), "Pillars", "B2", "none of the five pillars"),
        (put("Practices", "A2", "elsewhere"), "Practices", "A2", "There is no “elsewhere”"),
        (put("Answers", "A2", "NOBODY"), "Answers", "A2", "There is no “NOBODY”"),
        (put("Answers", "B3", 2), "Answers", "B3", "here belongs 1"),
        (put("Answers", "C3", "Chưa có"), "Answers", "C3", "Two answers of this practice say the same."),
        (put("Answers", "E5", "Thêm"), "Answers", "E5", "Beside the highest answer stands no next step."),
        (put("Answers", "C2", "=A2&B2"), "Answers", "C2", "A formula stands here."),
        (put("Model", "B2", '=HYPERLINK("http://x")'), "Model", "B2", "A formula stands here."),
        (put("Answers", "C2", "#REF!"), "Answers", "C2", "Excel shows an error here."),
        (put("Answers", "C2", date(2026, 9, 1)), "Answers", "C2", "A date stands here."),
        (put("Model", "B2", "bearing-mine"), "Model", "B2", "belong to the models that ship"),
        (put("Model", "B2", "Our Model"), "Model", "B2", "A code begins with a small letter"),
        (put("Model", "A2", "kode"), "Model", "A2", "There is no field “kode”"),
        (put("Model", "B7", 9), "Model", "B7", "it is at most 7"),
        (put("Practices", "D1", "colour"), "Practices", "D1", "There is no column “colour”"),
        (put("Practices", "H1", None), "Practices", "A1", "The column “question_en” is missing"),
        (put("Practices", "C1", "code"), "Practices", "C1", "The column “code” comes twice."),
        (lambda book: book.remove(book["Practices"]), "Practices", "", "The sheet Practices is missing."),
    ],
)
def test_a_wrong_cell_is_named_with_sheet_cell_and_reason(
    spoil: Callable[[Workbook], None], sheet: str, cell: str, said: str
) -> None:
    found = troubles(spoilt(spoil))
    assert any((one[0], one[1]) == (sheet, cell) and said in one[2] for one in found), found


def levels(*bands: tuple[float, float]) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        for n, (low, high) in enumerate(bands, start=1):
            book["Levels"].append([n, low, high, f"Mức {n}", f"Level {n}"])

    return spoil


@pytest.mark.parametrize(
    ("bands", "cell", "said"),
    [
        ([(1, 2), (2.5, 5)], "B3", "A hole: scores from 2 to 2.5 belong to no level."),
        ([(1, 3), (2.5, 5)], "B3", "An overlap: scores from 2.5 to 3 belong to two levels."),
        ([(1, 3), (3, 4.5)], "C3", "A hole: scores from 4.5 to 5 belong to no level."),
        ([(1.5, 3), (3, 5)], "B2", "A hole: scores from 1 to 1.5 belong to no level."),
        ([(1, 1), (1, 5)], "C2", "A level ends above its beginning"),
    ],
)
def test_bands_with_holes_are_refused(bands: list[tuple[float, float]], cell: str, said: str) -> None:
    found = troubles(spoilt(levels(*bands)))
    assert any(one[:2] == ("Levels", cell) and said in one[2] for one in found), found


def test_rows_beyond_the_last_possible_are_refused() -> None:
    found = troubles(spoilt(put("Answers", "A9001", "SD-A1")))
    assert any(one[0] == "Answers" and "at most 9000 rows" in one[2] for one in found), found


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(name: str, part: bytes) -> bytes:
    return zipped(parts_of(TEMPLATE) | {name: part})


def test_hostile_files_are_refused_before_they_are_opened() -> None:
    template = parts_of(TEMPLATE)
    sheet = template["xl/worksheets/sheet2.xml"]
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + sheet
    kinds = template["[Content_Types].xml"].replace(b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")
    hostile = {
        b"": "This is no Excel workbook",
        b"<html><script>alert(1)</script></html>": "This is no Excel workbook",
        b"%PDF-1.7": "This is no Excel workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600: "old or a protected Excel file",
        zipped({"readme.txt": b"hello"}): "This is no Excel workbook",
        zipped({"[Content_Types].xml": b"<Types/>"}): "This is no Excel workbook",
        with_part("xl/vbaProject.bin", b"Sub Evil()"): "The workbook holds macros.",
        with_part("[Content_Types].xml", kinds): "The workbook holds macros.",
        with_part("xl/worksheets/sheet2.xml", bomb): "This is no Excel workbook",
        with_part("xl/worksheets/sheet2.xml", sheet[: len(sheet) // 2]): "This is no Excel workbook",
        with_part("xl/media/bomb.bin", b"\0" * 60_000_000): "unpacks to far more",
        b"PK" + b"x" * LARGEST_FILE: "larger than 3 MB",
        TEMPLATE[:-400]: "This is no Excel workbook",
        zipped({f"part{n}": b"x" for n in range(301)}): "unpacks to far more",
    }
    for content, said in hostile.items():
        assert any(said in reason for _sheet, _cell, reason in troubles(content)), said


@settings(max_examples=20)
@given(st.data())
def test_a_damaged_workbook_is_refused_and_never_breaks_the_page(data: st.DataObject) -> None:
    content = bytearray(TEMPLATE)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(WorkbookRefused):
        assert read_workbook(bytes(content)).content.by_code


# Through the pages ----------------------------------------------------------------------------------------------------


def sent(content: bytes, name: str = "model.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.django_db
def test_a_workbook_becomes_a_draft(cx: Employee) -> None:
    answer = browser(cx).post("/assessments/models/import/", {"file": sent(content_of(foreign()))}, follow=True)

    draft = MaturityModel.objects.get()
    assert (draft.code, draft.version, draft.state) == ("foreign-90", 1, "draft")
    assert "A draft with 90 practices is there." in unescape(answer.content.decode())
    browser(cx).post("/assessments/models/import/", {"file": sent(content_of(foreign()))})
    assert sorted(MaturityModel.objects.values_list("version", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_a_refused_workbook_is_told_place_by_place_and_leaves_nothing(cx: Employee) -> None:
    answer = browser(cx).post("/assessments/models/import/", {"file": sent(spoilt(put("Practices", "K2", 0)))})

    page = unescape(answer.content.decode())
    assert "Nothing has been imported. 1 place needs mending." in page
    assert "Sheet Practices, cell K2:" in page
    assert not MaturityModel.objects.exists()


@pytest.mark.django_db
def test_an_exported_model_can_be_imported_again(cx: Employee, ten: MaturityModel) -> None:
    client = browser(cx)
    exported = client.get(f"/assessments/models/{ten.pk}/model.xlsx")
    assert exported["Content-Disposition"] == 'attachment; filename="bearing-ten-1.xlsx"'
    client.post("/assessments/models/import/", {"file": sent(exported.content), "code": "our-ten"})

    draft = MaturityModel.objects.get(code="our-ten")
    assert (draft.content, draft.words) == (ten.content, ten.words)


@pytest.mark.django_db
def test_the_template_is_offered(cx: Employee) -> None:
    page = unescape(browser(cx).get("/assessments/models/import/").content.decode())
    found = re.search(r'href="([^"]*template\.xlsx)"', page)
    assert found
    assert browser(cx).get(found[1]).content[:2] == b"PK"

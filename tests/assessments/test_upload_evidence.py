"""Files given as evidence: known by content and never by name, kept out of reach, swept when nothing names them."""

import os
import struct
import time
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st

from assessments.uploads import check, sentence_of, store, sweep_strays, where
from portal.lib.filekinds import ENDINGS, Fault, NotTaken, kind_of
from portal.lib.filenames import shown_name
from tests.assessments.evidence_cast import make_evidence, pdf
from tests.make import make_unit

OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": f"{OFFICE}wordprocessingml.document.main+xml",
    "xlsx": f"{OFFICE}spreadsheetml.sheet.main+xml",
    "pptx": f"{OFFICE}presentationml.presentation.main+xml",
}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path / "evidence"


VBA = "application/vnd.ms-office.vbaProject"


def chunk(name: bytes, inside: bytes) -> bytes:
    return struct.pack(">I", len(inside)) + name + inside + struct.pack(">I", zlib.crc32(name + inside))


def png(behind: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"") + behind


def jpeg(behind: bytes = b"") -> bytes:
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"\xff\xda" + b"\x11" * 40 + b"\xff\xd9" + behind
    )


def webp(behind: bytes = b"") -> bytes:
    inside = b"WEBPVP8L" + struct.pack("<I", 6) + b"\x2f\0\0\0\0\0"
    return b"RIFF" + struct.pack("<I", len(inside)) + inside + behind


def override(part: str, content_type: str) -> str:
    return f'<Override PartName="{part}" ContentType="{content_type}"/>'


def bin_is(content_type: str) -> str:
    return f'<Default Extension="bin" ContentType="{content_type}"/>'


def before_the_directory(content: bytes, hidden: bytes) -> bytes:
    """The same with something between the last part and the directory, which knows its new place."""
    at = content.index(b"PK\x01\x02")
    moved = content[:at] + hidden + content[at:]
    return moved[:-6] + struct.pack("<I", at + len(hidden)) + moved[-2:]


def office(
    kind: str = "docx", *, extra: dict[str, bytes] | None = None, main: str = "", listed: str = "", also: str = ""
) -> bytes:
    """A document of this kind with nothing in it but the list of its parts."""
    out = BytesIO()
    all_ = override("/main.xml", main or MAIN[kind]) + also
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", listed or f"<Types>{all_}</Types>")
        parts.writestr("main.xml", "<document/>")
        for name, content in (extra or {}).items():
            parts.writestr(name, content)
    return out.getvalue()


def workbook() -> bytes:
    out = BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def archive(names: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for name, content in names.items():
            parts.writestr(name, content)
    return out.getvalue()


def kind(content: bytes, name: str = "evidence.pdf") -> str:
    return check(ContentFile(content, name)).content_type


def fault(content: bytes, name: str = "evidence.pdf") -> Fault:
    with pytest.raises(NotTaken) as refused:
        check(ContentFile(content, name))
    assert sentence_of(refused.value.fault).endswith(".")
    return refused.value.fault


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (pdf(), "a.pdf", "application/pdf"),
        (pdf() + b"\r\n", "a.pdf", "application/pdf"),
        (png(), "a.png", "image/png"),
        (jpeg(), "a.jpg", "image/jpeg"),
        (jpeg(b"notes of a phone"), "a.jpg", "image/jpeg"),
        (webp(), "a.webp", "image/webp"),
        (office("docx"), "a.docx", f"{OFFICE}wordprocessingml.document"),
        (office("pptx"), "a.pptx", f"{OFFICE}presentationml.presentation"),
        (office("docx", also=bin_is(f"{OFFICE}oleObject")), "a.docx", f"{OFFICE}wordprocessingml.document"),
        (pdf(b"<< /T (Room #53, /JSON, /Java#20Script) >>\n"), "a.pdf", "application/pdf"),
        (workbook(), "a.xlsx", f"{OFFICE}spreadsheetml.sheet"),
        ("Sổ giao ca\n".encode(), "a.txt", "text/plain"),
        ("\ufeffNgày;Khách\n1;2\n".encode(), "A.CSV", "text/csv"),
        (pdf(), "minutes.docx", "application/pdf"),
        (png(), "no ending", "image/png"),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, name: str, found: str) -> None:
    assert kind(content, name) == found


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Fault.EMPTY),
        (b"<!DOCTYPE html><html><body onload=alert(1)>", Fault.WEB_PAGE),
        (b"\xef\xbb\xbf  <html>", Fault.WEB_PAGE),
        (b"Minutes of May\n<script>alert(1)</script>", Fault.WEB_PAGE),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', Fault.WEB_PAGE),
        (b"<svg onload=alert(1)>", Fault.WEB_PAGE),
        (b"<html><script>1</script>\n" + pdf(), Fault.WEB_PAGE),
        (b"MZ\x90\0" + bytes(400), Fault.PROGRAM),
        (b"\x7fELF\x02\x01\x01" + bytes(400), Fault.PROGRAM),
        (b"#!/bin/sh\nrm -rf /\n", Fault.UNKNOWN),
        (b"@echo off\r\ndel *\r\n", Fault.UNKNOWN),
        (b"{\\rtf1 hello}", Fault.UNKNOWN),
        (b"GIF89a" + bytes(30), Fault.UNKNOWN),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), Fault.LOCKED),
        (b"\x1f\x8b\x08" + bytes(30), Fault.ARCHIVE),
        (archive({"a.txt": b"x"}), Fault.ARCHIVE),
        (bytes(range(256)), Fault.UNKNOWN),
        ("Sổ giao ca".encode("utf-16"), Fault.NOT_UTF8),
        ("Sổ giao ca".encode("cp1258", "replace") + b"\xd3", Fault.NOT_UTF8),
        (b"line\x1b[31m", Fault.UNKNOWN),
    ],
)
def test_anything_else_is_refused_with_its_sentence(content: bytes, why: Fault) -> None:
    assert fault(content) is why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (pdf()[:-7], Fault.BROKEN),
        (pdf() + b"<script>alert(1)</script>", Fault.TWO_IN_ONE),
        (pdf() + archive({"a.txt": b"x"}), Fault.TWO_IN_ONE),
        (pdf() + archive({"a.txt": b"x"})[:-2] + struct.pack("<H", 5) + b"%%EOF", Fault.TWO_IN_ONE),
        (pdf(b"<< /S /JavaScript /JS (app.alert(1)) >>\n"), Fault.RUNS),
        (pdf(b"<< /S /Launch /F (cmd.exe) >>\n"), Fault.RUNS),
        (pdf(b"x" * (256 * 1024 - 60) + b"/JavaScript "), Fault.RUNS),
        (pdf(b"<< /S /#4aavaScript /J#53 (app.alert(1)) >>\n"), Fault.RUNS),
        (pdf(b"<< /J#53 (app.alert(1)) >>\n"), Fault.RUNS),
        (pdf(b"<< /#4A#53<6170> >>\n"), Fault.RUNS),
        (pdf(b"<< /S /L#61unch /F (cmd.exe) >>\n"), Fault.RUNS),
        (pdf(b"x" * (256 * 1024 - 60) + b"/#4a#61#76#61#53#63#72#69#70#74 "), Fault.RUNS),
        (png(b"<script>alert(1)</script>"), Fault.TWO_IN_ONE),
        (png()[:-12], Fault.BROKEN),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), Fault.BROKEN),
        (jpeg()[:-2], Fault.BROKEN),
        (jpeg(archive({"a.txt": b"x"})), Fault.TWO_IN_ONE),
        (webp(b"and more behind it"), Fault.TWO_IN_ONE),
        (webp()[:-4], Fault.BROKEN),
    ],
)
def test_two_files_in_one_and_broken_ones_are_refused(content: bytes, why: Fault) -> None:
    assert fault(content) is why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (office(extra={"word/vbaProject.bin": b"x"}), Fault.MACROS),
        (office(main="application/vnd.ms-excel.sheet.macroEnabled.main+xml"), Fault.MACROS),
        (office(extra={"word/activeX/activeX1.xml": b"x"}), Fault.MACROS),
        (office(extra={"word/embeddings/setup.exe": b"MZ"}), Fault.MACROS),
        (office(extra={"word/embeddings/oleObject1.bin": b"MZ"}), Fault.MACROS),
        (office(extra={"word/embeddings/plan.xlsm": b"PK"}), Fault.MACROS),
        (office("xlsx", extra={"xl/macrosheets/sheet1.xml": b"<x/>"}), Fault.MACROS),
        (office(extra={"word/notes.dat": b"x"}, also=override("/word/notes.dat", VBA)), Fault.MACROS),
        (office(extra={"word/a.dat": b"x"}, also=f'<Default Extension="DAT" ContentType="{VBA}"/>'), Fault.MACROS),
        (office(extra={"a.dat": b"x"}, also=override("/a.dat", VBA.replace("v", "&#118;"))), Fault.MACROS),
        (office("xlsx", also=override("/xl/x.xml", "application/vnd.ms-excel.macrosheet+xml")), Fault.MACROS),
        (office(extra={"word/embeddings/x.bin": b"MZ"}, also=bin_is(f"{OFFICE}oleObject")), Fault.MACROS),
        (office(main="application/vnd.oasis.opendocument.text"), Fault.UNKNOWN),
        (office(listed=f'<!DOCTYPE x><Types ContentType="{MAIN["docx"]}"/>'), Fault.UNKNOWN),
        (office(extra={"../../etc/cron.d/x": b"x"}), Fault.BROKEN),
        (office(extra={"zero.bin": bytes(40 * 1024 * 1024)}), Fault.BOMB),
        (b"PK\x03\x04" + bytes(100), Fault.BROKEN),
        (office()[:-30], Fault.BROKEN),
        (b"PK here a script" + office(), Fault.TWO_IN_ONE),
        (office() + b"<html><script>alert(1)</script>", Fault.TWO_IN_ONE),
        (office()[:-2] + struct.pack("<H", 6) + b"<html>", Fault.TWO_IN_ONE),
        (before_the_directory(office(), b"<html><script>alert(1)</script>"), Fault.TWO_IN_ONE),
        (office(listed="<Types>"), Fault.BROKEN),
        (office(listed='<?xml version="1.0" encoding="cp037"?><Types/>'), Fault.UNKNOWN),
    ],
)
def test_office_files_with_macros_bombs_and_tricks_are_refused(content: bytes, why: Fault) -> None:
    assert fault(content, "a.docx") is why


def test_an_office_file_under_a_password_is_refused() -> None:
    content = bytearray(office())
    content[6] |= 1  # of the first part
    at = bytes(content).index(b"PK\x01\x02")
    content[at + 8] |= 1
    assert fault(bytes(content), "a.docx") is Fault.LOCKED


def test_parts_that_lie_over_each_other_are_refused() -> None:
    content = bytearray(office(extra={"a.xml": b"a" * 50, "b.xml": b"b" * 50}))
    last = bytes(content).rindex(b"PK\x01\x02")
    content[last + 42 : last + 46] = struct.pack("<I", 0)  # the last part begins where the first does
    assert fault(bytes(content), "a.docx") in (Fault.BOMB, Fault.BROKEN)


def test_too_large_a_file_is_refused_by_the_setting(settings: Any) -> None:
    settings.EVIDENCE_MOST_MB = 1
    assert fault(pdf(b"%" + b"x" * 1024 * 1024)) is Fault.TOO_LARGE
    assert "1 MB" in sentence_of(Fault.TOO_LARGE)


@given(st.binary(max_size=3000))
def test_whatever_is_sent_is_one_of_ours_or_refused_with_a_reason(content: bytes) -> None:
    for head in (b"", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8 ", b"PK\x03\x04"):
        assert found_in(head + content) in {*ENDINGS, *Fault}


def found_in(content: bytes) -> str:
    try:
        return kind_of(BytesIO(content), len(content), "x")
    except NotTaken as refused:
        return refused.fault


# Names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "endings", "shown"),
    [
        ("minutes.pdf", (".pdf",), "minutes.pdf"),
        ("Biên bản quý 1.PDF", (".pdf",), "Biên bản quý 1.pdf"),
        ("photo.jpeg", (".jpg", ".jpeg"), "photo.jpeg"),
        ("invoice\u202efdp.exe", (".pdf",), "invoicefdp.exe.pdf"),
        ("a\x00b\r\nc\u200b.pdf", (".pdf",), "abc.pdf"),
        ('x"; filename="evil.html', (".png",), "x_; filename=_evil.html.png"),
        ("..", (".txt",), "file.txt"),
        ("", (".txt",), "file.txt"),
        ("a" * 300 + ".pdf", (".pdf",), "a" * 120 + ".pdf"),
        ("run.bat", (".txt",), "run.bat.txt"),
    ],
)
def test_names_are_shown_without_letters_that_hide_or_turn_others(
    name: str, endings: tuple[str, ...], shown: str
) -> None:
    assert shown_name(name, endings) == shown


@given(st.text(max_size=200))
def test_a_shown_name_is_one_line_and_ends_as_the_content_says(name: str) -> None:
    shown = shown_name(name, (".pdf",))

    assert shown.endswith(".pdf")
    assert len(shown) <= 124
    assert shown.isprintable()
    assert not set(shown) & set('/\\\r\n\0"<>\u202e\u2066\u200f')


def test_the_name_a_file_came_with_is_never_a_path(folder: Path) -> None:
    upload = check(ContentFile(pdf(), "../../etc/passwd.pdf"))
    stored = store(upload)

    assert upload.name == "passwd.pdf"
    assert where(stored.path).parent.parent == folder
    assert "passwd" not in stored.path


# On disk ------------------------------------------------------------------------------------------------------------


def test_a_file_lies_under_a_random_name_for_this_account_alone(folder: Path) -> None:
    first, second = (store(check(ContentFile(pdf(), "a.pdf"))) for _ in range(2))

    assert first.path != second.path
    assert first.sha256 == second.sha256
    assert where(first.path).read_bytes() == pdf()
    assert where(first.path).stat().st_mode & 0o777 == 0o600
    assert where(first.path).parent.stat().st_mode & 0o077 == 0


def test_a_full_disk_leaves_nothing_half_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(ContentFile):  # type: ignore[type-arg]
        def chunks(self, chunk_size: int | None = None) -> Any:
            yield b"%PDF"
            raise OSError(28, "No space left on device")

    upload = check(Full(pdf(), "a.pdf"))
    with pytest.raises(OSError, match="No space"):
        store(upload)

    assert not [each for each in folder.rglob("*") if each.is_file()]


@pytest.mark.django_db
def test_strays_are_swept_after_a_day_and_nothing_else_is(folder: Path) -> None:
    paths = [store(check(ContentFile(pdf(), "a.pdf"))).path for _ in range(4)]
    stray, _fresh, kept, taken_back = paths
    unit = make_unit()
    make_evidence(unit, kind="file", file=kept)
    make_evidence(unit, kind="file", file=taken_back, state="withdrawn")
    for path in (stray, kept, taken_back):
        os.utime(where(path), (time.time() - 90_000, time.time() - 90_000))
    (folder / "notes-of-the-operator.txt").write_text("mine")
    os.utime(folder / "notes-of-the-operator.txt", (0, 0))

    assert sweep_strays() == 2
    assert sweep_strays() == 0

    assert [where(path).exists() for path in paths] == [False, True, True, False]
    assert (folder / "notes-of-the-operator.txt").exists()


@pytest.mark.django_db
def test_a_sweep_without_a_folder_does_nothing() -> None:
    assert sweep_strays() == 0

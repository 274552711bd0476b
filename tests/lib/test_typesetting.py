"""PDF from a template and plain data: none of it is code, no file outside the folder is read, time is limited."""

import re
import time
import zlib
from pathlib import Path

import pytest

from portal.lib.typesetting import NotSet, pdf_of

FONTS = Path("portal/static/vendor/fonts").resolve()
TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: data.language, font: "Be Vietnam Pro")
#title()
#data.says
"""


def template(folder: Path, text: str = TEMPLATE) -> Path:
    path = folder / "page.typ"
    path.write_text(text, encoding="utf-8")
    return path


def streams(pdf: bytes) -> bytes:
    """The file with its compressed parts opened."""
    found = [pdf]
    for each in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(each))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_a_file_is_tagged_archivable_and_says_its_title_and_language(tmp_path: Path) -> None:
    data = {"title": "Chúng ta vì khách hàng đến đâu?", "language": "vi", "says": "Xin chào ạ."}
    pdf = streams(pdf_of(template(tmp_path), data, fonts=FONTS))
    assert pdf.startswith(b"%PDF")
    assert re.search(rb"/Lang ?\(vi\)", pdf)
    assert re.search(rb"/Marked ?true", pdf)
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert "Chúng ta vì khách hàng đến đâu?" in pdf.decode(errors="ignore")


def test_vietnamese_is_set_in_the_font_of_the_portal(tmp_path: Path) -> None:
    data = {"title": "Ễ", "language": "vi", "says": "Ẩ ẵ ỡ ự Đ đ ₫ ≈ −0,5"}
    pdf = streams(pdf_of(template(tmp_path), data, fonts=FONTS))
    named = set(re.findall(rb"/FontName ?/\w+\+(\w+)", pdf))
    assert named <= {b"BeVietnamPro"}
    assert b"BeVietnamPro" in pdf


@pytest.mark.parametrize(
    "hostile",
    [
        "#panic()",
        "$ x $ = *heading*",
        '#read("/etc/passwd")',
        '#import "@preview/cetz:0.3.0"',
        "]} #pagebreak() {[",
        "🚀 客户 \u202e \x00 \ud800 <tag> @label",
        "x" * 20_000,
    ],
)
def test_what_somebody_typed_is_only_ever_text(tmp_path: Path, hostile: str) -> None:
    assert pdf_of(template(tmp_path), {"title": hostile, "language": "en", "says": hostile}, fonts=FONTS)


def test_a_template_reads_no_file_outside_its_folder_and_no_package(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    for line in ('#read("../secret.txt")', '#read("/etc/hostname")', '#import "@preview/cetz:0.3.0"'):
        with pytest.raises(NotSet):
            pdf_of(template(inside, line), {}, fonts=FONTS)


def test_a_template_that_never_ends_is_ended(tmp_path: Path) -> None:
    endless = template(tmp_path, "#let f(n) = { let i = 0; while i < 1000000000 { i += 1; i -= 1 } }\n#f(1)")
    began = time.monotonic()
    with pytest.raises(NotSet):
        pdf_of(endless, {}, fonts=FONTS, seconds=2)
    assert time.monotonic() - began < 10

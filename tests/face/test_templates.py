"""What every template keeps to, whoever wrote it."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

FOLDER = Path("templates")
PAGES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
ON_SCREEN = [name for name in PAGES if not name.startswith("mail/")]
INLINE_STYLE = re.compile(r"<style|\sstyle\s*=", re.IGNORECASE)
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
FROM_ELSEWHERE = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE)
STATIC = re.compile(r"""{%\s*static\s+['"]([^'"]+)['"]""")
# The answer pages' sheet is sent with every page, so it is written small.
STYLES = [path for path in sorted(Path("portal/static/portal/css").glob("*.css")) if path.name != "answer.css"]
WIDEST = 200
# Wrapped? Take it out.
STILL_WIDE: set[str] = set()
LEFT_OVER = re.compile(r"<!--|\bTODO\b|\bFIXME\b|[Ll]orem ipsum")


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def test_there_are_templates() -> None:
    assert "base.html" in PAGES
    assert "components/field.html" in PAGES


@pytest.mark.parametrize("name", PAGES)
def test_every_template_can_be_read(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", ON_SCREEN)
def test_no_template_has_a_style_or_a_script_of_its_own(name: str) -> None:
    text = text_of(name)
    assert not INLINE_STYLE.search(text)
    assert not INLINE_SCRIPT.search(text)


@pytest.mark.parametrize("name", ON_SCREEN)
def test_nothing_comes_from_another_machine(name: str) -> None:
    assert not FROM_ELSEWHERE.search(text_of(name))


@pytest.mark.parametrize("name", ON_SCREEN)
def test_every_file_named_is_there(name: str) -> None:
    for path in STATIC.findall(text_of(name)):
        if not path.startswith("vendor/"):
            assert finders.find(path), path


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("components/")])
def test_a_shared_part_stays_small(name: str) -> None:
    assert len(text_of(name).splitlines()) <= 80


@pytest.mark.parametrize("name", [name for name in PAGES if name not in STILL_WIDE])
def test_a_line_fits_beside_another_window(name: str) -> None:
    assert max(map(len, text_of(name).splitlines()), default=0) <= WIDEST


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_line_of_a_style_sheet_fits_too(style: Path) -> None:
    assert max(map(len, style.read_text(encoding="utf-8").splitlines())) <= WIDEST


@pytest.mark.parametrize("name", ON_SCREEN)
def test_no_comment_reaches_the_browser(name: str) -> None:
    assert not LEFT_OVER.search(text_of(name))


def test_the_rules_notice_what_they_forbid() -> None:
    assert INLINE_STYLE.search('<p style="color:red">')
    assert INLINE_SCRIPT.search("<script>alert(1)</script>")
    assert INLINE_SCRIPT.search('<a onclick="go()">')
    assert FROM_ELSEWHERE.search('<link href="//cdn.example/x.css">')
    assert not INLINE_SCRIPT.search('<script src="/static/x.js" defer></script>')
    assert not INLINE_SCRIPT.search('<script type="application/json">{}</script>')

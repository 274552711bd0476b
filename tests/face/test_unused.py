"""What no page uses any more is found: classes, tokens, shared parts, template tags, scripts."""

import re
from pathlib import Path

STYLES = sorted(Path("portal/static/portal/css").glob("*.css"))
TAGS = Path("portal/templatetags/bearing.py")
ROOMS = sorted({app.parent for app in Path().glob("*/apps.py")})
TEMPLATES = sorted(Path("templates").rglob("*.html"))
# Django writes these itself.
FROM_OUTSIDE = {"errorlist"}

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTOR = re.compile(r"([^{}]*)\{")
CLASS_IN_CSS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
CLASS_IN_HTML = re.compile(r'\bclass="((?:[^"{]|\{%.*?%\}|\{\{.*?\}\}|\{)*)"', re.DOTALL)
WORD = re.compile(r"-?[A-Za-z_][\w-]*")
BEGINNING = re.compile(r"([\w-]+)\{[{%]")
IN_QUOTES = re.compile(r"""(["'])((?:(?!\1)[\w\s.#<>={}/"'-])*)\1""")
TOKEN = re.compile(r"(--brg-[\w-]+)\s*:")


def classes_of(style: str) -> set[str]:
    return set(CLASS_IN_CSS.findall(" ".join(SELECTOR.findall(COMMENT.sub("", style)))))


def unused_classes(styles: str, pages: list[str], code: list[str]) -> set[str]:
    """Classes with rules that stand in no class="…" of a page and in no short string of Python or JavaScript."""
    written = [attribute for page in pages for attribute in CLASS_IN_HTML.findall(page)]
    strings = [text for source in code for _quote, text in IN_QUOTES.findall(source)]
    used = {word for text in written + strings for word in WORD.findall(text)} | FROM_OUTSIDE
    beginnings = tuple({part for attribute in written for part in BEGINNING.findall(attribute)})
    return {name for name in classes_of(styles) - used if not name.startswith(beginnings)}


def code_of_the_rooms() -> list[str]:
    files = [path for room in ROOMS for ending in ("*.py", "*.js") for path in room.rglob(ending)]
    return [path.read_text(encoding="utf-8") for path in files if "vendor" not in path.parts]


def pages() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in TEMPLATES]


def all_styles() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in STYLES)


def test_every_class_with_a_rule_is_used() -> None:
    assert unused_classes(all_styles(), pages(), code_of_the_rooms()) == set()


def test_a_class_nobody_uses_is_noticed() -> None:
    page, code = '<p class="a{% if x %} b{% endif %} tone-{{ tone }}">', 'CLASS = "c"'

    assert unused_classes(".a .b, .tone-x { } .c:hover { } .gone { }", [page], [code]) == {"gone"}


def test_every_token_is_used() -> None:
    styles = all_styles()
    defined = set(TOKEN.findall(styles))

    assert "--brg-ink" in defined
    assert {token for token in defined if f"var({token}" not in styles} == set()


def test_every_shared_part_is_included_somewhere() -> None:
    named = {name for page in pages() for name in re.findall(r"components/\w+\.html", page)}

    assert {f"components/{path.name}" for path in Path("templates/components").glob("*.html")} - named == set()


def test_every_tag_and_filter_is_used() -> None:
    tags = re.findall(r"@register\.\w+(?:\(.*\))?\ndef (\w+)", TAGS.read_text(encoding="utf-8"))
    written = "\n".join(pages())
    used = {name for name in tags if re.search(rf"\|{name}\b|{{%\s*{name}\b|\({name}\b", written)}

    assert "figure" in tags
    assert set(tags) - used == set()


def test_every_script_is_loaded_by_a_page() -> None:
    loaded = {name for page in pages() for name in re.findall(r"portal/js/[\w.]+", page)}

    assert {f"portal/js/{path.name}" for path in Path("portal/static/portal/js").glob("*.js")} - loaded == set()

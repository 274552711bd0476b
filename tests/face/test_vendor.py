"""The browser files: what is copied, and what our own weigh."""

import json
import re
from pathlib import Path

from portal import vendor

STATIC = Path("portal/static/portal")


def test_the_list_is_read_line_by_line() -> None:
    copies = vendor.read_list("# a comment\n\na/b.css b.css layer=low\na/c.js c.js\n")
    assert copies == [vendor.Copy("a/b.css", "b.css", "low"), vendor.Copy("a/c.js", "c.js")]


def test_source_maps_are_stripped_and_layers_wrapped() -> None:
    assert vendor.cleaned("a{}\n/*# sourceMappingURL=a.css.map */", "") == "a{}\n"
    assert vendor.cleaned("x=1;\n//# sourceMappingURL=x.js.map", "") == "x=1;\n"
    assert vendor.cleaned('@charset "UTF-8";a{}', "low") == "@layer low {\na{}\n}\n"


def test_the_target_holds_exactly_the_files_of_the_list(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a.css").write_text("a{}/*# sourceMappingURL=a.map */")
    (tmp_path / "from" / "b.woff2").write_bytes(b"\x00\x01")
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "old.js").write_text("old")
    vendor.copy_all(vendor.read_list("a.css a.css\nb.woff2 f/b.woff2"), tmp_path / "from", tmp_path / "to")
    assert (tmp_path / "to" / "a.css").read_text() == "a{}"
    assert (tmp_path / "to" / "f" / "b.woff2").read_bytes() == b"\x00\x01"
    assert not (tmp_path / "to" / "old.js").exists()


def test_every_copied_package_is_pinned() -> None:
    wanted = json.loads(Path("package.json").read_text())["dependencies"]
    names = {re.match(r"(@[^/]+/)?[^/]+", copy.source).group() for copy in vendor.read_list(listed())}  # type: ignore[union-attr]
    assert names == set(wanted)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def listed() -> str:
    return Path("portal/vendor.txt").read_text(encoding="utf-8")


def test_every_vendor_file_a_page_names_is_copied() -> None:
    targets = {f"vendor/{copy.target}" for copy in vendor.read_list(listed())}
    named = set()
    for page in Path("templates").rglob("*.html"):
        named |= set(re.findall(r"""static ['"](vendor/[^'"]+)""", page.read_text(encoding="utf-8")))
    named |= {
        f"vendor/{path}" for path in re.findall(r'url\("../../vendor/([^"]+)"', (STATIC / "css/base.css").read_text())
    }
    assert "vendor/fonts/vietnamese-400.woff2" in named
    assert named <= targets


def test_an_answer_page_is_light() -> None:
    assert len((STATIC / "js/answer.js").read_bytes()) < 3000
    style = (STATIC / "css/answer.css").read_text(encoding="utf-8")
    assert len(style.encode()) < 12_000
    assert "@font-face" not in style
    assert "url(" not in style
    assert "@import" not in style


def test_no_script_of_ours_makes_code_from_text() -> None:
    for script in (STATIC / "js").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), (
            script
        )

"""Copy the browser files named in vendor.txt from node_modules into static: `python portal/vendor.py`.

Run after `npm ci`. Source-map lines are stripped (the maps are not shipped); a style sheet marked `layer=x` is wrapped
in that cascade layer, so that Bearing's own rules win over it whatever their weight.
"""

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

PORTAL = Path(__file__).resolve().parent
MODULES = PORTAL.parent / "node_modules"
TARGET = PORTAL / "static" / "vendor"
SOURCE_MAP = re.compile(r"(?:/\*#\s*sourceMappingURL=.*?\*/|//#\s*sourceMappingURL=.*)\s*", re.ASCII)
CHARSET = re.compile(r'^\ufeff?@charset "UTF-8";', re.IGNORECASE)


@dataclass(frozen=True)
class Copy:
    """One line of vendor.txt."""

    source: str
    target: str
    layer: str = ""


def read_list(text: str) -> list[Copy]:
    """The copies a list asks for; empty lines and comments are passed over."""
    copies = []
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        layer = words[2].removeprefix("layer=") if len(words) > 2 else ""
        copies.append(Copy(words[0], words[1], layer))
    return copies


def cleaned(text: str, layer: str) -> str:
    """A script or style sheet without its source-map line, in its layer."""
    text = SOURCE_MAP.sub("", text)
    if layer:
        text = f"@layer {layer} {{\n{CHARSET.sub('', text)}\n}}\n"
    return text


def copy_all(copies: list[Copy], modules: Path, target: Path) -> None:
    """Make the target folder hold exactly the files of the list."""
    shutil.rmtree(target, ignore_errors=True)
    for copy in copies:
        source, to = modules / copy.source, target / copy.target
        to.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in {".css", ".js"}:
            to.write_text(cleaned(source.read_text(encoding="utf-8"), copy.layer), encoding="utf-8")
        else:
            shutil.copyfile(source, to)


def main() -> int:
    """Copy, or say what is missing."""
    copies = read_list((PORTAL / "vendor.txt").read_text(encoding="utf-8"))
    missing = [copy.source for copy in copies if not (MODULES / copy.source).is_file()]
    if missing:
        sys.stderr.write("Not in node_modules: " + ", ".join(missing) + "\nRun `npm ci` first.\n")
        return 1
    copy_all(copies, MODULES, TARGET)
    sys.stdout.write(f"{len(copies)} files copied to {TARGET}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

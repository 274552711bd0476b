"""Translations: compiled without gettext, and checked by machine for what a machine can see.

`python -m portal.translations compile FILE...` writes the .mo beside each .po; without a FILE, all of them.
`manage.py compile_translations` and `manage.py check_translations` are the same doors.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
ROOMS = ("portal", "people", "diary", "outbox", "improvement", "surveys", "pulses", "assessments", "templates")

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdf%](?!\w)|\{\w+\}")
# Spellings the glossary (section "Capitals and diacritics") refuses, and what it writes instead.
REFUSED_SPELLINGS = {
    "hoá": "hóa",
    "khoá": "khóa",
    "xoá": "xóa",
    "toả": "tỏa",
    "huỷ": "hủy",
    "tuỳ": "tùy",
    "tỉ lệ": "tỷ lệ",
    "kì": "kỳ",
    "kĩ": "kỹ",
    "lí": "lý",
    "quí": "quý",
    "quý vị": "bạn",
    "anh/chị": "bạn",
}
REFUSED = re.compile(r"(?<!\w)(" + "|".join(REFUSED_SPELLINGS) + r")(?!\w)", re.IGNORECASE)


def catalogues(locale: Path = LOCALE) -> list[Path]:
    """Every .po file of the product."""
    return sorted(locale.rglob("*.po"))


def compile_catalogue(path: Path) -> Path:
    """Write the .mo beside a .po, whole or not at all."""
    target, half = path.with_suffix(".mo"), path.with_suffix(".mo.new")
    polib.pofile(str(path)).save_as_mofile(str(half))
    half.replace(target)
    return target


def refused_spellings(text: str) -> list[str]:
    """Sentences about spellings the glossary refuses, and about letters that are not in their composed form (NFC)."""
    composed = unicodedata.normalize("NFC", text)
    wrong = [f'"{word}" is written "{REFUSED_SPELLINGS[word.lower()]}"' for word in REFUSED.findall(composed)]
    if composed != text:
        wrong.append("letters and marks are stored apart (NFD): write them composed (NFC)")
    return wrong


def faults_of(entry: polib.POEntry, vietnamese: bool = True) -> Iterator[str]:
    """What is wrong with one entry."""
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if "fuzzy" in entry.flags:
        yield "is marked fuzzy: look at it and remove the mark"
    if not all(texts):
        yield "has no translation"
        return
    asked = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    for text in texts:
        if sorted(PLACEHOLDER.findall(text)) != asked and not _is_singular(entry, text):
            yield f"has other placeholders than its source: {', '.join(asked) or 'none'}"
        if entry.msgid.startswith("\n") != text.startswith("\n") or entry.msgid.endswith("\n") != text.endswith("\n"):
            yield "begins or ends with a line break where its source does not, or the other way round"
        yield from refused_spellings(text) if vietnamese else ()


def _is_singular(entry: polib.POEntry, text: str) -> bool:
    """A singular form may leave its number out ("one reply"), where the source's singular does."""
    if not entry.msgid_plural or len(entry.msgstr_plural) < 2:
        return False
    return bool(text == entry.msgstr_plural[0]) and sorted(PLACEHOLDER.findall(text)) == sorted(
        PLACEHOLDER.findall(entry.msgid)
    )


def faults_of_catalogue(path: Path) -> list[str]:
    """What is wrong with one file, each with its place."""
    vietnamese = "vi" in path.relative_to(path.parents[2]).parts or "/vi/" in path.as_posix()
    faults = []
    for entry in polib.pofile(str(path)):
        if not entry.obsolete:
            where = f"{path}:{entry.linenum}"
            faults += [f'{where}: "{_short(entry.msgid)}" {fault}.' for fault in faults_of(entry, vietnamese)]
    return faults


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def marked_strings(root: Path = ROOT) -> set[tuple[str, str]] | None:
    """Every (context, string) marked for translation in code and templates, as xgettext sees them; None without it."""
    if shutil.which("xgettext") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for room in ROOMS:
            for pattern in ("*.py", "*.html", "*.txt"):
                for source in (root / room).rglob(pattern):
                    if "vendor" not in source.parts:
                        target = copy / source.relative_to(root)
                        target.parent.mkdir(parents=True, exist_ok=True)
                        shutil.copyfile(source, target)
        (copy / "locale").mkdir()
        argv = [sys.executable, "-m", "django", "makemessages", "--locale", "vi", "--verbosity", "0"]
        argv += ["--extension", "html,txt,py"]
        # Without settings, makemessages reads the copy and nothing else.
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        made = subprocess.run(argv, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        if made.returncode:
            raise SystemExit(f"makemessages could not read the sources: {made.stderr.strip()[-800:]}")
        found = copy / "locale" / "vi" / "LC_MESSAGES" / "django.po"
        if not found.exists():
            return set()
        return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(found)) if not entry.obsolete}


def missing_strings(marked: Iterable[tuple[str, str]], locale: Path = LOCALE) -> list[str]:
    """Marked strings that the Vietnamese catalogues do not know."""
    known = {
        (entry.msgctxt or "", entry.msgid)
        for path in catalogues(locale)
        if "vi" in path.parts
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    }
    unknown = sorted(set(marked) - known)
    return [f'"{_short(msgid)}" is marked in the code but not in locale/vi.' for _, msgid in unknown]


def faults_of_content(root: Path = ROOT) -> list[str]:
    """Refused spellings in the content that ships as data files (question banks and the like)."""
    faults = []
    for path in sorted(path for room in ROOMS for path in (root / room).glob("catalogue/**/*.yaml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            faults += [f"{path}:{number}: {fault}." for fault in refused_spellings(line)]
    return faults


def main(argv: list[str]) -> int:
    """Compile the named catalogues, or all of them."""
    if argv[:1] != ["compile"]:
        sys.stderr.write("Say: python -m portal.translations compile [FILE...]\n")
        return 2
    for path in [Path(name) for name in argv[1:]] or catalogues():
        compile_catalogue(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""How a cell is read: days, yes and no, known words, and what may have been meant by an unknown one."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from django.core.validators import EmailValidator

from people.stafffile.columns import NOT_WORD
from portal.lib.folding import fold

CODE = re.compile(r"^[^\s=+\-@][^\r\n\t]{0,63}$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")
_YEAR_FIRST = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?$")
YES = frozenset({"1", "yes", "y", "true", "t", "x", "co", "c", "dung"})
NO = frozenset({"", "0", "no", "n", "false", "f", "khong", "k", "-"})
GENDERS = {
    "nu": "female", "female": "female", "f": "female", "woman": "female",
    "nam": "male", "male": "male", "m": "male", "man": "male",
    "khac": "other", "other": "other", "x": "other",
}  # fmt: skip
LANGUAGES = {
    "vi": "vi", "vn": "vi", "vie": "vi", "tieng viet": "vi", "vietnamese": "vi",
    "en": "en", "eng": "en", "english": "en", "tieng anh": "en",
}  # fmt: skip
email_ok = EmailValidator()


def invisible(text: str) -> str:
    """The code point of a control or direction mark that hides in the text, or nothing."""
    if text.isascii() and text.isprintable():
        return ""
    for char in text:
        if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"}:
            return f"U+{ord(char):04X}"
    return ""


def read_date(text: str) -> date | None:
    found = _YEAR_FIRST.match(text)
    parts = found.groups() if found else None
    if parts is None:
        found = _DAY_FIRST.match(text)
        if not found:
            return None
        parts = found.groups()[::-1]
    try:
        read = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
    return read if 1900 <= read.year <= 2200 else None


def nearest(word: str, known: Iterable[str]) -> str:
    """What may have been meant: the same letters without marks or leading zeros, else the closest spelling."""
    plain = re.sub(r"(?<!\d)0+(?=\d)", "", NOT_WORD.sub("", fold(word)))
    names = list(known)
    for name in names:
        if re.sub(r"(?<!\d)0+(?=\d)", "", NOT_WORD.sub("", fold(name))) == plain:
            return name
    close = difflib.get_close_matches(word, names if len(names) <= 5_000 else _alike(word, names), n=1, cutoff=0.75)
    return close[0] if close else ""


def _alike(word: str, names: list[str]) -> list[str]:
    """In a long list only words of about the same length and the same beginning are worth comparing."""
    return [name for name in names if abs(len(name) - len(word)) <= 1 and name[:2] == word[:2]][:5_000]

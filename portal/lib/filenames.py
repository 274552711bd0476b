"""Names of files as people send them: shown again, never used as a path."""

import re
import unicodedata
from collections.abc import Sequence

LONGEST = 120
_NOT_SHOWN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}  # control, invisible and direction marks, line breaks
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')


def without_hidden(text: str) -> str:
    """The text in one spelling, without control characters and without letters that hide or turn others."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in composed if unicodedata.category(letter) not in _NOT_SHOWN)


def shown_name(name: str, endings: Sequence[str], fallback: str = "file") -> str:
    """The name in one spelling and on one line, without letters that hide or turn others, with the ending it deserves.

    `endings` are those of what the file really is; a name that ends otherwise gets the first of them behind it.
    """
    plain = " ".join(_NOT_IN_NAMES.sub("_", without_hidden(name)).split()).strip(". ")
    ending = next((each for each in endings if plain.lower().endswith(each)), "")
    stem = (plain[: -len(ending)] if ending else plain).strip(". ")[:LONGEST].rstrip(". ")
    return (stem or fallback) + (ending or endings[0])

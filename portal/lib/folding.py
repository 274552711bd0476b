"""Search keys and sort keys for Vietnamese text, as plain strings that sort right byte by byte.

PostgreSQL here has no ICU, so names carry their keys in columns: `fold` for searching, `sort_key` for ordering.
"""

import re
import unicodedata

# Tones in dictionary order: level, hook-less grave, hook above, tilde, acute, dot below.
# Their marks sort above the space that ends a word and below every digit and letter.
_TONES = {"\u0300": "!", "\u0309": '"', "\u0303": "#", "\u0301": "$", "\u0323": "%"}
# Letters of their own (ă â đ ê ô ơ ư) follow the plain letter and everything that begins with it.
_LETTERS = {
    ("a", "\u0306"): "a{",
    ("a", "\u0302"): "a|",
    ("e", "\u0302"): "e{",
    ("o", "\u0302"): "o{",
    ("o", "\u031b"): "o|",
    ("u", "\u031b"): "u{",
}
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def tidy(text: str) -> str:
    """The text in NFC with single spaces: what every door of the house does first."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """The search key: lower case, marks dropped, đ = d, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    lowered = unicodedata.normalize("NFC", text).casefold().replace("đ", "d")
    bare = "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def _word_key(word: str) -> str:
    letters: list[str] = []
    tone = ""
    for char in unicodedata.normalize("NFD", word):
        if char == "đ":
            letters.append("d{")
        elif char in _TONES:
            tone = _TONES[char]
        elif unicodedata.combining(char):
            if letters:
                letters[-1] = _LETTERS.get((letters[-1], char), letters[-1])
        else:
            letters.append(char)
    return "".join(letters) + tone


def sort_key(text: str) -> str:
    """A key whose byte order is the order of the Vietnamese alphabet: word by word, letters before tones."""
    lowered = unicodedata.normalize("NFC", text).casefold()
    return " ".join(_word_key(word) for word in lowered.split())


def person_sort_key(full_name: str) -> str:
    """People are sorted by the last word of the name, then by the whole of the rest."""
    words = full_name.split()
    return sort_key(" ".join(words[-1:] + words[:-1]))


def slug(text: str) -> str:
    """A name for an address: "Đổi thưởng" gives "doi-thuong"."""
    return _NOT_WORD.sub("-", fold(text)).strip("-")

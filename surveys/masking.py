"""Take names, telephone numbers and addresses out of comments before anything is written down."""

import re
from collections.abc import Iterable

from portal.lib.folding import fold

MASK = "[…]"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_DIGITS = re.compile(r"(?<!\w)\+?\d(?:[\s.\-()]?\d){6,}(?!\w)")
_WORD = re.compile(r"\w+")


class Masker:
    """Masks the names of the people on the staff list, however their marks and capitals are written."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: set[tuple[str, ...]] = set()
        for name in names:
            words = tuple(fold(name).split())
            if len(words) >= 2:
                self._names.add(words)
                if len(words) >= 3:  # "Nguyễn Văn Tám" is also called "Văn Tám"
                    self._names.add(words[-2:])
        self._longest = max((len(words) for words in self._names), default=0)

    def mask(self, text: str) -> str:
        """The comment with everything that points at a person replaced by […]."""
        for pattern in (_EMAIL, _LINK, _DIGITS):
            text = pattern.sub(MASK, text)
        words = list(_WORD.finditer(text))
        folded = [fold(word.group()) for word in words]
        kept, position, at = [], 0, 0
        while at < len(words):
            length = self._length_at(folded, at)
            if length:
                kept += [text[position : words[at].start()], MASK]
                position = words[at + length - 1].end()
            at += length or 1
        return "".join([*kept, text[position:]])

    def _length_at(self, folded: list[str], at: int) -> int:
        for length in range(min(self._longest, len(folded) - at), 1, -1):
            if tuple(folded[at : at + length]) in self._names:
                return length
        return 0

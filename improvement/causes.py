"""What an action or a note answers: a low score or a question of another room, carried here as opaque strings.

A room that proposes an action hands its cause over in an address. It is signed, so that nobody can put words into the
mouth of a survey by writing an address by hand.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core import signing
from django.utils.translation import get_language

SALT = "improvement.cause"
ROOM = re.compile(r"[a-z_]{1,30}")
KEY = re.compile(r"[A-Za-z0-9_.:/\-]{1,120}")
LANGUAGES = ("vi", "en")
LONGEST = 300


class NotACause(ValueError):
    """A room, a key and a label in both languages are needed, each of its form."""


def said(words: Mapping[str, str]) -> str:
    """Stored words in the reader's language."""
    return str(words.get("en" if (get_language() or "").startswith("en") else "vi", ""))


@dataclass(frozen=True)
class Cause:
    """Which room, its key for the thing, how the thing is called in both languages, and a first step to suggest."""

    room: str
    key: str
    label: Mapping[str, str]
    step: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not ROOM.fullmatch(self.room) or not KEY.fullmatch(self.key):
            raise NotACause("A cause names its room and its key.")
        if not all(isinstance(self.label.get(language), str) and self.label[language] for language in LANGUAGES):
            raise NotACause("A cause is called something in both languages.")
        if any(len(text) > LONGEST for text in (*self.label.values(), *self.step.values())):
            raise NotACause("The words of a cause are short.")

    @property
    def words(self) -> str:
        """What it is called, in the reader's language."""
        return said(self.label)

    @property
    def step_words(self) -> str:
        """The first step suggested, in the reader's language."""
        return said(self.step)

    def signed(self) -> str:
        """As it stands in an address or a hidden field."""
        packed = [self.room, self.key, dict(self.label), dict(self.step)]
        return signing.dumps(packed, salt=SALT, compress=True)


def read_cause(text: str) -> Cause | None:
    """The cause that was signed here, or None for anything else."""
    try:
        room, key, label, step = signing.loads(text, salt=SALT)
        return Cause(room, key, label, step)
    except (signing.BadSignature, NotACause, ValueError, TypeError):
        return None

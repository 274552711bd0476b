"""The arithmetic of the diary: what may stand in a fact, its canonical form, its hash and the chain of hashes."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"

# Identifiers, codes, versions, days and instants; never a sentence, an address or a name with a space or a mark.
IDENTIFIER = re.compile(
    r"[a-z0-9][a-z0-9_.:+\-]{0,63}|[A-Z0-9][A-Z0-9_\-]{0,31}|\d{4}-\d\d-\d\dT[0-9:.]{5,15}(Z|\+00:00)"
)
VERB = re.compile(r"[a-z_]+\.[a-z_]+")
SUBJECT = re.compile(r"([a-z_]+\.[a-z_]+:[A-Za-z0-9\-]{1,40})?")
KEY = re.compile(r"[A-Za-z0-9_.:/+\-]{1,200}")
FIRST_LINK = "0" * 64


class NotPlain(ValueError):
    """A fact was about to hold something other than ids and numbers."""


def check_words(verb: str, subject: str, key: str) -> None:
    """Refuse a verb, subject or key that does not look like one."""
    for name, value, pattern in (("verb", verb, VERB), ("subject", subject, SUBJECT), ("key", key, KEY)):
        if not pattern.fullmatch(value):
            raise NotPlain(f"A fact's {name} has the wrong form.")


def plain(value: object) -> Plain:
    """The value as a fact may hold it; whole floats become integers, so that the database gives back the same."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotPlain("A fact holds no infinity and no missing number.")
        return int(value) if value.is_integer() else value
    if isinstance(value, str):
        if not IDENTIFIER.fullmatch(value):
            raise NotPlain("A fact holds ids and numbers, never free text.")
        return str(value)
    if isinstance(value, Mapping):
        return {str(plain(str(name))): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise NotPlain(f"A fact cannot hold a {type(value).__name__}.")


def content_hash(
    *, verb: str, at: datetime, actor_id: int | None, unit_id: int | None, subject: str, key: str, data: object
) -> str:
    """SHA-256 over everything a fact says."""
    said = [verb, at.astimezone(UTC).isoformat(timespec="microseconds"), actor_id, unit_id, subject, key, data]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def chain_hash(previous: str, *, seq: int, fact_id: int, content: str) -> str:
    """SHA-256 over the link before and this fact, so that no row can change, vanish or move unnoticed."""
    return hashlib.sha256(f"{previous}:{seq}:{fact_id}:{content}".encode()).hexdigest()

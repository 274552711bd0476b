"""Sealed boxes of one size: libsodium's anonymous public-key encryption (crypto_box_seal) through PyNaCl.

Padding makes every box of a round equally long, so that length says nothing about language, comments or form.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

OVERHEAD = 48  # bytes a sealed box adds: an ephemeral public key and a MAC
INNER_SIZE = 192


class TooLarge(ValueError):
    """What was to be sealed does not fit the round's box."""


class Unreadable(ValueError):
    """A box that this key does not open."""


def seal(public: bytes, content: Mapping[str, Any], size: int) -> bytes:
    """Seal `content` into a box of exactly `size` bytes."""
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    room = size - OVERHEAD
    if len(plain) > room:
        raise TooLarge(f"{len(plain)} bytes do not fit {room}")
    return SealedBox(PublicKey(public)).encrypt(plain.ljust(room))


def as_text(box: bytes) -> str:
    """A box inside a text."""
    return urlsafe_b64encode(box).decode()


def from_text(text: str) -> bytes:
    """The box that `as_text` wrote."""
    return urlsafe_b64decode(text)


class Opener:
    """Opens a round's boxes with its private key."""

    def __init__(self, private: bytes) -> None:
        self._box = SealedBox(PrivateKey(private))

    def open(self, box: bytes) -> dict[str, Any]:
        """The content of one box; Unreadable when the key does not fit or the box was damaged."""
        try:
            content = json.loads(self._box.decrypt(bytes(box)))
        except (CryptoError, ValueError) as error:
            raise Unreadable from error
        if not isinstance(content, dict):
            raise Unreadable
        return content

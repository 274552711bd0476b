"""The key directory: private halves of key pairs, one file each, mode 600, never in the database or a backup.

Only the worker of the queue `seal` uses this module. A file is written and synced before its public half is known to
anybody, and overwritten before it is removed.
"""

import os
import uuid
from contextlib import suppress
from pathlib import Path

from nacl.public import PrivateKey


class KeyLost(Exception):
    """The private key of a round is not in the key directory; its answers cannot be read any more."""


def _file(directory: Path, pair_id: uuid.UUID) -> Path:
    return directory / f"{pair_id}.key"


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make(directory: Path, pair_id: uuid.UUID) -> bytes:
    """Make a key pair, keep its private half under `pair_id`, return the public half (32 bytes)."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = PrivateKey.generate()
    handle = os.open(_file(directory, pair_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(bytes(private))
        stream.flush()
        os.fsync(stream.fileno())
    _sync(directory)
    return bytes(private.public_key)


def private_half(directory: Path, pair_id: uuid.UUID) -> bytes:
    """The private half of a pair; KeyLost when the directory does not hold it."""
    try:
        return _file(directory, pair_id).read_bytes()
    except FileNotFoundError as error:
        raise KeyLost from error


def destroy(directory: Path, pair_id: uuid.UUID) -> None:
    """Overwrite and remove a private half. Doing it twice is harmless."""
    path = _file(directory, pair_id)
    with suppress(FileNotFoundError):
        with path.open("r+b") as stream:
            stream.write(bytes(32))
            stream.flush()
            os.fsync(stream.fileno())
        path.unlink()
        _sync(directory)

"""The clock every business rule reads, so that a test or the demo company can live on another day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_reader: Callable[[], datetime] | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    moment = _reader() if _reader is not None else datetime.now(UTC)
    if moment.tzinfo is None:
        raise ValueError("A clock must return an aware datetime.")
    return moment.astimezone(UTC)


def set_clock(reader: Callable[[], datetime] | None) -> None:
    """Replace the clock of this process; None brings back the real one."""
    global _reader
    _reader = reader


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at one moment for the length of a block."""
    before = _reader
    set_clock(lambda: moment)
    try:
        yield
    finally:
        set_clock(before)

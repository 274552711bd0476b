"""A clock that is off by as many seconds as a file says: for the demo and its check, where all processes share it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path


def shifted_by(file: Path) -> Callable[[], datetime]:
    """A clock reader; the file is read anew at every look, a missing one means no shift."""

    def read() -> datetime:
        try:
            seconds = float(file.read_text())
        except (FileNotFoundError, ValueError):
            seconds = 0.0
        return datetime.now(UTC) + timedelta(seconds=seconds)

    return read


def shift(file: Path, seconds: float) -> None:
    """Set the shift; replaced whole, so that no reader meets half a number."""
    part = file.with_suffix(".part")
    part.write_text(str(seconds))
    part.replace(file)

"""One line of the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A path, what it took, the limit beside it, and the ratio wanted."""

    path: str
    measured: str
    beside: str
    ratio: float
    wanted: str
    holds: bool

    def line(self) -> str:
        """The row as Markdown."""
        mark = "" if self.holds else " (not met)"
        return f"| {self.path} | {self.measured} | {self.beside} | {self.ratio:.2f} | {self.wanted}{mark} |"

"""Where a room above tells what people see of a promise; this room asks nobody anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from improvement.models import Commitment
    from people.models import Employee


class Look(StrEnum):
    """How far the question has come."""

    WAITING = "waiting"  # nobody has been asked yet
    ASKING = "asking"  # a survey that is open asks
    ANSWERED = "answered"


@dataclass(frozen=True)
class Seen:
    """Whether the people of a unit see a promise kept, as they answered a survey, or when they are asked."""

    look: Look
    day: date  # the last of the survey; while nobody has been asked, the first on which they may be
    n: int | None = None
    mean: float | None = None  # on 1 to 5; none where it is not shown apart
    low: float | None = None
    high: float | None = None
    covers_part: bool = False

    @property
    def verdict(self) -> str:
        """kept, not_kept, cannot_tell or hidden (not shown apart); before there are answers waiting or asking."""
        if self.look is not Look.ANSWERED:
            return self.look.value
        if self.mean is None or self.low is None or self.high is None:
            return "hidden"
        if self.low > MIDDLE:
            return "kept"
        return "not_kept" if self.high < MIDDLE else "cannot_tell"


MIDDLE = 3.0  # neither agrees nor disagrees
Witness: TypeAlias = Callable[["Employee", "Sequence[Commitment]"], Mapping[int, Seen]]
_witnesses: dict[str, Witness] = {}


def register_witness(name: str, fn: Witness) -> None:
    """Announce, once, from `AppConfig.ready()`, who knows what people see: fn(reader, promises) -> id -> seen.

    It says only what the reader may read, in a number of queries that does not grow with the promises.
    """
    if _witnesses.get(name, fn) is not fn:
        raise ValueError(f"Two rooms want to be the witness {name}.")
    _witnesses[name] = fn


def seen_by_people(reader: "Employee", promises: "Sequence[Commitment]") -> dict[int, Seen]:
    """What can be said of these promises, by their ids."""
    found: dict[int, Seen] = {}
    if promises:
        for witness in _witnesses.values():
            found.update(witness(reader, promises))
    return found

"""Where rooms above lend the entrance what it may not import: a place to record facts, a way to send an invitation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

from django.utils.functional import Promise

if TYPE_CHECKING:
    from people.models import Employee, Unit

Word: TypeAlias = str | Promise


class Cause(StrEnum):
    """How somebody's address or sign-in came to be changed by somebody else."""

    LIST = "list"
    HR = "hr"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Telling:
    """What the address somebody had is told: that on this day it was changed, or the sign-in reset. Sent once a key."""

    employee_id: int
    key: str
    address: str
    cause: Cause
    changed_on: date


@dataclass(frozen=True, slots=True)
class Saying:
    """One of many facts of the same verb."""

    key: str
    subject: str
    unit_id: int | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Words:
    """How the activity record says a verb, in the reader's language.

    Each name in a fact's data is worded in one of three ways: `counts` says a number (the sentence holds
    `%(number)s`), `codes` puts a word for a code or for each of a list, `silent` holds ids and figures that tell a
    reader nothing.
    """

    label: Word
    counts: Mapping[str, Callable[[int], str]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, Word]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    together: bool = False  # said of many people in one act: the page shows one line for the act


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fact is about, and its page where the reader may open it."""

    label: str
    href: str = ""


# From the reader and the ids that stand in facts to what is called how; ids that are no longer known are left out.
FindSubjects: TypeAlias = "Callable[[Employee, Collection[str]], Mapping[str, Subject]]"


class Recorder(Protocol):
    """What the activity record registers: `diary.actions.record` has this shape."""

    def __call__(
        self,
        verb: str,
        *,
        actor: Employee | None = None,
        unit: Unit | None = None,
        subject: str = "",
        key: str,
        data: dict[str, object] | None = None,
    ) -> object: ...


class ManyRecorder(Protocol):
    """The same for many facts at once: `diary.actions.record_many` has this shape."""

    def __call__(self, verb: str, sayings: Iterable[Saying], *, actor: Employee | None = None) -> object: ...


class Rooms:
    """The callables other rooms have registered; none registered means nothing is done."""

    def __init__(self) -> None:
        self.recorder: Recorder | None = None
        self.many_recorder: ManyRecorder | None = None
        self.inviter: Callable[[Employee, str], None] | None = None
        self.many_inviter: Callable[[Sequence[int], str], None] | None = None
        self.teller: Callable[[Iterable[Telling]], None] | None = None
        self.doubter: Callable[[Sequence[int]], None] | None = None


rooms = Rooms()


def register_recorder(recorder: Recorder, many_recorder: ManyRecorder) -> None:
    """Called once, by the room that keeps facts, when it starts."""
    rooms.recorder, rooms.many_recorder = recorder, many_recorder


def register_inviter(
    inviter: Callable[[Employee, str], None], many_inviter: Callable[[Sequence[int], str], None]
) -> None:
    """Called once, by the room that sends messages: `inviter(employee, key)` owes the person the invitation mail.

    `many_inviter(ids, key)` owes it to many at once, each under a key that begins so. Both run inside the transaction
    of the invitation. The link itself is made when the mail goes out, by `people.invitations.password_link(employee)`,
    and is never stored.
    """
    rooms.inviter, rooms.many_inviter = inviter, many_inviter


def register_teller(teller: Callable[[Iterable[Telling]], None]) -> None:
    """Called once, by the room that sends messages: `teller(tellings)` owes each old address its mail.

    It runs inside the transaction of the change. The old address is kept only until its mail has been sent.
    """
    rooms.teller = teller


def register_doubter(doubter: Callable[[Sequence[int]], None]) -> None:
    """Called once, by the room that counts people in groups: `doubter(ids)` learns whom somebody else may now act for.

    It runs inside the transaction of the change, so before a new address or code is of any use.
    """
    rooms.doubter = doubter

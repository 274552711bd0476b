"""Where rooms above lend the entrance what it may not import: a place to record facts, a way to send an invitation."""

from collections.abc import Callable
from typing import Protocol

from people.models import Employee, Unit


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


class Rooms:
    """The callables other rooms have registered; none registered means nothing is done."""

    def __init__(self) -> None:
        self.recorder: Recorder | None = None
        self.inviter: Callable[[Employee, str], None] | None = None


rooms = Rooms()


def register_recorder(recorder: Recorder) -> None:
    """Called once, by the room that keeps facts, when it starts."""
    rooms.recorder = recorder


def register_inviter(inviter: Callable[[Employee, str], None]) -> None:
    """Called once, by the room that sends messages: `inviter(employee, key)` owes the person the invitation mail.

    It runs inside the transaction of the invitation. The link itself is made when the mail goes out, by
    `people.invitations.password_link(employee)`, and is never stored.
    """
    rooms.inviter = inviter

"""Where rooms announce the kinds of messages they owe to people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from outbox.models import Notice


class NoLongerDue(Exception):
    """What the message is about has ended since it was written: it is dropped, not set aside."""


@dataclass(frozen=True)
class Kind:
    """How messages of one kind are written, kept and opened.

    `secret` is asked just before SMTP and its answer is never stored; it may raise `NoLongerDue`. `still_due` is asked
    at the same moment: False drops the message. `opens` makes the address behind the inbox button, when it is pressed.
    A kind that keeps no sent time ends without any date. A reminder moreover carries List-Unsubscribe, stands on no
    page and ends alike whether it went out, was no longer needed or failed. A kind that goes `elsewhere` is mailed to
    the address it was owed with and never to the person's own, whatever the person chose about mail; when that address
    takes no mail, the message stays in the inbox and HR has nothing to do.
    """

    name: str
    template: str
    label: "str | _StrPromise"
    reminder: bool = False
    secret: "Callable[[Notice], dict[str, Any]] | None" = None
    keeps_sent_time: bool = True
    opens: "Callable[[Notice], str] | None" = None
    still_due: "Callable[[Notice], bool] | None" = None
    elsewhere: bool = False


_kinds: dict[str, Kind] = {}


def register_kind(
    kind: str,
    *,
    template: str,
    label: "str | _StrPromise",
    reminder: bool = False,
    secret: "Callable[[Notice], dict[str, Any]] | None" = None,
    keeps_sent_time: bool = True,
    opens: "Callable[[Notice], str] | None" = None,
    still_due: "Callable[[Notice], bool] | None" = None,
    elsewhere: bool = False,
) -> None:
    """Announce a kind, once, from `AppConfig.ready()`; a reminder never keeps its sent time."""
    _kinds[kind] = Kind(
        name=kind,
        template=template,
        label=label,
        reminder=reminder,
        secret=secret,
        keeps_sent_time=keeps_sent_time and not reminder,
        opens=opens,
        still_due=still_due,
        elsewhere=elsewhere,
    )


def kind_named(name: str) -> Kind:
    """The kind of this name, or KeyError."""
    return _kinds[name]


def kinds() -> list[Kind]:
    """All kinds, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def reminders() -> list[str]:
    """The kinds that are reminders."""
    return [name for name, kind in sorted(_kinds.items()) if kind.reminder]


def unregister_kind(name: str) -> None:
    """Take back what was announced."""
    _kinds.pop(name, None)

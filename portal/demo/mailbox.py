"""A post office for the demo: mails that really went over SMTP, kept as files so that a page can show them."""

import email
import email.policy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.lib import clock

KEPT = 3000
NANO = 1_000_000_000


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived."""

    name: str
    to: str
    subject: str
    text: str
    html: str

    @property
    def at(self) -> datetime:
        """When it arrived, by the clock of the demo."""
        return datetime.fromtimestamp(int(self.name.partition("-")[0]) // NANO, UTC)


class Keeper:
    """Writes each arriving mail into a folder, newest last by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one mail; the answer is SMTP's."""
        name = f"{int(clock.now().timestamp() * NANO):020d}-{next(self._numbers):06d}.eml"
        part = self._folder / f".{name}"
        content = envelope.content or b""
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(self._folder / name)
        return "250 Kept"


def start(folder: Path, port: int) -> Controller:
    """Open the post office on this port of the loopback."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    office = Controller(Keeper(folder), hostname="127.0.0.1", port=port, ready_timeout=10)
    office.start()
    return office


def newest(folder: Path, limit: int = 100, to: str = "", wanted: Callable[[str], bool] | None = None) -> Iterator[Mail]:
    """The latest mails first, of one address if named, or of those wanted."""
    names = sorted((path for path in folder.glob("*.eml")), reverse=True)[:KEPT]
    found = (read(path) for path in names)
    return itertools.islice(
        (mail for mail in found if (not to or mail.to == to) and (wanted is None or wanted(mail.to))), limit
    )


def read(path: Path) -> Mail:
    """One mail with its text and HTML parts."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Mail(
        name=path.stem,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=str(text.get_content()) if text else "",
        html=str(html.get_content()) if html else "",
    )

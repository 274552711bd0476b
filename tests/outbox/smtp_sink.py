"""A mail server of one's own that keeps what it takes, refuses what it is told to refuse, and can be held up."""

import socket
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SmtpSink:
    """Takes mails on 127.0.0.1; `answers` maps an address to what the server says to it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.answers_to_data: dict[str, str] = {}
        self.connections = 0
        self.before_taking: Callable[[int], None] = lambda number: None
        self.lock = threading.Lock()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, decode_data=False)

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        refused = self.answers_to_data.get(envelope.rcpt_tos[0])
        if refused:
            return refused
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        with self.lock:
            self.before_taking(len(self.mails) + 1)
            self.mails.append(mail)
        return "250 taken"

    def copies(self) -> Counter[str]:
        """How many mails each Message-ID came in."""
        return Counter(str(mail["Message-ID"]) for mail in self.mails)

    def readers(self) -> list[str]:
        """To whom mails went, in order of names."""
        return sorted(str(mail["To"]) for mail in self.mails)


def text_of(mail: EmailMessage) -> str:
    """The text part."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    """The HTML part."""
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())

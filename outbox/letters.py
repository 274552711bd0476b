"""A notice becomes a letter: subject, text and HTML in the reader's language, with headers that mail systems expect."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation

from outbox.models import Notice
from outbox.registry import Kind
from outbox.scoring import zone_named

UNSUBSCRIBE_SALT = "outbox.unsubscribe"
BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


class BadAddress(ValueError):
    """What the staff list holds as an address is none."""


def letter(notice: Notice, kind: Kind, secret: Mapping[str, Any]) -> EmailMultiAlternatives:
    """The mail as it will stand in the person's mailbox."""
    person = notice.employee
    values = values_for(notice, secret)
    address = valid(address_of(notice, kind))
    with translation.override(person.language), timezone.override(zone_named(person.time_zone)):
        subject = one_line(render(f"mail/{kind.template}.subject.txt", values, escape=False))
        text = render(f"mail/{kind.template}.txt", values, escape=False)
        html = render(f"mail/{kind.template}.html", values, escape=True)
    mail = EmailMultiAlternatives(subject, tidy(text), to=[address], headers=headers(notice, kind))
    mail.attach_alternative(html, "text/html")
    return mail


def address_of(notice: Notice, kind: Kind) -> str:
    """Where the letter goes; empty when there is nowhere."""
    return notice.to_address if kind.elsewhere else notice.employee.email or ""


def valid(address: str) -> str:
    """The address itself, or BadAddress: mail libraries would quote nonsense and send it."""
    try:
        validate_email(address)
    except ValidationError:
        raise BadAddress from None
    return address


def subject_of(notice: Notice, kind: Kind) -> str:
    """The subject alone, in the language of the page: what the inbox shows. It never needs the secret."""
    return one_line(render(f"mail/{kind.template}.subject.txt", values_for(notice, {}), escape=False))


def render(template: str, values: Mapping[str, Any], *, escape: bool) -> str:
    """One part of the letter; text parts are not HTML and are not escaped."""
    found = get_template(template)
    return str(found.template.render(Context(dict(values), autoescape=escape)))  # type: ignore[attr-defined]


def values_for(notice: Notice, secret: Mapping[str, Any]) -> dict[str, Any]:
    """What a template may use. The frame's own names win over the context's."""
    person = notice.employee
    frame = {
        "recipient": person,
        "language": person.language,
        "base_url": settings.BASE_URL,
        "survey_url": settings.SURVEY_URL,
        "company_name": settings.COMPANY_NAME,
    }
    return {**resolved(notice.context, person.language), **secret, **frame}


def resolved(context: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The stored context with days and instants read back (`..._on`, `..._at`) and {"vi", "en"} pairs chosen from."""
    values: dict[str, Any] = {}
    for name, value in context.items():
        if isinstance(value, dict) and value and value.keys() <= {"vi", "en"}:
            values[name] = value.get(language) or next(iter(value.values()))
        elif isinstance(value, str) and name.endswith("_on"):
            values[name] = date.fromisoformat(value)
        elif isinstance(value, str) and name.endswith("_at"):
            values[name] = datetime.fromisoformat(value)
        else:
            values[name] = value
    return values


def headers(notice: Notice, kind: Kind) -> dict[str, str]:
    """One Message-ID for every try, no automatic answers, and on reminders a way out that needs one press."""
    lines = {
        "Message-ID": notice.message_id,
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if kind.reminder:
        lines["List-Unsubscribe"] = f"<{unsubscribe_url(notice.employee_id)}>"
        lines["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return lines


def unsubscribe_url(employee_id: int) -> str:
    """An address that names the person and nothing else, the same in every mail."""
    signed = signing.Signer(salt=UNSUBSCRIBE_SALT).sign(str(employee_id))
    return f"{settings.BASE_URL}{reverse('outbox:unsubscribe', args=[signed])}"


def unsubscribing(signed: str) -> int | None:
    """The person this address names, or None when it was not made here."""
    try:
        return int(signing.Signer(salt=UNSUBSCRIBE_SALT).unsign(signed))
    except signing.BadSignature:
        return None


def one_line(text: str) -> str:
    """A subject: no line break, however hostile a name or title is."""
    return " ".join(text.split())


def tidy(text: str) -> str:
    """No trailing spaces, and at most one empty line together."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return BLANK_LINES.sub("\n\n", lines) + "\n"

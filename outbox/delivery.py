"""How owed messages leave: claimed with a lease, sent one by one over one connection, each marked in its own commit.

A worker may die at any point. What it had claimed is claimed again when the lease ends; only a message that the mail
server had accepted in that very moment goes out twice, under the same Message-ID. Nothing here logs a body, an address
or a name, and of reminders not even that there were any.
"""

import logging
import smtplib
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.core.exceptions import ObjectDoesNotExist
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from outbox import letters, registry, scoring
from outbox.models import Notice
from outbox.registry import Kind
from people import days
from portal.lib import clock

State = Notice.State
Reason = Notice.Reason
LEASE = timedelta(minutes=2)
BATCH = 100
SWEEP_SECONDS = 60.0
CANNOT_BE_WRITTEN = (
    ObjectDoesNotExist,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
)

log = logging.getLogger("bearing.outbox")


class ServerDown(Exception):
    """The mail server could not be reached or did not let us in."""


class Postbox:
    """One connection to the mail server, opened when the first letter needs it, opened anew after it broke."""

    def __init__(self) -> None:
        self.backend: BaseEmailBackend = get_connection()
        self.is_open = False

    def send(self, mail: EmailMultiAlternatives) -> None:
        """Hand one letter over; returns when the server has taken it."""
        if not self.is_open:
            self.open()
        try:
            self.backend.send_messages([mail])
        except OSError as error:  # smtplib's own errors are among them
            if line_broke(error):
                self.close()
            raise

    def open(self) -> None:
        try:
            self.backend.open()
        except OSError as error:
            self.close()
            raise ServerDown(said_by(error)) from None
        self.is_open = True

    def close(self) -> None:
        self.is_open = False
        try:
            self.backend.close()
        except OSError:
            self.backend = get_connection()


def sweep(seconds: float = SWEEP_SECONDS) -> Counter[str]:
    """Deliver what is due until nothing is left, the time is over or the mail server is away; counts what it did."""
    done: Counter[str] = Counter()
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        claim = uuid4()
        notices = claim_due(claim)
        if not notices:
            break
        try:
            deliver(notices, claim, done)
        except ServerDown:
            break
    if done:
        log.info("outbox swept: %s", ", ".join(f"{name} {count}" for name, count in sorted(done.items())))
    return done


def claim_due(claim: UUID) -> list[Notice]:
    """Take some messages that are due, or whose worker's lease ran out, for two minutes."""
    now = clock.now()
    with transaction.atomic():
        due = Notice.objects.claimable(now).order_by("due_at", "id").select_for_update(skip_locked=True)
        taken = list(due.values_list("pk", flat=True)[:BATCH])
        Notice.objects.filter(pk__in=taken).update(state=State.CLAIMED, claim_id=claim, claimed_until=now + LEASE)
    return list(Notice.objects.filter(pk__in=taken).select_related("employee").order_by("due_at", "id"))


def deliver(notices: list[Notice], claim: UUID, done: Counter[str]) -> None:
    """Sort out what is not to be mailed now, then mail the rest over one connection."""
    to_mail = sort_out(notices, claim, done)
    postbox = Postbox()
    try:
        for place, (notice, kind) in enumerate(to_mail):
            try:
                outcome = mail_one(notice, kind, claim, postbox)
            except ServerDown as error:
                for waiting, waiting_kind in to_mail[place + 1 :]:
                    begin(waiting, claim)
                    put_off(waiting, waiting_kind, claim, str(error))
                put_off(notice, kind, claim, str(error))
                done["put off"] += sum(not some.reminder for _, some in to_mail[place:])
                raise
            if not kind.reminder:
                done[outcome] += 1
    finally:
        postbox.close()


def sort_out(notices: list[Notice], claim: UUID, done: Counter[str]) -> list[tuple[Notice, Kind]]:
    """Those to mail now. The others are finished here, or wait until the person's morning."""
    to_mail: list[tuple[Notice, Kind]] = []
    asleep: defaultdict[datetime, list[int]] = defaultdict(list)
    now = clock.now()
    for notice in notices:
        person = notice.employee
        try:
            kind = registry.kind_named(notice.kind)
        except KeyError:
            Notice.objects.held_by(claim).filter(pk=notice.pk).update(
                state=State.FAILED, reason=Reason.UNKNOWN_KIND, claim_id=None, claimed_until=None, to_address=""
            )
            done["set aside"] += 1
            continue
        morning = scoring.waking(now, person.time_zone)
        if person.is_gone_on(days.today()) or (kind.reminder and person.reminders_off):
            outcome = State.DROPPED
        elif not letters.address_of(notice, kind) or not (person.mail_on or kind.elsewhere):
            outcome = State.INBOX_ONLY
        elif morning > now:
            asleep[morning].append(notice.pk)
            continue
        else:
            to_mail.append((notice, kind))
            continue
        finish(notice, kind, claim, outcome)
        if not kind.reminder:
            done[outcome] += 1
    for morning, pks in asleep.items():
        Notice.objects.held_by(claim).filter(pk__in=pks).update(
            state=State.DUE, due_at=morning, claim_id=None, claimed_until=None
        )
    return to_mail


def mail_one(notice: Notice, kind: Kind, claim: UUID, postbox: Postbox) -> str:
    """Send one message if it is still ours and still due, and say what became of it."""
    if not begin(notice, claim):
        return "taken over"
    if notice.attempts > scoring.MOST_TRIES:
        return finish(notice, kind, claim, State.FAILED, reason=Reason.WORKER_ENDED)
    try:
        if kind.still_due is not None and not kind.still_due(notice):
            return finish(notice, kind, claim, State.DROPPED)
        with transaction.atomic():
            secret = kind.secret(notice) if kind.secret is not None else {}
        mail = letters.letter(notice, kind, secret)
    except registry.NoLongerDue:
        return finish(notice, kind, claim, State.DROPPED)
    except letters.BadAddress:
        return finish(notice, kind, claim, State.FAILED, reason=Reason.BAD_ADDRESS)
    except CANNOT_BE_WRITTEN as error:
        if not kind.reminder:
            log.error("a message of kind %s could not be written: %s", kind.name, type(error).__name__)
        return finish(notice, kind, claim, State.FAILED, reason=Reason.NOT_WRITTEN)
    try:
        postbox.send(mail)
    except (OSError, ValueError) as error:
        if is_permanent(error):
            return finish(notice, kind, claim, State.FAILED, reason=said_by(error))
        return put_off(notice, kind, claim, said_by(error))
    return finish(notice, kind, claim, State.SENT)


def begin(notice: Notice, claim: UUID) -> bool:
    """Count the try and renew the lease; False when another worker has taken the message over."""
    held = Notice.objects.held_by(claim).filter(pk=notice.pk)
    ours = held.update(attempts=F("attempts") + 1, claimed_until=clock.now() + LEASE) == 1
    notice.attempts += ours
    return ours


def finish(notice: Notice, kind: Kind, claim: UUID, state: str, *, reason: str = "") -> str:
    """Write down what became of a message, if it is still ours; of a reminder, only that it is over."""
    if kind.elsewhere and state == State.FAILED:
        state, reason = State.INBOX_ONLY, ""
    ending: dict[str, object] = {"state": state, "reason": reason, "claim_id": None, "claimed_until": None}
    ending["to_address"] = ""
    if state == State.SENT and kind.keeps_sent_time:
        ending["sent_at"] = clock.now()
    if not kind.keeps_sent_time:
        ending["due_at"] = None
    if kind.reminder:
        ending |= {"state": State.SENT, "reason": "", "attempts": 0}
    Notice.objects.held_by(claim).filter(pk=notice.pk).update(**ending)
    return "set aside" if state == State.FAILED else str(state).replace("_", " ")


def put_off(notice: Notice, kind: Kind, claim: UUID, reason: str) -> str:
    """Try again later, each time after a longer pause; after the last try set the message aside with the reason."""
    again_at = scoring.next_try(clock.now(), notice.attempts)
    if again_at is None:
        return finish(notice, kind, claim, State.FAILED, reason=reason)
    Notice.objects.held_by(claim).filter(pk=notice.pk).update(
        state=State.DUE, due_at=again_at, reason=reason, claim_id=None, claimed_until=None
    )
    return "put off"


def line_broke(error: OSError) -> bool:
    """Whether the connection is of no use any more."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code == 421
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == 421 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(error, smtplib.SMTPException)


def is_permanent(error: Exception) -> bool:
    """Whether trying again cannot help: the server refused this letter or reader for good, or the letter is bad."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, smtplib.SMTPNotSupportedError | ValueError)


def said_by(error: Exception) -> str:
    """The reason as it may be kept: the server's code and words without any address, link or token."""
    code: int
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    elif isinstance(error, OSError):
        return Reason.NO_CONNECTION
    else:
        return Reason.NOT_WRITTEN
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return scoring.masked(f"{code} {text}")

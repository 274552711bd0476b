"""Ballots: what a browser carries between "Start" and "Send". They name a block and a form, and no person.

A ballot is signed without a time stamp by a key that stands in no row: HMAC-SHA256 of the round's id under
BALLOT_SECRET. Every link of an invitation gives the same ballot id, so a second sending replaces the first at close.
"""

import hmac
import json
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from functools import lru_cache


class BallotForged(ValueError):
    """A ballot that Bearing did not sign, or one that was changed on the way."""


@dataclass(frozen=True)
class Ballot:
    """One answer sheet of a round: its block, form and id, and the inner box with what counts about its holder."""

    round_id: uuid.UUID
    block: int
    form: int
    id: str
    inner: str


@lru_cache(maxsize=16)
def round_key(secret: str, round_id: uuid.UUID) -> bytes:
    """The key that signs a round's ballots; it stands in no row."""
    return hmac.digest(secret.encode(), round_id.bytes, "sha256")


def ballot_id(secret: str, round_id: uuid.UUID, invitation_id: uuid.UUID) -> str:
    """The id that every link of one invitation yields; without the secret nobody can compute it."""
    mac = hmac.digest(round_key(secret, round_id), invitation_id.bytes, "sha256")
    return urlsafe_b64encode(mac[:18]).decode()


def _sign(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"ballot:" + body, "sha256")


def _body(ballot: Ballot) -> bytes:
    fields = [ballot.round_id.hex, ballot.block, ballot.form, ballot.id, ballot.inner]
    return urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode())


def write(ballot: Ballot, secret: str) -> str:
    """The ballot as the hidden field carries it: body and signature."""
    return f"{_body(ballot).decode()}.{signature(ballot, secret)}"


def signature(ballot: Ballot, secret: str) -> str:
    """What only Bearing can write under a ballot; it goes into the sealed box, so that close believes no other."""
    return urlsafe_b64encode(_sign(round_key(secret, ballot.round_id), _body(ballot))).decode()


def is_signed_by(key: bytes, ballot: Ballot, given: str) -> bool:
    """Whether a signature is that of the round's key."""
    return hmac.compare_digest(urlsafe_b64encode(_sign(key, _body(ballot))), given.encode())


def read(text: str, secret: str) -> Ballot:
    """The ballot a browser sent back; BallotForged unless its signature is ours."""
    body, _, signature = text.partition(".")
    try:
        round_hex, block, form, number, inner = json.loads(urlsafe_b64decode(body))
        ballot = Ballot(uuid.UUID(hex=round_hex), int(block), int(form), str(number), str(inner))
        given = urlsafe_b64decode(signature)
    except (NotBase64, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise BallotForged from error
    if not hmac.compare_digest(_sign(round_key(secret, ballot.round_id), body.encode()), given):
        raise BallotForged
    return ballot

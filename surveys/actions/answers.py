"""Answers: a link, its promise page, the press that starts, the ballot that comes back."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import connections

from portal.lib import clock
from portal.lib.folding import tidy
from surveys import ballots, boxes
from surveys.ballots import Ballot
from surveys.models import Invitation, Key, Round
from surveys.questionnaire import COMMENT_LENGTH, Item, Scale

SURVEY = "survey"  # the database alias of the answer pages


class LinkUnknown(Exception):
    """A link that was never made, or whose round is closed and forgotten."""


class RoundNotOpen(Exception):
    """The round is not open yet, or not any more."""

    def __init__(self, round_: Round) -> None:
        super().__init__(str(round_))
        self.round = round_


class AnswersWrong(Exception):
    """An answer that the form does not offer; `code` names the question."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason = code, reason


@dataclass(frozen=True)
class Started:
    """What the browser gets for a pressed link: the questions, and a ballot that names no person."""

    round: Round
    items: list[Item]
    ballot: str
    ballot_id: str


def new_link(invitation_id: uuid.UUID | str) -> str:
    """A fresh token for an invitation; only its hash is kept."""
    token = secrets.token_urlsafe(24)
    Key.objects.create(invitation_id=uuid.UUID(str(invitation_id)), hash=_hashed(token))
    return token


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True)
class Invited:
    """What the promise page says about the group of a link."""

    round: Round
    group: Mapping[str, str]
    invited: int
    form: int


LOOK_UP = """
SELECT invitation.id, invitation.round_id, invitation.form, invitation.counts, block.number, block.invited,
       unit.name_vi, unit.name_en
FROM surveys_key link
JOIN surveys_invitation invitation ON invitation.id = link.invitation_id
JOIN surveys_block block ON block.id = invitation.block_id
JOIN surveys_roundunit unit ON unit.round_id = block.round_id AND unit.unit_id = block.unit_id
WHERE link.hash = %s
"""


@dataclass(frozen=True)
class _Link:
    invitation_id: uuid.UUID
    round: Round
    form: int
    counts: bool
    block: int
    invited: int
    group: Mapping[str, str]


def _look_up(token: str) -> _Link:
    with connections[SURVEY].cursor() as cursor:
        cursor.execute(LOOK_UP, [_hashed(token)])
        row = cursor.fetchone()
    if row is None:
        raise LinkUnknown
    invitation_id, round_id, form, counts, block, invited, name_vi, name_en = row
    return _Link(invitation_id, _open_round(round_id), form, counts, block, invited, {"vi": name_vi, "en": name_en})


@lru_cache(maxsize=16)
def _frozen(round_id: uuid.UUID) -> Round:
    """A round as launch froze it: questions, key and box size never change. Its state may; ask `_open_round`."""
    round_ = Round.objects.using(SURVEY).select_related("key_pair").filter(pk=round_id).first()
    if round_ is None:
        raise LinkUnknown
    return round_


def _open_round(round_id: uuid.UUID) -> Round:
    round_ = Round.objects.using(SURVEY).select_related("key_pair").filter(pk=round_id).first()
    if round_ is None:
        raise LinkUnknown
    if round_.state != Round.State.OPEN or not round_.opens_at <= clock.now() < round_.closes_at:
        raise RoundNotOpen(round_)
    return round_


def look_at_link(token: str) -> Invited:
    """What the promise page says; changes nothing, however often mail scanners ask."""
    link = _look_up(token)
    return Invited(link.round, link.group, link.invited, link.form)


def press_start(token: str) -> Started:
    """Mark the invitation collected and hand out its ballot: the same id for every link of the invitation."""
    link = _look_up(token)
    Invitation.objects.using(SURVEY).filter(pk=link.invitation_id, collected=False).update(collected=True)
    number = ballots.ballot_id(settings.BALLOT_SECRET, link.round.pk, link.invitation_id)
    inner = boxes.seal(bytes(link.round.key_pair.public), {"counts": link.counts}, boxes.INNER_SIZE)
    ballot = Ballot(link.round.pk, link.block, link.form, number, boxes.as_text(inner))
    return Started(
        round=link.round,
        items=link.round.questions.form(link.form),
        ballot=ballots.write(ballot, settings.BALLOT_SECRET),
        ballot_id=number,
    )


def reopen(ballot: str) -> Started:
    """The questions of a ballot once more, for a form that has to be shown again with what was typed."""
    sheet = ballots.read(ballot, settings.BALLOT_SECRET)
    round_ = _open_round(sheet.round_id)
    return Started(round_, round_.questions.form(sheet.form), ballot, sheet.id)


INSERT_REPLY = """
INSERT INTO surveys_sealedreply (id, round_id, box)
SELECT %s, id, %s FROM surveys_round WHERE id = %s AND state = 'open' AND opens_at <= %s AND closes_at > %s
"""


def submit_ballot(ballot: str, answers: Mapping[str, str], comments: Mapping[str, str], language: str) -> Round:
    """Seal answers and append one box: the only thing ever written about an answer. A later box replaces it at close.

    Raises BallotForged, RoundNotOpen, or AnswersWrong naming the question.
    """
    sheet = ballots.read(ballot, settings.BALLOT_SECRET)
    round_ = _frozen(sheet.round_id)
    form = round_.questions.form(sheet.form)
    now = clock.now()
    content = {
        "b": sheet.id,
        "k": sheet.block,
        "f": sheet.form,
        "i": sheet.inner,
        "s": ballots.signature(sheet, settings.BALLOT_SECRET),
        "a": _chosen(form, answers),
        "c": _written(form, comments),
        "l": language,
        "t": now.timestamp(),
    }
    try:
        box = boxes.seal(bytes(round_.key_pair.public), content, round_.box_size)
    except boxes.TooLarge as error:
        raise AnswersWrong(next(iter(comments), ""), "too_long") from error
    with connections[SURVEY].cursor() as cursor:
        cursor.execute(INSERT_REPLY, [uuid.uuid4(), box, round_.pk, now, now])
        if not cursor.rowcount:
            _frozen.cache_clear()
            raise RoundNotOpen(Round.objects.using(SURVEY).get(pk=round_.pk))
    return round_


def _chosen(form: list[Item], answers: Mapping[str, str]) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for item in form:
        given = answers.get(item.code, "")
        if item.scale is Scale.COMMENT or given in ("", "dk"):
            continue
        if not given.isascii() or not given.isdecimal() or len(given) > 2 or int(given) not in item.values:
            raise AnswersWrong(item.code, "not_offered")
        chosen[item.code] = int(given)
    return chosen


def _written(form: list[Item], comments: Mapping[str, str]) -> dict[str, str]:
    written: dict[str, str] = {}
    for item in form:
        text = tidy(comments.get(item.code, "").replace("\x00", ""))
        if item.scale is not Scale.COMMENT or not text:
            continue
        if len(text) > COMMENT_LENGTH:
            raise AnswersWrong(item.code, "too_long")
        written[item.code] = text
    return written

"""A leader's own rating: kept while it is written, sent, changed until its cycle closes; by name, and guarded."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from assessments import facts
from assessments.content import Content
from assessments.models import Cycle, LeaderRating, MaturityModel
from diary.actions import record
from people.models import Employee
from portal.lib import clock
from portal.lib.folding import tidy
from portal.lib.pillars import Pillar
from surveys.questionnaire import COMMENT_LENGTH


class RatingRefused(Exception):
    """Something a rating was not stored for; nothing has changed."""


class RatingOver(RatingRefused):
    """The cycle takes no ratings any more."""


class RatingChanged(RatingRefused):
    """It was stored from elsewhere after the page was opened, or moved to a newer version: the later tab is told."""


class AnswerWrong(RatingRefused):
    """An answer that is not offered, or to what is not asked; `code` names the practice, or the pillar of a comment."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason = code, reason


def model_rated(cycle: Cycle) -> MaturityModel:
    """The version leaders rate by: the one the cycle opened with, unless ratings were moved to a newer one."""
    return cycle.moved_to or cycle.model


def takes_ratings(cycle: Cycle) -> bool:
    """Whether leaders may rate, or change what they said: as long as teams may answer."""
    return cycle.is_open and cycle.round is not None and clock.now() < cycle.round.closes_at


@transaction.atomic
def send_rating(
    *, rating: LeaderRating, answers: Mapping[str, int | None], comments: Mapping[str, str], seen: int, by: Employee
) -> LeaderRating:
    """Store it as said, instead of what was said before; None is "I do not know", what is left out was skipped.

    `seen` is the edition the page was opened with. Raises RatingOver, RatingChanged or AnswerWrong.
    """
    stored = _store(rating, answers, comments, seen, by, sends=True)
    record(
        facts.RATING_SENT,
        actor=by,
        unit=stored.unit,
        subject=f"assessments.cycle:{stored.cycle_id}",
        key=f"{facts.RATING_SENT}:{stored.pk}:{stored.edition}",
    )
    return stored


@transaction.atomic
def keep_rating(
    *, rating: LeaderRating, answers: Mapping[str, int | None], comments: Mapping[str, str], seen: int, by: Employee
) -> LeaderRating:
    """Store it unsent, to go on later: it counts for nothing, so it is no fact. What was sent is only sent again."""
    return _store(rating, answers, comments, seen, by, sends=False)


def _store(
    rating: LeaderRating,
    answers: Mapping[str, int | None],
    comments: Mapping[str, str],
    seen: int,
    by: Employee,
    *,
    sends: bool,
) -> LeaderRating:
    """The cycle is held meanwhile: it neither closes nor moves to another version between the check and the write."""
    held = Cycle.objects.select_for_update(of=("self",), no_key=True)
    cycle = held.select_related("model", "moved_to", "round").get(pk=rating.cycle_id)
    if not takes_ratings(cycle):
        raise RatingOver
    asked = model_rated(cycle).said
    own = LeaderRating.objects.filter(pk=rating.pk, leader=by, edition=seen)
    stored = (own if sends else own.filter(sent_at=None)).update(
        answers=_answered(asked, answers),
        comments=_written(asked, comments) if cycle.asks_comments else {},
        edition=F("edition") + 1,
        **({"sent_at": clock.now()} if sends else {}),
    )
    if not stored:
        raise RatingChanged
    return LeaderRating.objects.select_related("unit", "cycle").get(pk=rating.pk)


def _answered(asked: Content, answers: Mapping[str, int | None]) -> dict[str, int | None]:
    """The answers in the order of the model, each one of those offered."""
    for code, answer in answers.items():
        if code not in asked.by_code:
            raise AnswerWrong(code, "not_asked")
        if answer is not None and (type(answer) is not int or answer not in range(len(asked.by_code[code].anchors))):
            raise AnswerWrong(code, "not_offered")
    return {code: answers[code] for code in asked.by_code if code in answers}


def _written(asked: Content, comments: Mapping[str, str]) -> dict[str, str]:
    """The comments on the pillars of the model; an empty one is none."""
    rated = {dimension.pillar for dimension in asked.dimensions if dimension.practices}
    written = {pillar: tidy(text.replace("\x00", "")) for pillar, text in comments.items()}
    for pillar, text in written.items():
        if text and pillar not in rated:
            raise AnswerWrong(pillar, "not_asked")
        if len(text) > COMMENT_LENGTH:
            raise AnswerWrong(pillar, "too_long")
    return {pillar.value: written[pillar] for pillar in Pillar if written.get(pillar)}

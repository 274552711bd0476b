"""A newer version while a cycle is open: keep the old one, or move leaders' named ratings over; teams' answers stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from assessments import facts
from assessments.actions.planning import locked, newer_version
from assessments.actions.refusals import AlreadyMoved
from assessments.content import Content, Practice
from assessments.models import Cycle, LeaderRating, MaturityModel
from assessments.scoring import Remap, remap_answers
from diary.actions import record
from diary.models import Fact
from portal.lib import clock

if TYPE_CHECKING:
    from people.models import Employee


@dataclass(frozen=True)
class Difference:
    """What a newer version asks otherwise, practice by practice."""

    gone: tuple[Practice, ...]
    added: tuple[Practice, ...]
    rescaled: tuple[tuple[Practice, int, int], ...]  # with how many answers before and now


def differences(old: Content, new: Content) -> Difference:
    """Practices that are no longer asked, new ones, and those with another number of answers."""
    both = [(old.by_code[code], practice) for code, practice in new.by_code.items() if code in old.by_code]
    return Difference(
        gone=tuple(each for code, each in old.by_code.items() if code not in new.by_code),
        added=tuple(each for code, each in new.by_code.items() if code not in old.by_code),
        rescaled=tuple(
            (now, len(before.anchors), len(now.anchors))
            for before, now in both
            if len(before.anchors) != len(now.anchors)
        ),
    )


def running_with_older(model: MaturityModel) -> list[Cycle]:
    """The open cycles whose leaders rate by an older version of this model, and about which nobody has decided."""
    running = Cycle.objects.asking(model.code).select_related("model", "moved_to")
    return [cycle for cycle in running if version_to_decide(cycle) == model]


def version_to_decide(cycle: Cycle) -> MaturityModel | None:
    """The newer version somebody has to decide about; None where there is none, or the decision was taken."""
    newer = newer_version(cycle.leaders_model) if cycle.is_open else None
    if newer is None or Fact.objects.filter(key=_kept(cycle, newer)).exists():
        return None
    return newer


def _kept(cycle: Cycle, newer: MaturityModel) -> str:
    return f"{facts.VERSION_KEPT}:{cycle.pk}:{newer.pk}"


@transaction.atomic
def keep_version(*, cycle: Cycle, newer: MaturityModel, by: "Employee | None" = None) -> Cycle:
    """Leave an open cycle with the version it was opened with; nobody is asked about this newer one again."""
    stored = locked(cycle.pk)
    if not stored.is_open:
        raise AlreadyMoved
    record(
        facts.VERSION_KEPT,
        actor=by,
        subject=f"assessments.cycle:{stored.pk}",
        key=_kept(stored, newer),
        data={"model": newer.pk},
    )
    return stored


@transaction.atomic
def move_ratings(*, cycle: Cycle, newer: MaturityModel, how: Remap, by: "Employee | None" = None) -> Cycle:
    """Let leaders rate by a newer version from now on, and read what they have answered as that version would.

    What they had answered is kept beside it, and so is what is no longer asked. Raises AlreadyMoved when the cycle is
    over, or somebody has moved it to this version already.
    """
    stored = locked(cycle.pk)
    older = stored.leaders_model
    if not stored.is_open or newer.code != older.code or newer.version <= older.version:
        raise AlreadyMoved
    was, now = _answers(older.said), _answers(newer.said)
    ratings = list(LeaderRating.objects.select_for_update().filter(cycle=stored).order_by("pk"))
    for rating in ratings:
        _move(rating, older, was, now, how)
    LeaderRating.objects.bulk_update(ratings, ["answers", "before_move", "edition"], batch_size=500)
    stored.moved_to, stored.moved_by = newer, how.value
    stored.save(update_fields=["moved_to", "moved_by"])
    MaturityModel.objects.filter(pk=newer.pk, first_used_at=None).update(first_used_at=clock.now())
    record(
        facts.VERSION_MOVED,
        actor=by,
        subject=f"assessments.cycle:{stored.pk}",
        key=f"{facts.VERSION_MOVED}:{stored.pk}:{newer.pk}",
        data={"model": newer.pk, "version": newer.version, "ratings": len(ratings), "how": how.value},
    )
    return stored


def _answers(content: Content) -> dict[str, int]:
    """How many answers each practice offers."""
    return {code: len(practice.anchors) for code, practice in content.by_code.items()}


def _move(
    rating: LeaderRating, older: MaturityModel, was: Mapping[str, int], now: Mapping[str, int], how: Remap
) -> None:
    """A rating as the newer version reads it; what was answered before stays beside it, however often it moves."""
    given = {code: answer for code, answer in rating.answers.items() if code in was}
    moved = remap_answers(given, old=was, new=now, how=how)
    rating.before_move = {
        "model": older.pk,
        "how": how.value,
        "answers": rating.answers,
        "gone": moved.gone,
        "earlier": rating.before_move,
    }
    rating.answers = moved.answers
    rating.edition += 1  # a tab that is open was shown other words

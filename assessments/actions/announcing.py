"""Word that the results of a cycle can be read: to those who lead at the close, to everybody two days later."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from assessments import facts
from assessments.models import Cycle
from diary.actions import record
from diary.models import Fact
from people.roles import Role
from surveys.querysets import STAFF_READ_AFTER
from surveys.telling import TOLD_WITHIN, owe_word, turns_at

RESULTS = "assessments.results"


def announcements_due(now: datetime) -> list[int]:
    """The cycles of which somebody has to be told now that their results can be read."""
    ended = Cycle.objects.ended_since(now - STAFF_READ_AFTER - TOLD_WITHIN).select_related("round")
    wanted = {_key(cycle, stage): cycle.pk for cycle in ended for stage in _stages(cycle, now)}
    said = set(Fact.objects.filter(key__in=wanted).values_list("key", flat=True))
    return sorted({pk for key, pk in wanted.items() if key not in said})


def _stages(cycle: Cycle, now: datetime) -> list[str]:
    """Whose turn it is to be told: leaders from the close on, everybody two days later."""
    if cycle.closed_at is None or cycle.round is None or cycle.round.closed_at is None:
        return []
    return turns_at(now, leaders_from=cycle.closed_at, round_closed_at=cycle.round.closed_at)


def _key(cycle: Cycle, stage: str) -> str:
    return f"{facts.CYCLE_ANNOUNCED}:{cycle.pk}:{stage}"


def announce_cycle(*, cycle_id: int, now: datetime) -> int:
    """Owe word to those whose turn has come and who have not been told; returns to how many.

    Who answered plays no part: a leader is told for leading, everybody else for working in a unit that was asked.
    """
    cycle = Cycle.objects.ended().select_related("round").get(pk=cycle_id)
    told = 0
    for stage in _stages(cycle, now):
        with transaction.atomic():
            subject = f"assessments.cycle:{cycle.pk}"
            if record(facts.CYCLE_ANNOUNCED, subject=subject, key=_key(cycle, stage)) is not None:
                told += _owe(cycle, stage)
    return told


def _owe(cycle: Cycle, stage: str) -> int:
    return owe_word(
        stage,
        round_id=cycle.round_id,
        kind=RESULTS,
        about=f"assessments.cycle:{cycle.pk}",
        words={"cycle": cycle.pk, "title": cycle.words.plain(), "sender": settings.COMPANY_NAME},
        readers=[Role.HR, Role.CX, Role.BOARD],
    )

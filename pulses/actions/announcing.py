"""Word that the results of a wave can be read: to those who lead at the close, to everybody when they may read too."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from diary.actions import record
from diary.models import Fact
from people.roles import Role
from pulses import facts
from pulses.models import Wave
from surveys.querysets import STAFF_READ_AFTER
from surveys.telling import TOLD_WITHIN, owe_word, turns_at

RESULTS = "pulses.results"


def announcements_due(now: datetime) -> list[int]:
    """The waves of which somebody has to be told now that their results can be read."""
    closed = Wave.objects.closed_since(now - STAFF_READ_AFTER - TOLD_WITHIN).select_related("round")
    wanted = {_key(wave, stage): wave.pk for wave in closed for stage in _stages(wave, now)}
    said = set(Fact.objects.filter(key__in=wanted).values_list("key", flat=True))
    return sorted({pk for key, pk in wanted.items() if key not in said})


def _stages(wave: Wave, now: datetime) -> list[str]:
    """Whose turn it is to be told: leaders from the close on, everybody two days later."""
    closed_at = wave.round.closed_at if wave.round is not None else None
    if closed_at is None:
        return []
    return turns_at(now, leaders_from=closed_at, round_closed_at=closed_at)


def _key(wave: Wave, stage: str) -> str:
    return f"{facts.RESULTS_ANNOUNCED}:{wave.pk}:{stage}"


def announce_results(*, wave_id: int, now: datetime) -> int:
    """Owe word to those whose turn has come and who have not been told; returns to how many.

    Who answered plays no part: a leader is told for leading, everybody else for working in a unit that was asked.
    """
    wave = Wave.objects.closed_since(now - STAFF_READ_AFTER - TOLD_WITHIN).select_related("round").get(pk=wave_id)
    told = 0
    for stage in _stages(wave, now):
        with transaction.atomic():
            if record(facts.RESULTS_ANNOUNCED, subject=f"pulses.wave:{wave.pk}", key=_key(wave, stage)) is not None:
                told += _owe(wave, stage)
    return told


def _owe(wave: Wave, stage: str) -> int:
    return owe_word(
        stage,
        round_id=wave.round_id,
        kind=RESULTS,
        about=f"pulses.wave:{wave.pk}",
        words={"wave": wave.number, "round": str(wave.round_id), "sender": settings.COMPANY_NAME},
        readers=[Role.HR, Role.CX],
    )

"""Doors for the clock that belong to no room."""

from celery import shared_task

from portal import seals
from portal.health import note_beat


@shared_task(ignore_result=True)
def beat() -> None:
    """Beat sent this and a worker did it: the clock is alive."""
    note_beat()


@shared_task(ignore_result=True)
def mail_day_seal() -> None:
    """Send yesterday's last link of the activity record to internal audit, once."""
    seals.mail_yesterdays_seal()

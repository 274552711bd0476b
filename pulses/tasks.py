"""The door for the clock."""

import logging

from celery import shared_task

from portal.lib import clock
from pulses.actions import end_finished, launch_due_wave, remind_due
from pulses.models import Programme
from surveys.actions import NoKeyInStock

log = logging.getLogger("bearing.pulses")


@shared_task
def sweep_programmes() -> None:
    """Send what is due, remind, and end what has run its course; run late, twice or side by side it does it once."""
    now = clock.now()
    for programme_id in Programme.objects.active().values_list("pk", flat=True):
        try:
            launch_due_wave(programme_id=programme_id, now=now)
        except NoKeyInStock:
            log.warning("programme %s waits for a key; the seal worker makes them", programme_id)
    remind_due(now=now)
    end_finished(now=now)

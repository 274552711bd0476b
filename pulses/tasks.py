"""Doors for the clock. The sweep only queues, a task for each thing: one that breaks holds back no other."""

import logging

from celery import shared_task

from portal.lib import clock
from pulses import actions
from pulses.models import Programme, Wave
from surveys.actions import NoKeyInStock

EXPIRES = 60  # seconds; the next sweep queues what is still due

log = logging.getLogger("bearing.pulses")


@shared_task
def sweep_programmes() -> None:
    """Send what is due, remind, tell of results, end what is over; run late, twice or side by side it does it once."""
    for programme_id in Programme.objects.active().values_list("pk", flat=True):
        launch_wave.delay(programme_id)
    for wave_id in Wave.objects.to_remind(clock.now()).values_list("pk", flat=True):
        remind_wave.delay(wave_id)
    for wave_id in actions.announcements_due(clock.now()):
        announce_results.delay(wave_id)
    for programme_id in Programme.objects.active().run_once().values_list("pk", flat=True):
        end_programme.delay(programme_id)


@shared_task(expires=EXPIRES)
def launch_wave(programme_id: int) -> None:
    """Send the wave of a programme that is due."""
    try:
        actions.launch_due_wave(programme_id=programme_id, now=clock.now())
    except NoKeyInStock:
        log.warning("programme %s waits for a key; the seal worker makes them", programme_id)


@shared_task(expires=EXPIRES)
def remind_wave(wave_id: int) -> None:
    """Send the reminder of a wave that is due."""
    actions.remind_if_due(wave_id=wave_id, now=clock.now())


@shared_task(expires=EXPIRES)
def announce_results(wave_id: int) -> None:
    """Tell those whose turn it is that the results of a wave can be read."""
    actions.announce_results(wave_id=wave_id, now=clock.now())


@shared_task(expires=EXPIRES)
def end_programme(programme_id: int) -> None:
    """End a programme that runs once and has had its turn."""
    actions.end_if_finished(programme_id=programme_id, now=clock.now())

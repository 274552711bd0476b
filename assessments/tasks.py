"""Doors for the clock. The sweep only queues, a task for each cycle: one that breaks holds back no other."""

import logging

from celery import shared_task

from assessments import actions
from assessments.actions.evidence import remind_ending, tell_reviewers
from assessments.models import Cycle
from assessments.uploads import sweep_strays
from people import days
from portal.lib import clock
from surveys.actions import NoKeyInStock

EXPIRES = 60  # seconds; the next sweep queues what is still due
HOURLY = 3600  # of what is swept by the hour

log = logging.getLogger("bearing.assessments")


@shared_task
def sweep_cycles() -> None:
    """Open what is due, remind, end what is over, tell of results; run late, twice or side by side it does it once."""
    now = clock.now()
    for cycle_id in Cycle.objects.due_to_open(now).values_list("pk", flat=True):
        open_cycle.delay(cycle_id)
    for cycle_id in Cycle.objects.to_remind(now).values_list("pk", flat=True):
        remind_cycle.delay(cycle_id)
    for cycle_id in Cycle.objects.without_results().values_list("pk", flat=True):
        end_cycle.delay(cycle_id)
    for cycle_id in Cycle.objects.to_score().values_list("pk", flat=True):
        close_cycle.delay(cycle_id)
    for cycle_id in actions.announcements_due(now):
        announce_cycle.delay(cycle_id)


@shared_task(expires=EXPIRES)
def open_cycle(cycle_id: int) -> None:
    """Open a planned cycle whose hour has come."""
    try:
        actions.open_due_cycle(cycle_id=cycle_id, now=clock.now())
    except NoKeyInStock:
        log.warning("cycle %s waits for a key; the seal worker makes them", cycle_id)


@shared_task(expires=EXPIRES)
def end_cycle(cycle_id: int) -> None:
    """End a cycle whose round was cancelled or whose key was lost."""
    actions.end_without_results(cycle_id=cycle_id)


@shared_task(expires=EXPIRES)
def close_cycle(cycle_id: int) -> None:
    """Make the scorecards of a cycle whose answers have been counted."""
    actions.close_cycle(cycle_id=cycle_id)


@shared_task
def sweep_levels() -> None:
    """Let levels follow the evidence that is valid today, model by model."""
    for code in actions.models_to_age():
        age_model.delay(code)


@shared_task(expires=HOURLY)
def age_model(code: str) -> None:
    """Let the levels of one model follow the evidence that is valid today."""
    actions.age_model(code=code, day=days.today())


@shared_task
def sweep_evidence() -> None:
    """Tell of evidence that is about to expire and of what waits for review; remove files that belong to nothing."""
    while remind_ending():
        pass
    tell_reviewers()
    sweep_strays()


@shared_task(expires=EXPIRES)
def remind_cycle(cycle_id: int) -> None:
    """Send the reminder of an open cycle that is due."""
    actions.remind_if_due(cycle_id=cycle_id, now=clock.now())


@shared_task(expires=EXPIRES)
def announce_cycle(cycle_id: int) -> None:
    """Tell those whose turn it is that the results of a cycle can be read."""
    actions.announce_cycle(cycle_id=cycle_id, now=clock.now())

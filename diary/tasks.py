"""Doors for the clock."""

from celery import shared_task

from diary import actions


@shared_task
def seal_facts() -> None:
    """Chain what can be chained; while there is a full batch, go on."""
    while actions.seal_facts() == actions.SEAL_BATCH:
        pass

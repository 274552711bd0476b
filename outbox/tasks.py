"""Doors for the clock."""

from celery import shared_task

from outbox import delivery


@shared_task
def sweep_notices() -> None:
    """Deliver what is due."""
    delivery.sweep()

"""The door for the clock."""

from celery import shared_task

from improvement.actions import remind_overdue


@shared_task
def sweep_overdue() -> None:
    """Remind owners of what is overdue; run late, twice or side by side, each due date is spoken of once."""
    while remind_overdue():
        pass

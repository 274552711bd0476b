"""Doors for the clock. All but the last run on the queue `seal`, where private keys live."""

from celery import shared_task

from surveys import actions, closing


@shared_task
def stock_keys() -> None:
    """Keep unused key pairs in stock, so that a launch never waits."""
    actions.stock_keys()


@shared_task
def sweep_rounds() -> None:
    """Close what is over, destroy keys no round needs, forget stray boxes and old invitations."""
    closing.close_due()
    closing.destroy_spent_keys()
    closing.forget_stray_boxes()
    closing.forget_old_invitations()


@shared_task
def sweep_participation() -> None:
    """Write the day's rounded participation of open rounds."""
    closing.count_participation()

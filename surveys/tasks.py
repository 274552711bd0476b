"""Doors for the clock. All but the last run on the queue `seal`, where private keys live."""

from uuid import UUID

from celery import shared_task

from surveys import actions, closing


@shared_task
def stock_keys() -> None:
    """Keep unused key pairs in stock, so that a launch never waits."""
    actions.stock_keys()


@shared_task
def sweep_rounds() -> None:
    """Queue the closing of what is over; destroy keys no round needs, forget stray boxes and old invitations.

    A task for each round: one that cannot be closed holds back neither the others nor what is to be forgotten.
    """
    for round_id in closing.rounds_over():
        close_round.delay(str(round_id))
    closing.forget_stray_boxes()
    closing.forget_old_invitations()
    closing.destroy_spent_keys()  # last: a file that resists holds nothing else back


@shared_task(expires=60)
def close_round(round_id: str) -> None:
    """Close a round that is over; a second worker leaves quietly."""
    closing.close_round(UUID(round_id))


@shared_task
def sweep_participation() -> None:
    """Write the day's rounded participation of open rounds."""
    closing.count_participation()

"""Doors for the clock."""

from celery import shared_task

from people.actions import employees, imports
from people.models import StaffImport
from portal.lib import clock


@shared_task
def sweep_imports() -> int:
    """Do every import that is due; also the only thing a nudge after an upload does."""
    waiting = [StaffImport.State.CHECK_DUE, StaffImport.State.APPLY_DUE]
    due = list(StaffImport.objects.due(waiting, clock.now()).values_list("pk", flat=True))
    return sum(imports.run_import(pk) is not None for pk in due)


@shared_task
def sweep_leavers() -> None:
    """Close the accounts of people whose last day has passed, and forget old files."""
    employees.close_leavers()
    imports.forget_old_files()

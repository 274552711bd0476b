"""`manage.py deployed`: the running version goes into the activity record; a step of each release, safe to repeat."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.releases import note_deployed


class Command(BaseCommand):
    """Record one fact for each version put into service."""

    help = "Record in the activity record which version of Bearing runs now; run it after each release."

    def handle(self, *args: Any, **options: Any) -> None:
        said = note_deployed(version=settings.VERSION)
        self.stdout.write(
            f"Version {settings.VERSION} stands in the activity record{'' if said else ' already'}.",
        )

"""`manage.py demo`: a whole company on one machine; `--check` plays its story through and says whether it held."""

import os
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from portal.demo import company, story
from portal.demo.check import Failed, check
from portal.demo.services import PortTaken, Services, free_port, refuse_taken
from portal.demo_people import demo_people
from portal.lib import clock, shifted
from portal.releases import note_deployed

DEMO_HOUR = 10  # on the demo's clock it is ten in the morning when it starts: people are awake to get mail


class Command(BaseCommand):
    """Migrate, found the demo company, start web, worker, beat and a post office, print where to look."""

    help = "Run Bearing with the demo company An Nhiên Retail; --check plays its story and exits 0 when it held."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--check", action="store_true", help="play the story on a throw-away copy and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo runs with DEMO=yes only: use `make demo`.")
        port = free_port() if options["check"] else options["port"]
        try:
            refuse_taken(port)
        except PortTaken as error:
            raise CommandError(str(error)) from error
        self._prepare()
        with Services(port, settings.DEMO_DIR) as services:
            self.stdout.write("Starting web, worker and beat …")
            if not services.wait_until_ready():
                raise CommandError(f"Not ready within three minutes; the logs in {settings.DEMO_DIR} say why.")
            if options["check"]:
                self._check(services)
            else:
                self._welcome(services)
                services.watch()

    def _prepare(self) -> None:
        """Everything that has to be there before the first page: tables, files, the company and its past."""
        settings.DEMO_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = datetime.now(UTC).astimezone(ZoneInfo(settings.TIME_ZONE))
        wanted = now.replace(hour=DEMO_HOUR, minute=0, second=0)
        shifted.shift(settings.DEMO_CLOCK, (wanted - now).total_seconds())
        clock.set_clock(shifted.shifted_by(settings.DEMO_CLOCK))
        self.stdout.write("Preparing tables, files and questions …")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        # What was loaded stands in the activity record before what was done with it.
        began = clock.now() - (timedelta(0) if company.exists() else story.BEGAN)
        with clock.at(began):
            call_command("load_catalogue", verbosity=0)
            note_deployed(version=settings.VERSION)
        if not company.exists():
            self.stdout.write("Founding An Nhiên Retail: 480 people, seven waves, three assessments …")
            company.found()
            story.play(self.stdout.write)

    def _check(self, services: Services) -> None:
        try:
            check(services, self.stdout.write)
        except Failed as error:
            self.stderr.write(f"The story broke: {error}")
            sys.exit(1)
        self.stdout.write("The story held.")

    def _welcome(self, services: Services) -> None:
        self.stdout.write(f"\nBearing is open at http://localhost:{services.port}\n")
        with translation.override("en"):
            for person in demo_people():
                self.stdout.write(f"  {person.label}: {person.employee.full_name} ({person.number})")
        self.stdout.write("\nSign in with one button each; no password. Mails that went out: /demo/mails/")
        self.stdout.write("On the demo's clock it was ten in the morning when it started. Stop with Ctrl-C.")

"""Load the question banks that stand in pulses/catalogue, or the files named."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pulses.banks import CATALOGUE, BankRefused, load_bank


class Command(BaseCommand):
    """May be run at any time: what is loaded already stays as it is."""

    help = "Load question banks (idempotent; a version in use never changes)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="YAML files; without any, all of pulses/catalogue")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"] or sorted(CATALOGUE.glob("*.yaml")):
            try:
                loaded = load_bank(path)
            except FileNotFoundError as error:
                raise CommandError(f"{path} is not there.") from error
            except BankRefused as error:
                raise CommandError(f"Nothing was loaded from {path}:\n{error}") from error
            self.stdout.write(f"{path.name}: {loaded.bank.code} {loaded.bank.version} {loaded.outcome}")

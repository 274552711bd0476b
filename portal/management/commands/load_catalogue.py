"""Load the content in the catalogue folders of the rooms (question banks, maturity models), or the files named."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from portal.lib.catalogues import Catalogue, FileRefused, catalogues

LOADER_LOCK = 0x_CA7A_1060


class Command(BaseCommand):
    """May be run at any time, and twice at once: what is loaded already stays as it is. All files, or none."""

    help = "Load question banks and maturity models (idempotent; a version in use never changes)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, help="YAML files; without any, the catalogue folder of every room"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:  # a second loader waits here and then finds everything loaded
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADER_LOCK])
        said = []
        for catalogue, path in self.wanted(options["files"]):
            try:
                said.append(f"{path.name}: {catalogue.load(path)}")
            except FileRefused as error:
                raise CommandError(f"Nothing was loaded, because of {path}:\n{error}") from error
        for line in said:
            self.stdout.write(line)

    def wanted(self, files: list[Path]) -> list[tuple[Catalogue, Path]]:
        """Each file with who loads it; a file of no known kind stops the command."""
        kinds = catalogues()
        if not files:
            return [(catalogue, path) for catalogue in kinds for path in catalogue.shipped()]
        found = []
        for path in files:
            if not path.is_file():
                raise CommandError(f"{path} is not there.")
            catalogue = next((each for each in kinds if each.knows(path)), None)
            if catalogue is None:
                names = ", ".join(f'"{each.first_name}:" ({each.name})' for each in kinds)
                raise CommandError(f"Nothing was loaded: {path.name}:1: none of these names stands in it: {names}.")
            found.append((catalogue, path))
        return found

"""Imports a staff list from a file: python manage.py import_people FILE [--dry-run]."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from people.actions import imports
from people.models import Employee, StaffImport
from people.sentences import FIELD_LABELS, TROUBLES, nothing_imported, say
from portal.lib.csvfiles import CannotRead


class Command(BaseCommand):
    help = "Imports a staff list (CSV in UTF-8): all rows or none. See docs/operating/import.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--units", type=Path, help="a second file with the units")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument("--confirm-leavers", type=int, help="the number of leavers the trial run named")
        parser.add_argument("--by", help="number of the employee who imports, for the activity record")

    def handle(self, **options: Any) -> None:
        try:
            staff_import = self._start(options)
        except CannotRead as error:
            raise CommandError(str(TROUBLES[error.trouble])) from None
        except imports.ColumnsMissing as error:
            names = ", ".join(str(FIELD_LABELS[name]) for name in error.fields)
            raise CommandError(_("No column for: %(names)s.") % {"names": names}) from None
        done = self._run(staff_import)
        if done.state == StaffImport.State.REFUSED:
            for problem in done.result["problems"]:
                self.stderr.write(say(problem))
            raise CommandError(nothing_imported(done.result))
        self._say(done)
        if options["dry_run"]:
            imports.abandon_import(staff_import=done)
            return
        try:
            imports.confirm_import(staff_import=done, leavers_confirmed=options["confirm_leavers"])
        except imports.LeaversNotConfirmed as error:
            imports.abandon_import(staff_import=done)
            raise CommandError(
                _(
                    "%(leavers)s people would leave, more than one in ten. "
                    "If that is right, add --confirm-leavers %(leavers)s."
                )
                % {"leavers": error.leavers}
            ) from None
        done = self._run(done)
        if done.state != StaffImport.State.APPLIED:
            raise CommandError(_("The staff list changed in the meantime. Nothing has been imported; try again."))
        self.stdout.write(_("Imported."))

    def _start(self, options: dict[str, Any]) -> StaffImport:
        by = None
        if options["by"]:
            by = Employee.objects.filter(number__iexact=options["by"], is_active=True).first()
            if by is None:
                raise CommandError(_("Nobody has the number “%(number)s”.") % {"number": options["by"]})
        staff_import = imports.start_import(
            started_by=by,
            file_name=options["file"].name,
            content=self._read(options["file"]),
            units_content=self._read(options["units"]) if options["units"] else None,
        )
        try:
            return imports.match_columns(staff_import=staff_import, mapping=staff_import.mapping)
        except imports.ColumnsMissing:
            imports.abandon_import(staff_import=staff_import)
            raise

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise CommandError(_("There is no file %(path)s.") % {"path": path}) from None
        except IsADirectoryError:
            raise CommandError(_("%(path)s is a folder, not a file.") % {"path": path}) from None
        except OSError as error:
            raise CommandError(
                _("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
            ) from None

    def _run(self, staff_import: StaffImport) -> StaffImport:
        """Do it here, or wait for the worker that has taken it first."""
        while True:
            done = imports.run_import(staff_import.pk)
            if done is None:
                done = StaffImport.objects.get(pk=staff_import.pk)
            if not done.is_waiting:
                return done
            time.sleep(1)

    def _say(self, done: StaffImport) -> None:
        self.stdout.write(
            _(
                "%(rows)s rows: %(added)s new, %(changed)s changed, %(moved)s moved, %(returned)s back again, "
                "%(left)s leaving, %(unchanged)s unchanged; units: %(units_added)s new, %(units_changed)s changed."
            )
            % done.result
        )

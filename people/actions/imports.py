"""Importing the staff list: upload, match columns, trial run, all or nothing.

A trial run reads the file into temporary tables and compares; an import does the same once more and then writes,
in one transaction under one lock. Whatever dies on the way leaves nothing behind, and the next sweep starts again.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext

from people import days, facts, staffsql
from people.actions.contact import Change, tell_changed
from people.models import Employee, StaffImport, StaffImportFile
from people.registry import Cause
from people.sentences import TROUBLES, say
from people.stafffile.columns import guess_mapping, missing_fields
from people.stafffile.reader import StaffReader
from people.stafffile.rows import Fault, KnownUnit, Problem, StaffRow, UnitRow, key
from portal.lib import clock
from portal.lib.csvfiles import CannotRead, read_rows
from portal.lib.folding import tidy

LEASE = timedelta(minutes=5)
CHUNK = 5_000
KEEP_FILES = timedelta(days=30)
LARGEST_FILE = 64 * 1024 * 1024
State = StaffImport.State


class ColumnsMissing(ValueError):
    """A column the import cannot do without has not been matched; `fields` names them."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class NotInThisState(ValueError):
    """The import has moved on since the page was opened."""


class LeaversNotConfirmed(ValueError):
    """More than one in ten would leave and nobody has confirmed the number."""

    def __init__(self, leavers: int) -> None:
        super().__init__(str(leavers))
        self.leavers = leavers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import does or would do, in numbers."""

    rows: int
    added: int
    changed: int
    moved: int
    left: int
    returned: int
    unchanged: int
    units_added: int
    units_changed: int
    active_before: int

    @property
    def asks_again(self) -> bool:
        """More than 10 % of the people here would leave: somebody may have sent half a file."""
        return self.left * 10 > self.active_before

    def as_json(self) -> dict[str, int | bool]:
        return {name: getattr(self, name) for name in self.__slots__} | {"asks_again": self.asks_again}


# Verbs ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_import(
    *, started_by: Employee | None, file_name: str, content: bytes, units_content: bytes | None = None
) -> StaffImport:
    """Keep an uploaded file and guess its columns. Raises CannotRead when it is not a CSV file in UTF-8."""
    columns = header_of(content)
    unit_columns = header_of(units_content) if units_content else []
    staff_import = StaffImport.objects.create(
        file_name=tidy(file_name)[:200],
        started_by=started_by,
        columns=columns,
        mapping=guess_mapping(columns, "staff"),
        unit_columns=unit_columns,
        unit_mapping=guess_mapping(unit_columns, "units"),
        total=len(content.splitlines()) - 1,
    )
    StaffImportFile.objects.create(staff_import=staff_import, content=content, units_content=units_content)
    return staff_import


@transaction.atomic
def match_columns(
    *, staff_import: StaffImport, mapping: Mapping[str, int], unit_mapping: Mapping[str, int] | None = None
) -> StaffImport:
    """Say which column is which field, and ask for a trial run. Raises ColumnsMissing, NotInThisState."""
    units = dict(unit_mapping if unit_mapping is not None else staff_import.unit_mapping)
    missing = missing_fields(mapping, "staff")
    if staff_import.unit_columns:
        missing += missing_fields(units, "units")
    if missing:
        raise ColumnsMissing(missing)
    moved = StaffImport.objects.filter(
        pk=staff_import.pk, state__in=[State.MAPPING, State.CHECKED, State.REFUSED], file__isnull=False
    ).update(
        state=State.CHECK_DUE, mapping=dict(mapping), unit_mapping=units, result={}, done=0, leavers_confirmed=None
    )
    if not moved:
        raise NotInThisState
    staff_import.refresh_from_db()
    return staff_import


@transaction.atomic
def confirm_import(*, staff_import: StaffImport, leavers_confirmed: int | None) -> StaffImport:
    """Ask for the import itself after a clean trial run. Raises LeaversNotConfirmed, NotInThisState."""
    held = StaffImport.objects.select_for_update().get(pk=staff_import.pk)
    if held.state != State.CHECKED:
        raise NotInThisState
    if held.result.get("asks_again") and leavers_confirmed != held.result["left"]:
        raise LeaversNotConfirmed(held.result["left"])
    held.state, held.done, held.leavers_confirmed = State.APPLY_DUE, 0, leavers_confirmed
    held.save(update_fields=["state", "done", "leavers_confirmed"])
    return held


def abandon_import(*, staff_import: StaffImport) -> bool:
    """Set an import aside and delete its file; False when it is being applied or done with."""
    with transaction.atomic():
        idle = StaffImport.objects.filter(pk=staff_import.pk).exclude(
            state__in=[State.APPLY_DUE, State.APPLIED, State.ABANDONED]
        )
        if not idle.update(state=State.ABANDONED, result={}):
            return False
        StaffImportFile.objects.filter(staff_import=staff_import.pk).delete()
        return True


def run_import(pk: int) -> StaffImport | None:
    """Do what is due for one import, if nobody else is doing it; None when there is nothing to do."""
    claim = _claim(pk)
    if claim is None:
        return None
    staff_import = StaffImport.objects.select_related("file", "started_by").get(pk=pk)
    with _file_in_tables(staff_import, claim) as reader:
        if reader.problem_count:
            _finish(staff_import, claim, State.REFUSED, result=_problems(reader))
        elif staff_import.state == State.CHECK_DUE:
            _check(staff_import, claim)
        else:
            _apply(staff_import, claim)
    staff_import.refresh_from_db()
    return staff_import


def forget_old_files() -> int:
    """Delete files and lists of names that are older than thirty days; the numbers stay."""
    old = StaffImport.objects.filter(
        created_at__lt=clock.now() - KEEP_FILES, state__in=[State.MAPPING, State.CHECKED, State.REFUSED]
    )
    with transaction.atomic():
        pks = list(old.select_for_update().values_list("pk", flat=True))
        StaffImportFile.objects.filter(staff_import__in=pks).delete()
        return StaffImport.objects.filter(pk__in=pks).update(state=State.ABANDONED, result={})


def rows_to_fix(staff_import: StaffImport) -> Iterator[list[str]]:
    """The bad rows as the file has them, with line and sentence in front; first the names of the columns."""
    wrong: dict[int, list[str]] = {}
    for problem in staff_import.result.get("problems", []):
        if problem["file"] == "staff":
            wrong.setdefault(problem["line"], []).append(say(problem))
    yield [gettext("Row"), gettext("What to fix"), *staff_import.columns]
    rows = read_rows(io.BytesIO(staff_import.file.content))
    next(rows)
    try:
        for row in rows:
            if row.line in wrong:
                yield [str(row.line), " ".join(wrong[row.line]), *row.cells]
    except CannotRead as error:
        yield [str(error.line or ""), str(TROUBLES[error.trouble])]


def first_rows(staff_import: StaffImport, *, units: bool = False) -> list[list[str]]:
    """Up to three rows as examples of what the columns hold."""
    content = staff_import.file.units_content if units else staff_import.file.content
    if content is None:
        return []
    try:
        return [row.cells for row in islice(read_rows(io.BytesIO(content)), 1, 4)]
    except CannotRead:
        return []


# Steps ---------------------------------------------------------------------------------------------------------


def header_of(content: bytes) -> list[str]:
    """The names in the first row."""
    row = next(read_rows(io.BytesIO(content)))
    return [tidy(cell)[:100] for cell in row.cells]


def _claim(pk: int) -> UUID | None:
    claim = uuid4()
    now = clock.now()
    due = StaffImport.objects.due([State.CHECK_DUE, State.APPLY_DUE], now).filter(pk=pk)
    return claim if due.order_by().update(claim_id=claim, claimed_until=now + LEASE, done=0) else None


@contextmanager
def _file_in_tables(staff_import: StaffImport, claim: UUID) -> Iterator[StaffReader]:
    """Read the file into temporary tables of this connection, and drop them afterwards."""
    reader = StaffReader(
        mapping=staff_import.mapping,
        columns=staff_import.columns,
        unit_mapping=staff_import.unit_mapping,
        unit_columns=staff_import.unit_columns,
        known_units=_known_units(),
    )
    with connection.cursor() as cursor:
        cursor.execute(staffsql.CREATE_ROWS)
    try:
        try:
            _read_into_tables(reader, staff_import, claim)
        except CannotRead as error:
            reader.cannot_read(error.trouble, error.line)
        yield reader
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(staffsql.DROP_ROWS)


def _read_into_tables(reader: StaffReader, staff_import: StaffImport, claim: UUID) -> None:
    if staff_import.file.units_content is not None:
        rows = read_rows(io.BytesIO(staff_import.file.units_content))
        next(rows)
        reader.read_units(rows)
    rows = read_rows(io.BytesIO(staff_import.file.content))
    next(rows)
    people = reader.read_staff(rows)
    while chunk := list(islice(people, CHUNK)):
        _copy(staffsql.COPY_STAFF, staffsql.STAFF_COLUMNS, chunk)
        StaffImport.objects.filter(pk=staff_import.pk, claim_id=claim).update(
            done=chunk[-1].line - 1, claimed_until=clock.now() + LEASE
        )
    _check_against_people(reader, staff_import)
    reader.finish()
    _copy(staffsql.COPY_UNITS, staffsql.UNIT_COLUMNS, list(reader.units.values()))
    with connection.cursor() as cursor:
        cursor.execute(staffsql.ANALYZE_ROWS)


def _copy(statement: str, columns: list[str], rows: list[StaffRow] | list[UnitRow]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([getattr(row, name) for name in columns])


def _known_units() -> dict[str, KnownUnit]:
    with connection.cursor() as cursor:
        cursor.execute(staffsql.KNOWN_UNITS)
        return {key(code): KnownUnit(code, name_en, parent) for code, name_en, parent in cursor.fetchall()}


def _check_against_people(reader: StaffReader, staff_import: StaffImport) -> None:
    """Technical accounts keep their address whatever the file says, and nobody imports themselves away."""
    for number, email in Employee.objects.filter(is_superuser=True, email__isnull=False).values_list("number", "email"):
        if key(number) not in reader.numbers:
            reader.refuse_email(email or "")
    starter = staff_import.started_by
    if starter is not None and not starter.is_superuser and key(starter.number) not in reader.numbers:
        reader.refuse(Problem(Fault.NOT_YOURSELF, 1, reader.header("number"), starter.number))


def _check(staff_import: StaffImport, claim: UUID) -> None:
    with transaction.atomic():
        outcome = _plan(staff_import)
        samples = _samples()
    _finish(staff_import, claim, State.CHECKED, result=outcome.as_json() | {"samples": samples})


def _apply(staff_import: StaffImport, claim: UUID) -> None:
    """Write everything in one transaction, or nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(staffsql.LOCK)
        outcome = _plan(staff_import)
        if outcome.asks_again and staff_import.leavers_confirmed != outcome.left:
            _finish(staff_import, claim, State.CHECKED, result=outcome.as_json() | {"samples": _samples()})
            return
        first = not StaffImport.objects.filter(state=State.APPLIED).exists()
        _write(set(staff_import.mapping), first=first)
        tell_changed(_readdressed(), cause=Cause.LIST, act=staff_import.pk, actor=staff_import.started_by)
        StaffImportFile.objects.filter(staff_import=staff_import.pk).delete()
        _finish(staff_import, claim, State.APPLIED, result=outcome.as_json() | {"first": first})
        facts.utter(
            facts.STAFF_IMPORTED,
            actor=staff_import.started_by,
            subject=f"people.staffimport:{staff_import.pk}",
            key=f"{facts.STAFF_IMPORTED}:{staff_import.pk}",
            data=dict(outcome.as_json()),
        )


def _plan(staff_import: StaffImport) -> Outcome:
    today = {"today": days.today()}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staff_plan")
        cursor.execute(staffsql.plan(set(staff_import.mapping)), today)
        cursor.execute(staffsql.COUNTS)
        added, changed, moved, left, returned, unchanged, rows = cursor.fetchone()
        cursor.execute(staffsql.UNIT_COUNTS)
        units_added, units_changed = cursor.fetchone()
        cursor.execute(staffsql.ACTIVE, today)
        (active,) = cursor.fetchone()
    return Outcome(rows, added, changed, moved, left, returned, unchanged, units_added, units_changed, active)


def _samples() -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(staffsql.SAMPLES)
        for kind, *one in cursor.fetchall():
            number, name, before, after, fields = one
            units = {unit: json.loads(names) for unit, names in (("before", before), ("after", after)) if names}
            found.setdefault(kind, []).append({"number": number, "name": name, "fields": fields, **units})
    return found


def _write(mapped: set[str], *, first: bool) -> None:
    now = clock.now()
    today = days.today()
    values: dict[str, Any] = {
        "now": now,
        "today": today,
        "counts_from": today if first else today + timedelta(days=30),
        "language": settings.LANGUAGE_CODE[:2],
        "time_zone": settings.TIME_ZONE,
    }
    steps = [staffsql.ADD_UNITS, staffsql.PLACE_UNITS, staffsql.FREE_EMAILS, staffsql.change_people(mapped)]
    steps += [staffsql.ADD_PEOPLE, staffsql.SET_MANAGERS if "manager" in mapped else "", staffsql.SET_LEADERS]
    steps += [staffsql.LET_GO, staffsql.DROP_CODES_OF_LEAVERS, staffsql.DROP_ADDRESSES, staffsql.ADD_ADDRESSES]
    with connection.cursor() as cursor:
        for step in filter(None, steps):
            cursor.execute(step, values)


def _readdressed() -> list[Change]:
    with connection.cursor() as cursor:
        cursor.execute(staffsql.READDRESSED)
        return [Change(*row) for row in cursor.fetchall()]


def _finish(staff_import: StaffImport, claim: UUID, state: str, *, result: Mapping[str, object]) -> None:
    """Leave the claim. Whoever lost it meanwhile writes nothing: the transaction around this is rolled back."""
    finished = StaffImport.objects.filter(pk=staff_import.pk, claim_id=claim).update(
        state=state,
        result=dict(result),
        claim_id=None,
        claimed_until=None,
        applied_at=clock.now() if state == State.APPLIED else None,
    )
    if not finished:
        raise NotInThisState


def _problems(reader: StaffReader) -> dict[str, object]:
    ordered = sorted(reader.problems, key=lambda problem: (problem.file, problem.line))
    return {
        "problem_count": reader.problem_count,
        "bad_rows": len(reader.bad_lines),
        "rows": reader.rows_read,
        "problems": [problem.as_json() for problem in ordered],
    }

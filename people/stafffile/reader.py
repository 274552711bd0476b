"""Reading a staff list and finding what is wrong in which row. No database, no settings.

The checks that need the whole file (duplicates, unknown managers, circles) are in `StaffReader.finish`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError

from people.stafffile.cells import CODE, GENDERS, LANGUAGES, NO, YES, email_ok, invisible, nearest, read_date
from people.stafffile.columns import LONGEST
from people.stafffile.rows import Fault, KnownUnit, Problem, StaffRow, UnitRow, key
from portal.lib.csvfiles import Row, Trouble, looks_like_formula
from portal.lib.folding import fold, person_sort_key, sort_key, tidy
from portal.lib.zones import is_time_zone

PROBLEMS_KEPT = 1_000


@dataclass(slots=True)
class StaffReader:
    """Reads the rows of one import, keeps what the whole-file checks need, and collects the problems."""

    mapping: dict[str, int]
    columns: list[str]
    unit_mapping: dict[str, int] = field(default_factory=dict)
    unit_columns: list[str] = field(default_factory=list)
    known_units: dict[str, KnownUnit] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0
    bad_lines: set[tuple[str, int]] = field(default_factory=set)
    units: dict[str, UnitRow] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    _emails: dict[str, int] = field(default_factory=dict)
    _managers: dict[str, tuple[int, str]] = field(default_factory=dict)
    _unit_uses: dict[str, tuple[int, str]] = field(default_factory=dict)
    _suggestions: int = 0
    rows_read: int = 0

    # Rows ------------------------------------------------------------------------------------------------------

    def read_staff(self, rows: Iterable[Row]) -> Iterator[StaffRow]:
        """The good rows, one by one; problems are collected on the way."""
        for row in rows:
            self.rows_read += 1
            read = self._staff_row(row)
            if read is not None:
                yield read

    def read_units(self, rows: Iterable[Row]) -> None:
        """The rows of the file of units, all kept: there are few."""
        for row in rows:
            cells = self._cells(row, self.unit_mapping, self.unit_columns, "units")
            if cells is None:
                continue
            code = self._code(cells.get("code", ""), row.line, "code", "units")
            name = self._needed(cells.get("name_vi", ""), row.line, "name_vi", "units")
            if not code or not name:
                continue
            if key(code) in self.units:
                first = self.units[key(code)].line
                self._fault(Fault.UNIT_TWICE, row.line, "code", code, other=str(first), file="units")
                continue
            self._keep_unit(
                row.line, "units", code, name, cells.get("name_en", ""), cells, ("parent", "leader", "deputy")
            )

    def _staff_row(self, row: Row) -> StaffRow | None:
        cells = self._cells(row, self.mapping, self.columns, "staff")
        if cells is None:
            return None
        number = self._code(cells["number"], row.line, "number", "staff")
        name = self._needed(cells["full_name"], row.line, "full_name", "staff")
        if number:
            first = self.numbers.setdefault(key(number), row.line)
            self.spelled.setdefault(key(number), number)
            if first != row.line:
                self._fault(Fault.NUMBER_TWICE, row.line, "number", number, other=str(first))
                number = ""
        read = StaffRow(
            line=row.line,
            number=number,
            full_name=name,
            search_key=fold(f"{name} {number}")[:300],
            sort_key=person_sort_key(name)[:400],
            email=self._email(cells.get("email", ""), row.line),
            role_family=cells.get("role_family", ""),
            site=cells.get("site", ""),
            shift=cells.get("shift", ""),
            frontline=self._yes_no(cells, "frontline", row.line),
            kiosk=self._yes_no(cells, "kiosk", row.line),
            gender=self._choice(cells, "gender", GENDERS, row.line),
            language=self._choice(cells, "language", LANGUAGES, row.line),
            time_zone=self._zone(cells.get("time_zone", ""), row.line),
            hired_on=self._date(cells, "hired_on", row.line),
            left_on=self._date(cells, "left_on", row.line),
            away_from=self._date(cells, "away_from", row.line),
            away_until=self._date(cells, "away_until", row.line),
        )
        if read.away_until and (read.away_from is None or read.away_until < read.away_from):
            self._fault(Fault.LEAVE_ENDS_EARLY, row.line, "away_until", cells.get("away_until", ""))
        self._staff_unit(row.line, cells, read)
        manager = cells.get("manager", "")
        if manager and number:
            read.manager = manager
            if key(manager) == key(number):
                self._fault(Fault.OWN_MANAGER, row.line, "manager", manager)
            else:
                self._managers[key(number)] = (row.line, manager)
        return None if ("staff", row.line) in self.bad_lines else read

    def _staff_unit(self, line: int, cells: dict[str, str], read: StaffRow) -> None:
        """A row that names its unit also describes it; two rows may not describe one unit in two ways."""
        if not cells.get("unit_code"):
            return
        code = self._code(cells["unit_code"], line, "unit_code", "staff")
        if not code:
            return
        read.unit_code = code
        self._unit_uses.setdefault(key(code), (line, code))
        name = cells.get("unit_name_vi", "") or cells.get("unit_name_en", "")
        known = self.units.get(key(code))
        if known is None:
            if name:
                described = ("unit_parent", "unit_leader", "unit_deputy")
                self._keep_unit(line, "staff", code, name, cells.get("unit_name_en", ""), cells, described)
            return
        if known.file != "staff":
            return
        parent, leader = cells.get("unit_parent", ""), cells.get("unit_leader", "")
        if name and name != known.name_vi:
            self._fault(Fault.UNIT_DIFFERS, line, "unit_name_vi", name, other=str(known.line), meant=known.name_vi)
        if parent and key(parent) != key(known.parent or ""):
            self._fault(
                Fault.UNIT_DIFFERS, line, "unit_parent", parent, other=str(known.line), meant=known.parent or ""
            )
        if leader and key(leader) != key(known.leader or leader):
            self._fault(
                Fault.UNIT_DIFFERS, line, "unit_leader", leader, other=str(known.line), meant=known.leader or ""
            )
        known.leader = known.leader or leader or None
        known.deputy = known.deputy or cells.get("unit_deputy") or None

    def _keep_unit(
        self, line: int, file: str, code: str, name_vi: str, name_en: str, cells: dict[str, str], more: Sequence[str]
    ) -> None:
        parent, leader, deputy = more
        before = self.known_units.get(key(code))
        name_en = name_en or (before.name_en if before else name_vi)
        self.units[key(code)] = UnitRow(
            line=line,
            file=file,
            code=code,
            name_vi=name_vi,
            name_en=name_en,
            parent=cells.get(parent) or None,
            has_parent=parent in cells,
            leader=cells.get(leader) or None,
            has_leader=leader in cells,
            deputy=cells.get(deputy) or None,
            has_deputy=deputy in cells,
            search_key=fold(f"{name_vi} {name_en} {code}")[:500],
            sort_key=sort_key(name_vi)[:500],
        )

    # Cells -----------------------------------------------------------------------------------------------------

    def _cells(self, row: Row, mapping: Mapping[str, int], columns: Sequence[str], file: str) -> dict[str, str] | None:
        """The cells of matched columns, tidied; None when the row cannot be read at all."""
        if any(cell.strip() for cell in row.cells[len(columns) :]):
            self._fault(Fault.TOO_MANY_CELLS, row.line, "", other=str(len(columns)), file=file)
            return None
        cells: dict[str, str] = {}
        for name, place in mapping.items():
            raw = row.cells[place] if place < len(row.cells) else ""
            cell = tidy(raw) if raw else ""
            if cell and looks_like_formula(raw):
                self._fault(Fault.FORMULA, row.line, name, raw.strip(), file=file)
                cell = ""
            elif hidden := invisible(cell):
                self._fault(Fault.INVISIBLE, row.line, name, cell, other=hidden, file=file)
                cell = ""
            elif len(cell) > LONGEST.get(name, 200):
                self._fault(Fault.TOO_LONG, row.line, name, cell, other=str(LONGEST.get(name, 200)), file=file)
                cell = ""
            cells[name] = cell
        return cells

    def _needed(self, cell: str, line: int, name: str, file: str) -> str:
        if not cell and (file, line) not in self.bad_lines:
            self._fault(Fault.MISSING, line, name, file=file)
        return cell

    def _code(self, cell: str, line: int, name: str, file: str) -> str:
        if self._needed(cell, line, name, file) and CODE.match(cell) is None:
            self._fault(Fault.BAD_NUMBER, line, name, cell, file=file)
            return ""
        return cell

    def _email(self, cell: str, line: int) -> str | None:
        if not cell:
            return None
        address = cell.lower()
        try:
            email_ok(address)
        except ValidationError:
            self._fault(Fault.BAD_EMAIL, line, "email", cell)
            return None
        first = self._emails.setdefault(address, line)
        if first != line:
            self._fault(Fault.EMAIL_TWICE, line, "email", cell, other=str(first))
        return address

    def _yes_no(self, cells: dict[str, str], name: str, line: int) -> bool:
        folded = fold(cells.get(name, ""))
        if folded not in YES and folded not in NO:
            self._fault(Fault.BAD_YES_NO, line, name, cells[name])
        return folded in YES

    def _choice(self, cells: dict[str, str], name: str, known: Mapping[str, str], line: int) -> str | None:
        cell = cells.get(name, "")
        if not cell:
            return None
        chosen = known.get(fold(cell))
        if chosen is None:
            self._fault(Fault.BAD_CHOICE, line, name, cell, other=", ".join(sorted(set(known.values()))))
        return chosen

    def _zone(self, cell: str, line: int) -> str | None:
        if cell and not is_time_zone(cell):
            self._fault(Fault.BAD_ZONE, line, "time_zone", cell)
            return None
        return cell or None

    def _date(self, cells: dict[str, str], name: str, line: int) -> date | None:
        cell = cells.get(name, "")
        if not cell:
            return None
        read = read_date(cell)
        if read is None:
            self._fault(Fault.BAD_DATE, line, name, cell)
        return read

    # The whole file --------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """The checks that need every row: empty files, unknown units and people, circles."""
        if not self.numbers and not self.problem_count:
            self._fault(Fault.NO_ROWS, 1)
        self._check_units()
        self._check_people()
        self._check_manager_circles()
        self._check_unit_circles()

    def _check_units(self) -> None:
        known = {code: unit.code for code, unit in self.known_units.items()}
        known |= {code: unit.code for code, unit in self.units.items()}
        for code, (line, spelled) in self._unit_uses.items():
            if code not in known:
                self._fault(Fault.UNKNOWN_UNIT, line, "unit_code", spelled, meant=self._meant(spelled, known.values()))
        for unit in self.units.values():
            if unit.parent and key(unit.parent) not in known:
                name = "parent" if unit.file == "units" else "unit_parent"
                meant = self._meant(unit.parent, known.values())
                self._fault(Fault.UNKNOWN_PARENT, unit.line, name, unit.parent, meant=meant, file=unit.file)

    def _check_people(self) -> None:
        for line, manager in self._managers.values():
            if key(manager) not in self.numbers:
                self._unknown_person(line, "manager", manager, "staff")
        for unit in self.units.values():
            for name, person in (("leader", unit.leader), ("deputy", unit.deputy)):
                if person and key(person) not in self.numbers:
                    self._unknown_person(unit.line, name if unit.file == "units" else f"unit_{name}", person, unit.file)

    def _unknown_person(self, line: int, name: str, person: str, file: str) -> None:
        meant = self._meant(person, self.spelled.values())
        self._fault(Fault.UNKNOWN_PERSON, line, name, person, meant=meant, file=file)

    def _meant(self, word: str, known: Iterable[str]) -> str:
        """Suggestions cost a walk over the whole list, so only the first hundred problems get one."""
        self._suggestions += 1
        return nearest(word, known) if self._suggestions <= 100 else ""

    def _check_manager_circles(self) -> None:
        above = {number: key(manager) for number, (_line, manager) in self._managers.items()}
        for circle in circles(above):
            line, manager = self._managers[circle[0]]
            names = " → ".join(self.spelled[number] for number in [*circle, circle[0]])
            self._fault(Fault.MANAGER_CIRCLE, line, "manager", manager, other=names)

    def _check_unit_circles(self) -> None:
        above = {code: key(unit.parent) for code, unit in self.known_units.items() if unit.parent}
        for code, unit in self.units.items():
            if unit.has_parent:
                above.pop(code, None)
                if unit.parent:
                    above[code] = key(unit.parent)
        for circle in circles(above):
            unit = next(self.units[code] for code in circle if code in self.units)
            names = " → ".join([*circle, circle[0]])
            name = "parent" if unit.file == "units" else "unit_parent"
            self._fault(Fault.UNIT_CIRCLE, unit.line, name, unit.parent or "", other=names, file=unit.file)

    def refuse(self, problem: Problem) -> None:
        """Add a problem found outside the file."""
        self.problem_count += 1
        self.bad_lines.add((problem.file, problem.line))
        self.problems.append(problem)

    def refuse_email(self, email: str) -> None:
        """Nobody in the file may have this address."""
        line = self._emails.get(email.lower())
        if line is not None:
            self._fault(Fault.EMAIL_TAKEN, line, "email", email)

    def cannot_read(self, trouble: Trouble, line: int | None) -> None:
        """The file broke off half-way."""
        self._fault(Fault.CANNOT_READ, line or 1, other=trouble.value)

    def header(self, name: str) -> str:
        """The name in the file of the column that holds this field of a person."""
        return self._header(name, "staff")

    def _fault(
        self, fault: Fault, line: int, column: str = "", value: str = "", *, other: str = "", meant: str = "",
        file: str = "staff",
    ) -> None:  # fmt: skip
        self.problem_count += 1
        self.bad_lines.add((file, line))
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(Problem(fault, line, self._header(column, file), value, other, meant, file))

    def _header(self, name: str, file: str) -> str:
        """The column as it is called in the file, so that the sentence names what people see."""
        mapping, columns = (self.mapping, self.columns) if file == "staff" else (self.unit_mapping, self.unit_columns)
        place = mapping.get(name)
        return columns[place] if place is not None and place < len(columns) else name


def circles(above: Mapping[str, str]) -> list[list[str]]:
    """Every circle in a "stands below" relation, each once, from its first member on."""
    done: set[str] = set()
    found: list[list[str]] = []
    for start in above:
        path: list[str] = []
        place: dict[str, int] = {}
        step: str | None = start
        while step is not None and step not in done and step not in place:
            place[step] = len(path)
            path.append(step)
            step = above.get(step)
        if step is not None and step in place:
            found.append(path[place[step] :])
        done.update(path)
    return found

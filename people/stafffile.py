"""Reading a staff list: which column is which field, and what is wrong in which row. No database, no settings.

The checks that need the whole file (duplicates, unknown managers, circles) are in `StaffReader.finish`.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from portal.lib.csvfiles import Row, Trouble, looks_like_formula
from portal.lib.folding import fold, person_sort_key, sort_key, tidy
from portal.lib.zones import is_time_zone

PROBLEMS_KEPT = 1_000
LONGEST = {"number": 64, "full_name": 200, "email": 254, "role_family": 64, "site": 100, "shift": 50}
LONGEST |= {"unit_code": 64, "unit_name_vi": 200, "unit_name_en": 200, "unit_parent": 64}
LONGEST |= {"code": 64, "name_vi": 200, "name_en": 200, "parent": 64}

STAFF_FIELDS: tuple[str, ...] = (
    "number",
    "full_name",
    "email",
    "unit_code",
    "unit_name_vi",
    "unit_name_en",
    "unit_parent",
    "unit_leader",
    "unit_deputy",
    "manager",
    "language",
    "time_zone",
    "role_family",
    "frontline",
    "site",
    "shift",
    "gender",
    "kiosk",
    "hired_on",
    "left_on",
    "away_from",
    "away_until",
)
UNIT_FIELDS: tuple[str, ...] = ("code", "name_vi", "name_en", "parent", "leader", "deputy")
REQUIRED = {"staff": ("number", "full_name"), "units": ("code", "name_vi")}

# Headers as people write them, folded; the first field that claims a header gets it.
_HEADERS: dict[str, tuple[str, ...]] = {
    "number": ("number", "employee number", "employee id", "employee no", "staff number", "staff id", "id", "ma nv",
               "ma nhan vien", "manv", "ma so nhan vien", "ma so", "msnv"),
    "full_name": ("full name", "name", "employee name", "ho ten", "ho va ten", "ten nhan vien", "ten"),
    "email": ("email", "e mail", "mail", "email address", "work email", "dia chi email", "thu dien tu"),
    "unit_code": ("unit code", "unit", "department code", "department", "team", "org unit", "ma don vi", "don vi",
                  "ma phong ban", "phong ban", "bo phan"),
    "unit_name_vi": ("unit name", "unit name vi", "unit name vietnamese", "department name", "ten don vi",
                     "ten don vi vi", "ten don vi tieng viet", "ten phong ban", "ten bo phan"),
    "unit_name_en": ("unit name en", "unit name english", "department name en", "ten don vi en",
                     "ten don vi tieng anh", "ten phong ban tieng anh"),
    "unit_parent": ("unit parent", "parent unit", "parent unit code", "unit parent code", "parent department",
                    "unit above", "don vi cap tren", "ma don vi cap tren", "don vi cha", "ma don vi cha"),
    "unit_leader": ("unit leader", "unit leader number", "leader", "leader number", "truong don vi",
                    "ma truong don vi", "truong phong"),
    "unit_deputy": ("unit deputy", "deputy", "deputy number", "pho don vi", "ma pho don vi"),
    "manager": ("manager", "manager number", "line manager", "line manager number", "manager id", "reports to",
                "quan ly", "ma quan ly", "quan ly truc tiep", "ma quan ly truc tiep", "cap tren truc tiep"),
    "language": ("language", "lang", "ngon ngu"),
    "time_zone": ("time zone", "timezone", "mui gio"),
    "role_family": ("role family", "role", "job family", "job", "position", "title", "nhom chuc danh", "chuc danh",
                    "nhom nghe", "vi tri", "chuc vu"),
    "frontline": ("front line", "frontline", "is frontline", "tuyen dau"),
    "site": ("site", "location", "work place", "workplace", "office", "noi lam viec", "dia diem", "chi nhanh"),
    "shift": ("shift", "ca", "ca lam viec"),
    "gender": ("gender", "sex", "gioi tinh"),
    "kiosk": ("kiosk", "printed codes", "uses printed codes", "dung ma in"),
    "hired_on": ("hired on", "hire date", "hired", "start date", "joined on", "ngay vao lam", "ngay vao"),
    "left_on": ("left on", "leave date", "termination date", "end date", "left", "ngay nghi viec", "ngay nghi"),
    "away_from": ("away from", "leave from", "nghi tu", "vang tu", "vang mat tu"),
    "away_until": ("away until", "away to", "leave until", "nghi den", "vang den", "vang mat den"),
    "code": ("code", "unit code", "unit", "department code", "ma don vi", "ma", "ma phong ban"),
    "name_vi": ("name vi", "name", "unit name", "unit name vi", "name vietnamese", "ten", "ten don vi",
                "ten don vi tieng viet", "ten tieng viet"),
    "name_en": ("name en", "unit name en", "name english", "ten tieng anh", "ten don vi tieng anh"),
    "parent": ("parent", "parent code", "parent unit", "parent unit code", "unit parent", "unit above", "don vi cha",
               "don vi cap tren", "ma don vi cap tren", "ma don vi cha"),
    "leader": ("leader", "leader number", "unit leader", "unit leader number", "truong don vi", "ma truong don vi"),
    "deputy": ("deputy", "deputy number", "unit deputy", "pho don vi", "ma pho don vi"),
}  # fmt: skip
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CODE = re.compile(r"^[^\s=+\-@][^\r\n\t]{0,63}$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")
_YEAR_FIRST = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?$")
_YES = frozenset({"1", "yes", "y", "true", "t", "x", "co", "c", "dung"})
_NO = frozenset({"", "0", "no", "n", "false", "f", "khong", "k", "-"})
_GENDERS = {
    "nu": "female", "female": "female", "f": "female", "woman": "female",
    "nam": "male", "male": "male", "m": "male", "man": "male",
    "khac": "other", "other": "other", "x": "other",
}  # fmt: skip
_LANGUAGES = {
    "vi": "vi", "vn": "vi", "vie": "vi", "tieng viet": "vi", "vietnamese": "vi",
    "en": "en", "eng": "en", "english": "en", "tieng anh": "en",
}  # fmt: skip
_email_ok = EmailValidator()


class Fault(StrEnum):
    """What can be wrong with a cell or a row; `people.sentences` says each in words."""

    MISSING = "missing"
    FORMULA = "formula"
    INVISIBLE = "invisible"
    TOO_LONG = "too_long"
    BAD_NUMBER = "bad_number"
    BAD_EMAIL = "bad_email"
    BAD_DATE = "bad_date"
    BAD_YES_NO = "bad_yes_no"
    BAD_CHOICE = "bad_choice"
    BAD_ZONE = "bad_zone"
    LEAVE_ENDS_EARLY = "leave_ends_early"
    NUMBER_TWICE = "number_twice"
    EMAIL_TWICE = "email_twice"
    UNIT_TWICE = "unit_twice"
    UNIT_DIFFERS = "unit_differs"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_PARENT = "unknown_parent"
    UNKNOWN_PERSON = "unknown_person"
    OWN_MANAGER = "own_manager"
    MANAGER_CIRCLE = "manager_circle"
    UNIT_CIRCLE = "unit_circle"
    TOO_MANY_CELLS = "too_many_cells"
    EMAIL_TAKEN = "email_taken"
    NOT_YOURSELF = "not_yourself"
    NO_ROWS = "no_rows"
    CANNOT_READ = "cannot_read"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: in which file, line and column, what, and what may have been meant."""

    fault: Fault
    line: int
    column: str = ""
    value: str = ""
    other: str = ""
    meant: str = ""
    file: str = "staff"

    def as_json(self) -> dict[str, object]:
        return {
            "fault": self.fault.value,
            "line": self.line,
            "column": self.column,
            "value": self.value[:80],
            "other": self.other[:200],
            "meant": self.meant[:80],
            "file": self.file,
        }


@dataclass(slots=True)
class StaffRow:
    """A person as the file has them; fields whose column was not matched keep their defaults and are not written."""

    line: int
    number: str
    full_name: str
    search_key: str
    sort_key: str
    email: str | None = None
    unit_code: str | None = None
    manager: str | None = None
    language: str | None = None
    time_zone: str | None = None
    role_family: str = ""
    frontline: bool = False
    site: str = ""
    shift: str = ""
    gender: str | None = None
    kiosk: bool = False
    hired_on: date | None = None
    left_on: date | None = None
    away_from: date | None = None
    away_until: date | None = None


@dataclass(slots=True)
class UnitRow:
    """A unit as the files have it."""

    line: int
    file: str
    code: str
    name_vi: str
    name_en: str
    parent: str | None = None
    has_parent: bool = False
    leader: str | None = None
    has_leader: bool = False
    deputy: str | None = None
    has_deputy: bool = False
    search_key: str = ""
    sort_key: str = ""


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit that is there already."""

    code: str
    name_en: str
    parent: str | None


def key(text: str) -> str:
    """Numbers and codes are one when only upper and lower case differ; letter by letter, as the database does it."""
    if text.isascii():
        return text.upper()
    return "".join(upper if len(upper := char.upper()) == 1 else char for char in text)


def guess_mapping(headers: Sequence[str], kind: str) -> dict[str, int]:
    """Which column holds which field, as far as the headers tell, in Vietnamese or English."""
    fields = STAFF_FIELDS if kind == "staff" else UNIT_FIELDS
    folded = [_NOT_WORD.sub(" ", fold(_CAMEL.sub(" ", header))).strip() for header in headers]
    mapping: dict[str, int] = {}
    taken: set[int] = set()
    deepest = max(len(_HEADERS[name]) for name in fields)
    for rank in range(deepest):
        for name in fields:
            words = _HEADERS[name]
            if name in mapping or rank >= len(words):
                continue
            place = next((i for i, header in enumerate(folded) if header == words[rank] and i not in taken), None)
            if place is not None:
                mapping[name] = place
                taken.add(place)
    return mapping


def missing_fields(mapping: Mapping[str, int], kind: str) -> list[str]:
    """The fields a file cannot do without that no column has been matched to."""
    return [name for name in REQUIRED[kind] if name not in mapping]


def _invisible(text: str) -> str:
    """The code point of a control or direction mark that hides in the text, or nothing."""
    if text.isascii() and text.isprintable():
        return ""
    for char in text:
        if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"}:
            return f"U+{ord(char):04X}"
    return ""


def _read_date(text: str) -> date | None:
    found = _YEAR_FIRST.match(text)
    parts = found.groups() if found else None
    if parts is None:
        found = _DAY_FIRST.match(text)
        if not found:
            return None
        parts = found.groups()[::-1]
    try:
        read = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
    return read if 1900 <= read.year <= 2200 else None


def _nearest(word: str, known: Iterable[str]) -> str:
    """What may have been meant: the same letters without marks or leading zeros, else the closest spelling."""
    plain = re.sub(r"(?<!\d)0+(?=\d)", "", _NOT_WORD.sub("", fold(word)))
    names = list(known)
    for name in names:
        if re.sub(r"(?<!\d)0+(?=\d)", "", _NOT_WORD.sub("", fold(name))) == plain:
            return name
    close = difflib.get_close_matches(word, names if len(names) <= 5_000 else _alike(word, names), n=1, cutoff=0.75)
    return close[0] if close else ""


def _alike(word: str, names: list[str]) -> list[str]:
    """In a long list only words of about the same length and the same beginning are worth comparing."""
    return [name for name in names if abs(len(name) - len(word)) <= 1 and name[:2] == word[:2]][:5_000]


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
            gender=self._choice(cells, "gender", _GENDERS, row.line),
            language=self._choice(cells, "language", _LANGUAGES, row.line),
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
            elif hidden := _invisible(cell):
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
        if self._needed(cell, line, name, file) and _CODE.match(cell) is None:
            self._fault(Fault.BAD_NUMBER, line, name, cell, file=file)
            return ""
        return cell

    def _email(self, cell: str, line: int) -> str | None:
        if not cell:
            return None
        address = cell.lower()
        try:
            _email_ok(address)
        except ValidationError:
            self._fault(Fault.BAD_EMAIL, line, "email", cell)
            return None
        first = self._emails.setdefault(address, line)
        if first != line:
            self._fault(Fault.EMAIL_TWICE, line, "email", cell, other=str(first))
        return address

    def _yes_no(self, cells: dict[str, str], name: str, line: int) -> bool:
        folded = fold(cells.get(name, ""))
        if folded not in _YES and folded not in _NO:
            self._fault(Fault.BAD_YES_NO, line, name, cells[name])
        return folded in _YES

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
        read = _read_date(cell)
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
        return _nearest(word, known) if self._suggestions <= 100 else ""

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

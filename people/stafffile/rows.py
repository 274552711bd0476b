"""What a staff list says, row by row: people and units, and what is wrong with a cell."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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

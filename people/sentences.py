"""The sentences of the staff import: what is wrong, where, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from people.stafffile.rows import Fault
from portal.lib.csvfiles import Trouble

FIELD_LABELS: dict[str, Promise] = {
    "number": _("Employee number"),
    "full_name": _("Full name"),
    "email": _("Email"),
    "unit_code": _("Unit code"),
    "unit_name_vi": _("Unit name in Vietnamese"),
    "unit_name_en": _("Unit name in English"),
    "unit_parent": _("Code of the unit above"),
    "unit_leader": _("Employee number of the unit leader"),
    "unit_deputy": _("Employee number of the deputy"),
    "manager": _("Employee number of the line manager"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "role_family": _("Role family"),
    "frontline": _("Front line"),
    "site": _("Site"),
    "shift": _("Shift"),
    "gender": _("Gender"),
    "kiosk": _("Uses printed codes"),
    "hired_on": _("Hired on"),
    "left_on": _("Left on"),
    "away_from": _("Away from"),
    "away_until": _("Away until"),
    "code": _("Unit code"),
    "name_vi": _("Unit name in Vietnamese"),
    "name_en": _("Unit name in English"),
    "parent": _("Code of the unit above"),
    "leader": _("Employee number of the unit leader"),
    "deputy": _("Employee number of the deputy"),
}

TROUBLES: dict[Trouble, Promise] = {
    Trouble.EMPTY: _("The file is empty. Choose another file; nothing has been saved."),
    Trouble.NOT_TEXT: _("This is not a text file. In the spreadsheet, choose “Save as”, then “CSV UTF-8”."),
    Trouble.UTF16: _(
        "The file is in UTF-16 (“Unicode text”). In the spreadsheet, choose “Save as”, then “CSV UTF-8”, and upload "
        "that file."
    ),
    Trouble.NOT_UTF8: _(
        "The letters cannot be read: the file is not in UTF-8 but in an older encoding such as Windows-1258. In the "
        "spreadsheet, choose “Save as”, then “CSV UTF-8”, and upload that file."
    ),
    Trouble.SPREADSHEET: _(
        "This is a spreadsheet, not a CSV file. Open it, choose “Save as”, then “CSV UTF-8”, and upload that file."
    ),
    Trouble.NO_DELIMITER: _(
        "The first row has only one column. Put the column names there, parted by commas, semicolons or tabs."
    ),
    Trouble.BROKEN_QUOTES: _("A quotation mark is opened and never closed, or stands in the middle of a cell."),
}

# After "Row 14, column “Email”: ". {other} and {meant} differ by fault; see people/stafffile/.
_FAULTS: dict[Fault, Promise] = {
    Fault.MISSING: _("this cell is empty. Fill it in."),
    Fault.FORMULA: _("“%(value)s” looks like a formula. Write it as plain text."),
    Fault.INVISIBLE: _("“%(value)s” holds an invisible character (%(other)s). Type the cell again."),
    Fault.TOO_LONG: _("the text is longer than %(other)s characters. Shorten it."),
    Fault.BAD_NUMBER: _(
        "“%(value)s” cannot be used. Use up to 64 characters, and do not begin with a space, =, +, - or @."
    ),
    Fault.BAD_EMAIL: _(
        "“%(value)s” is not a complete email address. Correct it, or leave it empty if this person has none."
    ),
    Fault.BAD_DATE: _("“%(value)s” is not a date. Write it like 14/09/2026 or 2026-09-14."),
    Fault.BAD_YES_NO: _("“%(value)s” is neither yes nor no. Write 1 for yes, and leave it empty for no."),
    Fault.BAD_CHOICE: _("“%(value)s” is not one of the possible values: %(other)s."),
    Fault.BAD_ZONE: _("there is no time zone “%(value)s”. Write it like Asia/Ho_Chi_Minh."),
    Fault.LEAVE_ENDS_EARLY: _("the last day of leave has no first day, or comes before it."),
    Fault.NUMBER_TWICE: _("“%(value)s” is already in row %(other)s. One row per person."),
    Fault.EMAIL_TWICE: _("“%(value)s” is already in row %(other)s. Each person needs an address of their own."),
    Fault.UNIT_TWICE: _("“%(value)s” is already in row %(other)s. One row per unit."),
    Fault.UNIT_DIFFERS: _("“%(value)s” here, but “%(meant)s” for the same unit in row %(other)s. Make them the same."),
    Fault.UNKNOWN_UNIT: _("there is no unit “%(value)s”."),
    Fault.UNKNOWN_PARENT: _("there is no unit “%(value)s” to stand below."),
    Fault.UNKNOWN_PERSON: _("nobody in the staff file has the number “%(value)s”."),
    Fault.OWN_MANAGER: _("“%(value)s” is this person's own number. Nobody can be their own line manager."),
    Fault.MANAGER_CIRCLE: _("these people manage each other in a circle: %(other)s. Change one of the rows."),
    Fault.UNIT_CIRCLE: _("these units stand below each other in a circle: %(other)s. Change one of the rows."),
    Fault.EMAIL_TAKEN: _("“%(value)s” belongs to a technical account. Use another address."),
}
_ROW_FAULTS: dict[Fault, Promise] = {
    Fault.TOO_MANY_CELLS: _("Row %(line)s: more cells than the %(other)s columns of the first row. Is a comma loose?"),
    Fault.NOT_YOURSELF: _(
        "You are not in this file: there is no row with your number “%(value)s”. Importing it would close your own "
        "account. Is the file complete?"
    ),
    Fault.NO_ROWS: _("The file has column names and no rows. Choose another file."),
}
_MEANT: Promise = _("Did you mean “%(meant)s”?")
_PLACE: Promise = _("Row %(line)s, column “%(column)s”: %(what)s")
_PLACE_UNITS: Promise = _("File of units, row %(line)s, column “%(column)s”: %(what)s")
CANNOT_READ_AT: Promise = _("Row %(line)s: %(what)s")

SAMPLE_LABELS: dict[str, Promise] = {
    "added": pgettext_lazy("import", "New"),
    "changed": pgettext_lazy("import", "Changed"),
    "moved": pgettext_lazy("import", "Moved to another unit"),
    "returned": pgettext_lazy("import", "Back again"),
    "left": pgettext_lazy("import", "No longer in the file"),
}


@dataclass(frozen=True)
class Sample:
    """One person of a trial run: the unit before and after where it differs, and which details are others now."""

    name: str
    number: str
    before: str
    after: str
    fields: list[str]

    @property
    def moves(self) -> bool:
        return bool(self.before and self.after) and self.before != self.after


def sample_of(stored: Mapping[str, Any]) -> Sample:
    """A person as the trial run kept it, in the language of the reader."""
    language = "en" if (get_language() or "").startswith("en") else "vi"
    before, after = (stored[name][language] if stored.get(name) else "" for name in ("before", "after"))
    fields = [str(FIELD_LABELS[name]) for name in stored.get("fields", [])]
    return Sample(stored["name"], stored["number"], before, after, fields)


def say(problem: Mapping[str, object]) -> str:
    """One problem as a sentence in the language of the reader."""
    fault = Fault(str(problem["fault"]))
    values = {name: str(value) for name, value in problem.items()}
    if fault == Fault.CANNOT_READ:
        return str(CANNOT_READ_AT) % {"line": values["line"], "what": TROUBLES[Trouble(values["other"])]}
    if fault in _ROW_FAULTS:
        return str(_ROW_FAULTS[fault]) % values
    what = str(_FAULTS[fault]) % values
    if values.get("meant") and fault in {Fault.UNKNOWN_UNIT, Fault.UNKNOWN_PARENT, Fault.UNKNOWN_PERSON}:
        what = f"{what} {str(_MEANT) % values}"
    place = _PLACE_UNITS if values.get("file") == "units" else _PLACE
    return str(place) % {"line": values["line"], "column": values["column"], "what": what}


def nothing_imported(result: Mapping[str, object]) -> str:
    """The heading over the rows to fix."""
    return gettext("Nothing has been imported. %(bad)s of %(rows)s rows need fixing.") % {
        "bad": result["bad_rows"],
        "rows": result["rows"],
    }

"""Sentences: what is wrong in a staff list, where, and what to do about it; what an invitation or a printing does."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from people.actions.codes import SLIPS_AT_MOST
from people.actions.invitations import Reach, Whom
from people.corridors import Question
from people.models import Unit
from people.stafffile import Fault
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

# After "Row 14, column “Email”: ". {other} and {meant} differ by fault; see people/stafffile.py.
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


# Invitations and slips -------------------------------------------------------------------------------------------


def _number(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def invitation_question(found: Reach, whom: Whom) -> Question:
    """What HR is asked before many are invited."""
    heading = ngettext(
        "Invite %(number)s person to sign in?", "Invite %(number)s people to sign in?", found.by_mail
    ) % {"number": _number(found.by_mail)}
    says = [gettext("None of them has ever signed in. Each gets a mail with a link to set a password.")]
    if whom.unit is not None:
        says.insert(0, gettext("Unit: %(unit)s, with everything below it.") % {"unit": whom.unit.name})
    way_back = (reverse("people:invitation_new"), gettext("Invite people"))
    return Question(heading, [*says, *left_out(found)], gettext("Send the invitations"), way_back)


def left_out(found: Reach) -> list[str]:
    """Who gets no mail, and why."""
    said = []
    if found.without_mail:
        without = ngettext(
            "%(number)s person has no email address and needs a printed code.",
            "%(number)s people have no email address and need a printed code.",
            found.without_mail,
        )
        said.append(without % {"number": _number(found.without_mail)})
    if found.lately:
        lately = ngettext(
            "%(number)s person was invited in the last 7 days and is left out.",
            "%(number)s people were invited in the last 7 days and are left out.",
            found.lately,
        )
        said.append(lately % {"number": _number(found.lately)})
    return said


def invited(done: Reach) -> str:
    """What the press did."""
    if not done.by_mail:
        return gettext("Nobody is left to invite by email.")
    said = ngettext("%(number)s invitation is on its way.", "%(number)s invitations are on their way.", done.by_mail)
    return said % {"number": _number(done.by_mail)}


def slips_question(number: int, unit: Unit) -> Question:
    """What HR is asked before the codes of a unit are printed."""
    heading = ngettext(
        "Make codes for %(number)s person of “%(unit)s”?", "Make codes for %(number)s people of “%(unit)s”?", number
    ) % {"number": _number(number), "unit": unit.name}
    says = [
        gettext("These are all in this unit and below it who have no email address and have never signed in."),
        gettext("Codes are shown this once and kept nowhere: print the page at once. Older unused codes stop working."),
        gettext(
            "For 30 days these people's answers do not count towards the smallest group, because somebody else has "
            "set their sign-in."
        ),
    ]
    way_back = (reverse("people:code_list"), gettext("One-time codes"))
    return Question(heading, says, gettext("Make the codes"), way_back)


def no_slips(number: int, unit: Unit) -> str:
    """Why there is nothing to print, or too much."""
    if not number:
        return gettext("Everybody in “%(unit)s” has an email address or has signed in already.") % {"unit": unit.name}
    return gettext("%(number)s slips are too many at once: %(most)s are the most. Choose smaller units.") % {
        "number": _number(number),
        "most": _number(SLIPS_AT_MOST),
    }

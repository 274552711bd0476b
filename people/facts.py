"""The verbs this room utters, and their words. Facts hold ids and numbers, never a name, an address or free text."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from people.models import Employee, StaffImport, Unit
from people.registry import Cause, FindSubjects, Saying, Subject, Words, rooms
from people.roles import Role

STAFF_IMPORTED = "people.staff_imported"
GRANT_GIVEN = "people.grant_given"
GRANT_WITHDRAWN = "people.grant_withdrawn"
CONTACT_CHANGED = "people.contact_changed"
LEAVE_CHANGED = "people.leave_changed"
CODES_PRINTED = "people.codes_printed"
CODE_USED = "people.code_used"
EMPLOYEES_INVITED = "people.employees_invited"
STAFF_DOWNLOADED = "people.staff_downloaded"
DATA_DOWNLOADED = "people.data_downloaded"

_ROLES = {role.value: role.label for role in Role}

WORDS: dict[str, Words] = {
    STAFF_IMPORTED: Words(
        _("The staff list was imported"),
        counts={
            "rows": lambda n: ngettext("%(number)s row", "%(number)s rows", n),
            "added": lambda n: ngettext("%(number)s new person", "%(number)s new people", n),
            "changed": lambda n: ngettext(
                "%(number)s person with changed details", "%(number)s people with changed details", n
            ),
            "moved": lambda n: ngettext("%(number)s moved to another unit", "%(number)s moved to other units", n),
            "returned": lambda n: ngettext("%(number)s back again", "%(number)s back again", n),
            "left": lambda n: ngettext("%(number)s no longer on the list", "%(number)s no longer on the list", n),
            "units_added": lambda n: ngettext("%(number)s new unit", "%(number)s new units", n),
            "units_changed": lambda n: ngettext("%(number)s unit changed", "%(number)s units changed", n),
        },
        silent=frozenset({"unchanged", "active_before", "asks_again"}),
    ),
    STAFF_DOWNLOADED: Words(
        _("The present staff list was downloaded"),
        counts={"people": lambda n: ngettext("%(number)s person", "%(number)s people", n)},
    ),
    GRANT_GIVEN: Words(_("An access right was given"), codes={"role": _ROLES}),
    GRANT_WITHDRAWN: Words(_("An access right was withdrawn"), codes={"role": _ROLES}),
    CONTACT_CHANGED: Words(
        _("Somebody else changed an email address or sign-in"),
        together=True,
        codes={
            "cause": {
                Cause.LIST.value: pgettext_lazy("cause", "by the staff list"),
                Cause.HR.value: pgettext_lazy("cause", "by HR"),
                Cause.CODE.value: pgettext_lazy("cause", "by a printed code"),
            }
        },
    ),
    LEAVE_CHANGED: Words(_("A leave was noted or ended")),
    CODES_PRINTED: Words(
        _("One-time codes were printed"),
        counts={"people": lambda n: ngettext("for %(number)s person", "for %(number)s people", n)},
    ),
    CODE_USED: Words(_("Signed in with a one-time code")),
    EMPLOYEES_INVITED: Words(
        _("People were invited to set a password"),
        counts={
            "people": lambda n: ngettext("%(number)s person by email", "%(number)s people by email", n),
            "without_email": lambda n: ngettext("%(number)s without email", "%(number)s without email", n),
            "lately": lambda n: ngettext(
                "%(number)s invited shortly before and left out", "%(number)s invited shortly before and left out", n
            ),
        },
    ),
    DATA_DOWNLOADED: Words(_("Downloaded the data about oneself")),
}


def _employees(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    """Whoever reads the record reads names; a page opens only for those who may see the person."""
    may_open = Exists(Employee.objects.visible_to(reader).filter(pk=OuterRef("pk")))
    found = Employee.objects.filter(pk__in=ids).annotate(may_open=may_open)
    return {
        str(pk): Subject(f"{name} ({number})", reverse("people:employee", args=[pk]) if opens else "")
        for pk, name, number, opens in found.values_list("pk", "full_name", "number", "may_open")
    }


def _staff_imports(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    opens = set(StaffImport.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        made: Subject(
            gettext("Import no. %(number)s") % {"number": made},
            reverse("people:import_detail", args=[made]) if int(made) in opens else "",
        )
        for made in ids
    }


SUBJECTS: dict[str, FindSubjects] = {"people.employee": _employees, "people.staffimport": _staff_imports}


def utter(
    verb: str,
    *,
    actor: Employee | None = None,
    unit: Unit | None = None,
    subject: str = "",
    key: str,
    data: dict[str, object] | None = None,
) -> None:
    """Hand a fact to the activity record, in the transaction of the change. `key` says it once for ever."""
    if rooms.recorder is not None:
        rooms.recorder(verb, actor=actor, unit=unit, subject=subject, key=key, data=data)


def utter_many(verb: str, sayings: Iterable[Saying], *, actor: Employee | None = None) -> None:
    """The same for many people at once: one fact each, written together."""
    if rooms.many_recorder is not None:
        rooms.many_recorder(verb, sayings, actor=actor)

"""The verbs this room utters. Facts hold ids and numbers, never a name, an address or free text."""

from collections.abc import Iterable

from people.models import Employee, Unit
from people.registry import Saying, rooms

STAFF_IMPORTED = "people.staff_imported"
GRANT_GIVEN = "people.grant_given"
GRANT_WITHDRAWN = "people.grant_withdrawn"
CONTACT_CHANGED = "people.contact_changed"
LEAVE_CHANGED = "people.leave_changed"
CODES_PRINTED = "people.codes_printed"
CODE_USED = "people.code_used"
EMPLOYEES_INVITED = "people.employees_invited"
DATA_DOWNLOADED = "people.data_downloaded"

VERBS = (
    STAFF_IMPORTED,
    GRANT_GIVEN,
    GRANT_WITHDRAWN,
    CONTACT_CHANGED,
    LEAVE_CHANGED,
    CODES_PRINTED,
    CODE_USED,
    EMPLOYEES_INVITED,
    DATA_DOWNLOADED,
)


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

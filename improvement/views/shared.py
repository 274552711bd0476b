"""What the corridors of this room share: rows of a list, the units led, the forms an address fills in."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from improvement.forms import OfUnit
from improvement.models import Commitment, Note
from improvement.registry import Seen, seen_by_people
from people.models import Employee, Unit
from people.policies import leads_any

PAGE = 30
GET_AND_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Row:
    """A promise or a note, whether its reader may act on it, and what people see of the promise."""

    thing: Commitment | Note
    may_act: bool
    seen: Seen | None = None

    @property
    def shows_figures(self) -> bool:
        return self.seen is not None and self.seen.mean is not None


def promise_rows(reader: Employee, promises: Sequence[Commitment], led: set[int]) -> list[Row]:
    """Promises as their reader sees them."""
    seen = seen_by_people(reader, promises)
    return [Row(each, each.is_current and each.unit_id in led, seen.get(each.pk)) for each in promises]


def led_ids(employee: Employee) -> set[int]:
    """The units this person acts for."""
    if not leads_any(employee):
        return set()
    return set(Unit.objects.led_by(employee).values_list("pk", flat=True))


def given(asked: QueryDict) -> dict[str, str]:
    """What an address may fill in; the form checks it as if it had been typed."""
    names = {"unit", "pillar", "title", "cause", "heard"}
    return {name: str(value)[:4000] for name, value in asked.items() if name in names}


def chosen_unit(form: OfUnit) -> Unit | None:
    """The unit the form stands at when it is shown; none where the address names one that its reader does not lead."""
    value = str(form["unit"].value() or "")
    led = Unit.objects.led_by(form.by).open()
    if not value:
        return led.in_tree_order().first()
    return led.filter(pk=int(value)).first() if value.isascii() and value.isdigit() and len(value) < 10 else None

"""Questions about actions, commitments and notes. Every read of a page starts with `visible_to(employee)`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Count, F, Q
from django.db.models.expressions import RawSQL

from people.policies import sees_all_results
from people.querysets import led_unit_ids, subtree_ids

if TYPE_CHECKING:
    from improvement.models import Action, Commitment, Note  # noqa: F401 - named in the bases below
    from people.models import Employee, Unit

Noun = TypeVar("Noun", bound=models.Model, covariant=True)

_UP_TO_THE_COMPANY = """
    WITH RECURSIVE above(id, parent_id) AS (
        SELECT id, parent_id FROM people_unit WHERE id = %s
        UNION
        SELECT up.id, up.parent_id FROM people_unit up JOIN above ON up.id = above.parent_id
    )
    SELECT id FROM above
"""


def chain_ids(unit_id: int | None) -> RawSQL:
    """The ids of a unit and of every unit above it, for use after `__in`."""
    return RawSQL(_UP_TO_THE_COMPANY, (unit_id,))


class OfUnitQuerySet(models.QuerySet[Noun]):
    """Things that belong to a unit and that its people may read."""

    def visible_to(self, employee: Employee) -> Self:
        """HR, CX team and board: all; leaders: the subtrees led; everyone: the own unit and the units above it."""
        if not employee.is_active:
            return self.none()
        if sees_all_results(employee):
            return self.all()
        return self.filter(self._readable(employee))

    def _readable(self, employee: Employee) -> Q:
        return Q(unit__in=led_unit_ids(employee)) | Q(unit__in=chain_ids(employee.unit_id))

    def for_people_of(self, unit_id: int | None) -> Self:
        """Of this unit and of the units above it: what its people are told."""
        return self.filter(unit__in=chain_ids(unit_id))

    def under(self, unit_id: int) -> Self:
        """Of this unit and of everything below it."""
        return self.filter(unit__in=subtree_ids([unit_id]))

    def led_by(self, employee: Employee) -> Self:
        """Of the units this person leads or deputises for, and of everything below them."""
        return self.filter(unit__in=led_unit_ids(employee))


class ActionQuerySet(OfUnitQuerySet["Action"]):
    """Actions."""

    def _readable(self, employee: Employee) -> Q:
        """The owner reads an action wherever it belongs."""
        return super()._readable(employee) | Q(owner=employee)

    def open(self) -> Self:
        """Under way."""
        return self.filter(state="open")

    def overdue(self, day: date) -> Self:
        """Open, with a due date that has passed."""
        return self.open().filter(due_on__lt=day)

    def to_remind(self, day: date) -> Self:
        """Overdue, and nobody has been told so about this due date yet."""
        return self.overdue(day).filter(Q(reminded_for=None) | ~Q(reminded_for=F("due_on")))

    def owned_by(self, employee: Employee) -> Self:
        return self.filter(owner=employee)

    def soonest_first(self) -> Self:
        return self.order_by("due_on", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-started_on", "-pk")

    def done_and_due(self, first: date, last: date) -> tuple[int, int]:
        """Of the actions due in these days: how many were done in time, and how many there were.

        One that was dropped before its date does not count; one dropped after it counts as not done in time.
        """
        due = self.filter(due_on__range=(first, last)).exclude(state="dropped", closed_on__lte=F("due_on"))
        in_time = Count("pk", filter=Q(state="done", closed_on__lte=F("due_on")))
        found = due.aggregate(in_time=in_time, due=Count("pk"))
        return found["in_time"], found["due"]


class CommitmentQuerySet(OfUnitQuerySet["Commitment"]):
    """Commitments."""

    def current(self) -> Self:
        """Promised, and not yet said to be kept or not."""
        return self.filter(state="current")

    def to_answer(self, day: date) -> Self:
        """Current, and their date has come."""
        return self.current().filter(due_on__lte=day)

    def current_first(self) -> Self:
        """What is promised, soonest first; then what became of the others."""
        return self.order_by(F("slot").asc(nulls_last=True), "-settled_on", "due_on", "-pk")


class NoteQuerySet(OfUnitQuerySet["Note"]):
    """Notes."""

    def visible_to(self, employee: Employee) -> Self:
        """What was taken back is read by nobody."""
        return super().visible_to(employee).standing()

    def standing(self) -> Self:
        """Published, and not taken back."""
        return self.filter(withdrawn_at=None)

    def since(self, unit: Unit | int | None, moment: datetime) -> Self:
        """What the people of this unit have been told since that moment, the newest first."""
        unit_id = unit if unit is None or isinstance(unit, int) else unit.pk
        return self.standing().for_people_of(unit_id).filter(published_at__gte=moment).newest_first()

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-pk")

"""Questions about evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

from people.policies import is_board, is_cx, is_hr, is_reviewer
from people.querysets import led_unit_ids

if TYPE_CHECKING:
    from assessments.models import Evidence  # noqa: F401 - named in the base below
    from people.models import Employee


_ABOVE_THE_LED = """
    WITH RECURSIVE above(id) AS (
        SELECT parent_id FROM people_unit WHERE leader_id = %s OR deputy_id = %s
        UNION
        SELECT up.parent_id FROM people_unit up JOIN above ON up.id = above.id
    )
    SELECT id FROM above WHERE id IS NOT NULL
"""


def _from_above(employee: Employee) -> Q:
    return Q(covers_below=True, unit__in=RawSQL(_ABOVE_THE_LED, (employee.pk, employee.pk)))


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """What units show for their practices."""

    def visible_to(self, employee: Employee) -> Self:
        """All for reviewers, HR, CX team and board; a leader that of the subtrees led, and what units above gave for
        them once it is verified; whoever gave a piece, their own."""
        if not employee.is_active:
            return self.none()
        if is_reviewer(employee) or is_hr(employee) or is_cx(employee) or is_board(employee):
            return self.all()
        from_above = Q(state="verified") & _from_above(employee)
        return self.filter(Q(unit__in=led_unit_ids(employee)) | from_above | Q(added_by=employee))

    def from_above(self, employee: Employee) -> Self:
        """What units above those led by name gave for the units below them: it counts for those led, too."""
        return self.filter(_from_above(employee))

    def valid_on(self, day: date) -> Self:
        """Checked by a reviewer, dated no later than that day and not expired on it; indicators are judged apart."""
        checked = self.filter(state="verified", dated_on__lte=day)
        return checked.filter(Q(expires_on=None) | Q(expires_on__gt=day))

    def standing(self) -> Self:
        """Neither taken back nor returned."""
        return self.filter(state__in=["waiting", "verified"])

    def to_review(self) -> Self:
        return self.filter(state="waiting")

    def to_review_by(self, employee: Employee) -> Self:
        """What somebody may check: neither given by themselves nor counting for a unit they lead by name."""
        others = self.to_review().exclude(added_by=employee).exclude(_from_above(employee))
        return others.exclude(unit__leader=employee).exclude(unit__deputy=employee)

    def ending(self, day: date, soon: timedelta) -> Self:
        """Verified, near its end or just past it, and nobody has been told of that end yet."""
        near = self.filter(state="verified", expires_on__gt=day - soon, expires_on__lte=day + soon)
        return near.filter(Q(reminded_for=None) | ~Q(reminded_for=F("expires_on")))

    def oldest_first(self) -> Self:
        return self.order_by("added_on", "pk")

    def standing_for(self, unit_id: int, above: Iterable[int]) -> Self:
        """Of this unit, and what the units above it gave for those below, once it is verified."""
        from_above = Q(unit_id__in=list(above), covers_below=True, state="verified")
        return self.filter(Q(unit_id=unit_id) | from_above)

    def of_model(self, code: str, practices: Iterable[str] | None = None) -> Self:
        """For the practices of one model, whatever its version."""
        found = self.filter(model_code=code)
        return found if practices is None else found.filter(practice__in=list(practices))

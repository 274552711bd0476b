"""Questions about evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from people.models import Unit
from people.policies import is_board, is_cx, is_hr, is_reviewer

if TYPE_CHECKING:
    from assessments.models import Evidence  # noqa: F401 - named in the base below
    from people.models import Employee


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """What units show for their practices."""

    def visible_to(self, employee: Employee) -> Self:
        """All for reviewers, HR, CX team and board; a leader that of the subtrees led; whoever gave it, their own."""
        if is_reviewer(employee) or is_hr(employee) or is_cx(employee) or is_board(employee):
            return self
        return self.filter(Q(unit__in=Unit.objects.led_by(employee)) | Q(added_by=employee))

    def valid_on(self, day: date) -> Self:
        """Checked by a reviewer, dated no later than that day and not expired on it; indicators are judged apart."""
        checked = self.filter(state="verified", dated_on__lte=day)
        return checked.filter(Q(expires_on=None) | Q(expires_on__gt=day))

    def standing(self) -> Self:
        """Neither taken back nor returned."""
        return self.filter(state__in=["waiting", "verified"])

    def to_review(self) -> Self:
        return self.filter(state="waiting")

    def standing_for(self, unit_id: int, above: Iterable[int]) -> Self:
        """Of this unit, and what the units above it gave for those below."""
        return self.filter(Q(unit_id=unit_id) | Q(unit_id__in=list(above), covers_below=True))

    def of_model(self, code: str, practices: Iterable[str] | None = None) -> Self:
        """For the practices of one model, whatever its version."""
        found = self.filter(model_code=code)
        return found if practices is None else found.filter(practice__in=list(practices))

"""Questions about cycles, the units they cover and leaders' own ratings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from people.models import Unit
from people.policies import is_board, is_cx, is_hr, is_reviewer, leads_any

if TYPE_CHECKING:
    from assessments.models import Cycle, CycleUnit, LeaderRating  # noqa: F401 - named in the bases below
    from people.models import Employee

PUBLIC = ("open", "closed", "reviewed")
AHEAD_OF_UTC = timedelta(hours=14)  # no zone is further


class CycleQuerySet(models.QuerySet["Cycle"]):
    """Cycles."""

    def visible_to(self, employee: Employee) -> Self:
        """HR and the CX team see every cycle; board, reviewers and leaders those that were opened; others none."""
        if is_hr(employee) or is_cx(employee):
            return self
        if is_board(employee) or is_reviewer(employee) or leads_any(employee):
            return self.filter(state__in=PUBLIC)
        return self.none()

    def open(self) -> Self:
        return self.filter(state="open")

    def opened(self) -> Self:
        """Cycles that asked people, whether or not they are over; neither plans nor what was cancelled."""
        return self.filter(state__in=PUBLIC)

    def asking(self, code: str) -> Self:
        """Open cycles with some version of this model."""
        return self.open().filter(model__code=code).newest_first()

    def ended(self) -> Self:
        """Cycles with results, whether or not their evidence has been reviewed."""
        return self.filter(state__in=["closed", "reviewed"])

    def due_to_open(self, now: datetime) -> Self:
        """Planned cycles whose day has come somewhere; their own clocks tell the hour. What was refused waits."""
        return self.scheduled().filter(opens_on__lte=(now + AHEAD_OF_UTC).date())

    def scheduled(self) -> Self:
        """Cycles that will open by themselves."""
        return self.filter(state="planned", refusal="")

    def ended_since(self, moment: datetime) -> Self:
        """Cycles with results whose boxes were opened from that moment on."""
        return self.ended().filter(round__closed_at__gte=moment)

    def plans(self) -> Self:
        """Cycles that may still be changed."""
        return self.filter(state__in=["draft", "planned"])

    def to_remind(self, now: datetime) -> Self:
        """Open cycles that send reminders."""
        return self.open().filter(round__state="open", round__closes_at__gt=now, reminders__gte=1)

    def without_results(self) -> Self:
        """Open cycles whose round was cancelled, or whose key was lost."""
        return self.open().filter(round__state__in=["cancelled", "lost"])

    def to_score(self) -> Self:
        """Open cycles whose boxes have been opened: their scorecards are made next."""
        return self.open().filter(round__state="closed")

    def newest_first(self) -> Self:
        return self.order_by("-opens_on", "-pk")


class CycleUnitQuerySet(models.QuerySet["CycleUnit"]):
    """Units a cycle covers, as they stood when it opened."""

    def visible_to(self, employee: Employee) -> Self:
        """All for those who run cycles, the board and reviewers; a leader the subtrees led."""
        if is_hr(employee) or is_cx(employee) or is_board(employee) or is_reviewer(employee):
            return self.filter(cycle__state__in=PUBLIC)
        led = Unit.objects.led_by(employee)
        return self.filter(cycle__state__in=PUBLIC).filter(Q(unit__in=led) | Q(leader=employee))

    def cancelled_for(self, employee: Employee) -> Self:
        """Units somebody was asked to rate, in cycles that were cancelled since."""
        return self.filter(cycle__state="cancelled", leader=employee)

    def ended(self, *, since: datetime | None = None, before: datetime) -> Self:
        """Covered by a cycle that was closed from one moment until before another."""
        ended = self.filter(cycle__state__in=["closed", "reviewed"], cycle__closed_at__lt=before)
        return ended if since is None else ended.filter(cycle__closed_at__gte=since)


class RatingQuerySet(models.QuerySet["LeaderRating"]):
    """Leaders' own ratings: named, and nobody else's to read answer by answer."""

    def visible_to(self, employee: Employee) -> Self:
        return self.filter(leader=employee)

    def sent(self) -> Self:
        return self.filter(sent_at__isnull=False)

    def waiting(self) -> Self:
        """Not sent yet, in a cycle that is open."""
        return self.filter(sent_at=None, cycle__state="open")

    def with_its_cycle(self) -> Self:
        """Together with all that a page about it says: unit, cycle, model, window."""
        return self.select_related("unit", "cycle__model", "cycle__moved_to", "cycle__round")

    def newest_first(self) -> Self:
        return self.order_by("-cycle__opens_on", "-cycle_id", "unit__sort_key", "unit_id")

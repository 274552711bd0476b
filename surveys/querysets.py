"""Questions about rounds; every read of a result begins at `visible_to`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from people.models import Unit
from people.policies import reads_all_comments, sees_all_results
from portal.lib import clock

if TYPE_CHECKING:
    from people.models import Employee
    from surveys.models import Block, Cell, Comment, Invitation, Round, RoundUnit  # noqa: F401 - named in the bases

# Everybody reads the own unit and the company this long after its leaders.
STAFF_READ_AFTER = timedelta(days=2)


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds, by where they stand."""

    def open(self) -> Self:
        return self.filter(state="open")

    def closed(self) -> Self:
        return self.filter(state="closed")

    def launched(self) -> Self:
        """Those that asked people something, and did not lose or destroy what they said."""
        return self.filter(state__in=["open", "closed"])

    def due_to_close(self, now: datetime) -> Self:
        return self.open().filter(closes_at__lte=now)

    def visible_to(self, employee: Employee) -> Self:
        """Rounds that exist are no secret; what they found is gated cell by cell."""
        return self if employee.is_active else self.none()


class BlockQuerySet(models.QuerySet["Block"]):
    """Blocks of a round."""

    def presses(self) -> dict[int, int]:
        """Block -> number of links used; for the seal worker and the daily share only."""
        used = models.Count("invitations", filter=Q(invitations__collected=True))
        return dict(self.annotate(used=used).values_list("number", "used"))


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations; nobody but the person concerned is ever shown one."""

    def visible_to(self, employee: Employee) -> Self:
        return self.filter(employee=employee)

    def answerable(self, now: datetime) -> Self:
        return self.filter(round__state="open", round__opens_at__lte=now, round__closes_at__gt=now)


def reachable(employee: Employee, model: type[models.Model], now: datetime) -> Q:
    """Results this person may read: of units within sight, or of one that stands in for a unit within sight."""
    if sees_all_results(employee):
        return Q(round__state="closed")
    led = Unit.objects.led_by(employee)
    own = Unit.objects.filter(Q(pk=employee.unit_id) | Q(parent=None))
    stands_in: type[RoundUnit] = model._meta.apps.get_model("surveys", "RoundUnit")
    for_led = stands_in.objects.filter(round=OuterRef("round"), shown_at=OuterRef("unit"), unit__in=led)
    for_own = stands_in.objects.filter(round=OuterRef("round"), shown_at=OuterRef("unit"), unit__in=own)
    early = Q(unit__in=led) | Q(Exists(for_led))
    late = Q(round__closed_at__lte=now - STAFF_READ_AFTER) & (Q(unit__in=own) | Q(Exists(for_own)))
    return Q(round__state="closed") & (early | late)


class CellQuerySet(models.QuerySet["Cell"]):
    """Published numbers."""

    def visible_to(self, employee: Employee) -> Self:
        """All for HR, CX team and board; the subtree for its leaders; the own unit and the company for all, later."""
        return self.filter(reachable(employee, self.model, clock.now()))

    def scores(self) -> Self:
        return self.filter(measure__in=["pillar", "driver"])

    def details(self) -> Self:
        return self.filter(measure__in=["item", "enps"])


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments, for those who lead or look after the units they may be shown with."""

    def visible_to(self, employee: Employee) -> Self:
        if reads_all_comments(employee):
            return self.filter(round__state="closed")
        return self.filter(round__state="closed", standing_block__unit__in=Unit.objects.led_by(employee))

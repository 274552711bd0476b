"""Questions about notices that chain."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

from outbox import registry
from people import policies

if TYPE_CHECKING:
    from outbox.models import Notice  # noqa: F401  (named in the base of the queryset)
    from people.models import Employee


class NoticeQuerySet(QuerySet["Notice"]):
    """Messages owed to people."""

    def visible_to(self, employee: "Employee") -> Self:
        """One's own messages; nobody reads another person's."""
        return self.filter(employee=employee)

    def set_aside_visible_to(self, employee: "Employee") -> Self:
        """Messages that could not be delivered: HR sees that and why, never what they say."""
        if not policies.is_hr(employee):
            return self.none()
        return self.without_reminders().filter(state="failed").select_related("employee").order_by("-id")

    def without_reminders(self) -> Self:
        """Reminders stand on no page, so that no page tells who was reminded."""
        return self.exclude(kind__in=registry.reminders())

    def in_inbox(self, now: datetime) -> Self:
        """What a person can read by now, delivered by mail or not, newest first."""
        arrived = Q(due_at__lte=now) | Q(state__in=["sent", "inbox_only", "failed"])
        return self.without_reminders().exclude(state="dropped").filter(arrived).order_by("-id")

    def unread(self) -> Self:
        """Messages their reader has not opened or marked."""
        return self.filter(is_read=False)

    def claimable(self, now: datetime) -> Self:
        """Due, or claimed by a worker whose lease ran out (what is claimed was due)."""
        free = Q(state="due") | Q(state="claimed", claimed_until__lt=now)
        return self.filter(free, state__in=["due", "claimed"], due_at__lte=now)

    def held_by(self, claim: object) -> Self:
        """What this worker holds, as long as nobody took it over."""
        return self.filter(state="claimed", claim_id=claim)

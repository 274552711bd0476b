"""Questions about notices that chain."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

from people import policies

if TYPE_CHECKING:
    from outbox.models import Notice
    from people.models import Employee

    _NoticeBase = QuerySet[Notice]
else:
    _NoticeBase = QuerySet


class NoticeQuerySet(_NoticeBase):
    """Messages owed to people."""

    def visible_to(self, employee: "Employee") -> Self:
        """One's own messages; nobody reads another person's."""
        return self.filter(employee=employee)

    def set_aside_visible_to(self, employee: "Employee") -> Self:
        """Messages that could not be delivered: HR sees that and why, never what they say."""
        return self.filter(state="failed") if policies.is_hr(employee) else self.none()

    def on_pages(self, hidden: Collection[str]) -> Self:
        """Without the kinds that stand on no page."""
        return self.exclude(kind__in=hidden)

    def arrived(self, now: datetime) -> Self:
        """Messages a person can read by now, delivered by mail or not."""
        return self.exclude(state="dropped").filter(Q(due_at__lte=now) | Q(state__in=["sent", "inbox_only", "failed"]))

    def unread(self) -> Self:
        """Messages not yet opened or put aside by their reader."""
        return self.filter(is_read=False)

    def claimable(self, now: datetime) -> Self:
        """Due, or claimed by a worker whose lease ran out."""
        return self.filter(Q(state="due", due_at__lte=now) | Q(state="claimed", claimed_until__lt=now))

    def held_by(self, claim: object) -> Self:
        """What this worker holds, as long as nobody took it over."""
        return self.filter(state="claimed", claim_id=claim)

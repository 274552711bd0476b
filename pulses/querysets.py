"""Questions about programmes and waves. Every read of a page starts with `visible_to(employee)`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from people.policies import is_cx, is_hr

if TYPE_CHECKING:
    from people.models import Employee
    from pulses.models import Programme, QuestionBank, Wave  # noqa: F401 - named in the bases below


class BankQuerySet(models.QuerySet["QuestionBank"]):
    """Question banks."""

    def visible_to(self, employee: Employee) -> Self:
        """Those who plan programmes see every bank."""
        return self if is_hr(employee) or is_cx(employee) else self.none()

    def newest_first(self) -> Self:
        return self.order_by("code", "-version")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Programmes."""

    def visible_to(self, employee: Employee) -> Self:
        """HR and the CX team plan programmes and see them all."""
        return self if is_hr(employee) or is_cx(employee) else self.none()

    def active(self) -> Self:
        """Programmes whose waves go out by themselves."""
        return self.filter(state="active")

    def started(self) -> Self:
        """Programmes that run or rest, and may send waves yet."""
        return self.filter(state__in=["active", "paused"])

    def run_once(self) -> Self:
        """Programmes of a single wave."""
        return self.filter(cadence="once")

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")


class WaveQuerySet(models.QuerySet["Wave"]):
    """Waves."""

    def visible_to(self, employee: Employee) -> Self:
        """Waves are planned, not secret: whoever sees the programme sees them."""
        return self if is_hr(employee) or is_cx(employee) else self.none()

    def launched(self) -> Self:
        return self.filter(state="launched")

    def open(self) -> Self:
        """Waves that can be answered."""
        return self.launched().filter(round__state="open")

    def closed_since(self, moment: datetime) -> Self:
        """Waves whose results were published from that moment on."""
        return self.launched().filter(round__state="closed", round__closed_at__gte=moment)

    def to_remind(self, now: datetime) -> Self:
        """Open waves that send reminders."""
        return self.open().filter(round__closes_at__gt=now, programme__reminders__gte=1)

    def newest_first(self) -> Self:
        return self.order_by("-period")

"""Questions about maturity models. Every read of a page starts with `visible_to(employee)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from people.policies import is_cx, is_hr, leads_any

if TYPE_CHECKING:
    from assessments.models import MaturityModel  # noqa: F401 - named in the base below
    from people.models import Employee


class ModelQuerySet(models.QuerySet["MaturityModel"]):
    """Versions of maturity models."""

    def visible_to(self, employee: Employee) -> Self:
        """The CX team sees every version; HR and leaders those that have been published."""
        if is_cx(employee):
            return self
        if is_hr(employee) or leads_any(employee):
            return self.exclude(state="draft")
        return self.none()

    def drafts(self) -> Self:
        """Versions that may still change."""
        return self.filter(state="draft")

    def published(self) -> Self:
        """Versions a cycle may be opened with."""
        return self.filter(state="published")

    def of_code(self, code: str) -> Self:
        """All versions of one model, newest first."""
        return self.filter(code=code).order_by("-version")

    def by_name(self) -> Self:
        return self.order_by("code", "-version")

    def newest_published(self) -> Self:
        """Of each model, the newest version that is or was published: what its practices are called."""
        return self.exclude(state="draft").order_by("code", "-version").distinct("code")

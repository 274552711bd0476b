"""Questions about facts that chain."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import connection
from django.db.models import QuerySet

from people import policies

if TYPE_CHECKING:
    from diary.models import Fact  # noqa: F401  (named in the base of the queryset)
    from people.models import Employee


# A walk along the index from verb to verb: DISTINCT would read every row.
VERBS = """
    WITH RECURSIVE said(verb) AS (
        (SELECT verb FROM diary_fact ORDER BY verb LIMIT 1)
        UNION ALL
        SELECT (SELECT verb FROM diary_fact WHERE verb > said.verb ORDER BY verb LIMIT 1)
        FROM said WHERE said.verb IS NOT NULL
    ) SELECT verb FROM said WHERE verb IS NOT NULL
"""


class FactQuerySet(QuerySet["Fact"]):
    """What was said, seen by those who may read it."""

    def visible_to(self, employee: "Employee") -> Self:
        """Internal audit reads the whole diary; nobody else reads any of it."""
        return self.all() if policies.is_auditor(employee) else self.none()

    def verbs(self) -> list[str]:
        """Every verb ever said, in order."""
        with connection.cursor() as cursor:
            cursor.execute(VERBS)
            return [verb for (verb,) in cursor.fetchall()]

    def said(self, verb: str) -> Self:
        """Facts with this verb."""
        return self.filter(verb=verb)

    def about_unit(self, code: str) -> Self:
        """Facts about the unit with this code."""
        return self.filter(unit__code__iexact=code)

    def done_by(self, number: str) -> Self:
        """Facts whose actor has this employee number."""
        return self.filter(actor__number__iexact=number)

    def between(self, start: datetime | None, end: datetime | None) -> Self:
        """Facts said from `start` up to, but without, `end`; None leaves that side open."""
        facts = self
        if start is not None:
            facts = facts.filter(at__gte=start)
        if end is not None:
            facts = facts.filter(at__lt=end)
        return facts

    def newest_first(self) -> Self:
        """The order of the auditor's page, with all it shows fetched at once."""
        return self.select_related("actor", "unit", "sealed").order_by("-id")

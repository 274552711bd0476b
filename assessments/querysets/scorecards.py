"""Questions about scorecards, gaps and changes of level."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from people.policies import is_hr
from portal.lib import clock
from surveys.querysets import reachable

if TYPE_CHECKING:
    from assessments.models import Gap, LevelChange, Scorecard  # noqa: F401 - named in the bases below
    from people.models import Employee

GAP_IS_PRIVATE = timedelta(days=14)


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    """Published scorecards; they say nothing that published cells do not imply."""

    def visible_to(self, employee: Employee) -> Self:
        """As the cells they rest on: leaders the subtree, staff their own and the company, later; some see all."""
        return self.filter(reachable(employee, self.model, clock.now()))


class LevelChangeQuerySet(models.QuerySet["LevelChange"]):
    """Why a level moved."""

    def visible_to(self, employee: Employee) -> Self:
        return self.filter(reachable(employee, self.model, clock.now()))


class GapQuerySet(models.QuerySet["Gap"]):
    """What a leader says less what the team experiences: the leader's own business for fourteen days."""

    def visible_to(self, employee: Employee) -> Self:
        """The leader at once; from the fifteenth day also the leader's superior and HR. Nobody else, ever."""
        late = Q(cycle__closed_at__lte=clock.now() - GAP_IS_PRIVATE)
        others = Q(superior=employee) | (Q(pk__isnull=False) if is_hr(employee) else Q(pk=None))
        return self.filter(Q(leader=employee) | (late & others))

"""What this room can tell others about a unit and a period."""

from typing import TYPE_CHECKING

from diary.registry import Observation, Period
from improvement.models import Action
from people.days import today

if TYPE_CHECKING:
    from people.models import Unit


def actions_in_time(unit: "Unit", period: Period) -> Observation:
    """The share of actions of a unit and everything below it, due in the period, that were done by their date."""
    day = today()
    in_time, due = Action.objects.under(unit.pk).done_and_due(period.starts_on, min(period.ends_on, day))
    return Observation(value=in_time / due if due else None, n=due, as_of=day)

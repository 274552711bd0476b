"""The end of a cycle: scorecards and gaps are made once its round is closed; later its review is finished."""

from typing import TYPE_CHECKING

from django.db import transaction

from assessments import facts
from assessments.actions.ageing import age_cycle, newest_units
from assessments.actions.cycles import ENDED, end_without_results
from assessments.actions.planning import locked
from assessments.evidenced import evidenced_on
from assessments.gaps import make_gaps
from assessments.models import Cycle, CycleUnit
from assessments.published import Published
from assessments.scorecards import make_scorecards, practices_of
from diary.actions import record
from people import days
from portal.lib import clock
from surveys.models import Round

if TYPE_CHECKING:
    from people.models import Employee


@transaction.atomic
def close_cycle(*, cycle_id: int) -> bool:
    """Make the scorecards and gaps of an open cycle whose round is closed, all at once and once.

    False while the round is open, and when somebody else was quicker. Without results the cycle ends cancelled.
    """
    cycle = locked(cycle_id)
    if not cycle.is_open or cycle.round is None:
        return False
    if cycle.round.state in ENDED:
        return end_without_results(cycle_id=cycle_id)
    if cycle.round.state != Round.State.CLOSED:
        return False
    published, day = Published(cycle.round), days.today()
    codes = [one.code for asked in practices_of(cycle.model.said).values() for one in asked]
    evidenced = evidenced_on(model_code=cycle.model.code, day=day, practices=codes, parents=published.tree.parent)
    made = make_scorecards(cycle, published, evidenced, day)
    gaps = make_gaps(cycle, published)
    CycleUnit.objects.filter(cycle=cycle).update(is_open=False)
    cycle.state, cycle.closed_at = Cycle.State.CLOSED, clock.now()
    cycle.save(update_fields=["state", "closed_at"])
    _say(facts.CYCLE_CLOSED, cycle, None, {"scorecards": made, "gaps": gaps})
    return True


@transaction.atomic
def finish_review(*, cycle: Cycle, by: "Employee") -> bool:
    """End the review of a closed cycle: levels as evidence valid today allows. False when it is not under review.

    Where a newer cycle has scored a unit meanwhile, the older scorecard stays as it was.
    """
    held = locked(cycle.pk)
    if held.state != Cycle.State.CLOSED:
        return False
    peers = Cycle.objects.ended().filter(model__code=held.model.code).values_list("pk", flat=True)
    moved = age_cycle(held, day=days.today(), units=newest_units(peers).get(held.pk, ()))
    held.state, held.reviewed_at = Cycle.State.REVIEWED, clock.now()
    held.save(update_fields=["state", "reviewed_at"])
    _say(facts.CYCLE_REVIEWED, held, by, {"levels": moved})
    return True


def _say(verb: str, cycle: Cycle, by: "Employee | None", data: dict[str, object]) -> None:
    record(verb, actor=by, subject=f"assessments.cycle:{cycle.pk}", key=f"{verb}:{cycle.pk}", data=data)

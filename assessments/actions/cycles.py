"""A cycle before and after it is open: plan, change, delete, schedule; close early, cancel, end without results."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from assessments import facts
from assessments.actions.owing import owe_cancellations
from assessments.actions.planning import locked
from assessments.actions.refusals import AlreadyMoved, PlanChanged
from assessments.content import Text
from assessments.models import Cycle, CycleUnit, LeaderRating, MaturityModel, title_of
from diary.actions import record
from outbox.actions import forget
from people.models import Unit
from surveys.actions import cancel_round, close_soon
from surveys.models import Round

if TYPE_CHECKING:
    from people.models import Employee

ENDED = frozenset({Round.State.CANCELLED, Round.State.LOST})  # rounds that will never have results


@dataclass(frozen=True)
class CyclePlan:
    """What a form says about a cycle."""

    title: Text
    model: MaturityModel
    units: tuple[Unit, ...]
    opens_on: date
    window_days: int = 21
    send_hour: int = 9
    time_zone: str = "Asia/Ho_Chi_Minh"
    asks_comments: bool = True
    reminders: int = 2
    repeats: int = 0
    k: int = 5
    k_detail: int = 10

    def values(self) -> dict[str, Any]:
        """The columns of the cycle's row."""
        columns = {name: value for name, value in vars(self).items() if name != "units"}
        return {**columns, "title": title_of(self.title)}


@transaction.atomic
def plan_cycle(*, plan: CyclePlan, by: "Employee | None" = None) -> Cycle:
    """Store a plan as a draft; nothing goes out before it is opened, or set to open by itself."""
    cycle = Cycle.objects.create(**plan.values(), created_by=by)
    cycle.units.set(plan.units)
    _say(facts.CYCLE_PLANNED, cycle, by)
    return cycle


@transaction.atomic
def change_cycle(*, cycle: Cycle, seen: int, plan: CyclePlan, by: "Employee | None" = None) -> Cycle:
    """Replace a plan that was read at edition `seen`; what hindered it before is forgotten, for it may be cured.

    Raises AlreadyMoved when it has been opened, PlanChanged when somebody saved it meanwhile.
    """
    stored = _held_plan(cycle.pk)
    if stored.edition != seen:
        raise PlanChanged
    before = {**_columns(stored), "units": _unit_ids(stored)}
    for name, value in plan.values().items():
        setattr(stored, name, value)
    stored.edition, stored.refusal = stored.edition + 1, ""
    stored.save()
    stored.units.set(plan.units)
    after = {**_columns(stored), "units": sorted(unit.pk for unit in plan.units)}
    changed = [name for name in facts.PLAN_FIELDS if before[name] != after[name]]
    _say(facts.CYCLE_CHANGED, stored, by, f":{stored.edition}", {"fields": changed})
    return stored


def _columns(cycle: Cycle) -> dict[str, object]:
    plain = {name: getattr(cycle, name) for name in facts.PLAN_FIELDS if name not in ("units", "model", "title")}
    return {**plain, "model": cycle.model_id, "title": cycle.words}


def _unit_ids(cycle: Cycle) -> list[int]:
    return sorted(cycle.units.values_list("pk", flat=True))


def _held_plan(cycle_id: int) -> Cycle:
    try:
        cycle = locked(cycle_id)
    except Cycle.DoesNotExist:
        raise AlreadyMoved from None
    if not cycle.is_plan:
        raise AlreadyMoved
    return cycle


@transaction.atomic
def delete_plan(*, cycle: Cycle, by: "Employee | None" = None) -> None:
    """Throw away what was never opened. The schedule it belonged to ends with it."""
    stored = _held_plan(cycle.pk)
    _say(facts.CYCLE_DELETED, stored, by)
    stored.delete()


@transaction.atomic
def schedule_cycle(*, cycle: Cycle, by: "Employee | None" = None) -> Cycle:
    """Let a draft open by itself on its day; pressed twice, or after a refusal, it simply tries."""
    stored = _held_plan(cycle.pk)
    if stored.state == Cycle.State.PLANNED and not stored.refusal:
        return stored
    stored.state, stored.refusal, stored.edition = Cycle.State.PLANNED, "", stored.edition + 1
    stored.save(update_fields=["state", "refusal", "edition"])
    _say(facts.CYCLE_SCHEDULED, stored, by, f":{stored.edition}")
    return stored


@transaction.atomic
def unschedule_cycle(*, cycle: Cycle, by: "Employee | None" = None) -> Cycle:
    """Take a plan back to a draft, so that it does not open by itself."""
    stored = _held_plan(cycle.pk)
    if stored.state == Cycle.State.PLANNED:
        stored.state, stored.refusal, stored.edition = Cycle.State.DRAFT, "", stored.edition + 1
        stored.save(update_fields=["state", "refusal", "edition"])
        _say(facts.CYCLE_UNSCHEDULED, stored, by, f":{stored.edition}")
    return stored


# The end -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def close_cycle_now(*, cycle: Cycle, by: "Employee | None" = None) -> bool:
    """End an open cycle before its date; the seal worker then opens the boxes. False when it was over already."""
    if cycle.round_id is None or not close_soon(cycle.round_id):
        return False
    _say(facts.CYCLE_ENDED_EARLY, cycle, by)
    return True


@transaction.atomic
def cancel_cycle(*, cycle: Cycle, by: "Employee") -> bool:
    """Destroy what was answered in an open cycle, unread, and tell everybody who was asked. False when it was over."""
    stored = locked(cycle.pk)
    if not stored.is_open or stored.round is None or not cancel_round(stored.round.pk, by=by):
        return False
    _end(stored, stored.round, facts.CYCLE_CANCELLED, by)
    return True


@transaction.atomic
def end_without_results(*, cycle_id: int) -> bool:
    """End an open cycle whose round was cancelled, or whose key was lost; everybody who was asked is told, once."""
    cycle = locked(cycle_id)
    if not cycle.is_open or cycle.round is None or cycle.round.state not in ENDED:
        return False
    _end(cycle, cycle.round, facts.CYCLE_LOST, None)
    return True


def _end(cycle: Cycle, round_: Round, verb: str, by: "Employee | None") -> None:
    """What a cancelled and a lost cycle have in common: messages forgotten, ratings destroyed, people told."""
    forget(f"assessments.cycle:{cycle.pk}")
    told = owe_cancellations(cycle, round_, lost=round_.state == Round.State.LOST)
    LeaderRating.objects.filter(cycle=cycle).delete()
    CycleUnit.objects.filter(cycle=cycle).update(is_open=False)
    cycle.state = Cycle.State.CANCELLED
    cycle.save(update_fields=["state"])
    _say(verb, cycle, by, data={"told": told})


def _say(
    verb: str, cycle: Cycle, by: "Employee | None", suffix: str = "", data: dict[str, object] | None = None
) -> None:
    key = f"{verb}:{cycle.pk}{suffix}"
    record(verb, actor=by, subject=f"assessments.cycle:{cycle.pk}", key=key, data=data or {})

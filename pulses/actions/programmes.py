"""Programmes: draft, change, start, pause, resume, end."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from i18nfield.strings import LazyI18nString

from diary.actions import record
from people.models import Unit
from portal.lib import clock
from pulses import facts
from pulses.actions.planning import refuse_plan
from pulses.actions.refusals import AlreadyMoved
from pulses.models import Programme, QuestionBank

if TYPE_CHECKING:
    from people.models import Employee


@dataclass(frozen=True)
class Plan:
    """What a form says about a programme."""

    title: dict[str, str]
    bank: QuestionBank
    units: tuple[Unit, ...]
    cadence: str
    starts_on: date
    send_hour: int
    time_zone: str
    window_days: int
    items: int
    asks_comments: bool
    reminders: int
    k: int = 5
    k_detail: int = 10

    def values(self) -> dict[str, Any]:
        """The columns of the programme's row."""
        columns = {name: value for name, value in vars(self).items() if name != "units"}
        return {**columns, "title": LazyI18nString(self.title)}


@transaction.atomic
def create_programme(*, plan: Plan, by: "Employee | None" = None) -> Programme:
    """Store a plan as a draft; nothing goes out before it is started."""
    programme = Programme.objects.create(**plan.values(), created_by=by)
    programme.units.set(plan.units)
    _say(facts.PROGRAMME_CREATED, programme, by)
    return programme


@transaction.atomic
def change_programme(*, programme: Programme, plan: Plan, by: "Employee | None" = None) -> Programme:
    """Replace the plan of a draft. Raises AlreadyMoved when it has been started."""
    before = _plan_of(programme.pk)
    changed = Programme.objects.filter(pk=programme.pk, state=Programme.State.DRAFT).update(**plan.values())
    if not changed:
        raise AlreadyMoved
    programme.refresh_from_db()
    programme.units.set(plan.units)
    after = _plan_of(programme.pk)
    _say(facts.PROGRAMME_CHANGED, programme, by, {"fields": [name for name in after if after[name] != before[name]]})
    return programme


def _plan_of(pk: int) -> dict[str, object]:
    """What stands in the plan, column by column, in the order in which facts name them."""
    programme = Programme.objects.get(pk=pk)
    units = sorted(programme.units.values_list("pk", flat=True))
    columns: dict[str, object] = {"title": programme.words, "units": units, "bank": programme.bank_id}
    return columns | {name: getattr(programme, name) for name in facts.PLAN_FIELDS if name not in columns}


@transaction.atomic
def delete_draft(*, programme: Programme, by: "Employee | None" = None) -> None:
    """Throw a draft away; its fact stays. Raises AlreadyMoved when it has been started."""
    locked = Programme.objects.select_for_update(of=("self",)).filter(pk=programme.pk, state=Programme.State.DRAFT)
    draft = locked.first()
    if draft is None:
        raise AlreadyMoved
    _say(facts.PROGRAMME_DELETED, draft, by)
    draft.delete()


@transaction.atomic
def start(*, programme: Programme, by: "Employee | None" = None) -> Programme:
    """Let a draft run. Raises AskedTooMuch, BankInRotation or BankTooSmall when the plan asks what may not be asked."""
    _hold_bank(programme)
    refuse_plan(programme)
    return _move(programme, Programme.State.DRAFT, Programme.State.ACTIVE, facts.PROGRAMME_STARTED, by)


@transaction.atomic
def pause(*, programme: Programme, by: "Employee | None" = None) -> Programme:
    """Send no new waves; an open one goes on until it closes."""
    return _move(programme, Programme.State.ACTIVE, Programme.State.PAUSED, facts.PROGRAMME_PAUSED, by)


@transaction.atomic
def resume(*, programme: Programme, by: "Employee | None" = None) -> Programme:
    """Go on with the wave that is due; those missed meanwhile are skipped."""
    refuse_plan(programme)
    return _move(programme, Programme.State.PAUSED, Programme.State.ACTIVE, facts.PROGRAMME_RESUMED, by)


@transaction.atomic
def end(*, programme: Programme, by: "Employee | None" = None) -> Programme:
    """Send nothing more, for good; an open wave goes on until it closes."""
    locked = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    if locked.state not in (Programme.State.ACTIVE, Programme.State.PAUSED):
        raise AlreadyMoved
    return _move(locked, locked.state, Programme.State.ENDED, facts.PROGRAMME_ENDED, by)


def _hold_bank(programme: Programme) -> None:
    """Let nobody load other questions between the look at the bank and the start."""
    QuestionBank.objects.select_for_update(no_key=True).get(pk=programme.bank_id)


def _move(programme: Programme, before: str, after: str, verb: str, by: "Employee | None") -> Programme:
    if not Programme.objects.filter(pk=programme.pk, state=before).update(state=after):
        raise AlreadyMoved
    programme.state = after
    _say(verb, programme, by)
    return programme


def _say(verb: str, programme: Programme, by: "Employee | None", data: dict[str, object] | None = None) -> None:
    moment = clock.now().strftime("%Y%m%dT%H%M%S%f")
    key = f"{verb}:{programme.pk}:{moment}"
    record(verb, actor=by, subject=f"pulses.programme:{programme.pk}", key=key, data=data)


def end_if_finished(*, programme_id: int, now: datetime) -> bool:
    """End a programme that runs once and has had its turn; False while it has not, or when somebody was quicker."""
    programme = Programme.objects.active().run_once().filter(pk=programme_id).first()
    if programme is None or programme.period(0).closes_at > now:
        return False
    try:
        end(programme=programme)
    except AlreadyMoved:
        return False
    return True

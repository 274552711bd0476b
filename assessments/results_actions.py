"""What a unit does about a weak practice: the way to an action, and what stands before and after where one was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language

from assessments.content import Content, Practice, Text
from assessments.models import Cycle
from assessments.results_sight import Place, cycle_of
from improvement.actions import Proposal, propose_action
from improvement.causes import LONGEST, Cause
from improvement.models import Action
from people.days import day_of
from people.models import Employee, Unit
from portal.lib.pillars import Pillar
from surveys.models import Cell

ROOM = "assessments"
SHOWN_AT_MOST = 60


def key_of(cycle: Cycle, unit_id: int, practice: str) -> str:
    """What an action says it answers: this practice of this model, in this unit, as this cycle found it."""
    return f"practice:{cycle.model.code}:{practice}:{unit_id}:{cycle.pk}"


def practice_of(key: str, model_code: str) -> str:
    """The practice a key speaks of; empty for another model's."""
    kind, code, practice = [*key.split(":"), "", ""][:3]
    return practice if (kind, code) == ("practice", model_code) else ""


def proposal_for(
    *, cycle: Cycle, unit: Unit, practice: str, usual: int | None, said: Content | None = None
) -> Proposal:
    """An action for this practice in one press; `usual` is the answer most people gave, and its next step is suggested.

    KeyError for a practice the cycle does not ask. Nothing is stored before a leader presses. Who asks for many
    practices passes what the model has said.
    """
    said = said or cycle.model.said
    found, home = said.by_code[practice], said.home_of(practice)
    assert home is not None
    step = step_after(found, usual)
    cause = Cause(
        ROOM,
        key_of(cycle, unit.pk, practice),
        short(found.name),
        short(step) if step is not None else {},
    )
    return propose_action(unit=unit, pillar=home.pillar, cause=cause)


def step_after(practice: Practice, usual: int | None) -> Text | None:
    """What the model suggests next from an answer; nothing from the highest, or where nothing usual can be said."""
    if usual is None or not 0 <= usual < len(practice.next_steps):
        return None
    return practice.next_steps[usual]


def short(text: Text) -> dict[str, str]:
    """In both languages, as long as a cause may be."""
    return {language: said[:LONGEST] for language, said in text.plain().items()}


def under_way(*, employee: Employee, cycle: Cycle, unit_id: int) -> dict[str, list[Action]]:
    """By practice: the actions of this unit, open or done, that answer it, the newest first. One query."""
    prefix = f"practice:{cycle.model.code}:"
    seen = Action.objects.visible_to(employee).filter(unit=unit_id, cause_room=ROOM, cause_key__startswith=prefix)
    found: dict[str, list[Action]] = {}
    for action in seen.exclude(state=Action.State.DROPPED).select_related("unit", "owner").newest_first():
        found.setdefault(practice_of(action.cause_key, cycle.model.code), []).append(action)
    return found


@dataclass(frozen=True)
class Side:
    """A practice in one cycle, on 1 to 5, with its likely range."""

    n: int | None
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Moved:
    """One action done between two cycles, and the practice before and after.

    No verdict and no word for a change: an action is proposed where a practice is lowest, and what was lowest in one
    cycle is mostly higher in the next, whatever was done (regression to the mean).
    """

    action: Action
    practice: Practice
    pillar: Pillar
    before: Side
    after: Side

    @property
    def name(self) -> str:
        return self.practice.name.said(get_language() or "vi")


def moved_at(place: Place) -> list[Moved]:
    """What moved in this unit and below it since the cycle before, as this reader may see it."""
    older = place.readings[place.readings.index(place.reading) + 1 :]
    cycles = (cycle_of(each) for each in older)
    before = next((each for each in cycles if each.model.code == place.cycle.model.code), None)
    if before is None:
        return []
    employee, under = place.sight.employee, place.reading.unit.unit_id
    return moved_where_done(employee=employee, cycle=place.cycle, before=before, under=under)


def moved_where_done(*, employee: Employee, cycle: Cycle, before: Cycle, under: int | None = None) -> list[Moved]:
    """Practices with an action done between two cycles of a model, as published cells show them: two queries.

    Only what this person may read, and what may be set side by side: units whose own cells of pillar and practice stand
    in both and whose pillar was compared at the close, practices asked in the same words, answers and weight. The
    newest done first. What was done and what stands here now go side by side: nobody knows what else has changed.
    """
    actions = done_between(employee, cycle, before, under)
    cells = cells_of(employee, (before, cycle), actions)
    found = []
    for action in actions:
        practice = same_practice(practice_of(action.cause_key, cycle.model.code), cycle, before)
        if practice is None or not was_compared(action, cycle, cells):
            continue
        pair = [cells.get((each.round_id, action.unit_id, practice.code)) for each in (before, cycle)]
        if pair[0] is not None and pair[1] is not None and stands_alone(pair[0]) and stands_alone(pair[1]):
            was, now = (side_of(each, practice) for each in (pair[0], pair[1]))
            found.append(Moved(action, practice, Pillar(action.pillar), was, now))
    return found


def same_practice(code: str, cycle: Cycle, before: Cycle) -> Practice | None:
    """The practice, where both cycles asked the same: words, described answers and weight."""
    practice = cycle.model.said.by_code.get(code)
    if practice is None or before.model.said.by_code.get(code) != practice or None in (cycle.round, before.round):
        return None
    asked = [
        (item.text, item.anchors, item.weight, item.pillar)
        for each in (before.round, cycle.round)
        if each is not None
        for item in each.questions.items
        if item.code == code
    ]
    return practice if len(asked) == 2 and asked[0] == asked[1] else None


def was_compared(action: Action, cycle: Cycle, cells: Mapping[tuple[UUID | None, int, str], Cell]) -> bool:
    """Whether the newer cycle set the unit's pillar beside the older one, people and questions being comparable."""
    pillar = cells.get((cycle.round_id, action.unit_id, action.pillar))
    return pillar is not None and bool(pillar.verdict) and stands_alone(pillar)


def stands_alone(cell: Cell) -> bool:
    """Whether a cell speaks of its own unit, of most of its people, and of those it spoke of before."""
    return cell.same_as_id is None and not cell.covers_part and not cell.breaks_line


def side_of(cell: Cell, practice: Practice) -> Side:
    """A practice's published cell, put on 1 to 5."""
    steps = len(practice.anchors) - 1
    mean, low, high = (None if each is None else 1 + 4 * each / steps for each in (cell.mean, cell.low, cell.high))
    return Side(cell.n, mean, low, high)


def done_between(employee: Employee, cycle: Cycle, before: Cycle, under: int | None) -> list[Action]:
    """Actions for practices of this model that were done after the one cycle closed and before the other opened."""
    if before.round is None or before.round.closed_at is None or cycle.round is None:
        return []
    days = day_of(before.round.closed_at), day_of(cycle.round.opens_at)
    done = Action.objects.visible_to(employee).filter(state=Action.State.DONE, closed_on__range=days)
    here = done if under is None else done.under(under)
    ours = here.filter(cause_room=ROOM, cause_key__startswith=f"practice:{cycle.model.code}:")
    return list(ours.select_related("unit", "owner").order_by("-closed_on", "-pk")[:SHOWN_AT_MOST])


def cells_of(
    employee: Employee, cycles: Sequence[Cycle], actions: Sequence[Action]
) -> dict[tuple[UUID | None, int, str], Cell]:
    """The published cells of these actions' practices and pillars in their own units."""
    units = {action.unit_id for action in actions}
    codes = {practice_of(action.cause_key, cycles[0].model.code) for action in actions}
    if not units:
        return {}
    asked = Q(measure=Cell.Measure.ITEM, code__in=codes)
    pillars = Q(measure=Cell.Measure.PILLAR, code__in={action.pillar for action in actions})
    seen = Cell.objects.visible_to(employee).filter(asked | pillars, round__in=[each.round_id for each in cycles])
    return {(each.round_id, each.unit_id, each.code): each for each in seen.filter(unit__in=units)}

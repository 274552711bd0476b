"""What this room can tell others about a unit and a period: how much was assessed, and how much of it is shown."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from django.utils import timezone

from assessments.models import CycleUnit, Evidence, MaturityModel
from diary.registry import Observation, Period
from people.days import today
from people.models import Unit
from people.querysets import UnitQuerySet, ids_in

Practice: TypeAlias = tuple[str, str]  # the code of a model and of a practice in it


def units_assessed(unit: Unit, period: Period) -> Observation:
    """The share of a unit and the open units below it that a cycle covered which closed in the period."""
    day = today()
    units = Unit.objects.under(unit.pk).open()
    n = units.count()
    covered = CycleUnit.objects.filter(unit__in=units).ended(
        since=_start_of(period.starts_on), before=_end_of(min(period.ends_on, day))
    )
    assessed = covered.values("unit").distinct().count()
    return Observation(value=assessed / n if n else None, n=n, as_of=day)


def evidence_coverage(unit: Unit, period: Period) -> Observation:
    """The share of practices last asked, of a unit and the units below it, with a valid file or link at the end.

    Indicators given as evidence are left out: this one may itself be given, and would then rest on itself.
    """
    day = today()
    at = min(period.ends_on, day)
    units = Unit.objects.under(unit.pk).open()
    parents = dict(Unit.objects.under(unit.pk).values_list("pk", "parent_id"))
    asked = _asked(units, at)
    above = list(Unit.objects.ancestors(unit).values_list("pk", flat=True))
    shown = _shown(parents, above, at)
    n = sum(len(practices) for practices in asked.values())
    covered = sum(len(practices & shown[unit_id]) for unit_id, practices in asked.items())
    return Observation(value=covered / n if n else None, n=n, as_of=day)


def _start_of(day: date) -> datetime:
    """The moment the company's day begins."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def _end_of(day: date) -> datetime:
    return _start_of(day + timedelta(days=1))


def _asked(units: UnitQuerySet, day: date) -> dict[int, frozenset[Practice]]:
    """Unit -> the practices that the last cycle it closed by that day asked of it."""
    covered = CycleUnit.objects.filter(unit__in=units).ended(before=_end_of(day))
    newest = covered.order_by("unit_id", "-cycle__closed_at", "-pk").distinct("unit_id")
    model_of = {
        unit_id: moved_to or model
        for unit_id, moved_to, model in newest.values_list("unit_id", "cycle__moved_to_id", "cycle__model_id")
    }
    models = MaturityModel.objects.in_bulk(set(model_of.values()))
    practices = {
        pk: frozenset((model.code, each.code) for each in model.said.practices) for pk, model in models.items()
    }
    return {unit_id: practices[model] for unit_id, model in model_of.items()}


def _shown(parents: Mapping[int, int | None], above: Iterable[int], day: date) -> dict[int, set[Practice]]:
    """Unit -> the practices with a checked file or link, its own or of a unit above that gave it for those below."""
    pieces = Evidence.objects.valid_on(day).exclude(kind=Evidence.Kind.INDICATOR)
    of_units = pieces.filter(unit__in=ids_in([*parents, *above]))
    own: dict[int, set[Practice]] = {}
    handed_down: dict[int, set[Practice]] = {}
    for unit_id, model, practice, below in of_units.values_list("unit_id", "model_code", "practice", "covers_below"):
        own.setdefault(unit_id, set()).add((model, practice))
        if below:
            handed_down.setdefault(unit_id, set()).add((model, practice))
    from_above = {pair for unit_id in above for pair in handed_down.get(unit_id, ())}
    return {
        unit_id: own.get(unit_id, set()) | _from_above(unit_id, parents, handed_down, from_above) for unit_id in parents
    }


def _from_above(
    unit_id: int, parents: Mapping[int, int | None], handed_down: Mapping[int, set[Practice]], outside: set[Practice]
) -> set[Practice]:
    """What the units above hand down: those of this subtree, and those above it."""
    found, at = set(outside), parents[unit_id]
    while at is not None and at in parents:
        found |= handed_down.get(at, set())
        at = parents[at]
    return found

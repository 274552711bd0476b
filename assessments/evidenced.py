"""Which practices have valid evidence on a day, unit by unit, and which pieces say so until when.

A piece counts once a reviewer has verified it, from its date until the day before it expires; one given for the units
below counts for all of them as the tree stands now. An indicator moreover counts only on days when its observation over
the twelve months up to that day, for the unit that gave it, meets the stated value and rests on something.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from assessments.models import Evidence
from diary import registry
from diary.registry import Indicator, Observation, Period
from people.models import Unit

log = logging.getLogger("bearing.assessments")

EXPIRES_SOON = timedelta(days=30)  # from then on pages and a message speak of the end


def year_up_to(day: date) -> Period:
    """The twelve months an indicator is observed over, that day included."""
    before = date(day.year - 1, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
    return Period(starts_on=before + timedelta(days=1), ends_on=day)


def meets(observed: Observation | None, *, threshold: float | None, at_most: bool) -> bool:
    """Whether an observation rests on something and reaches the stated value; saying nothing reaches none."""
    if observed is None or observed.value is None or threshold is None or observed.n <= 0:
        return False
    return observed.value <= threshold if at_most else observed.value >= threshold


def offered() -> list[Indicator]:
    """The indicators of other rooms, as they register them. This room's own would prove evidence by evidence."""
    return [each for each in registry.indicators() if not each.name.startswith("assessments.")]


class Observer:
    """Asks each indicator once about a unit; one that fails, or that no room registers any more, says nothing."""

    def __init__(self, day: date) -> None:
        self.period = year_up_to(day)
        self._known = {each.name: each for each in offered()}
        self._seen: dict[tuple[str, int], Observation | None] = {}

    def observe(self, name: str, unit: Unit) -> Observation | None:
        if name not in self._known:
            return None
        key = (name, unit.pk)
        if key not in self._seen:
            self._seen[key] = self._ask(self._known[name], unit)
        return self._seen[key]

    def _ask(self, indicator: Indicator, unit: Unit) -> Observation | None:
        try:
            with transaction.atomic():
                return indicator.observe(unit, self.period)
        except Exception:  # whatever goes wrong in another room, cycles close and levels follow the other evidence
            log.exception("the indicator %s says nothing about unit %s", indicator.name, unit.pk)
            return None

    def judge(self, piece: Evidence) -> bool:
        """Whether a verified piece counts: files and links do, an indicator has to reach its value."""
        if piece.kind != Evidence.Kind.INDICATOR:
            return True
        return meets(self.observe(piece.indicator, piece.unit), threshold=piece.threshold, at_most=piece.at_most)


def evidenced_on(
    *, model_code: str, day: date, practices: Collection[str], parents: Mapping[int, int | None]
) -> dict[int, frozenset[str]]:
    """For every unit of the tree, the practices with valid evidence on that day: its own, and of units above it.

    Two queries, and what the indicators ask of the units that gave them.
    """
    valid = Evidence.objects.of_model(model_code, practices).valid_on(day)
    own: dict[int, set[str]] = {}
    passed_down: dict[int, set[str]] = {}

    def add(unit_id: int, practice: str, covers_below: bool) -> None:
        own.setdefault(unit_id, set()).add(practice)
        if covers_below:
            passed_down.setdefault(unit_id, set()).add(practice)

    plain = valid.exclude(kind=Evidence.Kind.INDICATOR).values_list("unit_id", "practice", "covers_below").distinct()
    for row in plain:
        add(*row)
    observer = Observer(day)
    for piece in valid.filter(kind=Evidence.Kind.INDICATOR).select_related("unit").order_by("pk"):
        if piece.unit_id in parents and observer.judge(piece):
            add(piece.unit_id, piece.practice, piece.covers_below)
    return _with_inherited(own, passed_down, parents)


def _with_inherited(
    own: Mapping[int, set[str]], passed_down: Mapping[int, set[str]], parents: Mapping[int, int | None]
) -> dict[int, frozenset[str]]:
    """What each unit has itself or from above; equal sets are shared, for most units have nothing of their own."""
    none: frozenset[str] = frozenset()
    from_here: dict[int, frozenset[str]] = {}  # what a unit hands to the units below it
    for unit_id in parents:
        chain: list[int] = []
        at: int | None = unit_id
        while at is not None and at not in from_here and at not in chain:
            chain.append(at)
            at = parents.get(at)
        handed = from_here.get(at, none) if at is not None else none
        for each in reversed(chain):
            more = passed_down.get(each)
            handed = handed | more if more else handed
            from_here[each] = handed
    return {unit_id: from_here[unit_id] | own[unit_id] if unit_id in own else from_here[unit_id] for unit_id in parents}


# Why, for pages -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proof:
    """One piece of evidence as it stands for a unit on a day."""

    piece: Evidence
    from_above: bool  # given by a unit above, for those below it too
    counts: bool  # on that day
    until: date | None  # the day from which it no longer counts; None for an indicator judged anew each day
    observed: Observation | None  # of an indicator
    day: date

    @property
    def indicator(self) -> Indicator | None:
        """The indicator as its room registers it now."""
        return next((each for each in offered() if each.name == self.piece.indicator), None)

    @property
    def days_left(self) -> int | None:
        return None if self.until is None else (self.until - self.day).days

    @property
    def expired(self) -> bool:
        return self.until is not None and self.until <= self.day

    @property
    def ends_soon(self) -> bool:
        return self.until is not None and self.day < self.until <= self.day + EXPIRES_SOON

    @property
    def falls_short(self) -> bool:
        """An indicator that was verified, is in force, and does not reach its value now."""
        is_indicator = self.piece.kind == Evidence.Kind.INDICATOR
        in_force = self.piece.state == Evidence.State.VERIFIED and not self.expired and self.piece.dated_on <= self.day
        return is_indicator and in_force and not self.counts


def proof_of(piece: Evidence, *, day: date, observer: Observer, unit_id: int | None = None) -> Proof:
    """How one piece stands on a day, for its own unit or for one below it."""
    in_force = piece.dated_on <= day and (piece.expires_on is None or piece.expires_on > day)
    observed = None
    if piece.kind == Evidence.Kind.INDICATOR:
        observed = observer.observe(piece.indicator, piece.unit)
    return Proof(
        piece=piece,
        from_above=unit_id is not None and piece.unit_id != unit_id,
        counts=piece.state == Evidence.State.VERIFIED and in_force and observer.judge(piece),
        until=piece.expires_on,
        observed=observed,
        day=day,
    )


def proofs_for(
    *, unit_id: int, above: Iterable[int], model_code: str, day: date, practices: Collection[str] | None = None
) -> dict[str, list[Proof]]:
    """By practice, every piece that a unit or one above it (with those below) gave and has not taken back.

    `above` are the ids of the units above, in any order. What counts comes first, then what lasts longest.
    """
    pieces = Evidence.objects.of_model(model_code, practices).exclude(state=Evidence.State.WITHDRAWN)
    found = pieces.standing_for(unit_id, above).select_related("unit", "added_by", "reviewed_by")
    observer = Observer(day)
    by_practice: dict[str, list[Proof]] = {}
    for piece in found.order_by("-dated_on", "-pk"):
        proof = proof_of(piece, day=day, observer=observer, unit_id=unit_id)
        by_practice.setdefault(piece.practice, []).append(proof)
    for proofs in by_practice.values():
        proofs.sort(key=lambda each: (not each.counts, -(each.until or date.max).toordinal()))
    return by_practice

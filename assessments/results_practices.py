"""The practices of a unit with what is done about them: evidence, actions under way, the way to another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from assessments.evidenced import Proof, proofs_for
from assessments.results_actions import proposal_for, under_way
from assessments.results_items import PillarPractices, PracticeLine, practices_of
from assessments.results_sight import Place
from improvement.actions import Proposal
from improvement.models import MOST_AT_ONCE, Action
from people.days import today
from people.models import Unit
from people.policies import is_reviewer
from portal.lib.pillars import Pillar

OPEN_FIRST = 5  # practices of a page whose behaviours are not folded


@dataclass(frozen=True)
class Shown:
    """One practice and what stands beside it."""

    line: PracticeLine
    proofs: list[Proof] | None  # None where this reader does not read evidence
    actions: list[Action]
    href: str  # the form of an action, filled in; empty where the reader may not start one
    is_folded: bool = False  # all but its score waits behind a press

    @property
    def valid(self) -> Proof | None:
        """The piece that counts longest."""
        return next((proof for proof in self.proofs or () if proof.counts), None)

    @property
    def waits(self) -> bool:
        return any(proof.piece.state == proof.piece.State.WAITING for proof in self.proofs or ())

    @property
    def expired(self) -> Proof | None:
        return next((proof for proof in self.proofs or () if proof.expired), None)


@dataclass(frozen=True)
class Practices:
    """The page of practices."""

    groups: list[tuple[PillarPractices | None, list[Shown]]]  # without a pillar: those of all, the lowest first
    is_full: bool  # three actions are under way: no more before one is done
    may_start: bool

    @property
    def is_flat(self) -> bool:
        """Whether the practices of all pillars stand in one order."""
        return any(group is None for group, _lines in self.groups)

    @property
    def hides_all(self) -> bool:
        return not any(each.line.is_shown for _group, lines in self.groups for each in lines)


def practice_page(place: Place, *, pillar: Pillar | None, weakest_first: bool) -> Practices:
    """Everything the page of practices says, in the same number of queries however many there are."""
    unit_id, employee = place.reading.unit.unit_id, place.sight.employee
    groups = practices_of(place, pillar=pillar, weakest_first=weakest_first)
    doing = under_way(employee=employee, cycle=place.cycle, unit_id=unit_id)
    open_ones = Action.objects.visible_to(employee).open().filter(unit=unit_id).count()
    leads_here = unit_id in place.sight.led
    unit = Unit.objects.led_by(employee).open().filter(pk=unit_id).first() if leads_here else None
    proofs = proofs_seen(place, unit_id)
    is_full = open_ones >= MOST_AT_ONCE
    said = place.cycle.model.said
    start = None if is_full or unit is None else partial(proposal_for, cycle=place.cycle, unit=unit, said=said)
    found: list[tuple[PillarPractices | None, list[Shown]]] = [
        (group, [shown(line, proofs, doing, start) for line in group.lines]) for group in groups
    ]
    if pillar is None and weakest_first:
        found = [(None, lowest_first([each for _group, lines in found for each in lines]))]
    return Practices(
        folded(found),
        is_full=is_full,
        may_start=unit is not None,
    )


def lowest_first(lines: Sequence[Shown]) -> list[Shown]:
    """The practices of all pillars in one order; what is not shown apart stands last."""
    return sorted(lines, key=lambda each: (each.line.score is None, each.line.score or 0.0))


def folded(
    groups: Sequence[tuple[PillarPractices | None, list[Shown]]],
) -> list[tuple[PillarPractices | None, list[Shown]]]:
    """The first practices of the page stand open, and those somebody works at; the others are folded."""
    found, before = [], 0
    for group, lines in groups:
        places = enumerate(lines, start=before)
        found.append(
            (group, [replace(each, is_folded=place >= OPEN_FIRST and not each.actions) for place, each in places])
        )
        before += len(lines)
    return found


def shown(
    line: PracticeLine,
    proofs: Mapping[str, list[Proof]] | None,
    doing: Mapping[str, list[Action]],
    start: Callable[..., Proposal] | None,
) -> Shown:
    code = line.practice.code
    href = ""
    if start is not None and line.is_shown:
        href = start(practice=code, usual=line.usual).href
    return Shown(line, None if proofs is None else proofs.get(code, []), doing.get(code, []), href)


def proofs_seen(place: Place, unit_id: int) -> Mapping[str, list[Proof]] | None:
    """What evidence there is, for those who lead the unit, review evidence or read all results; None for others."""
    sight = place.sight
    if not (sight.sees_all or unit_id in sight.led or is_reviewer(sight.employee)):
        return None
    return proofs_for(unit_id=unit_id, above=units_above(unit_id), model_code=place.cycle.model.code, day=today())


def units_above(unit_id: int) -> Sequence[int]:
    """The units a unit is part of, as the tree stands now."""
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    found: list[int] = []
    at = parents.get(unit_id)
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found

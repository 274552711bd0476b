"""The evidence page of a unit: practices of a model by dimension, what stands for each, and the level that allows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from assessments.content import Content, Dimension, Practice
from assessments.evidenced import Proof, proofs_for
from assessments.models import Cycle, CycleUnit, Evidence, MaturityModel
from assessments.scoring import Asked, Cap, cap_of
from improvement.querysets import chain_ids
from people.models import Unit
from people.pillars import PILLAR_SHORT
from portal.lib.pillars import Pillar

if TYPE_CHECKING:
    from people.registry import Word


def models_asked(unit: Unit | None) -> list[MaturityModel]:
    """The models evidence of a unit is given for: those of opened cycles that cover it, the newest first, then those
    it has shown evidence for. A unit no cycle has covered gives by what units above it do, else by any published one.
    """
    newest = {model.code: model for model in MaturityModel.objects.newest_published()}
    shown: list[str] = []
    codes: list[str] = []
    if unit is not None:
        codes = _covered(Q(unit=unit.pk)) or _covered(Q(unit__in=chain_ids(unit.pk)))
        shown = list(Evidence.objects.filter(unit=unit).order_by("model_code").values_list("model_code", flat=True))
    published = [code for code, model in newest.items() if model.state == MaturityModel.State.PUBLISHED]
    return [newest[code] for code in dict.fromkeys([*(codes or [*_covered(), *published]), *shown]) if code in newest]


def _covered(where: Q | None = None) -> list[str]:
    """The models of cycles that were opened and not cancelled, covering some units or any, the newest first."""
    opened = Cycle.objects.opened().newest_first()
    if where is not None:
        opened = opened.filter(pk__in=CycleUnit.objects.filter(where).values("cycle"))
    return list(opened.values_list("model__code", flat=True))


@dataclass(frozen=True)
class Row:
    """One practice of a unit, and every piece that was given for it."""

    practice: Practice
    proofs: list[Proof]

    @property
    def counts(self) -> bool:
        return any(proof.counts for proof in self.proofs)

    @property
    def ends_soon(self) -> bool:
        """Whether everything that counts ends within thirty days."""
        counting = [proof for proof in self.proofs if proof.counts]
        return bool(counting) and all(proof.ends_soon for proof in counting)

    @property
    def waits(self) -> bool:
        return any(proof.piece.state == Evidence.State.WAITING for proof in self.proofs)


@dataclass(frozen=True)
class Group:
    """One dimension of the model."""

    dimension: Dimension
    rows: list[Row]

    @property
    def counted(self) -> int:
        return sum(row.counts for row in self.rows)


@dataclass(frozen=True)
class Allowed:
    """Of one pillar: for how many practices there is valid evidence, and the highest level that allows."""

    pillar: Pillar
    cap: Cap
    practices: int
    levels: int  # the model has; where the evidence allows the highest, nothing is capped

    @property
    def name(self) -> "Word":
        return PILLAR_SHORT[self.pillar]

    @property
    def is_capped(self) -> bool:
        return self.cap.level < self.levels


@dataclass(frozen=True)
class Shelf:
    """The whole page."""

    unit: Unit
    model: MaturityModel
    content: Content
    groups: list[Group]
    allowed: list[Allowed]
    unasked: list[Proof]  # for practices the model no longer asks

    @property
    def practices(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def counted(self) -> int:
        return sum(group.counted for group in self.groups)


def shelf_of(unit: Unit, model: MaturityModel, day: date) -> Shelf:
    """What stands on the shelf of a unit on a day."""
    content = model.said
    above = Unit.objects.filter(pk__in=chain_ids(unit.pk)).exclude(pk=unit.pk).values_list("pk", flat=True)
    proofs = proofs_for(unit_id=unit.pk, above=list(above), model_code=model.code, day=day)
    groups = [
        Group(one, [Row(practice, proofs.pop(practice.code, [])) for practice in one.practices])
        for one in content.dimensions
    ]
    unasked = [proof for rest in proofs.values() for proof in rest]
    return Shelf(unit, model, content, groups, list(_allowed(content, groups)), unasked)


def _allowed(content: Content, groups: Iterable[Group]) -> Iterable[Allowed]:
    rows: dict[Pillar, list[Row]] = {}
    for group in groups:
        rows.setdefault(group.dimension.pillar, []).extend(group.rows)
    for pillar, found in rows.items():
        if found:
            asked = [Asked(row.practice.code, len(row.practice.anchors), float(row.practice.weight)) for row in found]
            cap = cap_of({row.practice.code for row in found if row.counts}, asked, content.cuts)
            yield Allowed(pillar, cap, len(found), len(content.bands))


def practice_named(code: str, practice: str) -> tuple[Practice, MaturityModel] | None:
    """What a practice says in the newest version of its model that asks it, and that version."""
    for model in MaturityModel.objects.of_code(code).exclude(state=MaturityModel.State.DRAFT):
        found: Practice | None = model.said.by_code.get(practice)
        if found is not None:
            return found, model
    return None

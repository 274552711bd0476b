"""The evidence page of a unit: practices of a model by dimension, what stands for each, and the level that allows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from assessments.content import Content, Dimension, Practice
from assessments.evidenced import Proof, proofs_for
from assessments.models import Cycle, Evidence, MaturityModel
from improvement.querysets import chain_ids
from people.models import Unit
from people.pillars import PILLAR_SHORT
from portal.lib.pillars import Pillar
from stats.maturity import EvidenceCap, evidence_cap

if TYPE_CHECKING:
    from people.registry import Word

BEST = 5  # the highest level; where the evidence allows it, nothing is capped


def models_asked() -> list[MaturityModel]:
    """The models evidence is given for, the one of the newest cycle first; then others that are published."""
    newest = {model.code: model for model in MaturityModel.objects.newest_published()}
    used = Cycle.objects.exclude(state__in=[Cycle.State.DRAFT, Cycle.State.CANCELLED]).newest_first()
    codes = dict.fromkeys(used.values_list("model__code", flat=True))
    published = [code for code, model in newest.items() if model.state == MaturityModel.State.PUBLISHED]
    return [newest[code] for code in [*codes, *(each for each in published if each not in codes)] if code in newest]


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
    cap: EvidenceCap
    practices: int

    @property
    def name(self) -> "Word":
        return PILLAR_SHORT[self.pillar]

    @property
    def is_capped(self) -> bool:
        return self.cap.level < BEST


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
    return Shelf(unit, model, content, groups, list(_allowed(groups)), unasked)


def _allowed(groups: Iterable[Group]) -> Iterable[Allowed]:
    rows: dict[Pillar, list[Row]] = {}
    for group in groups:
        rows.setdefault(group.dimension.pillar, []).extend(group.rows)
    for pillar, found in rows.items():
        if found:
            cap = evidence_cap([row.counts for row in found], [row.practice.weight for row in found])
            yield Allowed(pillar, cap, len(found))


def practice_named(code: str, practice: str) -> Practice | None:
    """How a practice is called by the newest version of its model that asks it."""
    for model in MaturityModel.objects.of_code(code).exclude(state=MaturityModel.State.DRAFT):
        found: Practice | None = model.said.by_code.get(practice)
        if found is not None:
            return found
    return None

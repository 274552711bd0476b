"""What is said of the whole company alone: the mean with answers weighted, what people did not know, reliability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from assessments.content import Practice
from assessments.models import Cycle
from assessments.results_pillars import ScoreLine
from portal.lib.pillars import Pillar
from stats import intervals
from stats.intervals import Sample
from stats.maturity import CompanyMean, ScoreBlock, company_mean
from surveys.models import Cell, Round, RoundUnit, StandingBlock
from surveys.results_heat import pooled_of, sample_of
from surveys.results_pillars import PillarLine

UNKNOWN_SHOWN = 8


@dataclass(frozen=True)
class Weighted:
    """One pillar of the company: the plain mean, and the one in which each part weighs as many as it has people."""

    line: PillarLine
    found: CompanyMean

    @property
    def difference(self) -> float:
        return self.found.mean - (self.line.mean or 0.0)


def weighted_means(round_: Round, lines: Sequence[ScoreLine]) -> list[Weighted]:
    """The company's weighted means: three queries, of published cells and of how many were invited.

    A read that does not begin with the reader, as the heat map's: it yields one figure of the company, the same for
    all, and is shown only to those who may read the company's cell.
    """
    parents = dict(RoundUnit.objects.filter(round=round_).values_list("unit_id", "parent_id"))
    cells: dict[str, dict[int, Cell]] = {}
    for cell in Cell.objects.filter(round=round_, measure=Cell.Measure.PILLAR):
        cells.setdefault(cell.code, {})[cell.unit_id] = cell
    invited: dict[str, dict[int, int]] = {}
    blocks = StandingBlock.objects.filter(round=round_, level=StandingBlock.Level.SCORE)
    for subject, unit_id, people in blocks.values_list("subject", "unit_id").annotate(people=Sum("blocks__invited")):
        invited.setdefault(subject, {})[unit_id] = people
    found = []
    for line in lines:
        code = line.pillar.value
        of_pillar = cells.get(code, {})
        parts = parts_of(of_pillar, invited.get(code, {}), parents)
        mean = company_mean(parts, pooled_of(list(of_pillar.values()))) if line.mean is not None else None
        if mean is not None:
            found.append(Weighted(line, mean))
    return found


def parts_of(
    cells: Mapping[int, Cell], invited: Mapping[int, int], parents: Mapping[int, int | None]
) -> list[ScoreBlock]:
    """The company cut into parts that do not overlap: each unit's cell less those of the units below it.

    `invited` are the people of the blocks at home in a unit; those of a unit without a cell stand with the one above.
    """
    own = {unit: cell for unit, cell in cells.items() if cell.same_as_id is None}

    def holder(unit: int | None) -> int | None:
        while unit is not None and unit not in own:
            unit = parents.get(unit)
        return unit

    people: dict[int, int] = {}
    for unit, n in invited.items():
        at = holder(unit)
        if at is not None:
            people[at] = people.get(at, 0) + n
    below: dict[int, list[Sample]] = {}
    for unit, cell in own.items():
        above, sample = holder(parents.get(unit)), sample_of(cell)
        if above is not None and sample is not None:
            below.setdefault(above, []).append(sample)
    parts = []
    for unit, cell in own.items():
        rest = sample_of(cell)
        for sample in below.get(unit, ()):
            rest = None if rest is None else intervals.rest_of(rest, sample)
        if rest is not None:
            parts.append(ScoreBlock(max(people.get(unit, 0), rest.n), rest))
    return parts


@dataclass(frozen=True)
class Unknown:
    """How many in a hundred gave no answer to a practice, over the whole company."""

    pillar: Pillar
    practice: Practice
    percent: int


def unknown_of(cycle: Cycle, round_: Round) -> list[Unknown]:
    """The practices fewest could say something of, the most unknown first; empty where too few were asked."""
    found = []
    for dimension in cycle.model.said.dimensions:
        said = round_.company_statistics.get(dimension.pillar.value, {})
        for practice in dimension.practices:
            percent = said.get(f"unknown:{practice.code}")
            if percent is not None:
                found.append(Unknown(dimension.pillar, practice, round(percent)))
    return sorted(found, key=lambda each: -each.percent)


@dataclass(frozen=True)
class Reliability:
    """How far the practices of a pillar go together, over the whole company."""

    pillar: Pillar
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None
    omega: float | None


def reliability_of(round_: Round) -> list[Reliability]:
    """Alpha and omega of each pillar, as analysers of the round found them; for the CX team."""
    found = []
    for pillar in round_.questions.pillars:
        said = round_.company_statistics.get(pillar.value, {})
        named = {name.rpartition(":")[2]: value for name, value in said.items() if not name.startswith("unknown:")}
        alpha, omega = named.get("alpha"), named.get("omega")
        if alpha is not None or omega is not None:
            found.append(Reliability(pillar, alpha, named.get("alpha_low"), named.get("alpha_high"), omega))
    return found

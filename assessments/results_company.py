"""What is said of the whole company alone: the mean with answers weighted, what people did not know, reliability."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.content import Practice
from assessments.models import Cycle
from assessments.results_pillars import ScoreLine
from portal.lib.pillars import Pillar
from surveys.models import Round


@dataclass(frozen=True)
class Weighted:
    """One pillar of the company: the plain mean, and the one in which each part weighs as many as it has people."""

    line: ScoreLine
    mean: float
    low: float | None
    high: float | None
    effective_n: float | None
    is_trimmed: bool

    @property
    def difference(self) -> float:
        return self.mean - (self.line.mean or 0.0)


def weighted_means(lines: Sequence[ScoreLine]) -> list[Weighted]:
    """The company's weighted means, as its scorecards hold them."""
    return [
        Weighted(line, card.weighted, card.weighted_low, card.weighted_high, card.effective_n, card.weight_trimmed)
        for line in lines
        if (card := line.card) is not None and card.weighted is not None
    ]


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

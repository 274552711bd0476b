"""A closed round as it was published, read once: each pillar's cells, what they cover, and what teams' blocks say.

Everything scorecards rest on stands here, so they say nothing that published cells do not imply.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg

from assessments.analysers import NAME
from stats import intervals
from stats.disclosure import Standing, Tree, cell_atoms
from stats.intervals import OWN_SPREAD_FROM, Estimate, Sample, Spread
from surveys.models import Block, Cell, Round, RoundUnit, StandingBlock
from surveys.tally import UNIFORM_SD, counts_as_item

COVERS = 2 / 3
Groups = Mapping[int, frozenset[int]]  # unit -> the keys of the launch blocks of its cell


class Figure(NamedTuple):
    """The pillar's cell of one unit."""

    cell_id: int
    unit: int
    n: int
    mean: float
    sd: float | None
    df: float | None
    covers_part: bool
    same_as: int | None
    share_said: bool  # whether it may be told how many of its people answered

    @property
    def estimate(self) -> Estimate | None:
        """Mean and spread as published: own from ten answers on where details show it, else pooled."""
        return None if self.sd is None or self.df is None else Estimate(self.n, self.mean, self.sd, self.df)


@dataclass(frozen=True)
class PillarCells:
    """One pillar of a closed round, unit by unit."""

    figures: Mapping[int, Figure]
    histograms: Mapping[int, Sequence[Sequence[int]]]  # of each item, where most of the score's people have details
    invited: Mapping[int, int]  # people the cell covers
    spreads: frozenset[int]  # units whose own spread stands in their cell
    pooled: Spread
    realities: Mapping[int, bool]  # units that are one team of their own: whether it is in two realities

    def sample(self, unit: int) -> Sample:
        """A unit's answers, with their own spread where it is published."""
        figure = self.figures[unit]
        return Sample(figure.n, figure.mean, figure.sd if unit in self.spreads else None)


@dataclass
class Published:
    """What a closed round published; a pillar is put together when asked for."""

    round: Round
    tree: Tree = field(init=False)
    depth: dict[int, int] = field(init=False, default_factory=dict)
    heads: dict[int, int] = field(init=False, default_factory=dict)  # people invited
    people: dict[int, int] = field(init=False, default_factory=dict)  # people at work there at launch, asked or not

    def __post_init__(self) -> None:
        parents: dict[int, int | None] = {}
        units = RoundUnit.objects.filter(round=self.round)
        for unit, parent, *said in units.values_list("unit_id", "parent_id", "depth", "headcount", "people"):
            parents[unit] = parent
            self.depth[unit], self.heads[unit], self.people[unit] = said
        self.tree = Tree(parents)
        self._asked = dict(Block.objects.filter(round=self.round).values_list("pk", "invited"))
        self._figures = self._read_figures()
        self._histograms = self._read_histograms()
        self._standing, self._statistics = self._read_standing()
        self._pillars: dict[str, PillarCells] = {}

    def _read_figures(self) -> dict[str, dict[int, Figure]]:
        found: dict[str, dict[int, Figure]] = defaultdict(dict)
        cells = Cell.objects.filter(round=self.round, measure=Cell.Measure.PILLAR, mean__isnull=False)
        columns = ("code", "pk", "unit_id", "n", "mean", "sd", "df", "covers_part", "same_as_id", "share_said")
        for code, *values in cells.values_list(*columns).iterator(chunk_size=5_000):
            figure = Figure(*values)
            found[code][figure.unit] = figure
        return found

    def _read_histograms(self) -> dict[str, dict[int, list[list[int]]]]:
        pillar_of = {item.code: item.pillar for item in self.round.questions.items if item.scores}
        found: dict[str, dict[int, list[list[int]]]] = defaultdict(lambda: defaultdict(list))
        cells = Cell.objects.filter(round=self.round, measure=Cell.Measure.ITEM, histogram__isnull=False)
        for code, unit, histogram in cells.values_list("code", "unit_id", "histogram").iterator(chunk_size=5_000):
            pillar = pillar_of.get(code)
            if pillar is not None and histogram is not None:
                found[pillar][unit].append(histogram)
        return found

    def _read_standing(self) -> tuple[dict[tuple[str, str], list[Standing]], dict[tuple[str, int], bool]]:
        standing: dict[tuple[str, str], list[Standing]] = defaultdict(list)
        apart: dict[tuple[str, int], bool] = {}
        rows = StandingBlock.objects.filter(round=self.round).exclude(level=StandingBlock.Level.COMMENT)
        said = rows.annotate(atoms=ArrayAgg("blocks")).values_list("subject", "level", "unit_id", "statistics", "atoms")
        for subject, level, unit, statistics, atoms in said.iterator(chunk_size=5_000):
            standing[subject, level].append(Standing(unit, frozenset(atoms)))
            verdict = statistics.get(f"{NAME}:two_realities")
            if verdict is not None:
                apart[subject, unit] = bool(verdict)
        return standing, apart

    def pillar(self, code: str) -> PillarCells:
        """One pillar: what its scores cover, and where its details cover the same people, or most of them."""
        if code not in self._pillars:
            self._pillars[code] = self._put_together(code)
        return self._pillars[code]

    def _put_together(self, code: str) -> PillarCells:
        asked = self.round.questions
        details = self._standing[code, "detail"]
        single = any(pillar == code and counts_as_item(asked, pillar) for pillar in asked.pillars)
        scores = details if single else self._standing[code, "score"]
        score_groups, detail_groups = cell_atoms(self.tree, scores), cell_atoms(self.tree, details)
        figures, histograms = self._figures[code], self._histograms[code]
        most = {unit for unit in histograms if self._mostly(score_groups.get(unit), detail_groups.get(unit))}
        spreads = frozenset(
            unit
            for unit, figure in figures.items()
            if unit in histograms
            and score_groups[unit] == detail_groups.get(unit)
            and figure.n >= OWN_SPREAD_FROM
            and figure.df == figure.n - 1
        )
        return PillarCells(
            figures,
            {unit: histograms[unit] for unit in most},
            {unit: self._invited(score_groups[unit]) for unit in figures},
            spreads,
            self._pooled(figures, spreads),
            self._realities(code, details, detail_groups, figures),
        )

    def _mostly(self, score: frozenset[int] | None, detail: frozenset[int] | None) -> bool:
        """Whether two cells of a unit are two thirds of each other at least."""
        if score is None or detail is None:
            return False
        both = self._invited(score & detail)
        return both >= COVERS * max(self._invited(score), self._invited(detail))

    def _invited(self, blocks: frozenset[int]) -> int:
        return sum(self._asked[block] for block in blocks)

    def _pooled(self, figures: Mapping[int, Figure], spreads: frozenset[int]) -> Spread:
        """The spread pooled over units, as cells that rest on it say it; else over the lowest units that say one."""
        for unit, figure in figures.items():
            if unit not in spreads and figure.sd is not None and figure.df is not None:
                return Spread(figure.sd, figure.df)
        above: set[int] = set()
        samples = []
        for unit in self.tree.post_order():
            parent = self.tree.parent[unit]
            if parent is not None and (unit in spreads or unit in above):
                above.add(parent)
            if unit in spreads and unit not in above:
                samples.append(Sample(figures[unit].n, figures[unit].mean, figures[unit].sd))
        return intervals.pooled_sd(samples) or Spread(UNIFORM_SD, 30)

    def _realities(
        self, code: str, details: Sequence[Standing], groups: Groups, figures: Mapping[int, Figure]
    ) -> dict[int, bool]:
        """For each unit that is one block and whose cell covers most of its people: whether it is two realities."""
        return {
            block.home: self._statistics[code, block.home]
            for block in details
            if (code, block.home) in self._statistics
            and block.home in figures
            and figures[block.home].same_as is None
            and not figures[block.home].covers_part
            and groups[block.home] == block.atoms
            and self._invited(block.atoms) >= COVERS * self.people[block.home]
        }

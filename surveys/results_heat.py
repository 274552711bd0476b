"""The heat map: units by pillars, coloured only where a difference from the rest of the company is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise

from people.pillars import PILLAR_SHORT
from portal.lib.pillars import Pillar
from stats import intervals
from stats.intervals import Difference, Sample, Spread
from surveys.models import Cell, Round, RoundUnit
from surveys.results_sight import Reading, RoundTree, Sight

UNITS_AT_ONCE = 60  # a heat map with more rows shows one level of the tree at a time
FEW_UNITS = 15  # up to here a page that asks for fewer levels shows them all the same
HEAT_ALPHA = 0.05
Place = tuple[int, str]  # unit and pillar


@dataclass(frozen=True)
class HeatCell:
    """One cell of the heat map. `tone` is "" without colour, else lo1 to lo3 or hi1 to hi3."""

    pillar: Pillar
    cell: Cell | None
    tone: str
    difference: float | None
    is_compared: bool = False  # both this score and the company's are known

    @property
    def word(self) -> Promise:
        return PILLAR_SHORT[self.pillar]

    @property
    def is_above(self) -> bool:
        return self.tone.startswith("hi")


@dataclass(frozen=True)
class HeatRow:
    """One unit, or neighbours that are not shown apart and stand together."""

    names: tuple[str, ...]
    unit_id: int | None
    cells: tuple[HeatCell, ...]
    indent: int = 0
    shown_with: str = ""  # the unit above whose results hold these
    same_as: str = ""  # the unit below that gave all these answers
    participation: Cell | None = None
    opens: bool = False  # has units below that are not on this page
    is_linked: bool = True  # has a page that the reader may open

    @property
    def counts_part(self) -> bool:
        """Whether the number of answers is that of a part: all pillars together may cover less than one pillar."""
        most = max((each.cell.n or 0 for each in self.cells if each.cell is not None), default=0)
        return self.participation is not None and most > (self.participation.n or 0)

    @property
    def is_merged(self) -> bool:
        return len(self.names) > 1

    @property
    def has_scores(self) -> bool:
        return any(each.cell is not None for each in self.cells)


@dataclass(frozen=True)
class HeatMap:
    """The page of one wave: the company, then units in the order of the tree."""

    pillars: list[Pillar]
    company: HeatRow | None
    rows: list[HeatRow]
    above: RoundUnit | None  # the unit whose parts are shown, when not everything is
    is_cut: bool = False  # deeper units are left to pages of their own, and the reader may ask for all at once

    @property
    def words(self) -> list[tuple[Pillar, Promise]]:
        return [(pillar, PILLAR_SHORT[pillar]) for pillar in self.pillars]

    @property
    def compares(self) -> bool:
        return self.company is not None and any(cell.cell is not None for cell in self.company.cells)

    @property
    def has_colour(self) -> bool:
        return any(cell.tone for row in self.rows for cell in row.cells)

    @property
    def has_doubt(self) -> bool:
        return any(cell.is_compared and not cell.tone for row in self.rows for cell in row.cells)

    @property
    def hides(self) -> bool:
        return any(cell.cell is None for row in self.rows for cell in row.cells)

    @property
    def counts_part(self) -> bool:
        """Whether somewhere a pillar rests on more answers than all pillars together."""
        return any(row.counts_part for row in [*self.rows, *([self.company] if self.company else [])])


def heat_map_of(
    sight: Sight, reading: Reading, tree: RoundTree, above: int | None = None, *, levels: int | None = None
) -> HeatMap:
    """All units within sight, or those just below one of them in a large company; `levels` leaves deeper ones out."""
    company = tree.company
    top = above if above is not None and tree.row(above) else None
    rows, opens = rows_shown(tree, top)
    is_cut = levels is not None and top is None and not opens and len(rows) > FEW_UNITS
    if is_cut:
        rows, opens = upper_rows(tree, rows, levels or 1)
    pillars = reading.round.questions.pillars
    units = [row for row in rows if company is None or row.unit_id != company.unit_id]
    cells, participation = cells_of(sight, reading, [*units, *([company] if company is not None else [])])
    heat = {} if company is None else standing_out(reading.round, company.unit_id)
    page = Shading(sight, tree, pillars, cells, participation, opens, heat)
    first = None if company is None else page.top_row(company)
    shown: list[HeatRow] = []
    for is_apart, group in groupby(units, key=lambda row: apart_key(row, pillars, cells)):
        together = list(group)
        shown += [page.row(row) for row in together] if is_apart is None else [page.rows_as_one(together, is_apart[1])]
    return HeatMap(pillars, first, shown, tree.row(top), is_cut)


def rows_shown(tree: RoundTree, top: int | None) -> tuple[list[RoundUnit], frozenset[int]]:
    """The units of the page, and those of them that open a page of their own."""
    rows = tree.under(top) if top is not None else tree.rows
    if len(rows) <= UNITS_AT_ONCE:
        return rows, frozenset()
    company = tree.company
    rows = tree.below(top if top is not None else (company.unit_id if company is not None else None))
    return rows, frozenset(row.unit_id for row in rows if tree.below(row.unit_id))


def upper_rows(tree: RoundTree, rows: list[RoundUnit], levels: int) -> tuple[list[RoundUnit], frozenset[int]]:
    """The first levels below the top of what is seen, and those of their units that have units below."""
    kept = [row for row in rows if tree.indent(row) <= levels]
    return kept, frozenset(row.unit_id for row in kept if row.parent_id is not None and tree.below(row.unit_id))


def cells_of(sight: Sight, reading: Reading, rows: Sequence[RoundUnit]) -> tuple[dict[Place, Cell], dict[int, Cell]]:
    """What the reader may read of these units: pillars by unit and code, and participation by unit."""
    wanted = [Cell.Measure.PILLAR, Cell.Measure.PARTICIPATION]
    found = Cell.objects.visible_to(sight.employee).filter(
        round=reading.round, unit__in={row.unit_id for row in rows}, measure__in=wanted
    )
    cells: dict[Place, Cell] = {}
    participation: dict[int, Cell] = {}
    for cell in found.select_related("same_as"):
        if cell.measure == Cell.Measure.PARTICIPATION:
            participation[cell.unit_id] = cell
        else:
            cells[cell.unit_id, cell.code] = cell
    return cells, participation


@dataclass(frozen=True)
class Shading:
    """How a unit becomes a row: its cells, beside the company's."""

    sight: Sight
    tree: RoundTree
    pillars: list[Pillar]
    cells: Mapping[Place, Cell]
    participation: Mapping[int, Cell]
    opens: frozenset[int]
    heat: Mapping[Place, intervals.Heat]

    def top_row(self, company: RoundUnit) -> HeatRow:
        """The company, with which all others are compared."""
        participation = self.participation.get(company.unit_id)
        return HeatRow((company.name,), company.unit_id, self.heat_cells(company), participation=participation)

    def row(self, unit: RoundUnit) -> HeatRow:
        """A unit with a row of its own."""
        return HeatRow(
            (unit.name,),
            unit.unit_id,
            self.heat_cells(unit),
            self.tree.indent(unit),
            same_as=same_as_of(unit, self.pillars, self.cells),
            participation=self.participation.get(unit.unit_id),
            opens=unit.unit_id in self.opens,
            is_linked=self.sight.holds(unit.unit_id),
        )

    def rows_as_one(self, units: Sequence[RoundUnit], shown_at: int | None) -> HeatRow:
        """Neighbours without a score of their own, and the unit above that holds their answers."""
        place = self.tree.row(shown_at)
        names, first = tuple(unit.name for unit in units), units[0]
        with_ = "" if place is None else place.name
        return HeatRow(names, None, self.heat_cells(first), self.tree.indent(first), shown_with=with_)

    def heat_cells(self, unit: RoundUnit) -> tuple[HeatCell, ...]:
        """The unit's cell of each pillar."""
        company = self.tree.company
        found = []
        for pillar in self.pillars:
            whole = None if company is None else self.cells.get((company.unit_id, pillar.value))
            place = unit.unit_id, pillar.value
            found.append(heat_cell(pillar, self.cells.get(place), whole, self.heat.get(place)))
        return tuple(found)


def apart_key(
    row: RoundUnit, pillars: Sequence[Pillar], cells: Mapping[Place, Cell]
) -> tuple[int | None, int | None] | None:
    """Neighbours without any score stand together when the same unit above holds their answers."""
    if any((row.unit_id, pillar.value) in cells for pillar in pillars):
        return None
    return row.parent_id, row.shown_at_id


def same_as_of(row: RoundUnit, pillars: Sequence[Pillar], cells: Mapping[Place, Cell]) -> str:
    """The unit below whose answers are all there is, for every pillar shown."""
    found = [cells[row.unit_id, pillar.value] for pillar in pillars if (row.unit_id, pillar.value) in cells]
    names = {cell.same_as.name if cell.same_as is not None else "" for cell in found}
    return names.pop() if len(names) == 1 else ""


def heat_cell(pillar: Pillar, cell: Cell | None, whole: Cell | None, found: intervals.Heat | None) -> HeatCell:
    is_compared = cell is not None and cell.mean is not None and whole is not None and whole.mean is not None
    if found is None or found.step == 0 or not is_compared:
        return HeatCell(pillar, cell, "", None, is_compared)
    side = "hi" if found.verdict == "above" else "lo"
    return HeatCell(pillar, cell, f"{side}{found.step}", found.difference, is_compared)


def standing_out(round_: Round, company_id: int) -> dict[Place, intervals.Heat]:
    """What stands out from the company without it, with Holm over every cell of the wave: the same for all readers.

    The one read that does not begin with the reader, since the correction counts cells whoever looks. A mark is shown
    only with a cell that the reader may see, beside the company's.
    """
    of_pillar: dict[str, list[Cell]] = {}
    for cell in Cell.objects.filter(round=round_, measure=Cell.Measure.PILLAR):
        of_pillar.setdefault(cell.code, []).append(cell)
    found: dict[Place, Difference] = {}
    for code, cells in of_pillar.items():
        whole = next((cell for cell in cells if cell.unit_id == company_id), None)
        if whole is not None:
            found |= {(unit_id, code): each for unit_id, each in from_the_rest(whole, cells).items()}
    heat = intervals.heat_map(found, HEAT_ALPHA)
    held = {(cell.unit_id, cell.code): cell.same_as_id for cells in of_pillar.values() for cell in cells}
    return {(unit, code): heat[place] for unit, code in held if (place := holder(unit, code, held)) in heat}


def holder(unit_id: int, code: str, held: Mapping[Place, int | None]) -> Place:
    """The place whose answers a cell holds: that of the unit below, where all of them are from there."""
    below = held.get((unit_id, code))
    while below is not None:
        unit_id, below = below, held.get((below, code))
    return unit_id, code


def from_the_rest(whole: Cell, cells: Sequence[Cell]) -> dict[int, Difference]:
    """One pillar's cells against the company without them; answers that stand under two names count once."""
    company, pooled = sample_of(whole), pooled_of([whole, *cells])
    found: dict[int, Difference] = {}
    for cell in cells:
        sample = sample_of(cell)
        if company is None or sample is None or cell.same_as_id is not None or cell.n == whole.n:
            continue
        difference = intervals.from_the_rest(company, sample, pooled)
        if difference is not None:
            found[cell.unit_id] = difference
    return found


def sample_of(cell: Cell) -> Sample | None:
    """A cell as statistics take it; the sd only where it is the cell's own and not pooled over units."""
    if cell.n is None or cell.mean is None:
        return None
    return Sample(cell.n, cell.mean, cell.sd if has_own_spread(cell) else None)


def has_own_spread(cell: Cell) -> bool:
    return cell.n is not None and cell.n >= intervals.OWN_SPREAD_FROM and cell.df == cell.n - 1


def pooled_of(cells: Sequence[Cell]) -> Spread | None:
    """The pooled spread that the smaller cells were published with; else that of the cells shown."""
    for cell in cells:
        if cell.sd and cell.df and not has_own_spread(cell):
            return Spread(cell.sd, max(1.0, cell.df))
    return intervals.pooled_sd([sample for cell in cells if (sample := sample_of(cell)) is not None])

"""The scorecards of one unit in one cycle, put in order for one reader. No statistics of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from assessments.models import Cycle, LevelChange, Scorecard
from assessments.results_gaps import GapPanel, gap_panel
from assessments.results_pillars import ScoreLine, score_lines
from assessments.results_sight import Place, place_of
from people.models import Employee, Unit
from surveys.models import Cell
from surveys.results_pillars import all_who_answered, series_until
from surveys.results_sentences import Sentences, sentences_of
from surveys.results_sight import Reading, shown_row


@dataclass(frozen=True)
class MovedUnit:
    """A unit that has changed its place since the cycle opened, or is no more."""

    was_under: str
    is_under: str
    is_closed: bool


@dataclass(frozen=True)
class UnitScores:
    """One unit in one cycle. The report, the board and the unit's own page all read this."""

    place: Place
    shown_name: str  # the unit above whose figures these are; empty where they are the unit's own
    has_above: bool
    lines: list[ScoreLine]
    sentences: Sentences
    n: int | None  # how many answered, where one number holds for all pillars
    participation: Cell | None
    gaps: GapPanel | None
    moved: MovedUnit | None

    @property
    def cycle(self) -> Cycle:
        return self.place.cycle

    @property
    def reading(self) -> Reading:
        return self.place.reading

    @property
    def has_scores(self) -> bool:
        return any(line.mean is not None for line in self.lines)

    @property
    def has_rings(self) -> bool:
        return any(line.was is not None for line in self.lines)

    @property
    def capped(self) -> list[ScoreLine]:
        """Pillars whose level evidence holds below their score's."""
        return [line for line in self.lines if line.is_capped]

    @property
    def fallen(self) -> list[LevelChange]:
        """Moves of a level since the cycle closed, the newest first."""
        moves = [move for line in self.lines for move in line.moves if move.level_before != move.level_after]
        return sorted(moves, key=lambda move: (move.day, move.pk), reverse=True)

    @property
    def split(self) -> list[ScoreLine]:
        """Pillars in which two camps answered."""
        return [line for line in self.lines if not line.is_culture]

    @property
    def trends(self) -> list[ScoreLine]:
        return [line for line in self.lines if line.has_trend]

    @property
    def nobody_knew(self) -> bool:
        """People answered, and no pillar came to a score."""
        return not self.has_scores and self.participation is not None and bool(self.participation.n)

    def line(self, pillar: str) -> ScoreLine | None:
        return next((line for line in self.lines if line.pillar.value == pillar), None)


def unit_of(employee: Employee, cycle: Cycle, unit_id: int) -> UnitScores | None:
    """What this person may read of a unit in a cycle; None where that is nothing."""
    place = place_of(employee, cycle.pk, unit_id)
    return None if place is None else unit_scores(place)


def unit_scores(place: Place) -> UnitScores:
    """Everything one unit reads of a cycle: the same number of queries however large the company is."""
    reading, employee = place.reading, place.sight.employee
    rounds = series_until(reading, place.readings)
    cells = cells_of(place, [each.pk for each in rounds])
    of_pillar = {(cell.round_id, cell.code): cell for cell in cells if cell.measure == Cell.Measure.PILLAR}
    here = [cell for cell in cells if cell.round_id == reading.round.pk]
    items = {cell.code: cell for cell in here if cell.measure == Cell.Measure.ITEM}
    participation = next((cell for cell in here if cell.measure == Cell.Measure.PARTICIPATION), None)
    shown = shown_row(reading)
    at = Q(unit=reading.shown, round__in=[each.pk for each in rounds])
    moves = LevelChange.objects.visible_to(employee).filter(at).select_related("scorecard")
    lines = score_lines(
        place.cycle.model.said,
        rounds,
        of_pillar,
        list(Scorecard.objects.visible_to(employee).filter(at)) if shown else [],
        list(moves.order_by("day", "pk")) if shown else [],
        None if shown is None else shown.headcount,
    )
    return UnitScores(
        place=place,
        shown_name=shown.name if shown is not None and reading.stands_in else "",
        has_above=shown is not None and shown.parent_id is not None,
        lines=lines,
        sentences=sentences_of(lines, participation, list(items.values()), reading.round.questions),
        n=all_who_answered(participation, lines),
        participation=participation,
        gaps=gap_panel(employee, place.cycle, reading.unit.unit_id, lines, items),
        moved=moved_since(reading),
    )


def cells_of(place: Place, rounds: Sequence[UUID]) -> list[Cell]:
    """The published numbers of the unit shown: pillars of all rounds, practices and participation of this one."""
    reading = place.reading
    if reading.shown is None:
        return []
    of_round = Q(measure__in=[Cell.Measure.PARTICIPATION, Cell.Measure.ITEM], round=reading.round)
    seen = Cell.objects.visible_to(place.sight.employee).filter(unit=reading.shown, round__in=rounds)
    return list(seen.filter(Q(measure=Cell.Measure.PILLAR) | of_round).select_related("same_as"))


def moved_since(reading: Reading) -> MovedUnit | None:
    """Whether the unit still stands where it stood when the cycle opened."""
    unit = Unit.objects.select_related("parent").get(pk=reading.unit.unit_id)
    if unit.closed_on is None and unit.parent_id == reading.unit.parent_id:
        return None
    was = Unit.objects.filter(pk=reading.unit.parent_id).first() if reading.unit.parent_id else None
    return MovedUnit(
        was_under="" if was is None else was.name,
        is_under="" if unit.parent is None else unit.parent.name,
        is_closed=unit.closed_on is not None,
    )

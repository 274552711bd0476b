"""The page of one unit and wave: published cells, put in order for one reader. No statistics of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from surveys.models import Cell
from surveys.results_pillars import PillarLine, all_who_answered, pillar_line, series_until
from surveys.results_sentences import Sentences, sentences_of
from surveys.results_sight import Reading, Sight, shown_row


@dataclass(frozen=True)
class UnitResults:
    """The whole page of one unit and wave."""

    reading: Reading
    shown_name: str
    has_above: bool  # whether the figures are those of a unit that is part of another
    lines: list[PillarLine]
    sentences: Sentences
    n: int | None  # how many answered, where one number holds for all pillars
    participation: Cell | None

    @property
    def has_scores(self) -> bool:
        return any(line.cell is not None for line in self.lines)

    @property
    def has_rings(self) -> bool:
        """Whether some score stands beside the one of the time before."""
        return any(line.was is not None for line in self.lines)

    @property
    def trends(self) -> list[PillarLine]:
        return [line for line in self.lines if line.has_trend]

    @property
    def scored(self) -> list[PillarLine]:
        return [line for line in self.lines if line.mean is not None]


def unit_results(sight: Sight, reading: Reading, readings: Sequence[Reading]) -> UnitResults:
    """Everything one unit reads of a wave: one query, and one more where another unit stands in."""
    rounds = series_until(reading, readings)
    wanted = Q(measure__in=[Cell.Measure.PILLAR, Cell.Measure.PARTICIPATION]) | Q(
        round=reading.round, measure=Cell.Measure.ITEM
    )
    cells: list[Cell] = []
    if reading.shown is not None:
        cells = list(
            Cell.objects.visible_to(sight.employee)
            .filter(wanted, unit=reading.shown, round__in=rounds)
            .select_related("same_as")
        )
    of_pillar = {(cell.round_id, cell.code): cell for cell in cells if cell.measure == Cell.Measure.PILLAR}
    questionnaire = reading.round.questions
    shown = shown_row(reading)
    people = None if shown is None else shown.headcount
    lines = [pillar_line(pillar, reading.round, rounds, of_pillar, people) for pillar in questionnaire.pillars]
    here = [cell for cell in cells if cell.round_id == reading.round.pk]
    participation = next((cell for cell in here if cell.measure == Cell.Measure.PARTICIPATION), None)
    items = [cell for cell in here if cell.measure == Cell.Measure.ITEM]
    return UnitResults(
        reading=reading,
        shown_name=shown.name if shown is not None and reading.stands_in else "",
        has_above=shown is not None and shown.parent_id is not None,
        lines=lines,
        sentences=sentences_of(lines, participation, items, questionnaire),
        n=all_who_answered(participation, lines),
        participation=participation,
    )

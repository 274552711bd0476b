"""What the five sentences of a unit's page speak of: who answered, the highest, the change, the lowest, what next."""

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.models import Cell
from surveys.questionnaire import Questionnaire, Scale
from surveys.results_items import on_five
from surveys.results_pillars import PillarLine
from surveys.results_words import said

ON_FIVE = (Scale.AGREE, Scale.ANCHORS)  # scales whose means are comparable once they lie on 1-5


@dataclass(frozen=True)
class ItemFound:
    """A question, its cell, and its mean put on 1-5."""

    text: str
    cell: Cell
    score: float


@dataclass(frozen=True)
class Sentences:
    """The facts behind the five sentences."""

    participation: Cell | None
    beyond: (
        int | None
    )  # the n of the pillar with the most answers, where it is larger than that of all pillars together
    all_shown: bool  # whether every pillar shows its score
    highest: PillarLine | None
    near_highest: PillarLine | None  # its range overlaps the highest one's
    changed: PillarLine | None
    closest: PillarLine | None  # not called; the fewest answers would do
    compared: bool
    first_time: bool  # nothing of this was asked here before
    asked_others: bool  # the same was asked before, of other people
    lowest: PillarLine | None
    near_lowest: PillarLine | None
    question: ItemFound | None  # the lowest question of the lowest pillar

    @property
    def few_answered(self) -> bool:
        """Below 60 %: the range speaks of chance, not of who stayed silent."""
        return self.participation is not None and self.participation.share == "part"


def sentences_of(
    lines: Sequence[PillarLine], participation: Cell | None, items: Sequence[Cell], questionnaire: Questionnaire
) -> Sentences:
    """Pick what the five sentences speak of."""
    scored = sorted((line for line in lines if line.mean is not None), key=lambda line: line.mean or 0.0)
    highest = scored[-1] if scored else None
    lowest = scored[0] if len(scored) > 1 else None
    most = max((line.cell.n or 0 for line in lines if line.cell is not None), default=0)
    judged = [line for line in lines if line.cell is not None and line.cell.verdict]
    changed = [line for line in judged if line.is_certain]
    unsure = [line for line in judged if line.cell is not None and line.cell.verdict_needed is not None]
    return Sentences(
        participation=participation,
        beyond=most if participation is not None and most > (participation.n or 0) else None,
        all_shown=len(scored) == len(lines),
        highest=highest,
        near_highest=next((line for line in reversed(scored[:-1]) if _overlap(line, highest)), None),
        changed=max(changed, key=_size_of_change, default=None),
        closest=min(unsure, key=lambda line: (line.cell.verdict_needed or 0) if line.cell else 0, default=None),
        compared=bool(judged),
        first_time=all(line.is_first for line in lines),
        asked_others=any(line.asked_others for line in lines),
        lowest=lowest,
        near_lowest=next((line for line in scored[1:] if _overlap(line, lowest)), None),
        question=lowest_question(lowest, items, questionnaire),
    )


def _size_of_change(line: PillarLine) -> float:
    return abs(line.cell.verdict_difference or 0.0) if line.cell else 0.0


def _overlap(one: PillarLine, other: PillarLine | None) -> bool:
    """Whether two likely ranges share ground, so that their order may be chance."""
    if other is None or one.cell is None or other.cell is None:
        return False
    bounds = (one.cell.low, one.cell.high, other.cell.low, other.cell.high)
    low, high, other_low, other_high = (bound if bound is not None else float("nan") for bound in bounds)
    return low <= other_high and other_low <= high


def lowest_question(lowest: PillarLine | None, items: Sequence[Cell], questionnaire: Questionnaire) -> ItemFound | None:
    """The question of the lowest pillar with the lowest answers, all put on the scale 1 to 5 for that."""
    if lowest is None:
        return None
    asked = {item.code: item for item in questionnaire.items if item.pillar == lowest.pillar and item.scale in ON_FIVE}
    found = [
        ItemFound(said(asked[cell.code].text), cell, on_five(asked[cell.code], cell.mean))
        for cell in items
        if cell.code in asked and cell.mean is not None
    ]
    return min(found, key=lambda each: each.score, default=None)

"""How the answers to one question are spread: shares, and where each stands in a bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from surveys.questionnaire import Item

BAR_WIDTH, BAR_GAP = 600.0, 2.0


@dataclass(frozen=True)
class AnswerShare:
    """One answer of a distribution: how many gave it, and its part of all."""

    label: str | Promise
    n: int
    share: float
    tone: int  # 1 to 5, from the low end of the scale to the high end
    x: float  # where its part of the bar begins
    width: float


def shares_of(labels: Sequence[str | Promise], counts: Sequence[int]) -> tuple[AnswerShare, ...]:
    """The parts of a bar, from the low end of the scale to the high end."""
    total, steps = sum(counts) or 1, max(1, len(counts) - 1)
    room = BAR_WIDTH - BAR_GAP * (sum(n > 0 for n in counts) - 1)
    answers, x = [], 0.0
    for place, (label, n) in enumerate(zip(labels, counts, strict=True)):
        width = room * n / total
        answers.append(AnswerShare(label, n, n / total, 1 + round(4 * place / steps), round(x, 1), round(width, 1)))
        x += width + (BAR_GAP if n else 0)
    return tuple(answers)


def on_five(item: Item, mean: float) -> float:
    """A mean of one question's answers, put on the scale 1 to 5: s = 1 + 4 m / (A - 1)."""
    first, last = item.values[0], item.values[-1]
    return 1 + 4 * (mean - first) / (last - first)

"""Arithmetic of maturity models: answers given under one version of a model, as the next version would read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Remap(StrEnum):
    """How an answer moves to another number of answers."""

    CLAMP = "clamp"  # the same place, or the highest there is: for answers that were added or dropped at the top
    RESCALE = "rescale"  # the nearest place in proportion: for a scale drawn finer or coarser


@dataclass(frozen=True, slots=True)
class Remapped:
    """Answers as the new version reads them. What the new version does not ask is kept apart, never thrown away."""

    answers: dict[str, int | None]
    moved: tuple[str, ...]  # practices whose answer now has another number
    gone: dict[str, int | None]  # answers to practices that are no longer asked
    unasked: tuple[str, ...]  # practices of the new version that nobody was asked


class NotAnAnswer(ValueError):
    """An answer lies outside the anchors of its practice."""


def remap_answer(answer: int | None, *, old: int, new: int, how: Remap) -> int | None:
    """The place, counted from 0, that an answer among `old` anchors takes among `new`; "don't know" (None) stays.

    Rescaling rounds halves up, on whole numbers, so that the same answer always gives the same result; lowest and
    highest stay lowest and highest, and order is kept.
    """
    if old < 2 or new < 2:
        raise ValueError("A practice has at least two anchors.")
    if answer is None:
        return None
    if not 0 <= answer < old:
        raise NotAnAnswer(f"{answer} is not one of {old} anchors.")
    if how is Remap.CLAMP:
        return min(answer, new - 1)
    return (2 * answer * (new - 1) + (old - 1)) // (2 * (old - 1))


def remap_answers(
    answers: Mapping[str, int | None], *, old: Mapping[str, int], new: Mapping[str, int], how: Remap
) -> Remapped:
    """One rater's answers, by practice, read by the new version; `old` and `new` tell each practice's anchors."""
    kept = {code: answer for code, answer in answers.items() if code in new}
    moved = {code: remap_answer(answer, old=old[code], new=new[code], how=how) for code, answer in kept.items()}
    return Remapped(
        answers=moved,
        moved=tuple(sorted(code for code in moved if moved[code] != kept[code])),
        gone={code: answer for code, answer in answers.items() if code not in new},
        unasked=tuple(sorted(code for code in new if code not in old)),
    )

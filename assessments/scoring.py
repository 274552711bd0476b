"""Arithmetic of maturity models: answers read by another version, a leader's scores, levels, agreement, place.

Pure: plain values in, frozen values out, None where nothing can be said. The statistics behind them are in `stats`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scipy import special

from stats.agreement import Agreement
from stats.intervals import BANDS, Estimate, Sample, Spread
from stats.maturity import EvidenceCap, evidence_cap

HALF = 0.5
HAIR = 1e-9
PLACE_FROM = 20  # answers
OWN_SPREAD_FROM = 10


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


# Scorecards


@dataclass(frozen=True, slots=True)
class Asked:
    """One practice as a pillar's score needs it."""

    code: str
    anchors: int
    weight: float


def leader_scores(
    answers: Mapping[str, int | None], practices: Mapping[str, Sequence[Asked]]
) -> dict[str, float | None]:
    """A leader's own score of each pillar on 1-5, as a rater's: the weighted mean over the practices answered of
    s = 1 + 4 m / (A - 1). None where less than half of the weight was answered (the rules are in docs/domain.md)."""
    return {pillar: _score(answers, asked) for pillar, asked in practices.items()}


def _score(answers: Mapping[str, int | None], asked: Sequence[Asked]) -> float | None:
    total = weight = points = 0.0
    for practice in asked:
        total += practice.weight
        answer = answers.get(practice.code)
        if answer is None:
            continue
        if not 0 <= answer < practice.anchors:
            raise NotAnAnswer(f"{answer} is not one of {practice.anchors} anchors.")
        weight += practice.weight
        points += practice.weight * (1 + 4 * answer / (practice.anchors - 1))
    return points / weight if total > 0 and weight >= (HALF - HAIR) * total else None


@dataclass(frozen=True, slots=True)
class Cap:
    """What evidence allows a pillar of one unit: share by weight, practices with valid evidence, the highest level."""

    share: float
    practices: frozenset[str]
    level: int


def cap_of(evidenced: Collection[str], asked: Sequence[Asked], cuts: Sequence[float] = BANDS) -> Cap:
    """The cap of one pillar, in the levels of a model that cuts the score at `cuts` (stats.maturity.evidence_cap)."""
    found: EvidenceCap = evidence_cap([one.code in evidenced for one in asked], [one.weight for one in asked])
    held = frozenset(one.code for one in asked if one.code in evidenced)
    return Cap(found.share, held, cap_level(found.level, cuts))


def cap_level(usual: int, cuts: Sequence[float] = BANDS) -> int:
    """A cap named by the usual five levels, in the levels of a model with other bands: the highest one that begins
    below the score at which the capped level ends. With the usual bands it stays as it is."""
    if usual > len(BANDS):
        return len(cuts) + 1
    return 1 + sum(cut < BANDS[usual - 1] - HAIR for cut in cuts)


def view_of(found: Agreement | None, two_realities: bool | None) -> str:
    """The word for how far a team sees the same: two_realities, shared, apart, or "" for cannot tell yet.

    Shared where r_WG(J) and chance allow it and AD_M lies below a sixth of the scale by more than its margin; apart
    where AD_M lies above by more than that. Between them it cannot be told, nor where answering at random reaches as
    much (docs/decisions/0011).
    """
    if two_realities:
        return "two_realities"
    if found is None:
        return ""
    if found.shared and found.is_surely_near:
        return "shared"
    return "apart" if found.is_surely_apart else ""


def place_among(leader: float, team: Estimate, *, own_spread: bool) -> str:
    """The third of the team's raters in which a leader's score would lie: lower, middle, upper; "" below 20 answers.

    Raters' scores no longer exist once a round is closed, so the place is read from the normal curve that has the
    published mean and spread of the team: where it holds less than a third (more than two thirds) of raters below the
    leader. Not said where the team's own spread is not published.
    """
    if team.n < PLACE_FROM or not own_spread:
        return ""
    below = float(special.ndtr((leader - team.mean) / team.sd))
    return "lower" if below < 1 / 3 else "upper" if below > 2 / 3 else "middle"


def sample_of(found: Estimate) -> tuple[Sample, Spread]:
    """A published mean and the spread it rests on, as functions take them that choose between own and pooled."""
    return Sample(found.n, found.mean), Spread(found.sd, max(1.0, found.df))

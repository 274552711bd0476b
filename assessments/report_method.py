"""The last pages of a report: how its figures were made, what they rest on, and what is not shown."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.content import Content
from assessments.report_words import count, cuts_said, figure
from assessments.results_board import Board
from assessments.results_sight import Place


@dataclass(frozen=True)
class Part:
    """One heading of the method: a formula by its name in the template, or none."""

    title: str
    says: list[str]
    formula: str = ""
    formula_said: str = ""


def method(place: Place, board: Board, *, is_company: bool) -> list[Part]:
    """Every part, in the order of reading."""
    said = place.cycle.model.said
    parts = [scores(), ranges(), levels(said), evidence_cap(said), changes(), agreement()]
    if is_company:
        parts += [weighted(board), gaps()]
    return [*parts, hidden(place), limits()]


def scores() -> Part:
    return Part(
        _("Score"),
        [
            _(
                "Each person rates each practice by its described answers, counted m = 0, 1, 2 … up to A − 1. Each is "
                "put on the scale from 1 to 5; a person's score of a pillar is the weighted mean over the practices "
                "answered, at least half of their weight. “I do not know” is left out."
            ),
            _("The score of a unit is the mean over its people. The leader's own rating never enters it."),
        ],
        "score",
        _("s equals 1 plus 4 times m divided by A minus 1"),
    )


def ranges() -> Part:
    return Part(
        _("Likely range"),
        [
            _(
                "The range in which the way of working lies with a confidence of nine in ten (Student t, cut off at 1 "
                "and 5). It speaks of chance, not of those who chose not to answer. Below 10 answers the spread usual "
                "elsewhere is taken."
            )
        ],
        "range",
        _("mean plus or minus t times the standard deviation divided by the square root of n"),
    )


def levels(said: Content) -> Part:
    return Part(
        _("Level"),
        [
            _("Levels are bands of the unrounded score: from %(cuts)s on.") % {"cuts": cuts_said(said.bands)},
            _(
                "The confidence in a level is the part of the score's t distribution that lies in its band. It adds "
                "up to one over the levels, and is never printed as certain."
            ),
        ],
    )


def evidence_cap(said: Content) -> Part:
    low, middle, high = said.caps
    return Part(
        _("Evidence"),
        [
            _(
                "Evidence counts once a reviewer has checked it, until it expires. With evidence for less than a "
                "quarter of a pillar's practices (by weight) the level is at most %(low)s, for less than half at "
                "most %(middle)s, for less than three quarters at most %(high)s; with fewer than two practices at "
                "most %(middle)s. The score itself is not touched."
            )
            % {"low": low, "middle": middle, "high": high}
        ],
    )


def changes() -> Part:
    return Part(
        _("Changed, or cannot tell yet"),
        [
            _(
                "A change between two cycles is called only where it is very unlikely to be chance (Welch's test, one "
                "in forty on either side, Holm's correction over the five pillars). A cell of the units' table has "
                "colour by the same care, corrected over all cells of the cycle."
            )
        ],
    )


def agreement() -> Part:
    return Part(
        _("Agreement"),
        [
            _(
                "“Shared view” needs answers that surely lie close together (AD below A/6 by more than chance, r_WG(J) "
                "at least .70 and above what answers at random would reach); “views differ” needs an AD above A/6 by "
                "more than chance. “Two realities”: at least three in ten answer low, three in ten high, and fewer "
                "between."
            )
        ],
    )


def weighted(board: Board) -> Part:
    effective = board.effective_n
    says = [_("The company's score is the mean over all who answered, never a mean of units' means.")]
    if effective is not None:
        says.append(
            _(
                "Weighted so that each part counts by its people, it is as certain as %(n)s answers of equal weight "
                "would be; it differs by at most %(difference)s."
            )
            % {
                "n": count(round(effective)),
                "difference": figure(max((abs(each.difference) for each in board.weighted), default=0.0), 2),
            }
        )
    return Part(
        _("The company"),
        says,
        "weighted",
        _("the sum of weights times scores divided by the sum of weights"),
    )


def gaps() -> Part:
    return Part(
        _("Leaders and teams"),
        [
            _(
                "A gap is the leader's own score less the team's. “Higher” needs the interval (19 in 20) of the "
                "team's mean to lie below the leader's score. Shown from 10 leaders on, as a distribution alone."
            ),
            _(
                "A leader is one person, and single colleagues often lie outside the interval of a mean. So beside "
                "each count stands how many leaders would be called so if each were just a random colleague of the "
                "own team. Who leads several units is counted once."
            ),
        ],
        "gap",
        _("the leader's score minus the team's mean"),
    )


def hidden(place: Place) -> Part:
    round_ = place.reading.round
    return Part(
        _("What is not shown, and why"),
        [
            _(
                "Scores need at least %(k)s answers, distributions and practices at least %(detail)s. A smaller group "
                "is shown together with its neighbours, and so is one whose figures would tell of single people by "
                "comparison with another figure or an earlier survey. “Not shown apart” never says which of these it "
                "was."
            )
            % {"k": round_.k, "detail": round_.k_detail},
            _(
                "Figures of single leaders are not in this report. Nobody can read more than what stands in Bearing: "
                "there is no second list."
            ),
        ],
    )


def limits() -> Part:
    return Part(
        _("What these figures cannot say"),
        [
            _(
                "They say what people experience, not what customers do. They do not rank units, and nothing in them "
                "shows that one thing causes another."
            )
        ],
    )

"""Reading a leader's own rating that came back, and laying it out: the same sheet as the team's, by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from assessments.actions import AnswerWrong, model_rated, questionnaire_of
from assessments.models import LeaderRating
from people.corridors import whole_number
from portal.lib.folding import tidy
from surveys.forms import DONT_KNOW, WHAT_IS_WRONG, RatingSheet, Sheet, lay_out_parts

COMMENT_ON = "comment-"  # before the pillar, as the questionnaire names its room for words
NOT_OFFERED = -1

WRONG: dict[str, Lazy] = {
    **WHAT_IS_WRONG,
    "not_asked": _(
        "Something you answered is not asked in this model any more, so it has been left out. Check the rest and send "
        "again; nothing has been sent yet."
    ),
}


@dataclass(frozen=True)
class Typed:
    """What a browser sent: a sheet, and the edition it was opened with."""

    sheet: Sheet
    seen: int

    @classmethod
    def from_post(cls, posted: Mapping[str, str]) -> "Typed":
        seen = whole_number(posted.get("seen", ""))
        return cls(Sheet.from_post(posted), -1 if seen is None else seen)

    @property
    def answers(self) -> dict[str, int | None]:
        """By practice; what is no number is an answer nobody offered."""
        return {code: _number(given) for code, given in self.sheet.chosen.items() if given}

    @property
    def comments(self) -> dict[str, str]:
        """By pillar."""
        return {name.removeprefix(COMMENT_ON): text for name, text in self.sheet.written.items()}


def _number(given: str) -> int | None:
    if given == DONT_KNOW:
        return None
    number = whole_number(given)
    return NOT_OFFERED if number is None else number


def sheet_of(rating: LeaderRating) -> Sheet:
    """What is stored, as a browser would send it."""
    return Sheet(
        ballot="",
        chosen={code: DONT_KNOW if answer is None else str(answer) for code, answer in rating.answers.items()},
        written={COMMENT_ON + pillar: text for pillar, text in rating.comments.items()},
    )


def lay_out_rating(rating: LeaderRating, language: str, sheet: Sheet, error: AnswerWrong | None = None) -> RatingSheet:
    """The questions of the version rated by, part by part, with what was said and what is wrong with it."""
    asked = questionnaire_of(model_rated(rating.cycle), asks_comments=rating.cycle.asks_comments)
    errors = dict.fromkeys((error.code, COMMENT_ON + error.code), WRONG[error.reason]) if error else None
    return lay_out_parts(asked.form(0), asked.drivers, language, sheet, errors)


def said_otherwise(laid_out: RatingSheet, rating: LeaderRating) -> list[tuple[int, str]]:
    """Number and text of each question that says something else than what is stored."""
    stored = sheet_of(rating)
    said = {**stored.chosen, **stored.written}
    return [(each.number, each.text) for each in laid_out.all if tidy(each.typed) != said.get(each.item.code, "")]

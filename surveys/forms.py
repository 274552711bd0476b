"""Reading an answer sheet that came back, and laying it out again with everything that was typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.pillars import PILLAR_LONG, PILLAR_SHORT
from portal.lib.pillars import Pillar
from surveys.questionnaire import Item, Scale, Words

ANSWER, COMMENT = "a.", "c."
DONT_KNOW = "dk"
# Where the needle of an answer points, in degrees from upright.
NEEDLES = (-78, -39, 0, 39, 78)
# The dial is an ornament; a long sheet stays under 50 kB without it.
DIALS_UP_TO = 15
# Beyond these the strip under a long sheet counts in figures alone.
TICKS_UP_TO = 60

AGREE: dict[int, Lazy] = {
    1: pgettext_lazy("answer", "Strongly disagree"),
    2: pgettext_lazy("answer", "Disagree"),
    3: pgettext_lazy("answer", "Neither"),
    4: pgettext_lazy("answer", "Agree"),
    5: pgettext_lazy("answer", "Strongly agree"),
}
OTHERS = _("Other questions")  # the heading over those of no pillar
YES_NO: dict[int, Lazy] = {1: pgettext_lazy("answer", "Yes"), 0: pgettext_lazy("answer", "No")}


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen."""

    value: str
    label: str | Lazy
    needle: int | None
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    """One question as it stands on the sheet."""

    number: int
    item: Item
    language: str
    typed: str
    error: str | Lazy
    has_dial: bool

    @property
    def name(self) -> str:
        """The name of its field in the posted form."""
        return (COMMENT if self.is_comment else ANSWER) + self.item.code

    @property
    def is_comment(self) -> bool:
        return self.item.scale == Scale.COMMENT

    @property
    def is_described(self) -> bool:
        """Whether its answers are behaviours of its own, from the lowest to the highest."""
        return self.item.scale == Scale.ANCHORS

    @property
    def is_zero_ten(self) -> bool:
        return self.item.scale == Scale.ZERO_TEN

    @property
    def text(self) -> str:
        return self.item.text[self.language]

    @property
    def hint(self) -> str:
        return self.item.hint.get(self.language, "")

    @property
    def described_by(self) -> str:
        """What a screen reader adds to the question: what is wrong, then the hint."""
        return " ".join(f"{mark}{self.number}" for mark, text in (("e", self.error), ("h", self.hint)) if text)

    @property
    def low(self) -> str:
        return self.item.low.get(self.language, "")

    @property
    def high(self) -> str:
        return self.item.high.get(self.language, "")

    @property
    def knows_not(self) -> bool:
        """Whether "I do not know" was chosen."""
        return self.typed == DONT_KNOW

    @property
    def choices(self) -> list[Choice]:
        """The answers in scale order; nothing is chosen before somebody chose it."""
        anchors: Mapping[int, str | Lazy] = {at: words[self.language] for at, words in enumerate(self.item.anchors)}
        known = {Scale.AGREE: AGREE, Scale.YES_NO: YES_NO, Scale.ANCHORS: anchors}
        labels = known.get(self.item.scale) or {value: str(value) for value in self.item.values}
        needles = NEEDLES if self.item.scale == Scale.AGREE and self.has_dial else ()
        return [
            Choice(
                value=str(value),
                label=label,
                needle=needles[place] if needles else None,
                is_chosen=self.typed == str(value),
            )
            for place, (value, label) in enumerate(labels.items())
        ]


@dataclass(frozen=True)
class Sheet:
    """What a browser sent: the ballot, what was chosen and what was written."""

    ballot: str
    chosen: Mapping[str, str]
    written: Mapping[str, str]

    @classmethod
    def from_post(cls, posted: Mapping[str, str]) -> "Sheet":
        """Read the fields by their names; a browser sends line ends as two characters, people count them as one."""
        return cls(
            ballot=posted.get("ballot", ""),
            chosen={name.removeprefix(ANSWER): posted[name] for name in posted if name.startswith(ANSWER)},
            written={
                name.removeprefix(COMMENT): posted[name].replace("\r\n", "\n")
                for name in posted
                if name.startswith(COMMENT)
            },
        )


def lay_out(
    items: list[Item], language: str, sheet: Sheet | None = None, errors: Mapping[str, str | Lazy] | None = None
) -> list[Question]:
    """The questions of a form in the order they are asked, with what was typed and what is wrong with it."""
    typed = {**sheet.chosen, **sheet.written} if sheet else {}
    return [
        Question(
            number=number,
            item=item,
            language=language,
            typed=typed.get(item.code, ""),
            error=(errors or {}).get(item.code, ""),
            has_dial=len(items) <= DIALS_UP_TO,
        )
        for number, item in enumerate(items, 1)
    ]


@dataclass(frozen=True)
class Part:
    """The questions of one pillar, or of one dimension of a model's own, under their heading."""

    number: int
    name: str | Lazy
    short: str | Lazy
    questions: list[Question]
    comments: list[Question]


@dataclass(frozen=True)
class RatingSheet:
    """A sheet of described behaviours: part by part, and how many there are to rate."""

    parts: list[Part]

    @property
    def rated(self) -> list[Question]:
        return [question for part in self.parts for question in part.questions]

    @property
    def all(self) -> list[Question]:
        """Practices and room for words, in the order of the page."""
        return [each for part in self.parts for each in part.questions + part.comments]

    @property
    def total(self) -> int:
        return len(self.rated)

    @property
    def has_ticks(self) -> bool:
        """Whether each question has a mark of its own in the strip."""
        return self.total <= TICKS_UP_TO

    @property
    def wrong(self) -> list[Question]:
        """What needs a second look."""
        return [each for each in self.all if each.error]


def is_rating(items: list[Item]) -> bool:
    """Whether described behaviours are asked: such a sheet is long and has a page of its own."""
    return any(item.scale is Scale.ANCHORS for item in items)


def lay_out_parts(
    items: list[Item],
    drivers: Mapping[str, Words],
    language: str,
    sheet: Sheet | None = None,
    errors: Mapping[str, str | Lazy] | None = None,
) -> RatingSheet:
    """The same questions in parts, numbered from the first to the last; comments stand at the end of their pillar."""
    homes: dict[tuple[Pillar | None, str], list[Item]] = {}
    for item in items:
        if item.scale is not Scale.COMMENT:
            homes.setdefault((item.pillar, item.driver if item.driver in drivers else ""), []).append(item)
    last_of = {pillar: (pillar, driver) for pillar, driver in homes}
    comments: dict[tuple[Pillar | None, str], list[Item]] = {home: [] for home in homes}
    for item in items:
        if item.scale is Scale.COMMENT:
            comments[last_of.get(item.pillar, next(reversed(homes)))].append(item)
    ordered = [item for asked in homes.values() for item in asked]
    ordered += [item for written in comments.values() for item in written]
    questions = {question.item.code: question for question in lay_out(ordered, language, sheet, errors)}
    return RatingSheet(
        [
            Part(
                number=number,
                name=drivers[home[1]][language] if home[1] else PILLAR_LONG[home[0]] if home[0] else OTHERS,
                short=drivers[home[1]][language] if home[1] else PILLAR_SHORT[home[0]] if home[0] else OTHERS,
                questions=[questions[item.code] for item in asked],
                comments=[questions[item.code] for item in comments[home]],
            )
            for number, (home, asked) in enumerate(homes.items(), 1)
        ]
    )


# What the sheet says beside a question, by the reason the action gives.
WHAT_IS_WRONG: dict[str, Lazy] = {
    "too_long": _("This is longer than 500 characters. Shorten it and send again; nothing has been sent yet."),
    "not_offered": _("This answer is not one of those offered. Choose again; nothing has been sent yet."),
}

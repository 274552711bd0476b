"""Reading an answer sheet that came back, and laying it out again with everything that was typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from surveys.questionnaire import Item, Scale

ANSWER, COMMENT = "a.", "c."
DONT_KNOW = "dk"
# Where the needle of an answer points, in degrees from upright.
NEEDLES = (-78, -39, 0, 39, 78)
# The dial is an ornament; a long sheet stays under 50 kB without it.
DIALS_UP_TO = 15

AGREE: dict[int, Lazy] = {
    1: pgettext_lazy("answer", "Strongly disagree"),
    2: pgettext_lazy("answer", "Disagree"),
    3: pgettext_lazy("answer", "Neither"),
    4: pgettext_lazy("answer", "Agree"),
    5: pgettext_lazy("answer", "Strongly agree"),
}
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
    def is_zero_ten(self) -> bool:
        return self.item.scale == Scale.ZERO_TEN

    @property
    def text(self) -> str:
        return self.item.text[self.language]

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


# What the sheet says beside a question, by the reason the action gives.
WHAT_IS_WRONG: dict[str, Lazy] = {
    "too_long": _("This is longer than 500 characters. Shorten it and send again; nothing has been sent yet."),
    "not_offered": _("This answer is not one of those offered. Choose again; nothing has been sent yet."),
}

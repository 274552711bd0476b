"""What a round asks: frozen at launch, stored as JSON, read back as these."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from portal.lib.pillars import Pillar

COMMENT_LENGTH = 500  # characters
COMMENTS_A_FORM = 2  # what fits a box of one size beside the answers
Words = Mapping[str, str]  # language -> text; both languages are always there


def minutes_for(questions: int) -> int:
    """About how many minutes an unhurried reader needs: twenty seconds a question, and never less than a minute."""
    return max(1, round(questions / 3))


class Scale(StrEnum):
    """How a question is answered."""

    AGREE = "agree"
    ZERO_TEN = "zero_ten"
    YES_NO = "yes_no"
    COMMENT = "comment"

    @property
    def values(self) -> range:
        """The values a chosen answer may have; empty for a comment."""
        return {"agree": range(1, 6), "zero_ten": range(11), "yes_no": range(2), "comment": range(0)}[self.value]


@dataclass(frozen=True)
class Item:
    """One question; `score` items enter their pillar, `enps` stands alone."""

    code: str
    pillar: Pillar | None
    driver: str
    scale: Scale
    text: Words
    low: Words = field(default_factory=dict)
    high: Words = field(default_factory=dict)
    counts: str = "score"

    @property
    def scores(self) -> bool:
        """Whether answers enter the pillar's score."""
        return self.counts == "score" and self.scale in (Scale.AGREE, Scale.ZERO_TEN) and self.pillar is not None

    def points(self, value: int) -> float:
        """An answer on the common 1-5 scale: s = 1 + 4 m / (A - 1) (rules: docs/domain.md)."""
        values = self.scale.values
        return 1 + 4 * (value - values[0]) / (len(values) - 1)


@dataclass(frozen=True)
class Questionnaire:
    """Items, the forms they are asked in (lists of item codes), and the drivers' names."""

    title: Words
    items: tuple[Item, ...]
    forms: tuple[tuple[str, ...], ...]
    drivers: Mapping[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError("two questions have the same code")
        for form in self.forms:
            if len(set(form)) != len(form) or not set(form) <= set(codes):
                raise ValueError("a form asks a question twice, or one that is not there")
            if sum(item.scale is Scale.COMMENT for item in self.items if item.code in form) > COMMENTS_A_FORM:
                raise ValueError(f"a form asks more than {COMMENTS_A_FORM} open questions")

    def item(self, code: str) -> Item:
        """The item of that code; KeyError when this round does not ask it."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def form(self, number: int) -> list[Item]:
        """The items of one form, in the order they are asked."""
        return [self.item(code) for code in self.forms[number]]

    @property
    def pillars(self) -> list[Pillar]:
        """The pillars asked about, in their usual order."""
        return [pillar for pillar in Pillar if any(item.pillar == pillar for item in self.items)]

    def to_json(self) -> dict[str, Any]:
        """Plain data for the round's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The questionnaire that `to_json` stored."""
        items = tuple(
            Item(
                **{
                    **raw,
                    "pillar": Pillar(raw["pillar"]) if raw["pillar"] else None,
                    "scale": Scale(raw["scale"]),
                }
            )
            for raw in stored["items"]
        )
        return cls(
            title=stored["title"],
            items=items,
            forms=tuple(tuple(form) for form in stored["forms"]),
            drivers=stored["drivers"],
        )

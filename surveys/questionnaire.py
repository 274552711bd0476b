"""What a round asks: frozen at launch, stored as JSON, read back as these."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from portal.lib.pillars import Pillar

COMMENT_LENGTH = 500  # characters
BOX_SIZES = {2: 4096, 5: 8192}  # open questions a form may ask -> bytes of a box that holds them beside the answers
COMMENTS_A_FORM = max(BOX_SIZES)
Words = Mapping[str, str]  # language -> text; both languages are always there


def minutes_for(questions: int) -> int:
    """About how many minutes an unhurried reader needs: twenty seconds a question, and never less than a minute."""
    return max(1, round(questions / 3))


class Scale(StrEnum):
    """How a question is answered."""

    AGREE = "agree"
    ZERO_TEN = "zero_ten"
    YES_NO = "yes_no"
    ANCHORS = "anchors"  # described behaviours, each item its own
    COMMENT = "comment"


VALUES = {Scale.AGREE: range(1, 6), Scale.ZERO_TEN: range(11), Scale.YES_NO: range(2), Scale.COMMENT: range(0)}
WEIGHTS = (1, 2)  # any other would tell a small team's answers to each question (docs/decisions/0014-weights.md)
MADE_TO_SCORE = (Scale.AGREE, Scale.ZERO_TEN, Scale.ANCHORS)


@dataclass(frozen=True)
class Item:
    """One question; `score` items enter their pillar, `enps` stands alone, and so does one without a pillar."""

    code: str
    pillar: Pillar | None
    driver: str
    scale: Scale
    text: Words
    low: Words = field(default_factory=dict)
    high: Words = field(default_factory=dict)
    counts: str = "score"
    anchors: tuple[Words, ...] = ()
    weight: float = 1.0
    hint: Words = field(default_factory=dict)  # what helps to answer, in small letters under the question

    def __post_init__(self) -> None:
        if (self.scale is Scale.ANCHORS) != bool(self.anchors) or len(self.anchors) == 1:
            raise ValueError(f"{self.code} needs two anchors or more, and only on a scale of anchors")
        if self.weight not in WEIGHTS:
            raise ValueError(f"{self.code} weighs {self.weight}, but a question counts once (1) or twice (2)")

    @property
    def values(self) -> range:
        """The values a chosen answer may have; none for a comment."""
        return range(len(self.anchors)) if self.scale is Scale.ANCHORS else VALUES[self.scale]

    @property
    def subject(self) -> str:
        """What its answers are published with: its pillar, or nothing but itself."""
        return self.code if self.pillar is None else self.pillar.value

    @property
    def scores(self) -> bool:
        """Whether answers enter the pillar's score."""
        return self.counts == "score" and self.scale in MADE_TO_SCORE and self.pillar is not None

    def points(self, value: int) -> float:
        """An answer on the common 1-5 scale: s = 1 + 4 m / (A - 1) (rules: docs/domain.md)."""
        values = self.values
        return 1 + 4 * (value - values[0]) / (len(values) - 1)


@dataclass(frozen=True)
class Questionnaire:
    """Items, the forms they are asked in (lists of item codes), and the drivers' names.

    `places` are the units of questions that are asked only below a unit (`extras.py`): their code -> the unit's key.
    """

    title: Words
    items: tuple[Item, ...]
    forms: tuple[tuple[str, ...], ...]
    drivers: Mapping[str, Words] = field(default_factory=dict)
    minutes: int | None = None  # how long a sheet takes, where whoever wrote the questions says so
    places: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError("two questions have the same code")
        for form in self.forms:
            if len(set(form)) != len(form) or not set(form) <= set(codes):
                raise ValueError("a form asks a question twice, or one that is not there")
        if self._comments() > COMMENTS_A_FORM:
            raise ValueError(f"a form asks more than {COMMENTS_A_FORM} open questions")

    def _comments(self) -> int:
        """The open questions of the form that asks most of them."""
        open_ones = {item.code for item in self.items if item.scale is Scale.COMMENT}
        return max((len(open_ones.intersection(form)) for form in self.forms), default=0)

    @property
    def box_size(self) -> int:
        """The one size of every sealed reply, so that length tells nothing."""
        return next(size for comments, size in BOX_SIZES.items() if comments >= self._comments())

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

    @property
    def alone(self) -> list[Item]:
        """The questions that stand by themselves: closed ones without a pillar."""
        return [item for item in self.items if item.pillar is None and item.scale is not Scale.COMMENT]

    def scored(self, pillar: Pillar) -> frozenset[tuple[str, int, float]]:
        """What a pillar's score rests on: the same question with other answers, or another weight, is another one."""
        found = (item for item in self.items if item.pillar == pillar and item.scores)
        return frozenset((item.code, len(item.values), item.weight) for item in found)

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
                    "anchors": tuple(raw.get("anchors", ())),
                }
            )
            for raw in stored["items"]
        )
        return cls(
            title=stored["title"],
            items=items,
            forms=tuple(tuple(form) for form in stored["forms"]),
            drivers=stored["drivers"],
            minutes=stored.get("minutes"),
            places=stored.get("places", {}),
        )

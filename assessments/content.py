"""What a maturity model says, as frozen values: read from plain data, changed by making new ones, written back."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from assessments.scoring import cap_level
from portal.lib.pillars import Pillar

Plain: TypeAlias = dict[str, Any]
LANGUAGES = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """Words in both languages."""

    vi: str
    en: str

    @classmethod
    def read(cls, plain: Mapping[str, str]) -> "Text":
        return cls(plain["vi"], plain["en"])

    def plain(self) -> dict[str, str]:
        return {"vi": self.vi, "en": self.en}

    def said(self, language: str) -> str:
        """The words in one language."""
        return self.vi if language == "vi" else self.en


def _texts(plain: Mapping[str, Any], name: str) -> tuple[Text, ...]:
    return tuple(Text.read(each) for each in plain.get(name, ()))


def _maybe(plain: Mapping[str, Any], name: str) -> Text | None:
    return Text.read(plain[name]) if name in plain else None


def tidy_number(value: float) -> int | float:
    """The number as people write it: 1 and not 1.0."""
    return int(value) if float(value).is_integer() else float(value)


@dataclass(frozen=True, slots=True)
class Practice:
    """One thing a unit does, with 2 to 7 described answers from the lowest to the highest."""

    code: str
    name: Text
    question: Text
    anchors: tuple[Text, ...]
    weight: float = 1
    group: Text | None = None
    hint: Text | None = None
    evidence: tuple[Text, ...] = ()
    next_steps: tuple[Text, ...] = ()  # for each answer but the highest, or none at all

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Practice":
        return cls(
            code=plain["code"],
            name=Text.read(plain["name"]),
            question=Text.read(plain["question"]),
            anchors=_texts(plain, "anchors"),
            weight=plain.get("weight", 1),
            group=_maybe(plain, "group"),
            hint=_maybe(plain, "hint"),
            evidence=_texts(plain, "evidence"),
            next_steps=_texts(plain, "next"),
        )

    def plain(self) -> Plain:
        said: Plain = {"code": self.code, "name": self.name.plain()}
        if self.group is not None:
            said["group"] = self.group.plain()
        said["question"] = self.question.plain()
        if self.hint is not None:
            said["hint"] = self.hint.plain()
        said["weight"] = tidy_number(self.weight)
        said["anchors"] = [each.plain() for each in self.anchors]
        if self.evidence:
            said["evidence"] = [each.plain() for each in self.evidence]
        if self.next_steps:
            said["next"] = [each.plain() for each in self.next_steps]
        return said

    def mark(self) -> str:
        """A short mark of exactly these words and this weight: it differs as soon as anything was changed."""
        return mark_of(self.plain())


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the five pillars, or a dimension of a model's own that belongs to one of them."""

    code: str
    pillar: Pillar
    name: Text
    practices: tuple[Practice, ...] = ()
    about: Text | None = None

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Dimension":
        return cls(
            code=plain["code"],
            pillar=Pillar(plain.get("pillar", plain["code"])),
            name=Text.read(plain["name"]),
            practices=tuple(Practice.read(each) for each in plain["practices"]),
            about=_maybe(plain, "about"),
        )

    def plain(self) -> Plain:
        said: Plain = {"code": self.code}
        if self.is_own:
            said["pillar"] = self.pillar.value
        said["name"] = self.name.plain()
        if self.about is not None:
            said["about"] = self.about.plain()
        said["practices"] = [each.plain() for each in self.practices]
        return said

    def mark(self) -> str:
        """A mark of its name and place, whatever its practices say."""
        return mark_of(replace(self, practices=()).plain())

    def whole_mark(self) -> str:
        """A mark of it and of every practice in it."""
        return mark_of(self.plain())

    @property
    def is_own(self) -> bool:
        """Whether it is a dimension of the model's own."""
        return self.code not in list(Pillar)

    @property
    def weight(self) -> float:
        """The sum of its practices' weights."""
        return sum(each.weight for each in self.practices)


@dataclass(frozen=True, slots=True)
class Level:
    """A band of the unrounded score: `low` belongs to it, `high` does not, save in the last band."""

    number: int
    low: float
    high: float
    name: Text
    about: Text | None = None

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Level":
        return cls(plain["level"], plain["from"], plain["to"], Text.read(plain["name"]), _maybe(plain, "about"))

    def plain(self) -> Plain:
        said: Plain = {
            "level": self.number,
            "from": tidy_number(self.low),
            "to": tidy_number(self.high),
            "name": self.name.plain(),
        }
        if self.about is not None:
            said["about"] = self.about.plain()
        return said


# The bands of DOMAIN section 1, for a model that names none.
USUAL_LEVELS = (
    Level(1, 1, 1.8, Text("Ứng phó", "Reactive")),
    Level(2, 1.8, 2.6, Text("Nhận thức", "Aware")),
    Level(3, 2.6, 3.4, Text("Bài bản", "Defined")),
    Level(4, 3.4, 4.2, Text("Quản trị", "Managed")),
    Level(5, 4.2, 5, Text("Thấm nhuần", "Embedded")),
)


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a version of a model says, but its code, version and title."""

    about: Text
    anchors: int  # how many answers a practice usually has
    dimensions: tuple[Dimension, ...]
    labels: tuple[Text, ...] = ()
    levels: tuple[Level, ...] = ()
    minutes: int | None = None
    by_code: dict[str, Practice] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for dimension in self.dimensions:
            self.by_code.update({each.code: each for each in dimension.practices})

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Content":
        return cls(
            about=Text.read(plain["about"]),
            anchors=plain["scale"]["anchors"],
            labels=_texts(plain["scale"], "labels"),
            dimensions=tuple(Dimension.read(each) for each in plain["pillars"]),
            levels=tuple(Level.read(each) for each in plain.get("levels", ())),
            minutes=plain.get("minutes"),
        )

    def plain(self) -> Plain:
        scale: Plain = {"anchors": self.anchors}
        if self.labels:
            scale["labels"] = [each.plain() for each in self.labels]
        said: Plain = {"about": self.about.plain()}
        if self.minutes is not None:
            said["minutes"] = self.minutes
        said["scale"] = scale
        if self.levels:
            said["levels"] = [each.plain() for each in self.levels]
        said["pillars"] = [each.plain() for each in self.dimensions]
        return said

    @property
    def practices(self) -> Iterator[Practice]:
        """All practices, in order."""
        return iter(self.by_code.values())

    @property
    def bands(self) -> tuple[Level, ...]:
        """Its levels, or the usual five where it names none."""
        return self.levels or USUAL_LEVELS

    @property
    def cuts(self) -> tuple[float, ...]:
        """Where it cuts the score into levels."""
        return tuple(band.low for band in self.bands[1:])

    @property
    def caps(self) -> tuple[int, int, int]:
        """Its highest levels with evidence for less than a quarter, a half, three quarters of the weight."""
        low, middle, high = (cap_level(usual, self.cuts) for usual in (2, 3, 4))
        return low, middle, high

    def label(self, answer: int, of: int) -> Text | None:
        """The short name of an answer, where the practice has as many answers as the scale has names."""
        return self.labels[answer] if len(self.labels) == of else None

    def dimension(self, code: str) -> Dimension | None:
        return next((each for each in self.dimensions if each.code == code), None)

    def home_of(self, practice: str) -> Dimension | None:
        """The dimension a practice stands in."""
        return next((one for one in self.dimensions if any(each.code == practice for each in one.practices)), None)

    def frame_mark(self) -> str:
        """A mark of what stands around the practices: text, scale, levels."""
        return mark_of(replace(self, dimensions=()).plain())

    def order_mark(self) -> str:
        """A mark of which practices there are and in what order."""
        return mark_of([[one.code, [each.code for each in one.practices]] for one in self.dimensions])

    def with_dimension(self, changed: Dimension) -> "Content":
        """The same with one dimension in its new form."""
        rest = tuple(changed if each.code == changed.code else each for each in self.dimensions)
        return replace(self, dimensions=rest)


def mark_of(plain: object) -> str:
    """Twelve letters that stand for exactly this."""
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]

"""Where rooms announce the words of their verbs, and their indicators: read-only numbers about a unit and a period."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from portal.lib.pillars import Pillar

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from people.models import Unit
    from people.registry import FindSubjects, Words


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Observation:
    """What an indicator saw: None means "nothing to say", `n` how many things the value rests on."""

    value: float | None
    n: int
    as_of: date


Observe: TypeAlias = Callable[["Unit", Period], Observation]


@dataclass(frozen=True)
class Indicator:
    """A registered indicator."""

    name: str
    pillar: Pillar
    label: "str | _StrPromise"
    observe: Observe
    is_share: bool = False  # between 0 and 1, said as percent


_indicators: dict[str, Indicator] = {}


def register_indicator(
    name: str, pillar: Pillar, label: "str | _StrPromise", fn: Observe, *, is_share: bool = False
) -> None:
    """Announce an indicator, once, from `AppConfig.ready()`."""
    if name in _indicators and _indicators[name].observe is not fn:
        raise ValueError(f"Two rooms want to register the indicator {name}.")
    _indicators[name] = Indicator(name, pillar, label, fn, is_share)


def unregister_indicator(name: str) -> None:
    """Take back what was announced."""
    _indicators.pop(name, None)


def indicator(name: str) -> Indicator:
    """The indicator of this name, or KeyError."""
    return _indicators[name]


def indicators(pillar: Pillar | None = None) -> list[Indicator]:
    """All indicators, or those of one pillar, by name."""
    return [_indicators[name] for name in sorted(_indicators) if pillar is None or _indicators[name].pillar == pillar]


# Verbs ------------------------------------------------------------------------------------------------------------

_words: "dict[str, Words]" = {}
_subjects: "dict[str, FindSubjects]" = {}


def register_verbs(words: "Mapping[str, Words]", subjects: "Mapping[str, FindSubjects]") -> None:
    """Announce how a room's verbs are said, and how what its facts are about is called; from `AppConfig.ready()`."""
    _words.update(words)
    _subjects.update(subjects)


def words_of(verb: str) -> "Words | None":
    """How this verb is said; None for a verb no room of this version utters any more."""
    return _words.get(verb)


def verbs() -> list[str]:
    """All verbs that have words."""
    return sorted(_words)


def subject_finder(kind: str) -> "FindSubjects | None":
    """Who knows what things of this kind ("people.employee") are called."""
    return _subjects.get(kind)

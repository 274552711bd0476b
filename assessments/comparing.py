"""What differs between two versions of a model, practice by practice."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from assessments.content import Content, Practice, Text


class Kind(StrEnum):
    """What became of a practice."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Part:
    """One text or number that differs; None where one side has none."""

    label: str
    before: Text | float | None
    after: Text | float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One practice that is not the same in both versions."""

    code: str
    name: Text
    kind: Kind
    parts: tuple[Part, ...] = ()
    moves_answers: bool = False  # another number of answers: given ones have to be re-mapped


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs, and how many practices are word for word the same."""

    frame: tuple[Part, ...]
    practices: tuple[Difference, ...]
    alike: int


def compare(old: Content, new: Content, *, titles: tuple[Text, Text]) -> Comparison:
    """What the newer version changed."""
    before, after = dict(old.by_code), dict(new.by_code)
    found: list[Difference] = []
    for code, practice in after.items():
        if code not in before:
            found.append(Difference(code, practice.name, Kind.ADDED))
        elif parts := _parts(before[code], practice):
            moves = len(before[code].anchors) != len(practice.anchors)
            found.append(Difference(code, practice.name, Kind.CHANGED, parts, moves))
        elif _place(old, code) != _place(new, code):
            found.append(Difference(code, practice.name, Kind.MOVED))
    found += [Difference(code, each.name, Kind.REMOVED) for code, each in before.items() if code not in after]
    alike = sum(1 for code in after if code in before) - sum(
        1 for each in found if each.kind in (Kind.CHANGED, Kind.MOVED)
    )
    return Comparison(_frame(old, new, titles), tuple(found), alike)


def _place(content: Content, code: str) -> str:
    home = content.home_of(code)
    return home.code if home else ""


def _differing(*parts: Part) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.before != part.after)


def _rows(label: str, old: tuple[Text, ...], new: tuple[Text, ...], first: int) -> list[Part]:
    longest = max(len(old), len(new))
    return [
        Part(
            label % {"number": n + first},
            old[n] if n < len(old) else None,
            new[n] if n < len(new) else None,
        )
        for n in range(longest)
    ]


def _parts(old: Practice, new: Practice) -> tuple[Part, ...]:
    return _differing(
        Part(_("Name"), old.name, new.name),
        Part(_("Heading above it"), old.group, new.group),
        Part(_("Question"), old.question, new.question),
        Part(_("What counts, or an example"), old.hint, new.hint),
        Part(_("Weight"), old.weight, new.weight),
        *_rows(_("Answer %(number)s"), old.anchors, new.anchors, 0),
        *_rows(_("Next step from answer %(number)s"), old.next_steps, new.next_steps, 0),
        *_rows(_("Evidence %(number)s"), old.evidence, new.evidence, 1),
    )


def _frame(old: Content, new: Content, titles: tuple[Text, Text]) -> tuple[Part, ...]:
    names = {each.code: each.name for each in old.dimensions}
    later = {each.code: each.name for each in new.dimensions}
    return _differing(
        Part(_("Title"), *titles),
        Part(_("What it is, in a sentence or two"), old.about, new.about),
        Part(_("About how many minutes a rating takes"), old.minutes, new.minutes),
        Part(_("Answers of a practice, usually"), old.anchors, new.anchors),
        *_rows(_("Name of answer %(number)s"), old.labels, new.labels, 0),
        *(Part(_("Dimension"), names.get(code), later.get(code)) for code in dict.fromkeys([*names, *later])),
        *_rows(_("Level %(number)s"), tuple(x.name for x in old.bands), tuple(x.name for x in new.bands), 1),
        *(
            Part(_("Level %(number)s begins at") % {"number": one.number}, one.low, other.low)
            for one, other in zip(old.bands, new.bands, strict=False)
        ),
    )

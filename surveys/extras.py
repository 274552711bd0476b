"""Questions that rooms add to a round for some units: asked below a unit, by everybody there or by nobody.

Each stands by itself: it enters no score, is shown as single questions are, and changes nothing that is published of
the others. A block that is asked more has forms of its own, so a reply names nothing finer than its block.
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from portal.lib.pillars import Pillar
from stats.disclosure import Tree
from surveys.questionnaire import Item, Questionnaire, Scale
from surveys.registry import item_sources

log = logging.getLogger("bearing.surveys")

EXTRAS_A_BLOCK = 3
EXTRAS_A_ROUND = 200  # every page that reads a round reads its questions
CODE_FITS, TEXT_FITS = 40, 300  # characters
LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Asked:
    """A questionnaire with what rooms have added, and the first of each block's forms; `yields` are a block's most."""

    questionnaire: Questionnaire
    first_forms: list[int]
    yields: int


def tree_below(tree: Tree, unit: int) -> Tree:
    """The units below one as a tree of their own; no units where it is none of this tree's."""
    if unit == tree.root:
        return tree
    below = tree.subtree(unit)
    return Tree({each: None if each == unit else tree.parent[each] for each in below})


def add_extras(
    questionnaire: Questionnaire, tree: Tree, homes: Sequence[int], *, kind: str, opens_at: datetime
) -> Asked:
    """Ask the rooms, and give every block at home below a unit what was found for it; `homes` are those of the blocks.

    What would be a fourth question of some block is asked nobody.
    """
    taken = {*Pillar, *(item.code for item in questionnaire.items)}
    found = _offered(kind, frozenset(homes).union(*(_above(tree, home) for home in set(homes))), opens_at)
    of_block: list[list[Item]] = [[] for _ in homes]
    places: dict[str, int] = {}
    for unit, item in _in_turn(found, tree):
        below = tree.subtree(unit)
        blocks = [number for number, home in enumerate(homes) if home in below]
        if item.code in taken or len(places) == EXTRAS_A_ROUND:
            log.warning("question %s is not asked: its code is taken, or the round has enough", item.code)
        elif any(len(of_block[number]) == EXTRAS_A_BLOCK for number in blocks):
            log.warning("question %s is not asked: a group has %s such questions", item.code, EXTRAS_A_BLOCK)
        elif blocks:
            taken.add(item.code)
            places[item.code] = unit
            for number in blocks:
                of_block[number].append(item)
    return _with_forms(questionnaire, of_block, places)


def _above(tree: Tree, unit: int) -> Iterator[int]:
    above = tree.parent[unit]
    while above is not None:
        yield above
        above = tree.parent[above]


def _offered(kind: str, units: Collection[int], opens_at: datetime) -> dict[int, list[Item]]:
    """What the rooms want asked. One that fails, or offers what cannot be asked, holds no launch up."""
    found: dict[int, list[Item]] = {}
    for name, source in item_sources.items():
        try:
            with transaction.atomic():
                offered = source(kind, frozenset(units), opens_at)
                sound = [(unit, item) for unit, items in offered.items() for item in items if unit in units]
        except Exception:  # whatever goes wrong in another room, people are still asked
            log.exception("the questions of %s are not asked", name)
            continue
        for unit, item in sound:
            if _fits(item):
                found.setdefault(unit, []).append(item)
            else:
                log.warning("question %s of %s is not asked: it does not fit", item.code, name)
    return found


def _fits(item: Item) -> bool:
    """Whether it stands by itself, and is short enough in both languages."""
    texts = [item.text.get(language, "").strip() for language in LANGUAGES]
    return (
        item.pillar is None
        and item.scale in (Scale.AGREE, Scale.YES_NO)
        and item.counts != "enps"
        and 0 < len(item.code) <= CODE_FITS
        and all(0 < len(text) <= TEXT_FITS for text in texts)
    )


def _in_turn(found: Mapping[int, Sequence[Item]], tree: Tree) -> Iterator[tuple[int, Item]]:
    """The first question of every unit, the lowest units first, then the second of every unit, and so on."""
    depth = {unit: sum(1 for _ in _above(tree, unit)) for unit in found}
    units = sorted(found, key=lambda unit: (-depth[unit], unit))
    for turn in range(max((len(items) for items in found.values()), default=0)):
        yield from ((unit, found[unit][turn]) for unit in units if turn < len(found[unit]))


def _with_forms(questionnaire: Questionnaire, of_block: Sequence[Sequence[Item]], places: Mapping[str, int]) -> Asked:
    """Forms as they are, and once more for every set of questions added: before the open questions."""
    forms = list(questionnaire.forms)
    yields = len(forms)
    first: dict[tuple[str, ...], int] = {(): 0}
    added: dict[str, Item] = {}
    starts = []
    comments = {item.code for item in questionnaire.items if item.scale is Scale.COMMENT}
    for items in of_block:
        codes = tuple(item.code for item in items)
        if codes not in first:
            first[codes] = len(forms)
            for form in questionnaire.forms:
                closed = [code for code in form if code not in comments]
                forms.append((*closed, *codes, *(code for code in form if code in comments)))
            added.update({item.code: item for item in items})
        starts.append(first[codes])
    items = (*questionnaire.items, *added.values())
    return Asked(replace(questionnaire, items=items, forms=tuple(forms), places=dict(places)), starts, yields)

"""What a cycle asks: the practices of its model as questions of a round, with a comment for each pillar."""

from collections import Counter
from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from assessments.content import LANGUAGES, Content, Dimension, Practice
from assessments.models import MaturityModel
from people.pillars import PILLAR_SHORT
from portal.lib.pillars import Pillar
from surveys.questionnaire import Item, Questionnaire, Scale

SECONDS_A_PRACTICE = 24  # thirty practices in twelve minutes, each with its answers read


def questionnaire_of(model: MaturityModel, *, asks_comments: bool) -> Questionnaire:
    """The questions of a version, as they are frozen when a cycle opens.

    Codes of practices are codes of questions. A dimension of the model's own is a driver of its pillar, and so is every
    dimension of a pillar that has several. The comment on a pillar comes after the last of its practices.
    """
    content = model.said
    dimensions = Counter(dimension.pillar for dimension in content.dimensions if dimension.practices)
    items: list[Item] = []
    drivers = {}
    left = Counter(dimensions)
    for dimension in content.dimensions:
        if not dimension.practices:
            continue
        driver = dimension.code if dimension.is_own or dimensions[dimension.pillar] > 1 else ""
        if driver:
            drivers[driver] = dimension.name.plain()
        items += [_question(practice, dimension, driver) for practice in dimension.practices]
        left[dimension.pillar] -= 1
        if asks_comments and not left[dimension.pillar]:
            items.append(_comment(dimension.pillar))
    return Questionnaire(
        title=model.words.plain(),
        items=tuple(items),
        forms=(tuple(item.code for item in items),),
        drivers=drivers,
        minutes=minutes_of(content),
    )


def _question(practice: Practice, dimension: Dimension, driver: str) -> Item:
    return Item(
        code=practice.code,
        pillar=dimension.pillar,
        driver=driver,
        scale=Scale.ANCHORS,
        text=practice.question.plain(),
        anchors=tuple(anchor.plain() for anchor in practice.anchors),
        weight=float(practice.weight),
        hint=practice.hint.plain() if practice.hint is not None else {},
    )


def _comment(pillar: Pillar) -> Item:
    return Item(
        code=f"comment-{pillar}",
        pillar=pillar,
        driver="",
        scale=Scale.COMMENT,
        text=in_both(lambda: _("On “%(pillar)s”: is there anything you would like to add?") % _named(pillar)),
    )


def _named(pillar: Pillar) -> dict[str, str]:
    return {"pillar": str(PILLAR_SHORT[pillar])}


def in_both(words: Callable[[], str]) -> dict[str, str]:
    """What a sentence says in each language."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = words()
    return said


def minutes_of(content: Content) -> int:
    """About how long one rating takes: what the model says, else some seconds for each practice."""
    if content.minutes is not None:
        return content.minutes
    return max(1, -(-len(content.by_code) * SECONDS_A_PRACTICE // 60))

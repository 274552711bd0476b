"""What a unit does about its results: actions under way there, and the way for its leader to start one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import translation

from improvement.actions import propose_action
from improvement.causes import LONGEST, Cause
from improvement.models import MOST_AT_ONCE, Action
from people.models import Unit
from people.pillars import PILLAR_LONG
from portal.lib.pillars import Pillar
from pulses.results_unit import UnitResults
from surveys.questionnaire import Item
from surveys.results_sight import Reading, Sight

ROOM = "pulses"
FIRST_STEP = {
    "vi": "Cùng đội ngũ đọc câu này, hỏi điều gì đang cản trở, rồi chọn một điều để thay đổi.",
    "en": "Read this question with your team, ask what gets in the way, and agree on one thing to change.",
}


@dataclass(frozen=True)
class Doing:
    """The part of a results page about what is done."""

    actions: list[Action]
    may_start: bool  # the reader leads the unit, and it has room for another
    is_full: bool
    href: str  # the form, filled in with the lowest question of the lowest pillar

    @property
    def is_shown(self) -> bool:
        return bool(self.actions) or self.may_start


def doing_of(sight: Sight, reading: Reading, results: UnitResults) -> Doing:
    """Two queries: the actions of this unit that the reader may see, and whether the reader may start one."""
    unit_id = reading.unit.unit_id
    of_unit = Action.objects.visible_to(sight.employee).open().filter(unit=unit_id)
    under_way = list(of_unit.select_related("unit", "owner").soonest_first())
    leads_here = unit_id in sight.led
    unit = Unit.objects.led_by(sight.employee).open().filter(pk=unit_id).first() if leads_here else None
    href = "" if unit is None else href_for(unit, reading, results)
    return Doing(under_way, bool(href), len(under_way) >= MOST_AT_ONCE, href)


def href_for(unit: Unit, reading: Reading, results: UnitResults) -> str:
    """The form for the lowest pillar and its lowest question; empty where no pillar has a score."""
    lowest, question = results.sentences.lowest, results.sentences.question
    if lowest is None:
        return ""
    if question is None:
        return href_about(unit, reading, lowest.pillar, lowest.pillar.value, pillar_words(lowest.pillar))
    asked = reading.round.questions.item(question.cell.code)
    return href_about(unit, reading, lowest.pillar, asked.code, asked.text)


def href_about(unit: Unit, reading: Reading, pillar: Pillar, code: str, words: Mapping[str, str]) -> str:
    """The form, filled in with a question or a pillar of this wave."""
    label = {language: text[:LONGEST] for language, text in words.items()}
    cause = Cause(ROOM, f"{reading.round.pk}:{unit.pk}:{code}", label, FIRST_STEP)
    return propose_action(unit=unit, pillar=pillar, cause=cause).href


def ways_of(sight: Sight, reading: Reading) -> Callable[[Item], str]:
    """For whoever leads the unit, while it has room: the form filled in with each question. At most one query."""
    unit_id = reading.unit.unit_id
    led = Unit.objects.led_by(sight.employee).open().filter(pk=unit_id) if unit_id in sight.led else Unit.objects.none()
    under_way = Count("actions", filter=Q(actions__state=Action.State.OPEN))
    unit = led.annotate(under_way=under_way).filter(under_way__lt=MOST_AT_ONCE).first()
    if unit is None:
        return lambda _item: ""
    return lambda item: "" if item.pillar is None else href_about(unit, reading, item.pillar, item.code, item.text)


def pillar_words(pillar: Pillar) -> dict[str, str]:
    """A pillar's long name in both languages, to be kept beside an action."""
    words = {}
    for language in ("vi", "en"):
        with translation.override(language):
            words[language] = str(PILLAR_LONG[pillar])
    return words

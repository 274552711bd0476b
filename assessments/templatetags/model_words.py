"""Words of a model in the language of the preview."""

from django import template
from django.utils.formats import number_format

from assessments.comparing import Part
from assessments.content import Content, Practice, Text, tidy_number
from people.pillars import PILLAR_SHORT
from portal.lib.pillars import Pillar

register = template.Library()


@register.filter
def said(text: Text | None, language: str) -> str:
    """A text in one language; nothing for a text that is not there."""
    return text.said(language) if isinstance(text, Text) else ""


@register.filter
def weight(value: float) -> str:
    """A number as short as it can be said, with the reader's decimal mark."""
    return number_format(tidy_number(value), use_l10n=True)


@register.filter
def part(value: Text | float | None, language: str) -> str:
    """One side of a difference: a text in one language, a number, a dash for nothing."""
    if value is None:
        return "–"
    return value.said(language) if isinstance(value, Text) else weight(value)


@register.filter
def other_language(one: Part, language: str) -> bool:
    """Whether both sides look the same in this language, so that only the other one differs."""
    return part(one.before, language) == part(one.after, language)


@register.filter
def answer_label(content: Content, number: int) -> tuple[Content, int]:
    """The name of an answer on the scale, to be finished by `said_of` with the practice it belongs to."""
    return content, number


@register.filter
def said_of(asked: tuple[Content, int], practice: Practice) -> Text | None:
    """The short name of an answer; none where the practice counts its answers differently from the scale."""
    content, number = asked
    return content.label(number, len(practice.anchors))


@register.filter
def pillar_word(pillar: str) -> str:
    """The short name of a pillar."""
    return str(PILLAR_SHORT[Pillar(pillar)])

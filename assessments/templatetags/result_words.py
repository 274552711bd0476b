"""Words of results pages."""

from collections.abc import Sequence

from django import template
from django.utils.translation import pgettext

from surveys.results_pillars import PillarLine

register = template.Library()


@register.filter
def in_words(lines: Sequence[PillarLine]) -> str:
    """Pillars one after the other, as a sentence lists them."""
    words = [str(line.word) for line in lines]
    if len(words) < 2:
        return "".join(words)
    return pgettext("list", "%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}

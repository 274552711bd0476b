"""The words that results pages print beside numbers: levels, answers, and stored texts in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from surveys.questionnaire import Words

LEVELS: tuple[Promise, ...] = (
    pgettext_lazy("level", "Reactive"),
    pgettext_lazy("level", "Aware"),
    pgettext_lazy("level", "Defined"),
    pgettext_lazy("level", "Managed"),
    pgettext_lazy("level", "Embedded"),
)
AGREEMENT: tuple[Promise, ...] = (
    _("Strongly disagree"),
    _("Disagree"),
    _("Neither"),
    _("Agree"),
    _("Strongly agree"),
)


def said(words: Words) -> str:
    """Stored words in the reader's language."""
    return words.get("en" if get_language() == "en" else "vi", "")

"""The rights HR hands out by name. The rights of a unit's leader follow from Unit.leader and are not listed here."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """A right given to one employee through a Grant."""

    HR = "hr", pgettext_lazy("role", "HR")
    CX = "cx", pgettext_lazy("role", "CX team")
    BOARD = "board", pgettext_lazy("role", "Board")
    REVIEWER = "reviewer", pgettext_lazy("role", "Evidence reviewer")
    AUDITOR = "auditor", pgettext_lazy("role", "Internal audit")


# Whoever has one of these finds every unit by name.
SEES_ALL_UNITS = frozenset(Role)

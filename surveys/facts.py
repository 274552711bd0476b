"""The verbs this room utters, and their words: counts of the invited only, never who answered, nor when."""

from collections.abc import Collection, Mapping

from django.db.models.fields.json import KT
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from people.models import Employee
from people.registry import FindSubjects, Subject, Words
from surveys.models import Round

ROUND_LAUNCHED = "surveys.round_launched"
ROUND_CLOSED = "surveys.round_closed"
ROUND_CANCELLED = "surveys.round_cancelled"
ROUND_LOST = "surveys.round_lost"
UNITS_TOOK_PART = "surveys.units_took_part"  # credit goes to whole units, never to a person

WORDS: dict[str, Words] = {
    ROUND_LAUNCHED: Words(
        _("A survey was opened"),
        counts={
            "invited": lambda n: ngettext("%(number)s person invited", "%(number)s people invited", n),
            "k": lambda n: ngettext(
                "smallest group shown: %(number)s person", "smallest group shown: %(number)s people", n
            ),
        },
        silent=frozenset({"blocks"}),
    ),
    ROUND_CLOSED: Words(
        _("A survey was closed and its results published"),
        counts={"cells": lambda n: ngettext("%(number)s figure published", "%(number)s figures published", n)},
    ),
    UNITS_TOOK_PART: Words(
        _("Units in which most people took part were credited as a whole"),
        counts={"units": lambda n: ngettext("%(number)s unit", "%(number)s units", n)},
    ),
    ROUND_CANCELLED: Words(_("A survey was cancelled and its answers destroyed unread")),
    ROUND_LOST: Words(_("The answers of a survey could not be opened: its key was lost")),
}


def _rounds(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    language = "en" if (get_language() or "").startswith("en") else "vi"
    rows = Round.objects.visible_to(reader).filter(pk__in=ids)
    named = rows.values_list("pk", KT(f"questionnaire__title__{language}"), "opens_at")
    return {
        str(pk): Subject(
            gettext("%(title)s, from %(day)s")
            % {"title": title, "day": date_format(timezone.localtime(opens_at), "SHORT_DATE_FORMAT")}
        )
        for pk, title, opens_at in named
    }


SUBJECTS: dict[str, FindSubjects] = {"surveys.round": _rounds}

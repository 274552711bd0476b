"""The verbs this room utters, and their words: ids and the number invited, never who answered, nor how many did not."""

from collections.abc import Callable, Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from people.models import Employee
from people.registry import FindSubjects, Subject, Word, Words
from pulses.models import Programme, QuestionBank, Wave

PROGRAMME_CREATED = "pulses.programme_created"
PROGRAMME_CHANGED = "pulses.programme_changed"
PROGRAMME_DELETED = "pulses.programme_deleted"
PROGRAMME_STARTED = "pulses.programme_started"
PROGRAMME_PAUSED = "pulses.programme_paused"
PROGRAMME_RESUMED = "pulses.programme_resumed"
PROGRAMME_ENDED = "pulses.programme_ended"
WAVE_LAUNCHED = "pulses.wave_launched"
WAVE_REFUSED = "pulses.wave_refused"
WAVE_RESTED = "pulses.wave_rested"
WAVE_REMINDED = "pulses.wave_reminded"
WAVE_ENDED_EARLY = "pulses.wave_ended_early"
WAVE_CANCELLED = "pulses.wave_cancelled"
RESULTS_ANNOUNCED = "pulses.results_announced"
BANK_LOADED = "pulses.bank_loaded"
BANK_CHANGED = "pulses.bank_changed"

_TURN = frozenset({"programme", "period"})
_BANK: dict[str, Callable[[int], str]] = {
    "version": lambda n: gettext("version %(number)s"),
    "questions": lambda n: ngettext("%(number)s question", "%(number)s questions", n),
}

PLAN_FIELDS: dict[str, Word] = {
    "title": _("title"),
    "units": _("who is asked"),
    "bank": _("question bank"),
    "cadence": _("how often"),
    "starts_on": _("first wave"),
    "send_hour": _("hour"),
    "time_zone": _("time zone"),
    "window_days": _("days open"),
    "items": _("number of questions"),
    "asks_comments": _("open questions"),
    "reminders": _("reminders"),
    "k": _("smallest group for scores"),
    "k_detail": _("smallest group for details and comments"),
}

WORDS: dict[str, Words] = {
    PROGRAMME_CREATED: Words(_("A programme was planned")),
    PROGRAMME_CHANGED: Words(_("The plan of a programme was changed"), codes={"fields": PLAN_FIELDS}),
    PROGRAMME_DELETED: Words(_("The draft of a programme was deleted")),
    PROGRAMME_STARTED: Words(_("A programme was started")),
    PROGRAMME_PAUSED: Words(_("A programme was paused")),
    PROGRAMME_RESUMED: Words(_("A programme was resumed")),
    PROGRAMME_ENDED: Words(_("A programme was ended")),
    WAVE_LAUNCHED: Words(
        _("A wave was sent"),
        counts={"invited": lambda n: ngettext("%(number)s person invited", "%(number)s people invited", n)},
        silent=_TURN,
    ),
    WAVE_REFUSED: Words(
        _("A wave was not sent: too few people to protect each answer"),
        counts={"missing": lambda n: ngettext("%(number)s person too few", "%(number)s people too few", n)},
        silent=_TURN,
    ),
    WAVE_RESTED: Words(_("A wave was not sent: people were asked enough in these weeks"), silent=_TURN),
    WAVE_REMINDED: Words(
        _("A reminder of a wave was sent"), counts={"number": lambda n: gettext("reminder no. %(number)s")}
    ),
    WAVE_ENDED_EARLY: Words(_("A wave was closed before its date")),
    WAVE_CANCELLED: Words(
        _("A wave was cancelled, and everybody who was invited was told"),
        counts={"told": lambda n: ngettext("%(number)s person told", "%(number)s people told", n)},
    ),
    RESULTS_ANNOUNCED: Words(_("People were told that the results of a wave can be read")),
    BANK_LOADED: Words(_("A question bank was loaded"), counts=_BANK),
    BANK_CHANGED: Words(_("A question bank that no wave had used was changed"), counts=_BANK),
}


def _programmes(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    opens = set(Programme.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    known = {
        str(one.pk): Subject(str(one.title), one.get_absolute_url() if one.pk in opens else "")
        for one in Programme.objects.filter(pk__in=ids)
    }
    return dict.fromkeys(ids, Subject(gettext("a draft that was deleted"))) | known


def _waves(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    opens = set(Wave.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        str(one.pk): Subject(_name(one), one.programme.get_absolute_url() if one.pk in opens else "")
        for one in Wave.objects.filter(pk__in=ids).select_related("programme")
    }


def _name(wave: Wave) -> str:
    if wave.number is None:
        return str(wave.programme.title)
    return gettext("%(title)s, wave %(number)s") % {"title": wave.programme.title, "number": wave.number}


def _banks(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    opens = set(QuestionBank.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        str(one.pk): Subject(str(one.title), reverse("pulses:bank_version", args=[one.pk]) if one.pk in opens else "")
        for one in QuestionBank.objects.filter(pk__in=ids)
    }


SUBJECTS: dict[str, FindSubjects] = {
    "pulses.programme": _programmes,
    "pulses.wave": _waves,
    "pulses.bank": _banks,
}

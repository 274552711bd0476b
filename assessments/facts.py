"""The verbs this room utters, and their words: ids, versions and counts, never a text of a model."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.models import Cycle, Evidence, MaturityModel
from assessments.models.cycles import MOVES
from people.models import Employee
from people.pillars import PILLAR_SHORT
from people.registry import FindSubjects, Subject, Word, Words
from portal.lib.pillars import Pillar

MODEL_LOADED = "assessments.model_loaded"
MODEL_COPIED = "assessments.model_copied"
MODEL_IMPORTED = "assessments.model_imported"
MODEL_CHANGED = "assessments.model_changed"
MODEL_PUBLISHED = "assessments.model_published"
MODEL_RETIRED = "assessments.model_retired"
MODEL_DISCARDED = "assessments.model_discarded"
CYCLE_PLANNED = "assessments.cycle_planned"
CYCLE_CHANGED = "assessments.cycle_changed"
CYCLE_DELETED = "assessments.cycle_deleted"
CYCLE_SCHEDULED = "assessments.cycle_scheduled"
CYCLE_UNSCHEDULED = "assessments.cycle_unscheduled"
CYCLE_FOLLOWED = "assessments.cycle_followed"
CYCLE_OPENED = "assessments.cycle_opened"
CYCLE_REFUSED = "assessments.cycle_refused"
CYCLE_REMINDED = "assessments.cycle_reminded"
CYCLE_ENDED_EARLY = "assessments.cycle_ended_early"
CYCLE_CANCELLED = "assessments.cycle_cancelled"
CYCLE_LOST = "assessments.cycle_lost"
CYCLE_CLOSED = "assessments.cycle_closed"
CYCLE_REVIEWED = "assessments.cycle_reviewed"
LEVELS_MOVED = "assessments.levels_moved"
CYCLE_ANNOUNCED = "assessments.cycle_announced"
RATING_SENT = "assessments.rating_sent"
VERSION_KEPT = "assessments.version_kept"
VERSION_MOVED = "assessments.version_moved"
EVIDENCE_GIVEN = "assessments.evidence_given"
EVIDENCE_VERIFIED = "assessments.evidence_verified"
EVIDENCE_RETURNED = "assessments.evidence_returned"
EVIDENCE_WITHDRAWN = "assessments.evidence_withdrawn"

_EVIDENCE: dict[str, Mapping[str, Word]] = {
    "kind": dict(Evidence.Kind.choices),
    "pillar": {pillar.value: PILLAR_SHORT[pillar] for pillar in Pillar},
}
_COUNTS = {
    "version": lambda n: gettext("version %(number)s"),
    "practices": lambda n: ngettext("%(number)s practice", "%(number)s practices", n),
}
_LEVELS = {"levels": lambda n: ngettext("%(number)s level judged anew", "%(number)s levels judged anew", n)}
_TOLD = {"told": lambda n: ngettext("%(number)s person told", "%(number)s people told", n)}

PLAN_FIELDS: dict[str, Word] = {
    "title": _("title"),
    "model": _("maturity model"),
    "units": _("units assessed"),
    "opens_on": _("opens on"),
    "send_hour": _("hour"),
    "time_zone": _("time zone"),
    "window_days": _("days open"),
    "asks_comments": _("comments"),
    "reminders": _("reminders"),
    "repeats": _("how often"),
    "k": _("smallest group for scores"),
    "k_detail": _("smallest group for details and comments"),
}

REFUSALS: dict[str, Word] = {
    "too_few": _("too few people to protect each answer"),
    "another_open": _("another cycle with this model is open"),
    "model": _("the model is not published any more"),
    "newer": _("a newer version of the model has been published"),
    "burden": _("people have been asked a lot lately"),
    "yearly": _("a long model is asked once a year at most"),
    "window": _("its window was over"),
}

WORDS: dict[str, Words] = {
    MODEL_LOADED: Words(_("A maturity model was loaded"), counts=_COUNTS),
    MODEL_COPIED: Words(_("A maturity model was copied into a draft"), counts=_COUNTS, silent=frozenset({"source"})),
    MODEL_IMPORTED: Words(_("A maturity model was imported as a draft"), counts=_COUNTS),
    MODEL_CHANGED: Words(_("A draft of a maturity model was changed"), counts=_COUNTS, silent=frozenset({"edition"})),
    MODEL_PUBLISHED: Words(_("A maturity model was published"), counts=_COUNTS),
    MODEL_RETIRED: Words(_("A maturity model was retired"), counts=_COUNTS),
    MODEL_DISCARDED: Words(_("A draft of a maturity model was thrown away"), counts=_COUNTS),
    CYCLE_PLANNED: Words(_("An assessment cycle was planned")),
    CYCLE_CHANGED: Words(_("The plan of an assessment cycle was changed"), codes={"fields": PLAN_FIELDS}),
    CYCLE_DELETED: Words(_("The plan of an assessment cycle was deleted")),
    CYCLE_SCHEDULED: Words(_("An assessment cycle was set to open by itself")),
    CYCLE_UNSCHEDULED: Words(_("An assessment cycle was taken back to a draft")),
    CYCLE_FOLLOWED: Words(_("The next assessment cycle of a schedule was planned"), silent=frozenset({"follows"})),
    CYCLE_OPENED: Words(
        _("An assessment cycle was opened"),
        counts={
            "version": _COUNTS["version"],
            "invited": lambda n: ngettext("%(number)s person invited", "%(number)s people invited", n),
            "units": lambda n: ngettext("%(number)s unit", "%(number)s units", n),
            "leaders": lambda n: ngettext("%(number)s self-rating asked", "%(number)s self-ratings asked", n),
        },
        silent=frozenset({"model", "follower"}),
    ),
    CYCLE_REFUSED: Words(_("An assessment cycle could not be opened"), codes={"why": REFUSALS}),
    CYCLE_REMINDED: Words(
        _("A reminder of an assessment cycle was sent"),
        counts={"number": lambda n: gettext("reminder no. %(number)s")},
    ),
    CYCLE_ENDED_EARLY: Words(_("An assessment cycle was closed before its date")),
    CYCLE_CANCELLED: Words(_("An assessment cycle was cancelled, and everybody who was asked was told"), counts=_TOLD),
    CYCLE_LOST: Words(
        _("An assessment cycle ended without results, and everybody who was asked was told"), counts=_TOLD
    ),
    CYCLE_CLOSED: Words(
        _("An assessment cycle was closed and its scorecards made"),
        counts={
            "scorecards": lambda n: ngettext("%(number)s scorecard", "%(number)s scorecards", n),
            "gaps": lambda n: ngettext("%(number)s gap", "%(number)s gaps", n),
        },
    ),
    CYCLE_REVIEWED: Words(_("The review of an assessment cycle’s evidence was finished"), counts=_LEVELS),
    LEVELS_MOVED: Words(_("Levels moved because evidence came, expired or was taken back"), counts=_LEVELS),
    CYCLE_ANNOUNCED: Words(_("People were told that the results of an assessment cycle can be read")),
    RATING_SENT: Words(_("A leader sent their own rating of a unit in an assessment cycle")),
    VERSION_KEPT: Words(
        _("An open assessment cycle keeps the version it was opened with"), silent=frozenset({"model"})
    ),
    VERSION_MOVED: Words(
        _("Leaders’ ratings in an open assessment cycle were moved to a newer version"),
        counts={
            "version": _COUNTS["version"],
            "ratings": lambda n: ngettext("%(number)s rating moved", "%(number)s ratings moved", n),
        },
        codes={"how": dict(MOVES)},
        silent=frozenset({"model"}),
    ),
}

WORDS |= {
    EVIDENCE_GIVEN: Words(_("A piece of evidence was given"), codes=_EVIDENCE),
    EVIDENCE_VERIFIED: Words(_("A piece of evidence was verified"), codes=_EVIDENCE),
    EVIDENCE_RETURNED: Words(_("A piece of evidence was returned with a reason"), codes=_EVIDENCE),
    EVIDENCE_WITHDRAWN: Words(_("A piece of evidence was taken back"), codes=_EVIDENCE),
}


def _models(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    opens = set(MaturityModel.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        str(one.pk): Subject(str(one.title), one.get_absolute_url() if one.pk in opens else "")
        for one in MaturityModel.objects.filter(pk__in=ids).only("pk", "title")
    }


def _cycles(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    opens = set(Cycle.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    known = {
        str(one.pk): Subject(str(one.title), one.get_absolute_url() if one.pk in opens else "")
        for one in Cycle.objects.filter(pk__in=ids).only("pk", "title")
    }
    return dict.fromkeys(ids, Subject(gettext("a plan that was deleted"))) | known


def _evidence(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    """By its title where the reader may open it; to others it is a piece of evidence."""
    opens = Evidence.objects.visible_to(reader).filter(pk__in=ids)
    known = {str(one.pk): Subject(one.title, one.get_absolute_url()) for one in opens}
    return dict.fromkeys(ids, Subject(gettext("a piece of evidence"))) | known


SUBJECTS: dict[str, FindSubjects] = {
    "assessments.model": _models,
    "assessments.cycle": _cycles,
    "assessments.evidence": _evidence,
}

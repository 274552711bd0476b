"""The verbs this room utters, and their words. What somebody wrote stands in no fact."""

from collections.abc import Collection, Mapping

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from improvement.models import Action, Commitment, Note
from people.models import Employee
from people.pillars import PILLAR_SHORT
from people.registry import FindSubjects, Subject, Words

ACTION_STARTED = "improvement.action_started"
ACTION_CHANGED = "improvement.action_changed"
ACTION_DONE = "improvement.action_done"
ACTION_DROPPED = "improvement.action_dropped"
COMMITMENT_MADE = "improvement.commitment_made"
COMMITMENT_KEPT = "improvement.commitment_kept"
COMMITMENT_MISSED = "improvement.commitment_missed"
NOTE_PUBLISHED = "improvement.note_published"
NOTE_WITHDRAWN = "improvement.note_withdrawn"

_PILLARS = {pillar.value: word for pillar, word in PILLAR_SHORT.items()}

WORDS: dict[str, Words] = {
    ACTION_STARTED: Words(_("An action was started"), codes={"pillar": _PILLARS}, silent=frozenset({"cause"})),
    ACTION_CHANGED: Words(
        _("An action was changed"),
        counts={
            "moved_days": lambda n: ngettext(
                "the due date moved by %(number)s day", "the due date moved by %(number)s days", n
            )
        },
    ),
    ACTION_DONE: Words(
        _("An action was done"),
        counts={"days_late": lambda n: ngettext("%(number)s day after its date", "%(number)s days after its date", n)},
    ),
    ACTION_DROPPED: Words(_("An action was dropped")),
    COMMITMENT_MADE: Words(_("A leader made a public promise"), codes={"pillar": _PILLARS}),
    COMMITMENT_KEPT: Words(_("A leader said that a promise was kept")),
    COMMITMENT_MISSED: Words(_("A leader said that a promise was not kept")),
    NOTE_PUBLISHED: Words(_("“You said, we did” was published"), silent=frozenset({"action", "cause"})),
    NOTE_WITHDRAWN: Words(_("“You said, we did” was taken back")),
}


def history_keys(action: Action) -> list[str]:
    """The keys of everything that can have been said about an action: found by the index of keys alone."""
    once = [f"{verb}:{action.pk}" for verb in (ACTION_STARTED, ACTION_DONE, ACTION_DROPPED)]
    return [*once, *(f"{ACTION_CHANGED}:{action.pk}:{version}" for version in range(2, action.version + 1))]


def _actions(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    """The title is read by those who may read the action; others read that there was one."""
    mine = {str(one.pk): one for one in Action.objects.visible_to(reader).filter(pk__in=ids)}
    return {
        pk: Subject(mine[pk].title, mine[pk].get_absolute_url())
        if pk in mine
        else Subject(gettext("Action no. %(number)s") % {"number": pk})
        for pk in ids
    }


def _commitments(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    mine = {str(one.pk): one for one in Commitment.objects.visible_to(reader).filter(pk__in=ids)}
    return {
        pk: Subject(mine[pk].what, reverse("improvement:commitment_list"))
        if pk in mine
        else Subject(gettext("Promise no. %(number)s") % {"number": pk})
        for pk in ids
    }


def _notes(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    mine = {str(pk) for pk in Note.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True)}
    return {
        pk: Subject(
            gettext("Note no. %(number)s") % {"number": pk}, reverse("improvement:note_list") if pk in mine else ""
        )
        for pk in ids
    }


SUBJECTS: dict[str, FindSubjects] = {
    "improvement.action": _actions,
    "improvement.commitment": _commitments,
    "improvement.note": _notes,
}

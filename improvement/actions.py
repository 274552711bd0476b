"""Verbs: start, change, finish and drop an action; promise and say how it went; tell people what was done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext

from diary.actions import record
from improvement import facts
from improvement.causes import Cause
from improvement.models import MOST_AT_ONCE, Action, Commitment, Note
from outbox.actions import owe, owe_many
from people.days import today
from people.models import Unit
from portal.lib import clock
from portal.lib.pillars import Pillar

if TYPE_CHECKING:
    from people.models import Employee

ACTION_GIVEN = "improvement.action_given"
ACTION_OVERDUE = "improvement.action_overdue"
A_STEP_AHEAD = timedelta(days=28)  # the due date a new form proposes
REMINDED_AT_ONCE = 500


class Refused(Exception):
    """Something that may not be done now; the subclasses say why."""


class TooManyAtOnce(Refused):
    """Three are under way in this unit already."""


class AlreadyEnded(Refused):
    """It is no longer under way: somebody was quicker."""


class ChangedMeanwhile(Refused):
    """Somebody else has changed it since this form was opened."""


class TooEarly(Refused):
    """A promise is not missed before its date."""


# Propose


@dataclass(frozen=True)
class Proposal:
    """An action that another room suggests. Nothing is stored until a leader presses; `href` is the form, filled in."""

    unit: Unit
    pillar: Pillar
    cause: Cause
    title: str = ""

    @property
    def href(self) -> str:
        asked = {"unit": self.unit.pk, "pillar": self.pillar.value, "cause": self.cause.signed()}
        if self.title:
            asked["title"] = self.title
        return f"{reverse('improvement:action_new')}?{urlencode(asked)}"


def propose_action(*, unit: Unit, pillar: Pillar, cause: Cause, title: str = "") -> Proposal:
    """The door for other rooms: an action a leader of this unit may start with one press. Writes nothing."""
    return Proposal(unit, pillar, cause, title[:140])


# Actions


@dataclass(frozen=True)
class ActionPlan:
    """What a form says about an action."""

    title: str
    what: str
    pillar: str
    owner: "Employee"
    due_on: date


def _locked(unit: Unit) -> Unit:
    """Whoever else starts something for this unit waits here."""
    found: Unit = Unit.objects.select_for_update(no_key=True).order_by("pk").get(pk=unit.pk)
    return found


def _free_slot(taken: set[int | None]) -> int:
    free = next((slot for slot in range(1, MOST_AT_ONCE + 1) if slot not in taken), None)
    if free is None:
        raise TooManyAtOnce
    return free


@transaction.atomic
def start_action(
    *, unit: Unit, plan: ActionPlan, cause: Cause | None = None, press: UUID | None = None, by: "Employee | None" = None
) -> Action:
    """Begin an action. The same press gives back the action it began; a fourth one raises TooManyAtOnce."""
    locked = _locked(unit)
    again = Action.objects.filter(press=press).first() if press is not None else None
    if again is not None and (again.unit_id, again.title) == (unit.pk, plan.title):
        return again
    taken = set(Action.objects.open().filter(unit=locked).values_list("slot", flat=True))
    action = Action(
        unit=locked,
        slot=_free_slot(taken),
        started_by=by,
        press=press if press is not None and again is None else uuid4(),
        **vars(plan),
    )
    action.take_cause(cause)
    action.save()
    said_of = cause.room if cause is not None else None
    _say(facts.ACTION_STARTED, action, by, {"pillar": action.pillar, "cause": said_of})
    _tell_owner(action, by)
    return action


@transaction.atomic
def change_action(*, action: Action, plan: ActionPlan, version: int, by: "Employee | None" = None) -> Action:
    """Say anew what, who and by when. Raises ChangedMeanwhile or AlreadyEnded when the page shown is out of date."""
    before = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if not before.is_open:
        raise AlreadyEnded
    if before.version != version:
        raise ChangedMeanwhile
    Action.objects.filter(pk=action.pk).update(**vars(plan), version=version + 1)
    action.refresh_from_db()
    moved = {"moved_days": days} if (days := (action.due_on - before.due_on).days) else {}
    _say(facts.ACTION_CHANGED, action, by, moved, f":{action.version}")
    if action.owner_id != before.owner_id:
        _tell_owner(action, by)
    return action


@transaction.atomic
def finish_action(
    *, action: Action, evidence: str, link: str = "", tells: bool = False, by: "Employee | None" = None
) -> Action:
    """Say that it is done, and what shows it; with `tells` the people of the unit read it at once."""
    _end(action, Action.State.DONE, evidence, link)
    late = {"days_late": action.days_late} if action.days_late else {}
    _say(facts.ACTION_DONE, action, by, late)
    if tells and by is not None:
        publish_note(unit=action.unit, words=words_of(action), cause=action.cause, action=action, by=by)
    return action


@transaction.atomic
def drop_action(*, action: Action, reason: str, by: "Employee | None" = None) -> Action:
    """Let it be, and say why; its place is free again."""
    _end(action, Action.State.DROPPED, reason, "")
    _say(facts.ACTION_DROPPED, action, by)
    return action


def _end(action: Action, state: str, evidence: str, link: str) -> None:
    ended = Action.objects.open().filter(pk=action.pk)
    if not ended.update(state=state, slot=None, closed_on=today(), evidence=evidence, evidence_link=link):
        raise AlreadyEnded
    action.refresh_from_db()


def _say(
    verb: str, action: Action, by: "Employee | None", data: Mapping[str, object] | None = None, suffix: str = ""
) -> None:
    key = f"{verb}:{action.pk}{suffix}"
    record(verb, actor=by, unit=action.unit, subject=f"improvement.action:{action.pk}", key=key, data=data)


def _tell_owner(action: Action, by: "Employee | None") -> None:
    """Whoever is made the owner by somebody else gets a message."""
    if by is not None and by.pk == action.owner_id:
        return
    owe(
        ACTION_GIVEN,
        employee=action.owner,
        key=f"{ACTION_GIVEN}:{action.pk}:{action.version}",
        context=_message(action),
        about=f"improvement.action:{action.pk}",
    )


def _message(action: Action) -> dict[str, object]:
    return {
        "action": action.pk,
        "title": action.title,
        "unit": {"vi": action.unit.name_vi, "en": action.unit.name_en},
        "due_on": action.due_on.isoformat(),
    }


@transaction.atomic
def remind_overdue() -> int:
    """Remind owners of what is overdue, once for each due date; returns how many. A second sweep finds other rows.

    Where the owner has left, whoever leads the unit is told.
    """
    claimed = Action.objects.to_remind(today()).select_for_update(of=("self",), skip_locked=True)
    due = list(claimed.select_related("owner", "unit__leader").order_by("pk")[:REMINDED_AT_ONCE])
    rows = []
    for action in due:
        here = action.owner if action.owner.is_active else action.unit.leader
        if here is not None:
            rows.append((here.pk, f"{ACTION_OVERDUE}:{action.pk}:{action.due_on}", _message(action)))
    owe_many(ACTION_OVERDUE, rows)
    Action.objects.filter(pk__in=[action.pk for action in due]).update(reminded_for=F("due_on"))
    return len(rows)


# Commitments


@dataclass(frozen=True)
class Promise:
    """What a form says about a commitment."""

    what: str
    seen_by: str
    pillar: str
    due_on: date


@transaction.atomic
def make_commitment(*, unit: Unit, promise: Promise, press: UUID | None = None, by: "Employee") -> Commitment:
    """Promise in public. The same press gives back the promise it made; a fourth one raises TooManyAtOnce."""
    locked = _locked(unit)
    again = Commitment.objects.filter(press=press).first() if press is not None else None
    if again is not None and (again.unit_id, again.what) == (unit.pk, promise.what):
        return again
    taken = set(Commitment.objects.current().filter(unit=locked).values_list("slot", flat=True))
    commitment = Commitment.objects.create(
        unit=locked,
        slot=_free_slot(taken),
        promised_by=by,
        press=press if press is not None and again is None else uuid4(),
        **vars(promise),
    )
    record(
        facts.COMMITMENT_MADE,
        actor=by,
        unit=locked,
        subject=f"improvement.commitment:{commitment.pk}",
        key=f"{facts.COMMITMENT_MADE}:{commitment.pk}",
        data={"pillar": commitment.pillar},
    )
    return commitment


@transaction.atomic
def settle_commitment(*, commitment: Commitment, kept: bool, outcome: str, by: "Employee") -> Commitment:
    """Say whether it was kept, and what people can see of it. Not kept is said from its date on, not before."""
    if not kept and commitment.due_on > today():
        raise TooEarly
    state = Commitment.State.KEPT if kept else Commitment.State.MISSED
    current = Commitment.objects.current().filter(pk=commitment.pk)
    if not current.update(state=state, slot=None, settled_on=today(), outcome=outcome):
        raise AlreadyEnded
    commitment.refresh_from_db()
    verb = facts.COMMITMENT_KEPT if kept else facts.COMMITMENT_MISSED
    subject = f"improvement.commitment:{commitment.pk}"
    record(verb, actor=by, unit=commitment.unit, subject=subject, key=f"{verb}:{commitment.pk}")
    return commitment


# You said, we did


@dataclass(frozen=True)
class NoteWords:
    """What a form says in a note."""

    heard: str
    done: str
    not_yet: str = ""


def words_of(action: Action) -> NoteWords:
    """What a finished action gives for a note: what it answered, and what shows that it was done."""
    heard = action.what or action.title
    if action.cause_words:
        heard = gettext("The answers to “%(question)s” asked for a change.") % {"question": action.cause_words}
    return NoteWords(heard=heard[:600], done=(action.evidence or action.title)[:600])


@transaction.atomic
def publish_note(
    *,
    unit: Unit,
    words: NoteWords,
    cause: Cause | None = None,
    action: Action | None = None,
    press: UUID | None = None,
    by: "Employee",
) -> Note:
    """Tell the people of a unit what was heard and done. An action is told of once; so is one press."""
    locked = _locked(unit)
    same = Q(pk=None)
    if press is not None:
        same |= Q(press=press, unit=locked, done=words.done)
    if action is not None:
        same |= Q(action=action)
    again = Note.objects.filter(same).first()
    if again is not None:
        return again
    taken = press is None or Note.objects.filter(press=press).exists()
    note = Note(
        unit=locked, action=action, published_by=by, press=press if press and not taken else uuid4(), **vars(words)
    )
    note.published_at = clock.now()
    note.take_cause(replace(cause, step={}) if cause is not None else None)
    note.save()
    record(
        facts.NOTE_PUBLISHED,
        actor=by,
        unit=locked,
        subject=f"improvement.note:{note.pk}",
        key=f"{facts.NOTE_PUBLISHED}:{note.pk}",
        data={"action": action.pk if action else None, "cause": cause.room if cause else None},
    )
    return note


@transaction.atomic
def withdraw_note(*, note: Note, by: "Employee") -> Note:
    """Take a note back: it stands on no page and in no mail any more. A second press changes nothing."""
    if Note.objects.standing().filter(pk=note.pk).update(withdrawn_at=clock.now()):
        subject, key = f"improvement.note:{note.pk}", f"{facts.NOTE_WITHDRAWN}:{note.pk}"
        record(facts.NOTE_WITHDRAWN, actor=by, unit=note.unit, subject=subject, key=key)
    return note

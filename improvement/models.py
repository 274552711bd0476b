"""Nouns of the improvement room: an action, a leader's commitment, and a note that says what was heard and done."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from improvement.causes import Cause, said
from improvement.querysets import ActionQuerySet, CommitmentQuerySet, NoteQuerySet
from people.days import today
from people.pillars import PILLAR_SHORT
from portal.lib import clock
from portal.lib.pillars import Pillar

MOST_AT_ONCE = 3
PILLARS = [(pillar.value, PILLAR_SHORT[pillar]) for pillar in Pillar]
CAUSE_IS_WHOLE = Q(cause_room="", cause_key="") | (~Q(cause_room="") & ~Q(cause_key=""))


class Caused(models.Model):
    """Something that answers a low score or a question: which room, its key there, and how that is called."""

    cause_room = models.CharField(max_length=30, blank=True)
    cause_key = models.CharField(max_length=120, blank=True)
    cause_label: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    step: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def take_cause(self, cause: Cause | None) -> None:
        """Write down what this answers."""
        if cause is not None:
            self.cause_room, self.cause_key = cause.room, cause.key
            self.cause_label, self.step = dict(cause.label), dict(cause.step)

    @property
    def cause(self) -> Cause | None:
        """What this answers, as another room handed it over."""
        if not self.cause_room:
            return None
        return Cause(self.cause_room, self.cause_key, self.cause_label, self.step)

    @property
    def cause_words(self) -> str:
        """What this answers, in the reader's language."""
        return said(self.cause_label)

    @property
    def step_words(self) -> str:
        """The first step that was suggested, in the reader's language."""
        return said(self.step)


class Action(Caused):
    """One thing a unit does about a result: somebody owns it, and it has a date. A unit has at most three under way.

    While it is open it holds one of the unit's three slots; the database gives each slot out once.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("action", "Under way")
        DONE = "done", pgettext_lazy("action", "Done")
        DROPPED = "dropped", pgettext_lazy("action", "Dropped")

    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="actions", verbose_name=_("unit"))
    title = models.CharField(_("title"), max_length=140)
    what = models.TextField(_("what exactly"), max_length=1000, blank=True)
    pillar = models.CharField(_("pillar"), max_length=20, choices=PILLARS)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="actions_owned", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    evidence = models.TextField(_("what shows it"), max_length=1000, blank=True)
    evidence_link = models.URLField(_("link"), max_length=500, blank=True)
    started_on = models.DateField(default=today)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)  # a second tab saves only what it has seen
    press = models.UUIDField(default=uuid4, unique=True, editable=False)  # a form sent twice is one action
    reminded_for = models.DateField(null=True, blank=True, editable=False)  # the due date the owner was reminded of

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on"], name="action_under_way", condition=Q(state="open")),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["unit", "slot"],
                condition=Q(state="open"),
                name="at_most_three_open_actions_per_unit",
                violation_error_message=_("This unit has three actions under way already."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", slot__range=(1, MOST_AT_ONCE), closed_on=None)
                | (~Q(state="open") & Q(slot=None, closed_on__isnull=False)),
                name="open_action_holds_one_of_three_slots",
                violation_error_message=_("An action under way holds one of three places; one that has ended none."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("started_on")) & (Q(closed_on=None) | Q(closed_on__gte=F("started_on"))),
                name="action_ends_after_it_starts",
                violation_error_message=_("The due date must not lie before the day the action was started."),
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(evidence=""),
                name="ended_action_says_what_came_of_it",
                violation_error_message=_("Say what shows that it was done, or why it was dropped."),
            ),
            models.CheckConstraint(
                condition=CAUSE_IS_WHOLE,
                name="action_cause_names_room_and_key",
                violation_error_message=_("A cause names both its room and its key."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("improvement:action", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def days_late(self) -> int:
        """How many days over its date it was done, or is by now; nought when it is in time."""
        return max(0, ((self.closed_on or today()) - self.due_on).days)

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.days_late > 0

    @property
    def pillar_name(self) -> str:
        return str(PILLAR_SHORT[Pillar(self.pillar)])


class Commitment(models.Model):
    """A leader's public promise: what, by when, and how people will see it. It stays as it was promised."""

    class State(models.TextChoices):
        CURRENT = "current", pgettext_lazy("commitment", "Promised")
        KEPT = "kept", pgettext_lazy("commitment", "Kept")
        MISSED = "missed", pgettext_lazy("commitment", "Not kept")

    unit = models.ForeignKey(
        "people.Unit", on_delete=models.PROTECT, related_name="commitments", verbose_name=_("unit")
    )
    what = models.CharField(_("what is promised"), max_length=200)
    seen_by = models.CharField(_("how people will see it"), max_length=300)
    pillar = models.CharField(_("pillar"), max_length=20, choices=PILLARS)
    due_on = models.DateField(_("by when"))
    promised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("promised by")
    )
    promised_on = models.DateField(default=today)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CURRENT)
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.TextField(_("what came of it"), max_length=600, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    press = models.UUIDField(default=uuid4, unique=True, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["unit", "slot"],
                condition=Q(state="current"),
                name="at_most_three_current_commitments_per_unit",
                violation_error_message=_("Three promises stand for this unit already."),
            ),
            models.CheckConstraint(
                condition=Q(state="current", slot__range=(1, MOST_AT_ONCE), settled_on=None)
                | (~Q(state="current") & Q(slot=None, settled_on__isnull=False) & ~Q(outcome="")),
                name="settled_commitment_says_what_came_of_it",
                violation_error_message=_("Say what came of the promise."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("promised_on")),
                name="commitment_lies_ahead",
                violation_error_message=_("The date must not lie before the day of the promise."),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_current(self) -> bool:
        return self.state == self.State.CURRENT

    @property
    def awaits_answer(self) -> bool:
        """Its date has come, and nobody has said yet how it went."""
        return self.is_current and self.due_on <= today()

    @property
    def pillar_name(self) -> str:
        return str(PILLAR_SHORT[Pillar(self.pillar)])


class Note(Caused):
    """You said, we did: what was heard, what was done, and what was not; published to the people of a unit."""

    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="notes", verbose_name=_("unit"))
    heard = models.TextField(_("what was heard"), max_length=600)
    done = models.TextField(_("what was done"), max_length=600)
    not_yet = models.TextField(_("what could not be done yet"), max_length=600, blank=True)
    action = models.OneToOneField(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="note")
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    press = models.UUIDField(default=uuid4, unique=True, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "-published_at"], name="note_by_unit"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(heard="") & ~Q(done=""),
                name="note_says_what_was_heard_and_done",
                violation_error_message=_("Say both what was heard and what was done."),
            ),
            models.CheckConstraint(
                condition=CAUSE_IS_WHOLE,
                name="note_cause_names_room_and_key",
                violation_error_message=_("A cause names both its room and its key."),
            ),
        ]

    def __str__(self) -> str:
        return self.done[:60]

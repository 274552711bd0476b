"""A cycle: one model asked of some units in one window; the units as they stood then; leaders' own ratings."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, JSONField, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField

from assessments.content import LANGUAGES, Text
from assessments.models.maturity import MaturityModel, NoHalfText
from assessments.querysets import CycleQuerySet, CycleUnitQuerySet, RatingQuerySet
from portal.lib import clock
from portal.lib.zones import last_day

REMINDERS_AT_MOST = 2
MOVES = [("clamp", _("cut off at the ends")), ("rescale", _("stretched to the new scale"))]


def company_time_zone() -> str:
    """The time zone a new cycle starts with."""
    return str(settings.TIME_ZONE)


class Cycle(models.Model):
    """One assessment: which model, which units, when. Leaders rate by name, teams anonymously."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("cycle", "Draft")
        PLANNED = "planned", pgettext_lazy("cycle", "Opens by itself")
        OPEN = "open", pgettext_lazy("cycle", "Open")
        CLOSED = "closed", pgettext_lazy("cycle", "Closed, evidence under review")
        REVIEWED = "reviewed", pgettext_lazy("cycle", "Reviewed")
        CANCELLED = "cancelled", pgettext_lazy("cycle", "Cancelled")

    class Repeats(models.IntegerChoices):
        NEVER = 0, _("Once")
        HALF_YEARLY = 6, _("Every six months")
        YEARLY = 12, _("Every year")

    title = I18nCharField(_("title"))
    model = models.ForeignKey(
        MaturityModel, on_delete=models.PROTECT, related_name="cycles", verbose_name=_("maturity model")
    )
    units = models.ManyToManyField(
        "people.Unit", blank=True, related_name="cycles", verbose_name=_("units assessed")
    )  # whole units with everything below them; none = the whole company
    opens_on = models.DateField(_("opens on"))
    send_hour = models.PositiveSmallIntegerField(_("sent at"), default=9, validators=[MaxValueValidator(23)])
    time_zone = models.CharField(_("time zone"), max_length=64, default=company_time_zone)
    window_days = models.PositiveSmallIntegerField(
        _("days open"), default=21, validators=[MinValueValidator(7), MaxValueValidator(60)]
    )
    asks_comments = models.BooleanField(_("asks for a comment on each pillar"), default=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=REMINDERS_AT_MOST)
    repeats = models.PositiveSmallIntegerField(_("how often"), choices=Repeats, default=Repeats.NEVER)
    k = models.PositiveSmallIntegerField(_("smallest group for scores"), default=5)
    k_detail = models.PositiveSmallIntegerField(_("smallest group for details and comments"), default=10)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, db_index=True)
    edition = models.PositiveIntegerField(default=1)  # counts the saves of a plan: a second tab saves what it has seen
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )  # the cycle whose schedule made this one
    round = models.OneToOneField("surveys.Round", on_delete=models.PROTECT, related_name="cycle", null=True, blank=True)
    refusal = models.CharField(max_length=20, blank=True)  # why a planned one could not open when its day came
    moved_to = models.ForeignKey(
        MaturityModel, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )  # the newer version leaders' ratings were moved to while it ran
    moved_by = models.CharField(max_length=10, choices=MOVES, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)  # when its scorecards were made
    reviewed_at = models.DateTimeField(null=True, blank=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("cycle")
        verbose_name_plural = _("cycles")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(NoHalfText(Cast(F("title"), JSONField()))),
                name="cycle_title_in_both_languages",
                violation_error_message=_("Give the cycle a title in both languages."),
            ),
            models.CheckConstraint(
                condition=Q(k__gte=5) & Q(k_detail__gte=10) & Q(k_detail__gte=F("k")),
                name="cycle_bounds_protect_people",
                violation_error_message=_(
                    "The smallest group shown is 5 people for scores and 10 for details, never fewer."
                ),
            ),
            models.CheckConstraint(
                condition=Q(window_days__gte=7, window_days__lte=60),
                name="cycle_is_open_for_weeks",
                violation_error_message=_("A cycle is open for 7 to 60 days."),
            ),
            models.CheckConstraint(
                condition=Q(reminders__lte=REMINDERS_AT_MOST),
                name="two_cycle_reminders_at_most",
                violation_error_message=_("At most two reminders go out in a cycle."),
            ),
            models.CheckConstraint(
                condition=Q(send_hour__lte=23),
                name="cycle_is_sent_at_an_hour_of_the_day",
                violation_error_message=_("Choose an hour from 0 to 23."),
            ),
            models.CheckConstraint(
                condition=Q(repeats__in=[0, 6, 12]),
                name="cycle_repeats_half_yearly_or_yearly",
                violation_error_message=_("A cycle runs once, every six months or every year."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "planned"], round=None)
                | (Q(state__in=["open", "closed", "reviewed", "cancelled"]) & Q(round__isnull=False)),
                name="opened_cycle_has_a_round",
                violation_error_message=_("A cycle that was opened has a survey round; one that was not has none."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "reviewed"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "reviewed"]) & Q(closed_at=None)),
                name="closed_cycle_knows_when",
                violation_error_message=_("A closed cycle says when it was closed."),
            ),
            models.CheckConstraint(
                condition=Q(moved_to=None, moved_by="") | (Q(moved_to__isnull=False) & ~Q(moved_by="")),
                name="moved_cycle_says_how",
                violation_error_message=_("A cycle moved to another version says how answers were moved."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("assessments:cycle", args=[self.pk])

    @property
    def words(self) -> Text:
        """The title in both languages."""
        return Text(*(self.title.localize(language) for language in LANGUAGES))

    @property
    def leaders_model(self) -> MaturityModel:
        """The version leaders rate by: the one it was opened with, or the newer one their ratings were moved to."""
        return self.moved_to or self.model

    @property
    def last_day(self) -> date | None:
        """The last day on which it can be, or could be, answered; None before it is opened."""
        return last_day(self.round.closes_at, self.time_zone) if self.round is not None else None

    @property
    def is_plan(self) -> bool:
        """Whether it may still be changed."""
        return self.state in (self.State.DRAFT, self.State.PLANNED)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def has_results(self) -> bool:
        return self.state in (self.State.CLOSED, self.State.REVIEWED)


class CycleUnit(models.Model):
    """A unit a cycle covers, with its leader and the one above of that day. While open it holds unit and model."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="covered")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    model_code = models.CharField(max_length=50)
    is_open = models.BooleanField(default=True)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    superior = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    objects = CycleUnitQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "unit"], name="unit_once_per_cycle"),
            models.UniqueConstraint(
                fields=["unit", "model_code"],
                condition=Q(is_open=True),
                name="one_open_cycle_per_unit_and_model",
                violation_error_message=_("Another cycle with this model is open for some of these units."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.unit_id}"


class CycleReminder(models.Model):
    """That a reminder of a cycle went out; to whom is kept nowhere."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="reminded")
    number = models.PositiveSmallIntegerField()
    day = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "number"], name="each_reminder_once_per_cycle"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=REMINDERS_AT_MOST), name="cycle_reminder_is_one_of_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.number}"


class LeaderRating(models.Model):
    """What a leader says, by name, of one unit led: answers by practice, None where "I do not know"."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="ratings")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    answers: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)
    comments: "models.JSONField[Any, Any]" = models.JSONField(default=dict, blank=True)  # pillar -> text
    before_move: "models.JSONField[Any, Any]" = models.JSONField(null=True, blank=True)  # as given to the older version
    edition = models.PositiveIntegerField(default=0)  # of two tabs the later is told
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("self-rating")
        verbose_name_plural = _("self-ratings")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "unit"], name="one_self_rating_per_cycle_and_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.unit_id}"

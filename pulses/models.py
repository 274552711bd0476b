"""Nouns of the pulses: banks of questions, programmes that ask them on schedule, and the waves they have sent."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, JSONField, Q, Value
from django.db.models.functions import Cast, Coalesce, Length
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField
from i18nfield.strings import LazyI18nString

from people.pillars import PILLAR_SHORT
from portal.lib import clock
from portal.lib.pillars import Pillar
from pulses.querysets import BankQuerySet, ProgrammeQuerySet, WaveQuerySet
from pulses.scoring import REMINDER_DAYS, Period, due_period, last_day, next_period, period_at
from surveys.questionnaire import Scale, Words


def in_both_languages(field: str) -> Q:
    """A condition: the words stored in this field are there in Vietnamese and in English."""

    def filled(language: str) -> GreaterThan:
        words = Func(
            Cast(field, JSONField()),
            Value(language),
            function="jsonb_extract_path_text",
            output_field=models.TextField(),
        )
        return GreaterThan(Length(Coalesce(words, Value(""))), 0)

    return Q(filled("vi")) & Q(filled("en"))


def words_of(stored: Any) -> dict[str, str]:
    """The stored words as plain data: language -> text."""
    words = stored if isinstance(stored, LazyI18nString) else LazyI18nString(stored)
    return {language: words.localize(language) for language in ("vi", "en")}


def company_time_zone() -> str:
    """The zone whose wall clocks a new programme follows."""
    return str(settings.TIME_ZONE)


class QuestionBank(models.Model):
    """One version of a set of questions; it never changes once a wave has asked from it."""

    code = models.CharField(_("bank"), max_length=50)
    version = models.PositiveIntegerField(_("version"))
    title = I18nCharField(_("title"))
    drivers = models.JSONField(default=dict)  # code -> {"vi": ..., "en": ...}
    first_used_at = models.DateTimeField(null=True, blank=True)

    objects = BankQuerySet.as_manager()

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="one_bank_per_code_and_version",
                violation_error_message=_("This version of the bank is already there."),
            ),
            models.CheckConstraint(
                condition=in_both_languages("title"),
                name="bank_title_in_both_languages",
                violation_error_message=_("Give the bank a title in both languages."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"

    @property
    def words(self) -> Words:
        """The title in both languages."""
        return words_of(self.title)


class Question(models.Model):
    """One question of a bank, in both languages."""

    class Counts(models.TextChoices):
        SCORE = "score", _("Enters the score of its pillar")
        ENPS = "enps", _("Stands alone (eNPS)")
        NOTHING = "", _("Is not scored")

    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20)
    pillar = models.CharField(max_length=20, choices=[(pillar.value, PILLAR_SHORT[pillar]) for pillar in Pillar])
    driver = models.CharField(max_length=40)
    scale = models.CharField(
        max_length=10, choices=[(scale.value, scale.value) for scale in Scale if scale is not Scale.ANCHORS]
    )
    counts = models.CharField(max_length=10, choices=Counts, default=Counts.SCORE, blank=True)
    text = I18nCharField()
    low = models.JSONField(default=dict, blank=True)
    high = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["bank", "code"],
                name="one_question_per_bank_and_code",
                violation_error_message=_("Another question of this bank already has this code."),
            ),
            models.CheckConstraint(
                condition=in_both_languages("text"),
                name="question_text_in_both_languages",
                violation_error_message=_("Write the question in both languages."),
            ),
            models.CheckConstraint(
                condition=Q(scale="comment", counts="") | (~Q(scale="comment") & ~Q(counts="")),
                name="comments_are_not_scored",
                violation_error_message=_("An open question is never scored; every other question says how it counts."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def words(self) -> Words:
        """The question in both languages."""
        return words_of(self.text)

    @property
    def pillar_name(self) -> str:
        return str(PILLAR_SHORT[Pillar(self.pillar)])


class Programme(models.Model):
    """A plan: whom to ask, from which bank, how often. Its waves go out by themselves while it is active."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Running")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    class Cadence(models.TextChoices):
        ONCE = "once", _("Once")
        WEEKLY = "weekly", _("Every week")
        TWO_WEEKLY = "two_weekly", _("Every 2 weeks")
        FOUR_WEEKLY = "four_weekly", _("Every 4 weeks")
        QUARTERLY = "quarterly", _("Every 13 weeks")

    WEEKS: ClassVar[dict[str, int]] = {
        Cadence.ONCE: 0,
        Cadence.WEEKLY: 1,
        Cadence.TWO_WEEKLY: 2,
        Cadence.FOUR_WEEKLY: 4,
        Cadence.QUARTERLY: 13,
    }

    title = I18nCharField(_("title"))
    bank = models.ForeignKey(
        QuestionBank, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("question bank")
    )
    units = models.ManyToManyField(
        "people.Unit", blank=True, related_name="programmes", verbose_name=_("units asked")
    )  # whole units with everything below them; none = the whole company
    cadence = models.CharField(_("how often"), max_length=12, choices=Cadence, default=Cadence.FOUR_WEEKLY)
    starts_on = models.DateField(_("first wave on"))
    send_hour = models.PositiveSmallIntegerField(_("sent at"), default=9, validators=[MaxValueValidator(23)])
    time_zone = models.CharField(_("time zone"), max_length=64, default=company_time_zone)
    window_days = models.PositiveSmallIntegerField(_("days open"), default=7)
    items = models.PositiveSmallIntegerField(
        _("questions in each wave"), default=10, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    asks_comments = models.BooleanField(_("asks two open questions"), default=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=len(REMINDER_DAYS))
    k = models.PositiveSmallIntegerField(_("smallest group for scores"), default=5)
    k_detail = models.PositiveSmallIntegerField(_("smallest group for details and comments"), default=10)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=in_both_languages("title"),
                name="programme_title_in_both_languages",
                violation_error_message=_("Give the programme a title in both languages."),
            ),
            models.CheckConstraint(
                condition=Q(k__gte=5) & Q(k_detail__gte=10) & Q(k_detail__gte=F("k")),
                name="programme_bounds_protect_people",
                violation_error_message=_(
                    "The smallest group shown is 5 people for scores and 10 for details, never fewer."
                ),
            ),
            models.CheckConstraint(
                condition=Q(window_days__gte=2, window_days__lte=28),
                name="programme_is_open_for_days",
                violation_error_message=_("A wave is open for 2 to 28 days."),
            ),
            models.CheckConstraint(
                condition=(~Q(cadence="weekly") | Q(window_days__lte=7))
                & (~Q(cadence="two_weekly") | Q(window_days__lte=14)),
                name="one_wave_ends_before_the_next_begins",
                violation_error_message=_("A wave must end before the next one begins: choose fewer days."),
            ),
            models.CheckConstraint(
                condition=Q(reminders__lte=len(REMINDER_DAYS)),
                name="two_reminders_at_most",
                violation_error_message=_("At most two reminders go out in a wave."),
            ),
            models.CheckConstraint(
                condition=Q(items__gte=1, items__lte=10),
                name="ten_questions_at_most",
                violation_error_message=_("A wave asks 1 to 10 questions."),
            ),
            models.CheckConstraint(
                condition=Q(send_hour__lte=23),
                name="programme_is_sent_at_an_hour_of_the_day",
                violation_error_message=_("Choose an hour from 0 to 23."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        return reverse("pulses:programme", args=[self.pk])

    @property
    def weeks(self) -> int:
        """Weeks between two waves; 0 for a programme that runs once."""
        return self.WEEKS[self.cadence]

    @property
    def words(self) -> Words:
        """The title in both languages."""
        return words_of(self.title)

    def period(self, index: int) -> Period:
        """The period of that number, as planned."""
        return period_at(
            index,
            starts_on=self.starts_on,
            weeks=self.weeks,
            send_hour=self.send_hour,
            zone=self.time_zone,
            window_days=self.window_days,
        )

    def due_period(self, now: datetime) -> Period | None:
        """The period whose wave should be open now."""
        return due_period(
            starts_on=self.starts_on,
            weeks=self.weeks,
            send_hour=self.send_hour,
            zone=self.time_zone,
            window_days=self.window_days,
            now=now,
        )

    def next_period(self, now: datetime) -> Period | None:
        """The first period that has not begun."""
        return next_period(
            starts_on=self.starts_on,
            weeks=self.weeks,
            send_hour=self.send_hour,
            zone=self.time_zone,
            window_days=self.window_days,
            now=now,
        )


class Wave(models.Model):
    """One turn of a programme: its row claims the period, so that the period has one round and no second."""

    class State(models.TextChoices):
        LAUNCHED = "launched", _("Sent")
        REFUSED = "refused", _("Not sent: too few people")
        FULL = "full", _("Not sent: enough is asked")
        RESTING = "resting", _("Not sent: people rest")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="waves")
    period = models.PositiveIntegerField()
    number = models.PositiveIntegerField(null=True, blank=True)  # counts the waves sent; what people read
    slice_number = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.LAUNCHED)
    missing = models.PositiveIntegerField(null=True, blank=True)  # people lacking when it was refused
    round = models.OneToOneField("surveys.Round", on_delete=models.PROTECT, related_name="wave", null=True, blank=True)

    objects = WaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["programme", "period"],
                name="one_wave_per_programme_and_period",
                violation_error_message=_("This wave has already been sent."),
            ),
            models.UniqueConstraint(
                fields=["programme", "number"],
                name="wave_number_once_per_programme",
                violation_error_message=_("This wave has already been sent."),
            ),
            models.CheckConstraint(
                condition=Q(state="launched", round__isnull=False, number__isnull=False, missing=None)
                | Q(state="refused", round=None, number=None, missing__gte=1)
                | Q(state__in=["full", "resting"], round=None, number=None, missing=None),
                name="wave_has_a_round_or_a_reason",
                violation_error_message=_("A wave has either been sent or says why not."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.period}"

    @property
    def last_day(self) -> date | None:
        """The last day on which it can be answered; no query when round and programme were fetched with it."""
        return last_day(self.round.closes_at, self.programme.time_zone) if self.round is not None else None

    @property
    def is_open(self) -> bool:
        """Whether it can be answered; costs no query when the round was fetched with the wave."""
        return self.round is not None and self.round.state == "open"


class WaveReminder(models.Model):
    """That a reminder of a wave went out; to whom is kept nowhere."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="reminders")
    number = models.PositiveSmallIntegerField()
    day = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["wave", "number"], name="each_reminder_once_per_wave"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=len(REMINDER_DAYS)), name="reminder_is_one_of_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.number}"

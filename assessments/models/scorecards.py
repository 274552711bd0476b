"""What a closed cycle publishes beside the cells: scorecards, gaps, and why a level moved."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models.cycles import Cycle
from assessments.models.evidence import PILLARS
from assessments.querysets import GapQuerySet, LevelChangeQuerySet, ScorecardQuerySet


class Scorecard(models.Model):
    """One unit and pillar of a closed cycle. Score, interval, n and change stand in the cell it rests on."""

    class View(models.TextChoices):
        SHARED = "shared", pgettext_lazy("agreement", "Shared view")
        APART = "apart", pgettext_lazy("agreement", "Views differ")
        TWO_REALITIES = "two_realities", pgettext_lazy("agreement", "Two realities")
        CANNOT_TELL = "", pgettext_lazy("agreement", "Cannot tell yet")

    class WhyNotShrunk(models.TextChoices):
        LARGE = "large", pgettext_lazy("small unit", "It has twenty answers or more")
        FEW_UNITS = "few_units", pgettext_lazy("small unit", "Fewer than fifteen units stand beside it")
        NOTHING_ABOVE = "nothing_above", pgettext_lazy("small unit", "The unit above holds no other answers")
        SAME = "same", pgettext_lazy("small unit", "It is shown with the unit below")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="scorecards")
    round = models.ForeignKey("surveys.Round", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    pillar = models.CharField(max_length=20, choices=PILLARS)
    cell = models.OneToOneField("surveys.Cell", on_delete=models.CASCADE, related_name="scorecard")
    here_low = models.FloatField(null=True, blank=True)  # of the mean of those now here, where it may be shown
    here_high = models.FloatField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(null=True, blank=True)  # of the unrounded score, before any cap
    chances: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)  # confidence in each level
    evidence_share = models.FloatField(default=0)  # by weight, 0 to 1
    evidenced = models.PositiveSmallIntegerField(default=0)  # practices with valid evidence
    practices: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)  # ... and which they are
    evidence_on = models.DateField(null=True, blank=True)  # the day evidence was last judged
    cap = models.PositiveSmallIntegerField(default=2)  # the highest level that evidence allows
    stands_at = models.PositiveSmallIntegerField(null=True, blank=True)  # the level no higher than the cap
    r_wg = models.FloatField(null=True, blank=True)
    ad_m = models.FloatField(null=True, blank=True)
    chance_r_wg = models.FloatField(null=True, blank=True)  # what answering at random reaches 1 time in 20
    view = models.CharField(max_length=15, choices=View, blank=True, default=View.CANNOT_TELL)
    teams_apart = models.PositiveSmallIntegerField(null=True, blank=True)  # of a larger unit: teams in two realities
    teams = models.PositiveSmallIntegerField(null=True, blank=True)  # ... of so many that could tell
    shrunk = models.FloatField(null=True, blank=True)  # the empirical Bayes estimate of a small unit
    shrunk_low = models.FloatField(null=True, blank=True)
    shrunk_high = models.FloatField(null=True, blank=True)
    shrunk_weight = models.FloatField(null=True, blank=True)  # what its own mean counts for
    shrunk_prior = models.FloatField(null=True, blank=True)
    shrunk_why_not = models.CharField(max_length=15, choices=WhyNotShrunk, blank=True)
    weighted = models.FloatField(null=True, blank=True)  # of the company: its mean weighted to its people
    weighted_low = models.FloatField(null=True, blank=True)
    weighted_high = models.FloatField(null=True, blank=True)
    effective_n = models.FloatField(null=True, blank=True)  # answers that an unweighted mean as sure would need
    weight_trimmed = models.BooleanField(default=False)  # whether an answer's weight was cut at five

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "unit", "pillar"], name="one_scorecard_per_unit_and_pillar"),
            models.CheckConstraint(
                condition=Q(stands_at=None) | Q(level=None) | Q(stands_at__lte=models.F("level")),
                name="evidence_never_raises_a_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.unit_id} {self.pillar}"


class Gap(models.Model):
    """A leader's score less the team's, for one pillar of a cycle: of the unit's own cell, where that may be said."""

    class Verdict(models.TextChoices):
        OVERRATES = "overrates", pgettext_lazy("gap", "Overrates")
        HIGHER = "higher", pgettext_lazy("gap", "Rates higher than the team experiences")
        ALIKE = "alike", pgettext_lazy("gap", "Sees it as the team does")
        LOWER = "lower", pgettext_lazy("gap", "Rates lower than the team experiences")
        CANNOT_TELL = "cannot_tell", pgettext_lazy("gap", "Cannot tell yet")

    class WhyNot(models.TextChoices):
        NOT_RATED = "not_rated", pgettext_lazy("gap", "The leader answered less than half of the practices")
        NO_TEAM = "no_team", pgettext_lazy("gap", "Nobody of this team was invited")
        NOT_SHOWN = "not_shown", pgettext_lazy("gap", "The team's score is not shown apart")
        STANDS_IN = "stands_in", pgettext_lazy("gap", "The team's score is that of a unit below")
        COVERS_PART = "covers_part", pgettext_lazy("gap", "The team's score covers less than two thirds of its people")

    class Place(models.TextChoices):
        LOWER = "lower", pgettext_lazy("place", "in the lower third")
        MIDDLE = "middle", pgettext_lazy("place", "in the middle third")
        UPPER = "upper", pgettext_lazy("place", "in the upper third")
        UNSAID = "", pgettext_lazy("place", "not said")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="gaps")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    pillar = models.CharField(max_length=20, choices=PILLARS)
    leader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    superior = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    score = models.FloatField(null=True, blank=True)  # the leader's own, 1 to 5; none below half of the weight
    difference = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    limit = models.FloatField(null=True, blank=True)
    chance = models.FloatField(null=True, blank=True)
    verdict = models.CharField(max_length=12, choices=Verdict, default=Verdict.CANNOT_TELL)
    place = models.CharField(max_length=8, choices=Place, blank=True, default=Place.UNSAID)  # from 20 answers on
    why_not = models.CharField(_("why not"), max_length=20, choices=WhyNot, blank=True)

    objects = GapQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["cycle", "unit", "pillar"], name="one_gap_per_unit_and_pillar"),
        ]

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.unit_id} {self.pillar}"


class LevelChange(models.Model):
    """That a level moved after its cycle closed, and why: evidence checked, expired, or an indicator that crossed."""

    class Why(models.TextChoices):
        VERIFIED = "verified", pgettext_lazy("level", "Evidence was verified")
        EXPIRED = "expired", pgettext_lazy("level", "Evidence has expired")
        WITHDRAWN = "withdrawn", pgettext_lazy("level", "Evidence was taken back")
        REACHED = "reached", pgettext_lazy("level", "An indicator reached its value")
        FELL_SHORT = "fell_short", pgettext_lazy("level", "An indicator no longer reaches its value")

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="moves")
    round = models.ForeignKey("surveys.Round", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    turn = models.PositiveSmallIntegerField(default=1)  # levels of a cycle may move more than once a day
    cap_before = models.PositiveSmallIntegerField()
    cap_after = models.PositiveSmallIntegerField()
    level_before = models.PositiveSmallIntegerField(null=True, blank=True)
    level_after = models.PositiveSmallIntegerField(null=True, blank=True)
    why = models.CharField(max_length=12, choices=Why)
    practice = models.CharField(max_length=60, blank=True)

    objects = LevelChangeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["scorecard", "day", "turn", "practice", "why"], name="one_move_per_scorecard_turn_and_cause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} {self.day}"

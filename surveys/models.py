"""Nouns of a round: what is asked, who is invited, the sealed boxes, and what is published.

Nothing here ties a person to an answer. `Invitation` knows a person and a block, `SealedReply` knows a round, and
only a box that no stored key opens lies between them.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stats.intervals import Estimate
from surveys.querysets import BlockQuerySet, CellQuerySet, CommentQuerySet, InvitationQuerySet, RoundQuerySet
from surveys.questionnaire import Questionnaire


class KeyPair(models.Model):
    """The public half of a round's key; the private half is a file on the seal host alone."""

    class State(models.TextChoices):
        STOCK = "stock", _("In stock")
        CLAIMED = "claimed", _("In use")
        SPENT = "spent", _("To be destroyed")
        DESTROYED = "destroyed", _("Destroyed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    public = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10, choices=State, default=State.STOCK, db_index=True)

    def __str__(self) -> str:
        return str(self.id)


class Round(models.Model):
    """One questionnaire, asked of one audience, in one window; frozen from launch to close."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Final")
        CANCELLED = "cancelled", _("Cancelled")
        LOST = "lost", _("Key lost")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=120, unique=True)
    series = models.CharField(max_length=80, blank=True, db_index=True)  # rounds compared over time share it
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_index=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(db_index=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    key_pair = models.OneToOneField(KeyPair, on_delete=models.PROTECT, related_name="round")
    questionnaire = models.JSONField()
    promise = models.JSONField(default=dict)
    k = models.PositiveSmallIntegerField(default=5)
    k_detail = models.PositiveSmallIntegerField(default=10)
    box_size = models.PositiveIntegerField(default=4096)
    invited = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(null=True, blank=True)
    company_statistics = models.JSONField(default=dict, blank=True)  # pillar -> "analyser:name" or "unknown:item"

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at")),
                name="round_closes_after_it_opens",
                violation_error_message=_("A survey must close after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(k__gte=5) & Q(k_detail__gte=10) & Q(k_detail__gte=models.F("k")),
                name="round_bounds_protect_people",
                violation_error_message=_(
                    "The smallest group shown is 5 people for scores and 10 for details, never fewer."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered=None) | ~Q(state="open"),
                name="open_round_counts_no_answers",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @cached_property
    def questions(self) -> Questionnaire:
        """What this round asks, as frozen at launch."""
        return Questionnaire.from_json(self.questionnaire)


class RoundUnit(models.Model):
    """A unit as it stood at launch: its place, names and leader of that day."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=400, blank=True)
    depth = models.PositiveSmallIntegerField(default=0)
    headcount = models.PositiveIntegerField(default=0)  # people invited in the whole subtree
    people = models.PositiveIntegerField(default=0)  # ... and at work there, asked or not (surveys/actions/audience.py)
    shown_at = models.ForeignKey(  # set at close: this unit, or the nearest above it that has results of its own
        "people.Unit", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "unit"], name="unit_once_per_round")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The unit's name of that day, in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_vi


class Block(models.Model):
    """The smallest group of invited people that any reply can name."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="blocks")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    invited = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    forms = models.PositiveSmallIntegerField(default=1)
    is_dropped = models.BooleanField(default=False)

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="block_number_once_per_round"),
            models.CheckConstraint(condition=Q(counted__gte=5), name="block_counts_five_people"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class Invitation(models.Model):
    """That a person was invited, with which block, and whether to count: no time, after close no form and no press."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="invitations")
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="invitations")
    form = models.PositiveSmallIntegerField(null=True)
    counts = models.BooleanField(null=True)
    collected = models.BooleanField(null=True, default=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "employee"], name="one_invitation_per_round_and_person")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Key(models.Model):
    """The hash of one link's token; the token itself exists only in the mail and the browser."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="keys")
    hash = models.BinaryField(max_length=32, unique=True)

    def __str__(self) -> str:
        return str(self.id)


class SealedReply(models.Model):
    """One box that only the round's private key opens. Nothing else about it is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="sealed_replies")
    box = models.BinaryField()

    def __str__(self) -> str:
        return str(self.id)


class StandingBlock(models.Model):
    """A union of blocks that stands on its own for one pillar: what published cells are made of."""

    class Level(models.TextChoices):
        SCORE = "score", _("Scores")
        DETAIL = "detail", _("Details")
        COMMENT = "comment", _("Comments")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="standing_blocks")
    subject = models.CharField(max_length=40)  # a pillar, or a question by itself; for comments the question
    level = models.CharField(max_length=10, choices=Level)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    blocks = models.ManyToManyField(Block, related_name="standing_blocks")
    statistics = models.JSONField(default=dict)  # what registered analysers found, where cells yield this block

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "subject", "level", "number"], name="standing_block_number_once_per_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.level} {self.number}"


class Cell(models.Model):
    """One published number: a unit, a measure, and what everybody who may see the unit reads."""

    class Measure(models.TextChoices):
        PILLAR = "pillar", _("Pillar")
        DRIVER = "driver", _("Factor")
        ITEM = "item", _("Question")
        ENPS = "enps", _("Would recommend as a workplace (eNPS)")
        PARTICIPATION = "participation", _("Participation")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="cells")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=15, choices=Measure)
    code = models.CharField(max_length=40)
    n = models.PositiveIntegerField(null=True, blank=True)
    mean = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    sd = models.FloatField(null=True, blank=True)  # the spread the interval rests on: own, or pooled over units
    df = models.FloatField(null=True, blank=True)
    histogram = models.JSONField(null=True, blank=True)
    share = models.CharField(max_length=12, blank=True)  # taking part: nearly_all, most, part; yes: most, mixed, few
    covers_part = models.BooleanField(default=False)
    share_said = models.BooleanField(default=False)  # of a pillar: whether N may be told, as beside taking part
    same_as = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    verdict = models.CharField(max_length=12, blank=True)  # up, down, cannot_tell: against the same questions before
    verdict_difference = models.FloatField(null=True, blank=True)
    verdict_needed = models.PositiveIntegerField(null=True, blank=True)
    breaks_line = models.BooleanField(default=False)

    objects = CellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "unit", "measure", "code"], name="one_cell_per_unit_and_measure"),
            models.CheckConstraint(
                condition=Q(measure="participation") | Q(n__gte=5),
                name="cell_covers_five_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.code}"

    @property
    def estimate(self) -> Estimate | None:
        """Mean and spread as statistics need them; None where only a word is shown."""
        if self.n is None or self.mean is None or self.sd is None or self.df is None:
            return None
        return Estimate(self.n, self.mean, self.sd, self.df)


class Comment(models.Model):
    """What somebody wrote, masked, with nothing beside it but the group it may be shown with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="comments")
    standing_block = models.ForeignKey(StandingBlock, on_delete=models.CASCADE, related_name="comments")
    question = models.CharField(max_length=40)
    text = models.TextField()

    objects = CommentQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)


class Participation(models.Model):
    """How far a large enough group has come while the round is open: once a day, rounded down to 10 %."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="participation")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "unit"], name="one_participation_per_round_and_unit"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="participation_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.percent}"

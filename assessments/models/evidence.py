"""What a unit shows for a practice: a file, a link, or an indicator of another room with the value it must reach."""

from typing import ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.querysets import EvidenceQuerySet
from people.days import today
from people.pillars import PILLAR_SHORT
from portal.lib import clock
from portal.lib.pillars import Pillar

PILLARS = [(pillar.value, PILLAR_SHORT[pillar]) for pillar in Pillar]


def evidence_storage() -> FileSystemStorage:
    """Outside the web root: no address leads to these files but the view that checks who asks."""
    return FileSystemStorage(location=settings.EVIDENCE_DIR, base_url=None, file_permissions_mode=0o600)


def place_of(evidence: "Evidence", filename: str) -> str:
    """Where a file lies: by a random name, never by the one it came with."""
    name = uuid4().hex
    return f"{name[:2]}/{name}"


class Evidence(models.Model):
    """Something that shows that a unit does a practice. It counts once a reviewer has checked it, until it expires."""

    class Kind(models.TextChoices):
        FILE = "file", pgettext_lazy("evidence", "File")
        LINK = "link", pgettext_lazy("evidence", "Link")
        INDICATOR = "indicator", pgettext_lazy("evidence", "Indicator")

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("evidence", "Waiting for review")
        VERIFIED = "verified", pgettext_lazy("evidence", "Verified")
        RETURNED = "returned", pgettext_lazy("evidence", "Returned")
        WITHDRAWN = "withdrawn", pgettext_lazy("evidence", "Taken back")

    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    model_code = models.CharField(max_length=50)
    practice = models.CharField(_("practice"), max_length=60)
    pillar = models.CharField(_("pillar"), max_length=20, choices=PILLARS)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("what it shows"), max_length=140)
    note = models.TextField(_("where to look"), max_length=600, blank=True)
    covers_below = models.BooleanField(_("also holds for the units below"), default=False)
    file = models.FileField(storage=evidence_storage, upload_to=place_of, blank=True, max_length=200)
    file_name = models.CharField(max_length=200, blank=True)  # as it came; shown and sent, never a path
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    indicator = models.CharField(_("indicator"), max_length=80, blank=True)
    threshold = models.FloatField(_("value to reach"), null=True, blank=True)
    at_most = models.BooleanField(_("lower is better"), default=False)
    dated_on = models.DateField(_("date of the evidence"))
    expires_on = models.DateField(_("expires on"), null=True, blank=True)  # the first day it no longer counts
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, db_index=True)
    reason = models.TextField(_("reason"), max_length=600, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("given by")
    )
    added_on = models.DateField(default=today)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)
    reminded_for = models.DateField(null=True, blank=True, editable=False)  # the end its giver was reminded of
    told_on = models.DateField(null=True, blank=True, editable=False)  # when reviewers were told that it waits
    press = models.UUIDField(default=uuid4, unique=True, editable=False)  # a form sent twice is one piece of evidence

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["model_code", "unit", "practice"], name="evidence_by_practice"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=(Q(kind="file") & ~Q(file="") & Q(link="", indicator=""))
                | (Q(kind="link") & ~Q(link="") & Q(file="", indicator=""))
                | (Q(kind="indicator", threshold__isnull=False) & ~Q(indicator="") & Q(file="", link="")),
                name="evidence_is_a_file_a_link_or_an_indicator",
                violation_error_message=_("Evidence is a file, a link, or an indicator with the value it must reach."),
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gt=F("dated_on")),
                name="evidence_holds_after_its_date",
                violation_error_message=_("It must expire after the date of the evidence."),
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""),
                name="returned_evidence_says_why",
                violation_error_message=_("Say why the evidence is returned."),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | Q(added_by=None) | ~Q(reviewed_by=F("added_by")),
                name="nobody_reviews_what_they_gave",
                violation_error_message=_("Somebody else must check the evidence you gave."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessments:evidence", args=[self.pk])

    @property
    def link_host(self) -> str:
        """Where a link leads, as people read it."""
        return urlsplit(self.link).hostname or ""

    @property
    def is_file(self) -> bool:
        return self.kind == self.Kind.FILE

    @property
    def is_indicator(self) -> bool:
        return self.kind == self.Kind.INDICATOR

    @property
    def pillar_name(self) -> str:
        return str(PILLAR_SHORT[Pillar(self.pillar)])

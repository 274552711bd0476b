"""A maturity model, one row for each version."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, JSONField, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField
from i18nfield.strings import LazyI18nString

from assessments.content import LANGUAGES, Content, Text
from assessments.querysets import ModelQuerySet

# Codes that begin so belong to the models that ship with Bearing: an update may bring their next version.
SHIPPED_PREFIX = "bearing-"


class NoHalfText(Func):
    """Whether every text in a JSON value is there in both languages, however deep it stands."""

    template = (
        "NOT jsonb_path_exists(%(expressions)s, '$.** ? ((exists (@.vi) || exists (@.en)) && "
        '(!exists (@.vi ? (@ like_regex "\\\\S")) || !exists (@.en ? (@ like_regex "\\\\S"))))\'::jsonpath)'
    )
    output_field = models.BooleanField()


class MaturityModel(models.Model):
    """One version of a maturity model. Once published, its words and weights never change."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    code = models.CharField(_("short name"), max_length=50)
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    title = I18nCharField(_("title"))
    content = models.JSONField()
    edition = models.PositiveIntegerField(default=1)  # counts the saves of a draft
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    first_used_at = models.DateTimeField(null=True, blank=True)

    objects = ModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("maturity model")
        verbose_name_plural = _("maturity models")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="one_model_per_code_and_version",
                violation_error_message=_("This version of the model is already there."),
            ),
            models.CheckConstraint(
                condition=Q(NoHalfText(Cast(F("title"), JSONField()))),
                name="model_title_in_both_languages",
                violation_error_message=_("Give the model a title in both languages."),
            ),
            models.CheckConstraint(
                condition=Q(NoHalfText(F("content"))),
                name="model_content_in_both_languages",
                violation_error_message=_("Every text of a model is there in both languages."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | (~Q(state="draft") & Q(published_at__isnull=False)),
                name="published_models_know_when",
                violation_error_message=_("A published model says when it was published; a draft does not."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"

    def get_absolute_url(self) -> str:
        return reverse("assessments:model", args=[self.pk])

    @property
    def words(self) -> Text:
        """The title in both languages."""
        return Text(*(self.title.localize(language) for language in LANGUAGES))

    @property
    def said(self) -> Content:
        """What the model says, as values."""
        return Content.read(self.content)

    @property
    def key(self) -> str:
        """The primary key as an address says it."""
        return str(self.pk)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    def plain(self) -> dict[str, Any]:
        """The whole version as a catalogue file says it."""
        return {"code": self.code, "version": self.version, "title": self.words.plain(), **self.content}


def title_of(words: Text) -> LazyI18nString:
    """A title as the field stores it."""
    return LazyI18nString(words.plain())

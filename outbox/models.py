"""The noun of the outbox: a message owed to one person."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outbox.querysets import NoticeQuerySet


class Notice(models.Model):
    """A message owed to one employee, written in the transaction of its cause; the row is the queue.

    The context never holds a secret. `is_read` is no instant, and kinds that keep no sent time end as SENT with no
    date and no count of tries whether they went out or not: a copy of this table does not tell who did what when.
    `to_address` is filled only for a kind that goes elsewhere, such as to the address somebody had before. It is kept
    until the message ends, however it ends, and stands on no page.
    """

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("message", "Waiting")
        CLAIMED = "claimed", pgettext_lazy("message", "Being sent")
        SENT = "sent", pgettext_lazy("message", "Sent")
        FAILED = "failed", pgettext_lazy("message", "Set aside")
        INBOX_ONLY = "inbox_only", pgettext_lazy("message", "In the inbox only")
        DROPPED = "dropped", pgettext_lazy("message", "No longer needed")

    class Reason(models.TextChoices):
        """Our own reasons for trying again or giving up; besides them stand the mail server's words."""

        NO_CONNECTION = "no connection", _("The mail server could not be reached.")
        BAD_ADDRESS = "bad address", _("The staff list holds no valid email address for this person.")
        NOT_WRITTEN = "not written", _("Bearing could not write the message. Tell whoever runs Bearing.")
        UNKNOWN_KIND = "unknown kind", _("Bearing no longer knows this kind of message.")
        WORKER_ENDED = "worker ended", _("Sending stopped half-way each time. Tell whoever runs Bearing.")

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=80)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    about = models.CharField(max_length=120, blank=True, db_default="", db_index=True)
    context: "models.JSONField[Any, Any]" = models.JSONField(default=dict, db_default={})
    to_address = models.CharField(max_length=254, blank=True, default="", db_default="", editable=False)
    state = models.CharField(max_length=12, choices=State, default=State.DUE, db_default=State.DUE)
    due_at = models.DateTimeField(null=True, db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    claim_id = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    sent_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=240, blank=True, db_default="")
    is_read = models.BooleanField(default=False, db_default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="notice_to_send", condition=models.Q(state__in=["due", "claimed"])
            ),
            models.Index(fields=["employee", "-id"], name="notice_by_person"),
            models.Index(fields=["-id"], name="notice_set_aside", condition=models.Q(state="failed")),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_claimed_notice_names_its_claim",
                condition=~models.Q(state="claimed") | models.Q(claim_id__isnull=False, claimed_until__isnull=False),
                violation_error_message=_("A claimed message must say by whom and until when."),
            ),
            models.CheckConstraint(
                name="a_waiting_notice_has_a_due_time",
                condition=~models.Q(state__in=["due", "claimed"]) | models.Q(due_at__isnull=False),
                violation_error_message=_("A waiting message must say when it is due."),
            ),
            models.CheckConstraint(
                name="an_ended_notice_keeps_no_address",
                condition=models.Q(state__in=["due", "claimed"]) | models.Q(to_address=""),
                violation_error_message=_("A message that has ended must not keep an address."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    @property
    def reason_words(self) -> str:
        """Why it was put off or set aside, in the reader's language where the words are ours."""
        return str(dict(self.Reason.choices).get(self.reason, self.reason))

    @property
    def message_id(self) -> str:
        """The same for every try, so that a mail system may drop a second copy; says nothing about its reader."""
        name = salted_hmac("outbox.message_id", self.key, algorithm="sha256").hexdigest()[:40]
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
        return f"<{name}@{domain}>"

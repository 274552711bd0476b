"""The messages about evidence: returned with a reason, waiting for review, about to expire."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.actions.evidence import EVIDENCE_EXPIRES, EVIDENCE_RETURNED, EVIDENCE_WAITING
from assessments.models import Evidence
from outbox.models import Notice
from outbox.registry import register_kind


def opens_evidence(notice: Notice) -> str:
    """The page of the piece behind a message, for whoever may still read it."""
    return Evidence.objects.visible_to(notice.employee).get(pk=notice.context["evidence"]).get_absolute_url()


def opens_queue(notice: Notice) -> str:
    return reverse("assessments:evidence_review")


def still_returned(notice: Notice) -> bool:
    return Evidence.objects.filter(pk=notice.context["evidence"], state=Evidence.State.RETURNED).exists()


def still_waiting(notice: Notice) -> bool:
    """Whether anything waits that this person may check."""
    return Evidence.objects.to_review_by(notice.employee).exists()


def still_ending(notice: Notice) -> bool:
    """Whether it still counts and ends on the day the message names."""
    verified = Evidence.objects.filter(pk=notice.context["evidence"], state=Evidence.State.VERIFIED)
    return verified.filter(expires_on=notice.context["expires_on"]).exists()


def register_kinds() -> None:
    """Announce all three; they stand in the inbox as well."""
    register_kind(
        EVIDENCE_RETURNED,
        template="assessments/evidence_returned",
        label=_("Evidence returned with a reason"),
        opens=opens_evidence,
        still_due=still_returned,
    )
    register_kind(
        EVIDENCE_WAITING,
        template="assessments/evidence_waiting",
        label=_("Evidence waits for review"),
        opens=opens_queue,
        still_due=still_waiting,
    )
    register_kind(
        EVIDENCE_EXPIRES,
        template="assessments/evidence_expires",
        label=_("Evidence about to expire"),
        opens=opens_evidence,
        still_due=still_ending,
    )

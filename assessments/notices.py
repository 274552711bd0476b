"""What the outbox asks of this room before a message about a cycle leaves: the link, and whether it still holds."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.actions import CANCELLATION, INVITATION, RATING, RATING_REMINDER, REFUSED, REMINDER, RESULTS
from assessments.models import Cycle, LeaderRating
from outbox.models import Notice
from outbox.registry import register_kind
from surveys.models import Cell, RoundUnit
from surveys.notices import invitation_of, link_of, opens, still_open, still_wanted

__all__ = [
    "opens",
    "rating_page",
    "register_kinds",
    "results_page",
    "secret",
    "still_open",
    "still_readable",
    "still_to_rate",
    "still_wanted",
]


def secret(notice: Notice) -> dict[str, Any]:
    """The person's link, and the first practice in the person's language."""
    language = notice.employee.language
    invitation = invitation_of(notice)
    first = invitation.round.questions.form(invitation.form or 0)[0]
    return {"link": link_of(invitation, language), "first_question": first.text[language]}


def rating_page(notice: Notice) -> str:
    """Where a leader rates: the one unit, or the list of those led."""
    if notice.context["units"] > 1:
        return reverse("assessments:rating_list")
    return reverse("assessments:rating", args=[notice.context["cycle"], notice.context["unit"]])


def still_to_rate(notice: Notice) -> bool:
    """Whether the cycle is open and the leader has a rating to send."""
    waiting = LeaderRating.objects.visible_to(notice.employee).waiting()
    return waiting.filter(cycle=notice.context["cycle"], cycle__round__state="open").exists()


def results_page(notice: Notice) -> str:
    """The results of the cycle, as the person's unit reads them; the page itself says what may be seen."""
    return reverse("assessments:results_unit", args=[notice.context["cycle"], notice.context["unit"]])


def still_readable(notice: Notice) -> bool:
    """Whether this person may read something of the cycle: who has moved or handed over since is not told."""
    rounds = Cycle.objects.ended().filter(pk=notice.context["cycle"]).values("round")
    place = RoundUnit.objects.filter(round__in=rounds, unit=notice.context["unit"])
    cells = Cell.objects.visible_to(notice.employee).filter(round__in=rounds)
    return cells.filter(unit__in=place.values("shown_at")).exists()


def cycle_page(notice: Notice) -> str:
    """The page of a cycle, which says what it waits for."""
    return reverse("assessments:cycle", args=[notice.context["cycle"]])


def still_waits(notice: Notice) -> bool:
    """Whether a cycle that did not open still waits for somebody to decide."""
    return Cycle.objects.plans().filter(pk=notice.context["cycle"]).exclude(refusal="").exists()


def register_kinds() -> None:
    """Announce the messages of a cycle."""
    _register_sheets()
    _register_ratings()
    register_kind(
        CANCELLATION, template="assessments/cancellation", label=_("An assessment that ended without results")
    )
    register_kind(
        REFUSED,
        template="assessments/refused",
        label=_("An assessment that waits for your decision"),
        opens=cycle_page,
        still_due=still_waits,
    )
    register_kind(
        RESULTS,
        template="assessments/results",
        label=_("Results of an assessment"),
        opens=results_page,
        still_due=still_readable,
    )


def _register_sheets() -> None:
    """What goes to teams: each has a link, and keeps no time at which it was sent."""
    register_kind(
        INVITATION,
        template="assessments/invitation",
        label=_("Invitation to rate your unit, anonymously"),
        secret=secret,
        keeps_sent_time=False,
        opens=opens,
        still_due=still_open,
    )
    register_kind(
        REMINDER,
        template="assessments/reminder",
        label=_("Reminder to rate your unit"),
        reminder=True,
        secret=secret,
        opens=opens,
        still_due=still_wanted,
    )


def _register_ratings() -> None:
    """What goes to leaders about their own ratings, given by name."""
    register_kind(
        RATING,
        template="assessments/rating",
        label=_("Your own rating of the unit you lead"),
        opens=rating_page,
        still_due=still_to_rate,
    )
    register_kind(
        RATING_REMINDER,
        template="assessments/rating_reminder",
        label=_("Reminder of your own rating"),
        reminder=True,
        opens=rating_page,
        still_due=still_to_rate,
    )

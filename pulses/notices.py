"""What the outbox asks of this room just before a message leaves: the link, and whether it is still worth sending."""

from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from improvement.models import Note
from outbox.models import Notice
from outbox.registry import register_kind
from pulses.actions import CANCELLATION, INVITATION, REMINDER, RESULTS
from surveys.models import Cell, Round, RoundUnit
from surveys.notices import invitation_of, link_of, opens, still_open, still_wanted

__all__ = ["opens", "register_kinds", "secret", "still_open", "still_wanted"]

SINCE_AT_MOST = 200


def secret(notice: Notice) -> dict[str, Any]:
    """The person's link, and the first question of the person's form in the person's language."""
    language = notice.employee.language
    invitation = invitation_of(notice)
    first = invitation.round.questions.form(invitation.form or 0)[0]
    return {
        "link": link_of(invitation, language),
        "first_question": first.text[language],
        "since": told_since(invitation.round, notice.employee.unit_id),
    }


def told_since(round_: Round, unit_id: int | None) -> str:
    """The newest thing the people of this unit were told since the survey before; nothing about any one person."""
    earlier = Round.objects.filter(series=round_.series, opens_at__lt=round_.opens_at).order_by("-opens_at")
    before = earlier.values_list("opens_at", flat=True).first() if round_.series else None
    newest = Note.objects.since(unit_id, before).first() if before is not None else None
    return "" if newest is None else Truncator(" ".join(newest.done.split())).chars(SINCE_AT_MOST)


def results_page(notice: Notice) -> str:
    """The results of the wave, as the person's unit reads them; the page itself says what may be seen."""
    return reverse("pulses:results_unit", args=[notice.context["round"], notice.context["unit"]])


def still_readable(notice: Notice) -> bool:
    """Whether this person may read something of the wave: who has moved or handed over since is not told."""
    place = RoundUnit.objects.filter(round=notice.context["round"], unit=notice.context["unit"])
    cells = Cell.objects.visible_to(notice.employee).filter(round=notice.context["round"])
    return cells.filter(unit__in=place.values("shown_at")).exists()


def register_kinds() -> None:
    """Announce the messages; those with a link keep no time at which they were sent."""
    register_kind(
        INVITATION,
        template="pulses/invitation",
        label=_("Invitation to a pulse survey"),
        secret=secret,
        keeps_sent_time=False,
        opens=opens,
        still_due=still_open,
    )
    register_kind(
        REMINDER,
        template="pulses/reminder",
        label=_("Reminder of a pulse survey"),
        reminder=True,
        secret=secret,
        opens=opens,
        still_due=still_wanted,
    )
    register_kind(CANCELLATION, template="pulses/cancellation", label=_("A survey that was cancelled"))
    register_kind(
        RESULTS,
        template="pulses/results",
        label=_("Results of a pulse survey"),
        opens=results_page,
        still_due=still_readable,
    )

"""What a room that sends links asks just before a letter leaves: whose link, and whether it is still worth sending.

A link's token is drawn here and only its hash is stored; nothing in this file is logged.
"""

from django.conf import settings

from outbox.models import Notice
from outbox.registry import NoLongerDue
from portal.lib import clock
from surveys.actions import new_link
from surveys.models import Invitation


def invitation_of(notice: Notice) -> Invitation:
    """The invitation a notice speaks of, while its round can be answered."""
    answerable = Invitation.objects.answerable(clock.now()).select_related("round")
    try:
        found: Invitation = answerable.get(pk=notice.context["invitation"])
    except Invitation.DoesNotExist as error:
        raise NoLongerDue from error
    return found


def link_of(invitation: Invitation, language: str) -> str:
    """A fresh link for an invitation."""
    return f"{settings.SURVEY_URL}/{language}/p/{new_link(invitation.pk)}"


def opens(notice: Notice) -> str:
    """The address behind the button in the inbox: a fresh link for each press."""
    return link_of(invitation_of(notice), notice.employee.language)


def still_open(notice: Notice) -> bool:
    """Whether the round can still be answered."""
    return Invitation.objects.answerable(clock.now()).filter(pk=notice.context["invitation"]).exists()


def still_wanted(notice: Notice) -> bool:
    """Whether the round is open and the link has not been used in the meantime."""
    waiting = Invitation.objects.answerable(clock.now()).filter(pk=notice.context["invitation"], collected=False)
    return waiting.exists()

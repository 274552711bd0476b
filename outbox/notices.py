"""The messages the outbox knows itself: the entrance lies below it and cannot announce kinds of its own."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from outbox.actions import (
    PEOPLE_CONTACT_CHANGED,
    PEOPLE_INVITATION,
    owe_contact_changed,
    owe_invitation,
    owe_invitations,
)
from outbox.models import Notice
from outbox.registry import register_kind
from people.invitations import password_link
from people.registry import register_inviter, register_teller


def secret(notice: Notice) -> dict[str, Any]:
    """The link to the page where the person sets a password, made now and stored nowhere."""
    return {"link": f"{settings.BASE_URL}{password_link(notice.employee)}"}


def still_wanted(notice: Notice) -> bool:
    """Whether the person may sign in and has not set a password yet."""
    return notice.employee.is_active and not notice.employee.has_usable_password()


def register() -> None:
    """Announce the kinds, and offer the entrance the way to them."""
    register_kind(
        PEOPLE_INVITATION,
        template="people/invitation",
        label=_("Your access to Bearing"),
        secret=secret,
        still_due=still_wanted,
    )
    register_inviter(owe_invitation, owe_invitations)
    register_kind(
        PEOPLE_CONTACT_CHANGED,
        template="people/contact_changed",
        label=_("Your contact details in Bearing"),
        elsewhere=True,
    )
    register_teller(owe_contact_changed)

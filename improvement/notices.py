"""The messages of this room: an action was given to somebody, and its date has passed."""

from django.utils.translation import gettext_lazy as _

from improvement.actions import ACTION_GIVEN, ACTION_OVERDUE
from improvement.models import Action
from outbox.models import Notice
from outbox.registry import register_kind


def opens(notice: Notice) -> str:
    """The page of the action behind a message."""
    return Action.objects.visible_to(notice.employee).get(pk=notice.context["action"]).get_absolute_url()


def still_owned(notice: Notice) -> bool:
    """Whether the action is still under way and still this person's."""
    return Action.objects.open().filter(pk=notice.context["action"], owner=notice.employee_id).exists()


def still_overdue(notice: Notice) -> bool:
    """Whether it is still under way and has not been given a later date."""
    open_ones = Action.objects.open().filter(pk=notice.context["action"])
    return open_ones.filter(due_on=notice.context["due_on"]).exists()


def register_kinds() -> None:
    """Announce both messages; they stand in the inbox as well."""
    register_kind(
        ACTION_GIVEN,
        template="improvement/action_given",
        label=_("An action for you"),
        opens=opens,
        still_due=still_owned,
    )
    register_kind(
        ACTION_OVERDUE,
        template="improvement/action_overdue",
        label=_("An action past its date"),
        opens=opens,
        still_due=still_overdue,
    )

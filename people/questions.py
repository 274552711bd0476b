"""What HR is asked before many people are invited or many codes printed, and what is said after it."""

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from people.actions.codes import SLIPS_AT_MOST
from people.actions.invitations import Reach, Whom
from people.corridors import Question
from people.models import Unit


def _number(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


def invitation_question(found: Reach, whom: Whom) -> Question:
    """What HR is asked before many are invited."""
    heading = ngettext(
        "Invite %(number)s person to sign in?", "Invite %(number)s people to sign in?", found.by_mail
    ) % {"number": _number(found.by_mail)}
    says = [gettext("None of them has ever signed in. Each gets a mail with a link to set a password.")]
    if whom.unit is not None:
        says.insert(0, gettext("Unit: %(unit)s, with everything below it.") % {"unit": whom.unit.name})
    way_back = (reverse("people:invitation_new"), gettext("Invite people"))
    return Question(heading, [*says, *left_out(found)], gettext("Send the invitations"), way_back)


def left_out(found: Reach) -> list[str]:
    """Who gets no mail, and why."""
    said = []
    if found.without_mail:
        without = ngettext(
            "%(number)s person has no email address and needs a printed code.",
            "%(number)s people have no email address and need a printed code.",
            found.without_mail,
        )
        said.append(without % {"number": _number(found.without_mail)})
    if found.lately:
        lately = ngettext(
            "%(number)s person was invited in the last 7 days and is left out.",
            "%(number)s people were invited in the last 7 days and are left out.",
            found.lately,
        )
        said.append(lately % {"number": _number(found.lately)})
    return said


def invited(done: Reach) -> str:
    """What the press did."""
    if not done.by_mail:
        return gettext("Nobody is left to invite by email.")
    said = ngettext("%(number)s invitation is on its way.", "%(number)s invitations are on their way.", done.by_mail)
    return said % {"number": _number(done.by_mail)}


def slips_question(number: int, unit: Unit) -> Question:
    """What HR is asked before the codes of a unit are printed."""
    heading = ngettext(
        "Make codes for %(number)s person in “%(unit)s”?", "Make codes for %(number)s people in “%(unit)s”?", number
    ) % {"number": _number(number), "unit": unit.name}
    says = [
        gettext(
            "These are all the people in this unit and the units below it who have no email address and have never "
            "signed in."
        ),
        gettext("Codes are shown this once and kept nowhere: print the page at once. Older unused codes stop working."),
        gettext(
            "For 30 days these people's answers do not count towards the smallest group, because somebody else has "
            "set their sign-in."
        ),
    ]
    way_back = (reverse("people:code_list"), gettext("One-time codes"))
    return Question(heading, says, gettext("Make the codes"), way_back)


def no_slips(number: int, unit: Unit) -> str:
    """Why there is nothing to print, or too much."""
    if not number:
        return gettext("Everybody in “%(unit)s” has an email address or has signed in already.") % {"unit": unit.name}
    return gettext(
        "At most %(most)s slips can be printed at once; this unit needs %(number)s. Choose a smaller unit."
    ) % {
        "number": _number(number),
        "most": _number(SLIPS_AT_MOST),
    }

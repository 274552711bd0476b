"""The sentences for what was not done, and for what keeps a plan from being started."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pulses import actions
from pulses.models import Wave


def sentence(reason: actions.Refused | Wave) -> str:
    """Why something was not done, and what to do."""
    match reason:
        case Wave():
            said = ngettext(
                "The wave has not been sent: %(missing)s more person is needed to protect each answer.",
                "The wave has not been sent: %(missing)s more people are needed to protect each answer.",
                reason.missing or 0,
            )
            return said % {"missing": reason.missing}
        case actions.AskedTooMuch() | actions.BankInRotation() | actions.BankTooSmall():
            return _("Not started. %(reason)s") % {"reason": hindrance(reason)}
        case actions.WaveStillOpen():
            return _("Nothing has been sent: the last wave is still open. Close it first.")
        case actions.AskedLately():
            said = _(
                "Nothing has been sent: the next questions were asked less than 12 weeks ago. "
                "It is possible from %(day)s."
            )
            return said % {"day": date_format(reason.possible_on)}
        case actions.AskedEnough():
            said = _(
                "Nothing has been sent: with the assessments of these weeks some people would get %(questions)s "
                "questions in 30 days, and 40 is the most. Send it later."
            )
            return said % {"questions": reason.questions}
        case actions.PeopleRest():
            return _(
                "Nothing has been sent: some of these people have an assessment of more than 30 practices, and nobody "
                "gets a pulse for 30 days before and after one."
            )
        case actions.NothingLeft():
            return _("Nothing has been sent: this programme runs once and has had its turn.")
        case _other:
            return _("Nothing has changed: somebody else was quicker. Look at the state below.")


def hindrance(error: actions.Refused) -> str:
    """What keeps a plan from being started, and what to change in it."""
    match error:
        case actions.AskedTooMuch():
            said = _(
                "Some people would get %(questions)s questions in 30 days, and 40 is the most. "
                "Choose fewer units, fewer questions or a longer interval."
            )
            return said % {"questions": error.questions}
        case actions.BankInRotation():
            said = _(
                "“%(title)s” already asks some of these people from the same bank again and again, and nobody is asked "
                "the same question twice in 12 weeks. Choose another bank, other units or “Once”, or end that "
                "programme first."
            )
            return said % {"title": error.other.title}
        case actions.BankTooSmall():
            return _("The bank has too few questions for this interval. Choose a longer one.")
        case _other:
            return ""

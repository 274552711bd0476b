"""The sentences for what a cycle refuses, and what to do about it."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import actions
from assessments.faults import weight_sentence

NAMED_AT_MOST = 5


def sentence(reason: actions.CycleRefused) -> str:
    """Why something was not done, and what to do."""
    match reason:
        case actions.AlreadyMoved():
            return _("Nothing has changed: somebody else was quicker. Look at the state below.")
        case actions.PlanChanged():
            return _("Somebody saved this plan after you opened the page. Nothing was changed; look at it again first.")
        case _other:
            return _("Not opened. %(reason)s") % {"reason": hindrance(reason)}


def hindrance(reason: actions.CycleRefused) -> str:
    """What keeps a plan from being opened, and what to change in it."""
    match reason:
        case actions.TooFewInvited():
            said = ngettext(
                "%(missing)s more person is needed to protect each answer. Choose more units, or a larger one.",
                "%(missing)s more people are needed to protect each answer. Choose more units, or a larger one.",
                reason.missing,
            )
            return said % {"missing": reason.missing}
        case actions.AnotherOpen():
            return _(
                "Another cycle with this model is open for %(units)s. Wait for its end, or choose other units."
            ) % {"units": _some(reason.units)}
        case actions.AskedTooMuch(long=True):
            said = _(
                "A model with more than 30 practices stands alone: some of these people were asked something in the "
                "30 days before. Choose a later day, or other units."
            )
            return f"{said} {first_day(reason)}".strip()
        case actions.AskedTooMuch():
            said = _(
                "Some people would get %(questions)s questions in 30 days, pulses included, and 40 is the most. "
                "Choose another day, a shorter model or other units."
            )
            return f"{said % {'questions': reason.questions}} {first_day(reason)}".strip()
        case _other:
            return refusal(reason.code)


def first_day(reason: actions.AskedTooMuch) -> str:
    """The first day that is possible; nothing where none is in sight."""
    if reason.first is None:
        return ""
    return _("The first possible day is %(day)s.") % {"day": date_format(reason.first)}


def refusal(code: str) -> str:
    """The same for a refusal that a plan remembers; nothing where the plan can be looked at itself."""
    match code:
        case "model":
            return _(
                "Its model is no longer published, so nothing new can be asked with it. Choose a published version."
            )
        case "weights":
            return weight_sentence()
        case "newer":
            return _(
                "A newer version of its model has been published since. Choose which version to ask, then let the "
                "cycle open."
            )
        case "yearly":
            return _(
                "A model with more than 30 practices is asked at most once a year, and some of these people were "
                "asked so many less than a year ago, or soon will be. Choose a later day, or other units."
            )
        case "window":
            return _("Its last day was over, or nearly, before it could be opened. Choose a new day.")
        case _other:
            return ""


def _some(units: list[str]) -> str:
    """The first few units by name, and how many more."""
    named = ", ".join(units[:NAMED_AT_MOST])
    more = len(units) - NAMED_AT_MOST
    if more <= 0:
        return named
    said = ngettext("%(units)s and %(number)s more unit", "%(units)s and %(number)s more units", more)
    return said % {"units": named, "number": more}

"""The buttons of a cycle: open, let it open by itself, end, take back. Each is asked once."""

from collections.abc import Callable
from functools import partial, wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assessments import actions, policies, questions
from assessments.cycle_views import cycle_or_404
from assessments.models import Cycle, Evidence
from people.corridors import Question, Signed, ask, gate
from people.models import Employee
from portal.lib import clock
from portal.lib.zones import last_day
from surveys.actions import NoKeyInStock

Act = Callable[[Cycle, Employee], object]


def button(
    may: Callable[[Employee, Cycle], bool], act: Act, done: Promise, goes_to: str = ""
) -> Callable[[Callable[[Cycle], Question]], Callable[[Signed, int], HttpResponse]]:
    """A corridor for one verb: for those who run cycles, asked once, done on the second press; then the page `goes_to`.

    What it decorates says the question.
    """

    def corridor_of(question_of: Callable[[Cycle], Question]) -> Callable[[Signed, int], HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @login_required
        @never_cache
        @wraps(question_of)
        def corridor(request: Signed, pk: int) -> HttpResponse:
            found = cycle_or_404(request, pk)
            gate(policies.can_run_cycles(request.user))
            if not may(request.user, found):
                messages.info(request, _("Nothing has changed: the cycle is already in another state."))
                return redirect(found)
            press = partial(act, found, request.user)
            return ask(request, question_of(found), lambda: _pressed(request, found, press, str(done), goes_to))

        return corridor

    return corridor_of


def _pressed(request: Signed, found: Cycle, press: Callable[[], object], done: str, goes_to: str) -> HttpResponse:
    """Do it and go on, or say why it was not done."""
    try:
        outcome = press()
    except actions.CycleRefused as refused:
        messages.error(request, questions.sentence(refused))
    except NoKeyInStock:
        messages.error(
            request, _("Nothing has been sent: there is no key in stock yet. Wait half a minute and try again.")
        )
    else:
        if outcome is False:
            messages.info(request, _("Nothing has changed: this cycle is over already."))
        else:
            messages.success(request, done)
            return redirect(goes_to or found)
    return redirect(found)


def _way_back(found: Cycle) -> tuple[str, str]:
    return found.get_absolute_url(), str(found.title)


def _reach(found: Cycle) -> actions.Reach:
    return actions.reach(found, actions.audience_of(found))


def _invites(reach: actions.Reach) -> str:
    """Whom the press asks."""
    people = ngettext("About %(people)s person", "About %(people)s people", reach.people) % {"people": reach.people}
    units = ngettext("%(units)s unit", "%(units)s units", reach.units) % {"units": reach.units}
    return _("%(people)s in %(units)s get a link to an anonymous sheet; leaders are asked to rate by name.") % {
        "people": people,
        "units": units,
    }


@button(
    policies.can_change_cycle,
    lambda found, by: actions.open_cycle(cycle_id=found.pk, by=by),
    gettext_lazy("The cycle is open. Invitations are on their way."),
)
def cycle_open(found: Cycle) -> Question:
    """Open a plan now."""
    window = actions.window_from(found, clock.now())
    says = [
        _invites(_reach(found)),
        _("It is open from now until the end of %(day)s.")
        % {"day": date_format(last_day(window.closes_at, found.time_zone))},
        _("What has been sent cannot be called back, and the plan can no longer be changed."),
    ]
    heading = _("Open “%(title)s” now?") % {"title": found.title}
    return Question(heading, says, _("Open the cycle"), _way_back(found))


@button(
    policies.can_schedule_cycle,
    lambda found, by: actions.schedule_cycle(cycle=found, by=by),
    gettext_lazy("The cycle opens by itself on its day."),
)
def cycle_schedule(found: Cycle) -> Question:
    """Let a plan open by itself."""
    window = actions.planned_window(found)
    if window.opens_at <= clock.now():
        when = _("Its day has come: it opens within a minute.")
    else:
        when = _("It opens on %(day)s at %(hour)s:00, and nobody has to be there.") % {
            "day": date_format(found.opens_on),
            "hour": f"{found.send_hour:02d}",
        }
    says = [when, _invites(_reach(found)), _("Until then you can change the plan or take it back.")]
    heading = _("Let “%(title)s” open by itself?") % {"title": found.title}
    return Question(heading, says, _("Let it open by itself"), _way_back(found))


@button(
    policies.can_unschedule_cycle,
    lambda found, by: actions.unschedule_cycle(cycle=found, by=by),
    gettext_lazy("The cycle is a draft again and does not open by itself."),
)
def cycle_unschedule(found: Cycle) -> Question:
    """Take a plan back to a draft."""
    says = [_("It does not open before you open it, or let it open by itself again. Nobody has been told of it.")]
    heading = _("Take “%(title)s” back to a draft?") % {"title": found.title}
    return Question(heading, says, _("Make it a draft again"), _way_back(found))


@button(
    policies.can_change_cycle,
    lambda found, by: actions.delete_plan(cycle=found, by=by),
    gettext_lazy("The plan is deleted."),
    goes_to="assessments:cycle_list",
)
def cycle_delete(found: Cycle) -> Question:
    """Throw away a plan."""
    says = [_("Nothing of it has been sent. The activity record keeps that it was planned and deleted.")]
    if found.follows_id is not None:
        says.append(_("The schedule it belongs to ends with it: no further cycle is planned."))
    heading = _("Delete the plan “%(title)s”?") % {"title": found.title}
    return Question(heading, says, _("Delete the plan"), _way_back(found), "stop")


@button(
    policies.can_end_cycle,
    lambda found, by: actions.close_cycle_now(cycle=found, by=by),
    gettext_lazy("The cycle is being closed. Its scorecards follow in a moment."),
)
def cycle_close(found: Cycle) -> Question:
    """End an open cycle before its date."""
    says = [
        _("Nobody can answer or rate any more. The answers are opened together and the scorecards appear in a moment."),
        _("Those who wanted to answer later no longer can. A closed cycle cannot be opened again."),
    ]
    heading = _("Close “%(title)s” now?") % {"title": found.title}
    return Question(heading, says, _("Close the cycle"), _way_back(found), "stop")


@button(
    policies.can_end_cycle,
    lambda found, by: actions.cancel_cycle(cycle=found, by=by),
    gettext_lazy("The cycle is cancelled. Everybody who was asked will be told."),
)
def cycle_cancel(found: Cycle) -> Question:
    """Take an open cycle back, because something in it is wrong."""
    says = [
        _("All answer sheets and all leaders’ ratings are destroyed unread, with the key. It will have no results."),
        _("Everybody who was asked is told, once, that it was cancelled and that there is nothing to do."),
    ]
    if Cycle.objects.filter(follows=found).exists():
        says.append(_("The next cycle of its schedule stays planned. Delete that plan too if you do not want it."))
    says.append(
        _("This cannot be undone. If the questions are right and you only want to end early, close the cycle instead.")
    )
    heading = _("Cancel “%(title)s”?") % {"title": found.title}
    return Question(heading, says, _("Cancel the cycle"), _way_back(found), "stop")


@button(
    policies.can_finish_review,
    lambda found, by: actions.finish_review(cycle=found, by=by),
    gettext_lazy("The review is finished. Levels follow the evidence that is valid today."),
)
def cycle_review(found: Cycle) -> Question:
    """End the review of the evidence of a closed cycle."""
    waiting = Evidence.objects.of_model(found.model.code).to_review().count()
    says = [_("Levels follow the evidence that is valid today. Scores and their ranges stay as they are.")]
    if waiting:
        said = ngettext(
            "%(number)s piece of evidence has not been checked yet; until it is, it does not count.",
            "%(number)s pieces of evidence have not been checked yet; until they are, they do not count.",
            waiting,
        )
        says.append(said % {"number": waiting})
    says.append(_("Evidence that is checked or expires later still moves levels, and the trend says why."))
    heading = _("Finish the review of “%(title)s”?") % {"title": found.title}
    return Question(heading, says, _("Finish the review"), _way_back(found))

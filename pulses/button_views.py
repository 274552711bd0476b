"""The buttons that start, stop and take back, each asked once."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Protocol
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from people.corridors import Question, Signed, ask, gate
from people.models import Employee
from portal.lib import clock
from pulses import actions, policies, scoring
from pulses.models import Programme, Wave
from pulses.questions import sentence
from surveys.actions import NoKeyInStock


def _act(
    request: Signed, programme: Programme, act: Callable[[], object], done: str | Promise, goes_to: str = ""
) -> HttpResponse:
    """Do it and go on, or say why it was not done."""
    try:
        outcome = act()
    except actions.Refused as error:
        messages.error(request, sentence(error))
    except NoKeyInStock:
        messages.error(
            request, _("Nothing has been sent: there is no key in stock yet. Wait half a minute and try again.")
        )
    else:
        if isinstance(outcome, Wave) and outcome.state == Wave.State.REFUSED:
            messages.error(request, sentence(outcome))
        elif outcome is False:
            messages.info(request, _("Nothing has changed: this wave is closed already."))
        else:
            messages.success(request, str(done))
            return redirect(goes_to or programme)
    return redirect(programme)


class Verb(Protocol):
    """An action on a programme."""

    def __call__(self, *, programme: Programme, by: Employee) -> object: ...


def button(
    may: Callable[[Employee, Programme], bool], verb: Verb, done: Promise, goes_to: str = ""
) -> Callable[[Callable[[Programme], Question]], Callable[[Signed, int], HttpResponse]]:
    """A corridor for one verb: for planners alone, asked once, done on the second press; then the page `goes_to`.

    What it decorates says the question.
    """

    def corridor_of(question_of: Callable[[Programme], Question]) -> Callable[[Signed, int], HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @login_required
        @never_cache
        @wraps(question_of)
        def corridor(request: Signed, pk: int) -> HttpResponse:
            gate(policies.can_plan_programmes(request.user))
            found = get_object_or_404(Programme.objects.visible_to(request.user).select_related("bank"), pk=pk)
            if not may(request.user, found):
                messages.info(request, _("Nothing has changed: the programme is already in another state."))
                return redirect(found)
            act = partial(verb, programme=found, by=request.user)
            return ask(request, question_of(found), lambda: _act(request, found, act, done, goes_to))

        return corridor

    return corridor_of


def _way_back(programme: Programme) -> tuple[str, str]:
    return programme.get_absolute_url(), str(programme.title)


@button(policies.can_start_programme, actions.start, gettext_lazy("The programme runs."))
def programme_start(found: Programme) -> Question:
    """Let a draft run."""
    now = clock.now()
    coming = found.due_period(now) or found.next_period(now)
    if coming is None:
        says = [_("The date of its only wave is over: nothing would be sent. Change the date first.")]
    elif coming.opens_at <= now:
        says = [
            _("The first wave goes out within a minute and is open until the end of %(day)s.")
            % {"day": _last_day(found, coming)}
        ]
    else:
        says = [
            _("The first wave goes out on %(day)s, by itself.")
            % {"day": date_format(coming.opens_at.astimezone(_zone(found)), "DATETIME_FORMAT")}
        ]
    says.append(_("From then on the plan can no longer be changed. You can pause or end it at any time."))
    heading = _("Start “%(title)s”?") % {"title": found.title}
    return Question(heading, says, _("Start the programme"), _way_back(found))


def _zone(programme: Programme) -> ZoneInfo:
    return ZoneInfo(programme.time_zone)


def _last_day(programme: Programme, period: scoring.Period) -> str:
    return date_format(scoring.last_day(period.closes_at, programme.time_zone))


@button(
    policies.can_delete_draft,
    actions.delete_draft,
    gettext_lazy("The draft is deleted."),
    goes_to="pulses:programme_list",
)
def programme_delete(found: Programme) -> Question:
    """Throw away a draft."""
    says = [_("Nothing of it has been sent. The activity record keeps that it was planned and deleted.")]
    heading = _("Delete the draft “%(title)s”?") % {"title": found.title}
    return Question(heading, says, _("Delete the draft"), _way_back(found), "stop")


@button(policies.can_pause_programme, actions.pause, gettext_lazy("The programme is paused."))
def programme_pause(found: Programme) -> Question:
    """Send no new waves for a while."""
    says = [
        _("No new wave goes out until you resume. Waves missed meanwhile are skipped, not made up for."),
        _("A wave that is open stays open until its date, with its reminders."),
    ]
    heading = _("Pause “%(title)s”?") % {"title": found.title}
    return Question(heading, says, _("Pause the programme"), _way_back(found))


@button(policies.can_resume_programme, actions.resume, gettext_lazy("The programme runs again."))
def programme_resume(found: Programme) -> Question:
    """Go on after a pause."""
    due = found.due_period(clock.now())
    if due is not None and not found.waves.filter(period=due.index).exists():
        says = [
            _("The wave that is due now goes out within a minute and is open until the end of %(day)s.")
            % {"day": _last_day(found, due)}
        ]
    else:
        says = [_("The next wave goes out on its date, by itself.")]
    heading = _("Resume “%(title)s”?") % {"title": found.title}
    return Question(heading, says, _("Resume the programme"), _way_back(found))


@button(policies.can_end_programme, actions.end, gettext_lazy("The programme has ended."))
def programme_end(found: Programme) -> Question:
    """Send nothing more, for good."""
    says = [
        _("No further wave goes out, and the programme cannot be started again. Its results stay."),
        _("A wave that is open stays open until its date."),
    ]
    heading = _("End “%(title)s”?") % {"title": found.title}
    return Question(heading, says, _("End the programme"), _way_back(found), "stop")


@button(policies.can_run_wave_now, actions.run_now, gettext_lazy("The wave is on its way."))
def programme_run_now(found: Programme) -> Question:
    """Send the next wave without waiting for its date."""
    says = [
        _("The next wave goes out at once, to everybody this programme asks. Its own date is then passed over."),
        _("What has been sent cannot be called back."),
    ]
    heading = _("Send the next wave of “%(title)s” now?") % {"title": found.title}
    return Question(heading, says, _("Send it now"), _way_back(found))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def wave_close_now(request: Signed, pk: int) -> HttpResponse:
    """End an open wave before its date."""
    wave = _wave(request.user, pk)
    if not policies.can_close_wave_now(request.user, wave):
        messages.info(request, _("Nothing has changed: this wave is closed already."))
        return redirect(wave.programme)
    says = [
        _("Nobody can answer this wave any more. Its answers are opened together and the results appear in a moment."),
        _("Those who wanted to answer later no longer can. A closed wave cannot be opened again."),
    ]
    heading = _("Close wave %(number)s now?") % {"number": wave.number}
    question = Question(heading, says, _("Close the wave"), _way_back(wave.programme), "stop")
    done = _("The wave is being closed. Results follow in a moment.")
    close = partial(actions.close_now, wave=wave, by=request.user)
    return ask(request, question, lambda: _act(request, wave.programme, close, done))


def _wave(employee: Employee, pk: int) -> Wave:
    gate(policies.can_plan_programmes(employee))
    return get_object_or_404(Wave.objects.visible_to(employee).select_related("round", "programme"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def wave_cancel(request: Signed, pk: int) -> HttpResponse:
    """Take an open wave back, because something in it is wrong."""
    wave = _wave(request.user, pk)
    if not policies.can_cancel_wave(request.user, wave):
        messages.info(request, _("Nothing has changed: this wave is closed already."))
        return redirect(wave.programme)
    says = [
        _("All answers sent so far are destroyed unread, with their key. This wave will have no results."),
        _("Everybody who was invited is told, once, that the survey was cancelled and that there is nothing to do."),
        _("This cannot be undone. If the questions are right and you only want to end early, close the wave instead."),
    ]
    heading = _("Cancel wave %(number)s?") % {"number": wave.number}
    question = Question(heading, says, _("Cancel the wave"), _way_back(wave.programme), "stop")
    done = _("The wave is cancelled. Everybody who was invited will be told.")
    cancel = partial(actions.cancel_wave, wave=wave, by=request.user)
    return ask(request, question, lambda: _act(request, wave.programme, cancel, done))

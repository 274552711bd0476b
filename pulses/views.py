"""Corridors of the programmes: list, plan, look, and the buttons that start and stop them, each asked once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import Protocol
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from people.corridors import Question, Signed, ask, gate
from people.models import Employee
from portal.lib import clock
from pulses import actions, policies, scoring
from pulses.forms import ProgrammeForm, language_wanted
from pulses.models import Programme, QuestionBank, Wave
from surveys.actions import NoKeyInStock
from surveys.questionnaire import Item


@dataclass(frozen=True)
class Line:
    """A programme as the list shows it."""

    programme: Programme
    open_wave: Wave | None
    next_at: datetime | None


@dataclass(frozen=True)
class Preview:
    """One form of a wave, in one language."""

    number: int
    questions: list[tuple[Item, str, str, str]]  # item, text, low end, high end


@require_safe
@login_required
@never_cache
def programme_list(request: Signed) -> HttpResponse:
    """All programmes, with the wave that is open and the one that comes."""
    _planners_only(request.user)
    now = clock.now()
    programmes = list(Programme.objects.visible_to(request.user).newest_first())
    waves = Wave.objects.visible_to(request.user).open().select_related("round", "programme")
    open_waves = {wave.programme_id: wave for wave in waves}
    lines = [Line(each, open_waves.get(each.pk), _next_at(each, now)) for each in programmes]
    return render(request, "pulses/programme_list.html", {"lines": lines})


def _planners_only(employee: Employee) -> None:
    gate(policies.can_plan_programmes(employee))


def _next_at(programme: Programme, now: datetime) -> datetime | None:
    """When the next wave goes out by itself; None while the programme does not run or has had its turns."""
    if programme.state != Programme.State.ACTIVE:
        return None
    period = programme.next_period(now)
    return period.opens_at if period is not None else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def programme_new(request: Signed) -> HttpResponse:
    """Plan a programme; it stays a draft until it is started."""
    _planners_only(request.user)
    form = ProgrammeForm(request.POST or None)
    if form.is_valid():
        programme = actions.create_programme(plan=form.plan(), by=request.user)
        messages.success(request, _("The plan is saved as a draft. Look at the questions, then start it."))
        return redirect(programme)
    return render(request, "pulses/programme_form.html", {"form": form, "programme": None})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def programme_edit(request: Signed, pk: int) -> HttpResponse:
    """Change the plan of a draft."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)
    if not policies.can_edit_programme(request.user, programme):
        messages.info(request, _("A programme that has been started keeps its plan. End it and plan a new one."))
        return redirect(programme)
    form = ProgrammeForm(request.POST or None, programme=programme)
    if form.is_valid():
        actions.change_programme(programme=programme, plan=form.plan(), by=request.user)
        messages.success(request, _("The plan is saved."))
        return redirect(programme)
    return render(request, "pulses/programme_form.html", {"form": form, "programme": programme})


@require_safe
@login_required
@never_cache
def programme(request: Signed, pk: int) -> HttpResponse:
    """One programme: its plan, its waves, and what the next wave asks."""
    shown = get_object_or_404(
        Programme.objects.visible_to(request.user).select_related("bank").prefetch_related("units"), pk=pk
    )
    now = clock.now()
    waves = list(shown.waves.visible_to(request.user).select_related("round", "programme").newest_first())
    language = language_wanted(request.GET.get("preview"))
    coming = shown.due_period(now) or shown.next_period(now)
    index = coming.index if coming is not None else 0
    sent = {wave.period for wave in waves if wave.round_id}
    while shown.weeks and index in sent:
        index += 1
    has_next = shown.state != Programme.State.ENDED and index not in sent
    open_wave = next((wave for wave in waves if wave.is_open), None)
    context = {
        "programme": shown,
        "waves": waves,
        "open_wave": open_wave,
        "next_at": _next_at(shown, now),
        "has_next": has_next,
        "previews": _previews(shown, index, language) if has_next else [],
        "preview_language": language,
        "may": {
            "edit": policies.can_edit_programme(request.user, shown),
            "start": policies.can_start_programme(request.user, shown),
            "pause": policies.can_pause_programme(request.user, shown),
            "resume": policies.can_resume_programme(request.user, shown),
            "end": policies.can_end_programme(request.user, shown),
            "run_now": policies.can_run_wave_now(request.user, shown) and open_wave is None,
            "close_now": open_wave is not None and policies.can_close_wave_now(request.user, open_wave),
            "cancel": open_wave is not None and policies.can_cancel_wave(request.user, open_wave),
        },
    }
    return render(request, "pulses/programme.html", context)


def _previews(programme: Programme, index: int, language: str) -> list[Preview]:
    try:
        asked = actions.questionnaire(programme, index)
    except ValueError:
        return []
    return [
        Preview(
            number + 1,
            [
                (item, item.text[language], item.low.get(language, ""), item.high.get(language, ""))
                for item in asked.form(number)
            ],
        )
        for number in range(len(asked.forms))
    ]


# The buttons


def _act(request: Signed, programme: Programme, act: Callable[[], object], done: str | Promise) -> HttpResponse:
    """Do it, or say why it was not done."""
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
    return redirect(programme)


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
        case actions.AskedTooMuch():
            said = _(
                "Not started: some people would get %(questions)s questions in 30 days, and 40 is the most. "
                "Choose fewer units, fewer questions or a longer interval."
            )
            return said % {"questions": reason.questions}
        case actions.BankInRotation():
            said = _(
                "Not started: “%(title)s” already asks some of these people from the same bank, and nobody is asked "
                "the same question twice in 12 weeks. End it first, or choose other units."
            )
            return said % {"title": reason.other.title}
        case actions.BankTooSmall():
            return _("Not started: the bank has too few questions for this interval. Choose a longer one.")
        case actions.WaveStillOpen():
            return _("Nothing has been sent: the last wave is still open. Close it first.")
        case actions.AskedLately():
            said = _(
                "Nothing has been sent: the next questions were asked less than 12 weeks ago. "
                "It is possible from %(day)s."
            )
            return said % {"day": date_format(reason.possible_on)}
        case actions.NothingLeft():
            return _("Nothing has been sent: this programme runs once and has had its turn.")
        case _other:
            return _("Nothing has changed: somebody else was quicker. Look at the state below.")


class Verb(Protocol):
    """An action on a programme."""

    def __call__(self, *, programme: Programme, by: Employee) -> object: ...


def button(
    may: Callable[[Employee, Programme], bool], verb: Verb, done: Promise
) -> Callable[[Callable[[Programme], Question]], Callable[[Signed, int], HttpResponse]]:
    """A corridor for one verb: for planners alone, asked once, done on the second press.

    What it decorates says the question.
    """

    def corridor_of(question_of: Callable[[Programme], Question]) -> Callable[[Signed, int], HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @login_required
        @never_cache
        @wraps(question_of)
        def corridor(request: Signed, pk: int) -> HttpResponse:
            _planners_only(request.user)
            found = get_object_or_404(Programme.objects.visible_to(request.user).select_related("bank"), pk=pk)
            if not may(request.user, found):
                messages.info(request, _("Nothing has changed: the programme is already in another state."))
                return redirect(found)
            act = partial(verb, programme=found, by=request.user)
            return ask(request, question_of(found), lambda: _act(request, found, act, done))

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
    _planners_only(employee)
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


@require_safe
@login_required
@never_cache
def bank(request: Signed, pk: int | None = None) -> HttpResponse:
    """The questions of a bank, as people read them."""
    _planners_only(request.user)
    banks = list(QuestionBank.objects.visible_to(request.user).newest_first())
    if pk is None:
        shown = banks[0] if banks else None
    else:
        shown = get_object_or_404(QuestionBank.objects.visible_to(request.user), pk=pk)
    language = language_wanted(request.GET.get("preview"))
    rows = []
    if shown is not None:
        for question in shown.questions.all():
            driver = shown.drivers.get(question.driver, {}).get(language, question.driver)
            low, high = question.low.get(language, ""), question.high.get(language, "")
            rows.append((question, question.words[language], driver, low, high))
    context = {"bank": shown, "banks": banks, "rows": rows, "preview_language": language}
    return render(request, "pulses/programme_bank.html", context)

"""Corridors of the programmes: list, plan, look; the question bank. The buttons are in `button_views.py`."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from people.corridors import Signed, gate
from people.models import Employee
from portal.lib import clock
from pulses import actions, policies
from pulses.forms import ProgrammeForm, language_wanted, zone_name
from pulses.models import Programme, Question, QuestionBank, Wave
from pulses.questions import hindrance
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


@dataclass(frozen=True)
class Drawn:
    """What a wave asks each person, in numbers."""

    scored: int
    extra: int


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
    return render(request, "pulses/programme_form.html", _form_page(request, form, None))


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
    return render(request, "pulses/programme_form.html", _form_page(request, form, programme))


def _form_page(request: Signed, form: ProgrammeForm, programme: Programme | None) -> dict[str, object]:
    """The form, and the programmes whose people and bank a repeating one could not share."""
    running = Programme.objects.visible_to(request.user).started().select_related("bank").prefetch_related("units")
    repeating = [each for each in running.newest_first() if each.weeks]
    return {"form": form, "programme": programme, "repeating": repeating}


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
    index = _index_to_come(shown, waves, now)
    context = {
        "programme": shown,
        "waves": waves,
        "open_wave": next((wave for wave in waves if wave.is_open), None),
        "next_at": _next_at(shown, now),
        "has_next": index is not None,
        "previews": _previews(shown, index, language) if index is not None else [],
        "preview_language": language,
        "may": _allowed(request.user, shown, waves),
        "hindrance": _hindrance(shown),
        "zone": zone_name(shown.time_zone),
        "drawn": _drawn(shown, index or 0),
    }
    return render(request, "pulses/programme.html", context)


def _hindrance(programme: Programme) -> str:
    """What would refuse to start this draft today; nothing for a plan that may start, and for one that has."""
    if programme.state != Programme.State.DRAFT:
        return ""
    try:
        actions.refuse_plan(programme)
    except actions.Refused as error:
        return hindrance(error)
    return ""


def _drawn(programme: Programme, index: int) -> Drawn:
    """How many scored questions a wave asks at most, and how many extra ones: eNPS and the open questions."""
    counts = dict(programme.bank.questions.values_list("code", "counts"))
    try:
        forms = actions.draw(programme, index).forms
    except ValueError:
        return Drawn(programme.items, 0)
    extra = max((sum(counts[code] != Question.Counts.SCORE for code in form) for form in forms), default=0)
    scored = max((sum(counts[code] == Question.Counts.SCORE for code in form) for form in forms), default=0)
    return Drawn(scored, extra)


def _index_to_come(programme: Programme, waves: list[Wave], now: datetime) -> int | None:
    """The period whose wave comes next; None when none does."""
    coming = programme.due_period(now) or programme.next_period(now)
    index = coming.index if coming is not None else 0
    sent = {wave.period for wave in waves if wave.round_id}
    while programme.weeks and index in sent:
        index += 1
    return index if programme.state != Programme.State.ENDED and index not in sent else None


def _allowed(employee: Employee, programme: Programme, waves: list[Wave]) -> dict[str, bool]:
    """Which buttons stand on the page."""
    open_wave = next((wave for wave in waves if wave.is_open), None)
    return {
        "edit": policies.can_edit_programme(employee, programme),
        "delete": policies.can_delete_draft(employee, programme),
        "start": policies.can_start_programme(employee, programme),
        "pause": policies.can_pause_programme(employee, programme),
        "resume": policies.can_resume_programme(employee, programme),
        "end": policies.can_end_programme(employee, programme),
        "run_now": policies.can_run_wave_now(employee, programme) and open_wave is None,
        "close_now": open_wave is not None and policies.can_close_wave_now(employee, open_wave),
        "cancel": open_wave is not None and policies.can_cancel_wave(employee, open_wave),
    }


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

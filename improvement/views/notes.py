"""Corridors of what people are told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from improvement import actions, policies
from improvement.forms import NoteForm
from improvement.models import Note
from improvement.views.shared import GET_AND_POST, PAGE, Row, chosen_unit, given, led_ids
from people.corridors import Question, Signed, ask, gate
from people.models import Unit
from people.policies import leads_any


@require_safe
@login_required
@never_cache
def note_list(request: Signed) -> HttpResponse:
    """What people were told, the newest first."""
    found = Note.objects.visible_to(request.user).select_related("unit", "published_by").newest_first()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    led = led_ids(request.user)
    rows = [Row(each, each.unit_id in led) for each in page]
    return render(request, "improvement/note_list.html", {"page": page, "rows": rows, "leads": bool(led)})


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def note_new(request: Signed) -> HttpResponse:
    """Tell the people of a unit what was heard and done."""
    gate(leads_any(request.user))
    form = NoteForm(request.POST or None, by=request.user, initial=given(request.GET))
    gate(form.is_bound or chosen_unit(form) is not None)
    if form.is_valid():
        unit: Unit = form.cleaned_data["unit"]
        gate(policies.can_publish_note(request.user, unit))
        press, cause = form.cleaned_data["press"], form.given_cause
        actions.publish_note(unit=unit, words=form.words(), cause=cause, press=press, by=request.user)
        messages.success(request, _("The people of the unit read it now."))
        return redirect("improvement:note_list")
    return render(request, "improvement/note_form.html", {"form": form})


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def note_withdraw(request: Signed, pk: int) -> HttpResponse:
    """Take a note back, asked once."""
    note = get_object_or_404(Note.objects.visible_to(request.user).select_related("unit"), pk=pk)
    gate(policies.can_withdraw_note(request.user, note))
    question = Question(
        _("Take this note back?"),
        [
            _("“%(done)s”") % {"done": note.done},
            _(
                "It then stands on no page and in no mail. The activity record keeps that it was there, not what it "
                "said."
            ),
        ],
        _("Take it back"),
        (reverse("improvement:note_list"), _("You said, we did")),
        "stop",
    )

    def act() -> HttpResponse:
        actions.withdraw_note(note=note, by=request.user)
        messages.success(request, _("The note is taken back."))
        return redirect("improvement:note_list")

    return ask(request, question, act)

"""Corridors of actions."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from diary.models import Fact
from diary.sentences import lines_of
from improvement import actions, facts, policies
from improvement.forms import NAMES_OFFERED, ActionForm, DropForm, FinishForm, as_offered, possible_owners
from improvement.models import Action, Note
from improvement.views.shared import GET_AND_POST, chosen_unit, given
from people.corridors import Signed, gate
from people.models import Employee, Unit
from people.policies import leads_any


@require_safe
@login_required
@never_cache
def action(request: Signed, pk: int) -> HttpResponse:
    """One action: who, by when, what it answers, and what has happened to it so far."""
    shown = action_seen(request.user, pk)
    said = Fact.objects.filter(key__in=facts.history_keys(shown)).select_related("actor").order_by("id")
    person = request.user
    context = {
        "action": shown,
        "history": lines_of(said, reader=person),
        "note": Note.objects.visible_to(person).filter(action=shown).first(),
        "may": {
            "change": policies.can_change_action(person, shown),
            "finish": policies.can_finish_action(person, shown),
            "drop": policies.can_drop_action(person, shown),
            "tell": policies.can_tell_of_action(person, shown),
        },
    }
    return render(request, "improvement/action.html", context)


def action_seen(person: Employee, pk: int) -> Action:
    """The action, for whoever may read it; 404 else."""
    return get_object_or_404(Action.objects.visible_to(person).select_related("unit", "owner", "note"), pk=pk)


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def action_new(request: Signed) -> HttpResponse:
    """Start an action. Another page may have filled the form in: whose unit, which pillar, what it answers."""
    gate(leads_any(request.user))
    form = ActionForm(request.POST or None, by=request.user, initial=given(request.GET))
    gate(form.is_bound or chosen_unit(form) is not None)
    if form.is_valid():
        unit: Unit = form.cleaned_data["unit"]
        gate(policies.can_start_action(request.user, unit))
        press, cause = form.cleaned_data["press"], form.given_cause
        try:
            begun = actions.start_action(unit=unit, plan=form.plan(), cause=cause, press=press, by=request.user)
        except actions.TooManyAtOnce:
            form.add_error(
                None,
                _("“%(unit)s” has three actions under way. Finish or drop one first; the text stays in this form.")
                % {"unit": unit.name},
            )
        else:
            messages.success(request, _("The action is under way. The people of the unit can read it."))
            return redirect(begun)
    return render(
        request, "improvement/action_form.html", {"form": form, "action": None, **owners_for(form, request.user)}
    )


def owners_for(form: ActionForm, person: Employee) -> dict[str, object]:
    """Names to offer beside the owner's field: those of the unit chosen, where they are not too many to send."""
    unit = form.action.unit if form.action is not None else chosen_unit(form)
    people = [] if unit is None else list(possible_owners(unit, person).sorted()[: NAMES_OFFERED + 1])
    return {"owners": [as_offered(each) for each in people] if len(people) <= NAMES_OFFERED else []}


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def action_edit(request: Signed, pk: int) -> HttpResponse:
    """Say anew what, who and by when; a page that is out of date saves nothing."""
    shown = action_seen(request.user, pk)
    gate(policies.leads(request.user, shown.unit))
    form = ActionForm(request.POST or None, by=request.user, action=shown)
    if form.is_valid() or not shown.is_open:
        return saved(
            request,
            shown,
            lambda: actions.change_action(
                action=shown, plan=form.plan(), version=form.cleaned_data["version"] or 0, by=request.user
            ),
            _("The action is saved."),
        )
    return render(
        request, "improvement/action_form.html", {"form": form, "action": shown, **owners_for(form, request.user)}
    )


def saved(request: Signed, shown: Action, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it, or say why it was not done; then the page of the action."""
    try:
        if not shown.is_open:
            raise actions.AlreadyEnded
        act()
    except actions.AlreadyEnded:
        messages.info(request, _("This action has ended already; nothing has been changed."))
    except actions.ChangedMeanwhile:
        messages.error(
            request,
            _(
                "Somebody else has changed this action since you opened the form. Nothing has been saved: look at it, "
                "then try again."
            ),
        )
    else:
        messages.success(request, done)
    return redirect(shown)


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def action_finish(request: Signed, pk: int) -> HttpResponse:
    """Say that it is done and what shows it."""
    shown = action_seen(request.user, pk)
    leads = policies.leads(request.user, shown.unit)
    gate(leads or shown.owner_id == request.user.pk)
    form = FinishForm(request.POST or None, initial={"tells": bool(shown.cause_words)})
    if not leads:
        del form.fields["tells"]
    if form.is_valid() or not shown.is_open:
        return saved(
            request,
            shown,
            lambda: actions.finish_action(
                action=shown,
                evidence=form.cleaned_data["evidence"],
                link=form.cleaned_data["link"],
                tells=form.cleaned_data.get("tells", False),
                by=request.user,
            ),
            _("The action is done."),
        )
    return render(request, "improvement/action_end.html", {"form": form, "action": shown, "is_drop": False})


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def action_drop(request: Signed, pk: int) -> HttpResponse:
    """Let it be, and say why."""
    shown = action_seen(request.user, pk)
    gate(policies.leads(request.user, shown.unit))
    form = DropForm(request.POST or None)
    if form.is_valid() or not shown.is_open:
        return saved(
            request,
            shown,
            lambda: actions.drop_action(action=shown, reason=form.cleaned_data["evidence"], by=request.user),
            _("The action is dropped. Its place is free for another."),
        )
    return render(request, "improvement/action_end.html", {"form": form, "action": shown, "is_drop": True})


@require_POST
@login_required
def action_tell(request: Signed, pk: int) -> HttpResponse:
    """A finished action becomes “You said, we did” in one press; a second press finds it there."""
    shown = action_seen(request.user, pk)
    gate(policies.leads_open(request.user, shown.unit))
    if shown.state != Action.State.DONE:
        raise Http404
    actions.publish_note(
        unit=shown.unit, words=actions.words_of(shown), cause=shown.cause, action=shown, by=request.user
    )
    messages.success(request, _("The people of the unit read it now."))
    return redirect("improvement:note_list")

"""Corridors of the improvement room: what is mine, the board, actions, promises, and what people are told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from diary.models import Fact
from diary.sentences import lines_of
from improvement import actions, facts, policies
from improvement.forms import (
    NAMES_OFFERED,
    ActionForm,
    BoardForm,
    CommitmentForm,
    DropForm,
    FinishForm,
    NoteForm,
    OfUnit,
    SettleForm,
    as_offered,
    possible_owners,
)
from improvement.models import Action, Commitment, Note
from improvement.querysets import ActionQuerySet, chain_ids
from people.corridors import Question, Signed, ask, gate
from people.days import today
from people.models import Employee, Unit
from people.policies import leads_any, sees_all_results

PAGE = 30
NEWEST = 3
GET_AND_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Row:
    """A promise or a note, and whether its reader may act on it."""

    thing: Commitment | Note
    may_act: bool


def led_ids(employee: Employee) -> set[int]:
    """The units this person acts for."""
    if not leads_any(employee):
        return set()
    return set(Unit.objects.led_by(employee).values_list("pk", flat=True))


@require_safe
@login_required
@never_cache
def overview(request: Signed) -> HttpResponse:
    """What I own, what my unit does and promises, and what people have been told lately."""
    person = request.user
    led = led_ids(person)
    mine = Action.objects.visible_to(person).open().owned_by(person).select_related("unit").soonest_first()
    here = Action.objects.visible_to(person).open().exclude(owner=person).select_related("unit", "owner")
    promises = Commitment.objects.visible_to(person).current().select_related("unit", "promised_by").order_by("due_on")
    told = Note.objects.visible_to(person).select_related("unit", "published_by").newest_first()
    near = nearest(person)
    context = {
        "mine": mine,
        "under_way": here.filter(near).soonest_first(),
        "promises": [Row(each, each.unit_id in led) for each in promises.filter(near)],
        "notes": [Row(each, each.unit_id in led) for each in told.for_people_of(person.unit_id)[:NEWEST]],
        "leads": bool(led),
        "can_see_board": policies.can_see_board(person),
    }
    return render(request, "improvement/overview.html", context)


def nearest(person: Employee) -> Q:
    """What stands on a person's own page: of the units led by name, of the own one and of the ones above it."""
    return Q(unit__leader=person) | Q(unit__deputy=person) | Q(unit__in=chain_ids(person.unit_id))


@require_safe
@login_required
@never_cache
def board(request: Signed) -> HttpResponse:
    """Every action of the units led, or of all units for HR, the CX team and the board, with filters."""
    person = request.user
    gate(policies.can_see_board(person))
    units = Unit.objects.open() if sees_all_results(person) else Unit.objects.led_by(person).open()
    form = BoardForm(request.GET, units=units.in_tree_order())
    asked = form.cleaned_data if form.is_valid() else {}
    rows = Action.objects.visible_to(person)
    if not sees_all_results(person):
        rows = rows.led_by(person)
    page = Paginator(filtered(rows, asked).select_related("unit", "owner"), PAGE).get_page(request.GET.get("page"))
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in request.GET.items() if name in form.fields and value})
    context = {
        "form": form,
        "page": page,
        "query": f"&{query.urlencode()}" if query else "",
        "overdue": rows.overdue(today()).count(),
        "under_way": rows.open().count(),
        "leads": leads_any(person),
    }
    return render(request, "improvement/board.html", context)


def filtered(rows: ActionQuerySet, asked: dict[str, Any]) -> ActionQuerySet:
    """What the filters leave of the board."""
    if asked.get("unit") is not None:
        rows = rows.under(asked["unit"].pk)
    if asked.get("pillar"):
        rows = rows.filter(pillar=asked["pillar"])
    match asked.get("state"):
        case "overdue":
            return rows.overdue(today()).soonest_first()
        case "done" | "dropped" as state:
            return rows.filter(state=state).newest_first()
    return rows.open().soonest_first()


# Actions


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


def given(asked: QueryDict) -> dict[str, str]:
    """What an address may fill in; the form checks it as if it had been typed."""
    names = {"unit", "pillar", "title", "cause", "heard"}
    return {name: str(value)[:4000] for name, value in asked.items() if name in names}


def owners_for(form: ActionForm, person: Employee) -> dict[str, object]:
    """Names to offer beside the owner's field: those of the unit chosen, where they are not too many to send."""
    unit = form.action.unit if form.action is not None else chosen_unit(form)
    people = [] if unit is None else list(possible_owners(unit, person).sorted()[: NAMES_OFFERED + 1])
    return {"owners": [as_offered(each) for each in people] if len(people) <= NAMES_OFFERED else []}


def chosen_unit(form: OfUnit) -> Unit | None:
    """The unit the form stands at when it is shown; none where the address names one that its reader does not lead."""
    value = str(form["unit"].value() or "")
    led = Unit.objects.led_by(form.by).open()
    if not value:
        return led.in_tree_order().first()
    return led.filter(pk=int(value)).first() if value.isascii() and value.isdigit() and len(value) < 10 else None


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


# Promises


@require_safe
@login_required
@never_cache
def commitment_list(request: Signed) -> HttpResponse:
    """What leaders have promised, and what became of it."""
    found = Commitment.objects.visible_to(request.user).select_related("unit", "promised_by").current_first()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    led = led_ids(request.user)
    rows = [Row(each, each.is_current and each.unit_id in led) for each in page]
    return render(request, "improvement/commitment_list.html", {"page": page, "rows": rows, "leads": bool(led)})


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def commitment_new(request: Signed) -> HttpResponse:
    """Promise something in public."""
    gate(leads_any(request.user))
    form = CommitmentForm(request.POST or None, by=request.user, initial=given(request.GET))
    gate(form.is_bound or chosen_unit(form) is not None)
    if form.is_valid():
        unit: Unit = form.cleaned_data["unit"]
        gate(policies.can_promise(request.user, unit))
        try:
            actions.make_commitment(
                unit=unit, promise=form.promise(), press=form.cleaned_data["press"], by=request.user
            )
        except actions.TooManyAtOnce:
            form.add_error(
                None,
                _(
                    "Three promises stand for “%(unit)s” already. Say first how one of them went; the text stays in "
                    "this form."
                )
                % {"unit": unit.name},
            )
        else:
            messages.success(request, _("The promise is public: the people of the unit can read it."))
            return redirect("improvement:commitment_list")
    return render(request, "improvement/commitment_form.html", {"form": form})


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def commitment_settle(request: Signed, pk: int) -> HttpResponse:
    """Say how a promise went."""
    found = Commitment.objects.visible_to(request.user).select_related("unit", "promised_by")
    promise = get_object_or_404(found, pk=pk)
    gate(policies.leads(request.user, promise.unit))
    form = SettleForm(request.POST or None)
    if promise.is_current and not form.is_valid():
        return render(request, "improvement/commitment_settle.html", {"form": form, "promise": promise})
    try:
        if not promise.is_current:
            raise actions.AlreadyEnded
        actions.settle_commitment(commitment=promise, by=request.user, **form.cleaned_data)
    except actions.AlreadyEnded:
        messages.info(request, _("It has been said already how this promise went; nothing has been changed."))
    except actions.TooEarly:
        form.add_error("kept", _("Its date has not come yet. Say then that it was not kept, or now that it was."))
        return render(request, "improvement/commitment_settle.html", {"form": form, "promise": promise})
    else:
        messages.success(request, _("The people of the unit can read how it went."))
    return redirect("improvement:commitment_list")


# You said, we did


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

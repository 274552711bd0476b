"""Corridors over everything: what is mine, and the board of actions."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from improvement import policies
from improvement.forms import BoardForm
from improvement.models import Action, Commitment, Note
from improvement.querysets import ActionQuerySet, chain_ids
from improvement.views.shared import PAGE, Row, led_ids, promise_rows
from people.corridors import Signed, gate
from people.days import today
from people.models import Employee, Unit
from people.policies import leads_any, sees_all_results

NEWEST = 3


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
    promised = promise_rows(person, list(promises.filter(near)), led)
    context = {
        "mine": mine,
        "under_way": here.filter(near).soonest_first(),
        "promises": promised,
        "shows_numbers": any(row.shows_figures for row in promised),
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

"""Corridors of promises."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from improvement import actions, policies
from improvement.forms import CommitmentForm, SettleForm
from improvement.models import Commitment
from improvement.views.shared import GET_AND_POST, PAGE, chosen_unit, given, led_ids, promise_rows
from people.corridors import Signed, gate
from people.models import Unit
from people.policies import leads_any


@require_safe
@login_required
@never_cache
def commitment_list(request: Signed) -> HttpResponse:
    """What leaders have promised, and what became of it."""
    found = Commitment.objects.visible_to(request.user).select_related("unit", "promised_by").current_first()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    led = led_ids(request.user)
    rows = promise_rows(request.user, list(page), led)
    shows = any(row.shows_figures for row in rows)
    context = {"page": page, "rows": rows, "leads": bool(led), "shows_numbers": shows}
    return render(request, "improvement/commitment_list.html", context)


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

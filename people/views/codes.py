"""Corridors: printed codes: slips for people without e-mail, and signing in with one."""

from __future__ import annotations

from functools import partial

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from people import policies, throttle
from people.actions import codes, invitations
from people.corridors import Signed, ask, gate
from people.forms import CodePrintForm, CodeSignInForm, SearchForm, UnitForm
from people.models import Employee, Unit
from people.querysets import EmployeeQuerySet
from people.questions import no_slips, slips_question
from portal.lib import clock

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def code_list(request: Signed) -> HttpResponse:
    """HR chooses people without e-mail and prints their codes; each code is shown this once."""
    gate(policies.can_print_codes(request.user))
    form = CodePrintForm(request.POST if request.method == "POST" else None, employee=request.user)
    if request.method == "POST" and form.is_valid():
        return _print_slips(request, form.cleaned_data["people"])
    return _code_list(request, form=form)


def _code_list(request: Signed, **forms: object) -> HttpResponse:
    search = SearchForm(request.GET)
    search.is_valid()
    words = search.cleaned_data.get("q", "")
    people = (
        Employee.objects.visible_to(request.user).without_mail().search_in_units(words).select_related("unit").sorted()
    )
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "page": page,
        "query": f"&{urlencode({'q': words})}" if words else "",
        "form": CodePrintForm(employee=request.user),
        "unit_form": UnitForm(employee=request.user),
    }
    return render(request, "people/code_list.html", context | forms)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def code_unit(request: Signed) -> HttpResponse:
    """HR prints a slip for everybody in a unit who has no e-mail and has never signed in; shown this once."""
    gate(policies.can_print_codes(request.user))
    form = UnitForm(request.GET, employee=request.user)
    if not form.is_valid():
        return _code_list(request, unit_form=form)
    unit = form.cleaned_data["unit"]
    people = invitations.Whom(unit).people().without_mail()
    number = people.count()
    if not 0 < number <= codes.SLIPS_AT_MOST:
        messages.warning(request, no_slips(number, unit))
        return redirect("people:code_list")
    return ask(request, slips_question(number, unit), partial(_print_slips, request, people, unit))


def _print_slips(request: Signed, people: EmployeeQuerySet, unit: Unit | None = None) -> HttpResponse:
    printed = codes.print_codes(employees=people, actor=request.user, unit=unit)
    context = {"printed": printed, "unit": unit, "expires_at": clock.now() + codes.LIFETIME}
    return render(request, "people/code_sheet.html", context)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def code_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with employee number and printed code; then a password has to be set."""
    form = CodeSignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number, code = form.cleaned_data["number"], form.cleaned_data["code"]
        if not throttle.may_try(address=get_adapter(request).get_client_ip(request), number=number):
            form.add_error(None, _("Too many tries. Wait 15 minutes, then try again."))
            return render(request, "people/code_sign_in.html", {"form": form}, status=429)
        person = codes.use_code(number=number, code=code)
        if person is not None:
            signed: HttpResponse = perform_login(
                request, person, email_verification="none", redirect_url=reverse("account_set_password")
            )
            return signed
        form.add_error(
            None, _("Number and code do not match, or the code has been used or is too old. HR can print a new one.")
        )
    return render(request, "people/code_sign_in.html", {"form": form})

"""Corridors: the staff list and one person."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from people import days, policies
from people.actions import contact, employees
from people.corridors import Signed, gate
from people.forms import EmailForm, GrantsForm, LanguageForm, LeaveForm, SearchForm
from people.models import Employee
from people.roles import Role

PAGE = 50


@require_safe
@login_required
@never_cache
def employee_list(request: Signed) -> HttpResponse:
    """The staff list: everyone for HR, the people led for a leader."""
    gate(policies.can_list_people(request.user))
    form = SearchForm(request.GET)
    form.is_valid()
    words, gone = form.cleaned_data.get("q", ""), form.cleaned_data.get("gone", False)
    people = Employee.objects.visible_to(request.user).search_in_units(words).select_related("unit").sorted()
    if not gone:
        people = people.here_on(days.today())
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    asked = urlencode([(name, value) for name, value in (("q", words), ("gone", "on" if gone else "")) if value])
    context = {"form": form, "page": page, "words": words, "query": f"&{asked}" if asked else ""}
    return render(request, "people/employee_list.html", context | {"is_hr": policies.is_hr(request.user)})


@require_safe
@login_required
@never_cache
def employee(request: Signed, pk: int) -> HttpResponse:
    """One person; HR may change address, language, leave and access rights here."""
    subject = _visible_employee(request, pk)
    return render(request, "people/employee.html", _employee_page(request, subject))


def _visible_employee(request: Signed, pk: int) -> Employee:
    people = Employee.objects.visible_to(request.user).select_related("unit", "manager")
    return get_object_or_404(people, pk=pk)


def _employee_page(request: Signed, subject: Employee, **forms: object) -> dict[str, object]:
    leave = {"away_from": subject.away_from, "away_until": subject.away_until}
    return {
        "subject": subject,
        "may_edit": policies.can_edit_employee(request.user, subject),
        "role_labels": [Role(role).label for role in sorted(subject.roles)],
        "email_form": EmailForm(initial={"email": subject.email}),
        "language_form": LanguageForm(initial={"language": subject.language}),
        "leave_form": LeaveForm(initial=leave),
        "grants_form": GrantsForm(initial={"roles": sorted(subject.roles)}),
    } | forms


@require_POST
@login_required
def employee_language(request: Signed, pk: int) -> HttpResponse:
    """HR sets the language of a person's pages and mails."""
    subject = _visible_employee(request, pk)
    gate(policies.can_edit_employee(request.user, subject))
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return render(request, "people/employee.html", _employee_page(request, subject, language_form=form))
    employees.set_language(employee=subject, language=form.cleaned_data["language"])
    messages.success(request, _("Saved."))
    return redirect(subject)


@require_POST
@login_required
def employee_email(request: Signed, pk: int) -> HttpResponse:
    """HR corrects a person's address; the address before is told."""
    subject = _visible_employee(request, pk)
    gate(policies.can_edit_employee(request.user, subject))
    form = EmailForm(request.POST)
    if form.is_valid():
        try:
            contact.set_email(employee=subject, email=form.cleaned_data["email"], actor=request.user)
        except contact.HasLeft:
            messages.warning(request, _("This person no longer works here, so the address stays as it is."))
            return redirect(subject)
        except contact.AddressTaken:
            form.add_error("email", _("Another employee already has this email address."))
        else:
            messages.success(request, _("Saved."))
            return redirect(subject)
    return render(request, "people/employee.html", _employee_page(request, subject, email_form=form))


@require_POST
@login_required
def employee_leave(request: Signed, pk: int) -> HttpResponse:
    """HR notes when a person is away."""
    subject = _visible_employee(request, pk)
    gate(policies.can_edit_employee(request.user, subject))
    form = LeaveForm(request.POST)
    if not form.is_valid():
        return render(request, "people/employee.html", _employee_page(request, subject, leave_form=form))
    employees.set_leave(employee=subject, actor=request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect(subject)


@require_POST
@login_required
def employee_grants(request: Signed, pk: int) -> HttpResponse:
    """HR gives and withdraws access rights."""
    subject = _visible_employee(request, pk)
    gate(policies.can_give_grants(request.user, subject))
    form = GrantsForm(request.POST)
    if not form.is_valid():
        return render(request, "people/employee.html", _employee_page(request, subject, grants_form=form))
    employees.set_grants(
        employee=subject, roles=[Role(role) for role in form.cleaned_data["roles"]], actor=request.user
    )
    messages.success(request, _("Saved."))
    return redirect(subject)


@require_POST
@login_required
def employee_invite(request: Signed, pk: int) -> HttpResponse:
    """HR sends a person the link to set a password."""
    subject = _visible_employee(request, pk)
    gate(policies.can_edit_employee(request.user, subject))
    if employees.invite(employees=[subject], actor=request.user):
        messages.success(request, _("The invitation is on its way."))
    else:
        messages.warning(request, _("This person has no email address. Print a one-time code instead."))
    return redirect(subject)

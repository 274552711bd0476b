"""Corridors: gate, policy, form, one action, page."""

from __future__ import annotations

from functools import partial

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import days, policies, tasks, throttle
from people.actions import codes, contact, employees, imports, invitations
from people.corridors import Signed, ask, gate, whole_number
from people.forms import (
    CodePrintForm,
    CodeSignInForm,
    ColumnsForm,
    EmailForm,
    GrantsForm,
    LanguageForm,
    LeaveForm,
    OwnSettingsForm,
    SearchForm,
    UnitForm,
    UploadForm,
    WhomForm,
)
from people.models import Employee, StaffImport, Unit
from people.querysets import EmployeeQuerySet
from people.questions import invitation_question, invited, left_out, no_slips, slips_question
from people.roles import Role
from people.sentences import FIELD_LABELS, SAMPLE_LABELS, nothing_imported, say
from portal.lib import clock
from portal.lib.csvfiles import write_rows

PAGE = 50


# People --------------------------------------------------------------------------------------------------------


@require_safe
@login_required
@never_cache
def employee_list(request: Signed) -> HttpResponse:
    """The staff list: everyone for HR, the people led for a leader."""
    gate(policies.can_list_people(request.user))
    form = SearchForm(request.GET)
    form.is_valid()
    words, gone = form.cleaned_data.get("q", ""), form.cleaned_data.get("gone", False)
    people = Employee.objects.visible_to(request.user).search(words).select_related("unit").sorted()
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


# Invitations ---------------------------------------------------------------------------------------------------


@require_safe
@login_required
@never_cache
def invitation_new(request: Signed) -> HttpResponse:
    """HR chooses whom to invite: everybody who has never signed in, a unit, or the new people of the last list."""
    gate(policies.can_invite_many(request.user))
    return _whom_page(request, WhomForm(employee=request.user))


def _whom_page(request: Signed, form: WhomForm) -> HttpResponse:
    context = {"form": form, "last_list_on": invitations.last_list_on()}
    return render(request, "people/invitation_new.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def invitation_send(request: Signed) -> HttpResponse:
    """Say how many a press would reach, then invite them."""
    gate(policies.can_invite_many(request.user))
    form = WhomForm(request.GET, employee=request.user)
    if not form.is_valid():
        return _whom_page(request, form)
    whom = form.whom()
    found = invitations.reach(whom)
    if not found.by_mail:
        messages.info(request, " ".join([_("Nobody is left to invite by email."), *left_out(found)]))
        return redirect("people:invitation_new")
    return ask(request, invitation_question(found, whom), partial(_invite, request, whom))


def _invite(request: Signed, whom: invitations.Whom) -> HttpResponse:
    done = invitations.invite_all(whom=whom, actor=request.user)
    messages.success(request, " ".join([invited(done), *left_out(done)]))
    return redirect("people:employee_list")


# My page -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def me(request: Signed) -> HttpResponse:
    """What Bearing knows about the reader, and what the reader may choose."""
    person = request.user
    chosen = {"language": person.language, "mail_on": person.mail_on, "reminders_off": person.reminders_off}
    form = OwnSettingsForm(request.POST if request.method == "POST" else None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        employees.set_language(employee=person, language=form.cleaned_data["language"])
        employees.set_channels(
            employee=person,
            mail_on=form.cleaned_data["mail_on"],
            reminders_off=form.cleaned_data["reminders_off"],
        )
        with translation.override(person.language):
            messages.success(request, _("Saved."))
        return redirect("people:me")
    labels = [Role(role).label for role in sorted(person.roles)]
    return render(request, "people/me.html", {"subject": person, "form": form, "role_labels": labels})


@require_POST
@login_required
def me_data(request: Signed) -> HttpResponse:
    """The reader's own data as a file."""
    data = employees.own_data(employee=request.user)
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="bearing.json"'
    response["Cache-Control"] = "no-store"
    return response


# Imports -------------------------------------------------------------------------------------------------------


@require_safe
@login_required
@never_cache
def import_list(request: Signed) -> HttpResponse:
    """The imports so far."""
    gate(policies.can_import_staff(request.user))
    made = StaffImport.objects.visible_to(request.user).select_related("started_by")
    page = Paginator(made, PAGE).get_page(request.GET.get("page"))
    return render(request, "people/import_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def import_new(request: Signed) -> HttpResponse:
    """Choose the file."""
    gate(policies.can_import_staff(request.user))
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = imports.start_import(
            started_by=request.user,
            file_name=form.file_name,
            content=form.cleaned_data["staff"],
            units_content=form.cleaned_data["units"],
        )
        return redirect("people:import_map", pk=made.pk)
    return render(request, "people/import_new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def import_map(request: Signed, pk: int) -> HttpResponse:
    """Say which column is which field; then the trial run starts."""
    gate(policies.can_import_staff(request.user))
    found = get_object_or_404(StaffImport.objects.visible_to(request.user).with_file(), pk=pk)
    form = ColumnsForm(request.POST or None, staff_import=found)
    if request.method == "POST" and form.is_valid():
        try:
            imports.match_columns(staff_import=found, mapping=form.mapping("staff"), unit_mapping=form.mapping("units"))
        except imports.ColumnsMissing as error:
            names = ", ".join(str(FIELD_LABELS[name]) for name in error.fields)
            form.add_error(None, _("No column for: %(names)s.") % {"names": names})
        except imports.NotInThisState:
            return redirect(found)
        else:
            _nudge()
            return redirect(found)
    context = {"form": form, "found": found, "columns": _column_rows(form, found)}
    return render(request, "people/import_map.html", context)


def _column_rows(form: ColumnsForm, found: StaffImport) -> list[tuple[object, list[str]]]:
    """Each choice with up to three examples from its column."""
    examples = {"staff": imports.first_rows(found), "units": imports.first_rows(found, units=True)}
    rows: list[tuple[object, list[str]]] = []
    for bound in form:
        file, place = bound.name.split("-")
        cells = [row[int(place)][:40] for row in examples[file] if int(place) < len(row)]
        rows.append((bound, [cell for cell in cells if cell.strip()]))
    return rows


def _nudge() -> None:
    """The sweep would come anyway; this makes it sooner, and a broker that is away does no harm."""
    transaction.on_commit(partial(tasks.sweep_imports.delay), robust=True)


@require_safe
@login_required
@never_cache
def import_detail(request: Signed, pk: int) -> HttpResponse:
    """How far the import has come, what it found, and the next step."""
    gate(policies.can_import_staff(request.user))
    found = get_object_or_404(StaffImport.objects.visible_to(request.user).select_related("started_by"), pk=pk)
    if request.htmx and not found.is_waiting:
        return HttpResponse(headers={"HX-Refresh": "true"})
    samples = found.result.get("samples", {})
    context = {
        "found": found,
        "poll_url": reverse("people:import_detail", args=[found.pk]),
        "problems": [say(problem) for problem in found.result.get("problems", [])[:100]],
        "refused": nothing_imported(found.result) if "problems" in found.result else "",
        "samples": [(label, samples[kind]) for kind, label in SAMPLE_LABELS.items() if samples.get(kind)],
    }
    template = "people/import_detail.html"
    return render(request, f"{template}#progress" if request.htmx else template, context)


@require_POST
@login_required
def import_apply(request: Signed, pk: int) -> HttpResponse:
    """Import for real, after a clean trial run."""
    gate(policies.can_import_staff(request.user))
    found = get_object_or_404(StaffImport.objects.visible_to(request.user), pk=pk)
    typed = request.POST.get("leavers", "")
    try:
        imports.confirm_import(staff_import=found, leavers_confirmed=whole_number(typed))
    except imports.LeaversNotConfirmed as error:
        messages.error(
            request,
            _("%(leavers)s people would leave, more than one in ten. Tick the box if that is right.")
            % {"leavers": error.leavers},
        )
    except imports.NotInThisState:
        messages.warning(request, _("This import has moved on since you opened the page. Here is how it stands."))
    else:
        _nudge()
    return redirect(found)


@require_POST
@login_required
def import_abandon(request: Signed, pk: int) -> HttpResponse:
    """Set the import aside and delete the file."""
    gate(policies.can_import_staff(request.user))
    found = get_object_or_404(StaffImport.objects.visible_to(request.user), pk=pk)
    if imports.abandon_import(staff_import=found):
        messages.success(request, _("The import has been set aside and its file deleted. Nobody has been changed."))
    return redirect("people:import_list")


@require_safe
@login_required
@never_cache
def import_rows(request: Signed, pk: int) -> HttpResponseBase:
    """The rows to fix, as a file that is safe to open."""
    gate(policies.can_import_staff(request.user))
    found = get_object_or_404(
        StaffImport.objects.visible_to(request.user).with_file(), pk=pk, state=StaffImport.State.REFUSED
    )
    lines = list(write_rows(imports.rows_to_fix(found)))
    response = StreamingHttpResponse(iter(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rows-to-fix.csv"'
    return response


# One-time codes ------------------------------------------------------------------------------------------------


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
    people = Employee.objects.visible_to(request.user).without_mail().search(words).select_related("unit").sorted()
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

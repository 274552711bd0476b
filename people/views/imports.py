"""Corridors: the import of the staff list, step by step."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people import days, policies, tasks
from people.actions import export, imports
from people.corridors import Signed, gate, whole_number
from people.forms import ColumnsForm, UploadForm
from people.models import StaffImport
from people.sentences import FIELD_LABELS, SAMPLE_LABELS, nothing_imported, sample_of, say
from portal.lib.csvfiles import write_rows

PAGE = 50


@require_safe
@login_required
@never_cache
def import_list(request: Signed) -> HttpResponse:
    """The imports so far."""
    gate(policies.can_import_staff(request.user))
    made = StaffImport.objects.visible_to(request.user).select_related("started_by")
    page = Paginator(made, PAGE).get_page(request.GET.get("page"))
    return render(request, "people/import_list.html", {"page": page})


@require_POST
@login_required
@never_cache
def import_present(request: Signed) -> HttpResponseBase:
    """The present list as a file that can be corrected and imported again."""
    gate(policies.can_import_staff(request.user))
    lines = list(write_rows(export.present_list(actor=request.user)))
    response = StreamingHttpResponse(iter(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="staff-{days.today().isoformat()}.csv"'
    return response


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
        "samples": [
            (label, [sample_of(one) for one in samples[kind]])
            for kind, label in SAMPLE_LABELS.items()
            if samples.get(kind)
        ],
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

"""Corridors of what may be taken away of a cycle: the report as a PDF, all figures as a workbook."""

import logging
from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments import policies
from assessments.content import LANGUAGES
from assessments.models import Cycle
from assessments.report import report_of
from assessments.report_sheets import figures_of
from people.corridors import Signed, gate, whole_number
from people.days import day_of
from portal.lib.folding import slug
from portal.lib.sheets import CONTENT_TYPE
from portal.lib.typesetting import NotSet

logger = logging.getLogger(__name__)

NAME_LENGTH = 60


def cycle_or_404(request: Signed, pk: int) -> Cycle:
    """A cycle with results, if the reader may see it."""
    gate(policies.can_take_reports(request.user))
    cycles = Cycle.objects.visible_to(request.user).ended().select_related("model", "round")
    return get_object_or_404(cycles, pk=pk)


def language_of(request: Signed) -> str:
    """The language asked for, else the reader's own."""
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else "vi" if get_language() == "vi" else "en"


def name_of(cycle: Cycle, ending: str) -> str:
    """A file name of plain letters, whatever the cycle is called."""
    day = "" if cycle.closed_at is None else f"-{day_of(cycle.closed_at):%Y-%m-%d}"
    return f"{slug(str(cycle.title))[:NAME_LENGTH].strip('-') or 'cycle'}{day}{ending}"


@require_safe
@login_required
@never_cache
def report_pdf(request: Signed, pk: int) -> HttpResponse:
    """The report of the company, or of `?unit=`, in `?language=`."""
    cycle = cycle_or_404(request, pk)
    unit_id = whole_number(request.GET.get("unit", ""))
    with translation.override(language_of(request)):
        report = report_of(request.user, cycle, unit_id)
        if report is None:
            raise Http404
        try:
            answer = HttpResponse(report.pdf(), content_type="application/pdf")
        except NotSet:
            logger.exception("A report could not be typeset.")
            messages.error(
                request, _("The report could not be made. Whoever runs Bearing finds the reason in the log.")
            )
            return redirect("assessments:results_board", cycle.pk)
        name = name_of(cycle, f"-{get_language()}.pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
@login_required
@never_cache
def report_xlsx(request: Signed, pk: int) -> HttpResponse:
    """All published figures that the reader may see."""
    cycle = cycle_or_404(request, pk)
    figures = figures_of(request.user, cycle)
    if figures is None:
        raise Http404
    out = BytesIO()  # compressed as it is written: some megabytes for thousands of units
    figures.write(out)
    answer = HttpResponse(out.getvalue(), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name_of(cycle, ".xlsx")}"'
    return answer

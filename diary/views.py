"""The auditor's corridor."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diary import policies
from diary.forms import FactFilterForm
from diary.models import Fact
from diary.sentences import lines_of
from people.models import Employee

PAGE = 50


class Signed(HttpRequest):
    """A request of somebody who is signed in."""

    user: Employee


@require_safe
@login_required
@never_cache
def fact_list(request: Signed) -> HttpResponse:
    """What happened, newest first, with filters."""
    if not policies.can_read_diary(request.user):
        raise PermissionDenied
    form = FactFilterForm(request.GET)
    facts = form.narrowed(Fact.objects.visible_to(request.user)).newest_first()
    page = Paginator(facts, PAGE).get_page(request.GET.get("page"))
    asked = urlencode([(name, value) for name in form.fields if (value := request.GET.get(name))])
    lines = lines_of(page.object_list, reader=request.user)
    context = {"form": form, "page": page, "lines": lines, "asked": asked, "query": f"&{asked}" if asked else ""}
    return render(request, "diary/fact_list.html", context)

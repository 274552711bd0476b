"""The auditor's corridor."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diary import policies
from diary.forms import FactFilterForm
from diary.models import Fact
from diary.sentences import folded, lines_of
from people.corridors import Signed, gate

PAGE = 50


@require_safe
@login_required
@never_cache
def fact_list(request: Signed) -> HttpResponse:
    """What happened, newest first, with filters."""
    gate(policies.can_read_diary(request.user))
    form = FactFilterForm(request.GET)
    facts = form.narrowed(Fact.objects.visible_to(request.user)).newest_first()
    page = Paginator(facts, PAGE).get_page(request.GET.get("page"))
    asked = urlencode([(name, value) for name in form.fields if (value := request.GET.get(name))])
    lines = folded(lines_of(page.object_list, reader=request.user))
    context = {"form": form, "page": page, "lines": lines, "asked": asked, "query": f"&{asked}" if asked else ""}
    return render(request, "diary/fact_list.html", context)

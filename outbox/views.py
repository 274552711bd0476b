"""Corridors of the outbox: the inbox, its buttons, the way out of reminders, and what could not be delivered."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outbox import actions, letters, policies, registry
from outbox.models import Notice
from people.corridors import Signed
from portal.lib import clock

PAGE = 30


class SeeOther(HttpResponseRedirect):
    """After a POST: fetch that page with GET."""

    status_code = 303


@dataclass(frozen=True)
class Item:
    """One line of the inbox."""

    notice: Notice
    label: str
    title: str
    opens: bool


def item_of(notice: Notice) -> Item:
    """What the inbox shows of a message; a kind that is gone shows its name alone."""
    try:
        kind = registry.kind_named(notice.kind)
    except KeyError:
        return Item(notice, notice.kind, notice.kind, opens=False)
    return Item(notice, str(kind.label), letters.subject_of(notice, kind), opens=kind.opens is not None)


@require_safe
@login_required
@never_cache
def inbox(request: Signed) -> HttpResponse:
    """A person's own messages."""
    notices = Notice.objects.visible_to(request.user).in_inbox(clock.now()).select_related("employee")
    page = Paginator(notices, PAGE).get_page(request.GET.get("page"))
    context = {
        "items": [item_of(notice) for notice in page],
        "page": page,
        "unread": actions.unread_count(request.user),
        "can_see_set_aside": policies.can_see_set_aside(request.user),
    }
    return render(request, "outbox/inbox.html", context)


@require_POST
@login_required
def notice_open(request: Signed, pk: int) -> HttpResponse:
    """The button of a message: it leads on to what the message is about."""
    mine = Notice.objects.visible_to(request.user).in_inbox(clock.now()).select_related("employee")
    notice = get_object_or_404(mine, pk=pk)
    try:
        return SeeOther(actions.open_notice(notice))
    except actions.NothingToOpen:
        messages.info(request, _("What this message was about has ended, so there is nothing left to open."))
        return redirect("outbox:inbox")


@require_POST
@login_required
def read_all(request: Signed) -> HttpResponse:
    """Mark everything as read."""
    actions.read_all(request.user)
    return redirect("outbox:inbox")


@csrf_exempt  # Mail programs post here without a cookie (RFC 8058); the signed address is the proof.
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, signed: str) -> HttpResponse:
    """No more reminders: one press, without signing in. Looking at the page changes nothing."""
    employee_id = letters.unsubscribing(signed)
    if employee_id is None:
        raise Http404
    if request.method == "POST":
        actions.stop_reminders(employee_id)
    return render(request, "outbox/unsubscribe.html", {"is_done": request.method == "POST"})


@require_safe
@login_required
@never_cache
def set_aside(request: Signed) -> HttpResponse:
    """What could not be delivered, to whom and why; never what it says."""
    if not policies.can_see_set_aside(request.user):
        raise PermissionDenied
    page = Paginator(Notice.objects.set_aside_visible_to(request.user), PAGE).get_page(request.GET.get("page"))
    labels = {kind.name: kind.label for kind in registry.kinds()}
    rows = [(notice, labels.get(notice.kind, notice.kind)) for notice in page]
    return render(request, "outbox/set_aside.html", {"rows": rows, "page": page})


@require_POST
@login_required
def retry(request: Signed, pk: int | None = None) -> HttpResponse:
    """Send one message off again, or all of them."""
    if not policies.can_retry(request.user):
        raise PermissionDenied
    notices = Notice.objects.set_aside_visible_to(request.user)
    count = actions.retry(notices if pk is None else notices.filter(pk=pk))
    words = ngettext("%(count)s message will be sent again.", "%(count)s messages will be sent again.", count)
    messages.success(request, words % {"count": count})
    return redirect("outbox:set_aside")

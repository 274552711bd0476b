"""The roof's own corridors: home, sign-in, the demo's short way in, health."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from people.models import Employee
from portal import health
from portal.context import way_to
from portal.demo_people import demo_people
from portal.homes import home_of


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person, then what is new."""
    person = request.user
    assert isinstance(person, Employee)
    home = home_of(person)
    shows = home.results is not None and home.results.shown.has_scores
    context = {
        "home": home,
        "results_url": way_to("pulses:results"),
        "review_url": way_to("assessments:evidence_review"),
        "cycles_url": way_to("assessments:cycle_list"),
        "shows_numbers": shows,
    }
    return render(request, "portal/home.html", context)


class SignIn(LoginView):  # type: ignore[misc]
    """allauth's sign-in, with one button for each role in the demo."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["demo_sign_ins"] = demo_people()
        return context


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the people the demo offers; outside the demo nobody is offered."""
    wanted = request.POST.get("number", "")
    for offered in demo_people():
        if offered.number == wanted:
            signed: HttpResponse = perform_login(
                request, offered.employee, email_verification="none", redirect_url=way_back(request)
            )
            return signed
    raise Http404


def way_back(request: HttpRequest) -> str:
    """The page asked for before signing in, when it is one of ours."""
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return to if to and safe else reverse("home")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: database, Redis, a worker for every queue and the clock answer; 503 and which one does not."""
    found = health.look()
    return JsonResponse(
        {
            "ready": found.is_ready,
            "database": found.database,
            "redis": found.redis,
            "queues_without_worker": found.idle_queues,
            "beat_age_seconds": found.beat_age,
        },
        status=200 if found.is_ready else 503,
    )

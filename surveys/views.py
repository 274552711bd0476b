"""The answer pages: promise, questions, thanks. They know no session, no cookie and no person.

Pages are rendered without the request, so nothing a browser brought along can reach them, and each sets its own
policy. A refused address is never logged: it may hold a link.
"""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise as Lazy
from django.views.decorators.http import require_safe

from surveys import actions
from surveys.forms import WHAT_IS_WRONG, Sheet, is_rating, lay_out, lay_out_parts
from surveys.models import Round
from surveys.promise import Terms

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
OTHER = {"vi": "en", "en": "vi"}


def page(name: str, language: str, context: Mapping[str, object], status: int = 200) -> HttpResponse:
    """One answer page in one language, with the headers that leave no trace."""
    with translation.override(language):
        body = render_to_string(f"surveys/{name}.html", {"language": language, "other": OTHER[language], **context})
    response = HttpResponse(body, status=status)
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def sorry(reason: str, language: str, status: int, round_: Round | None = None, token: str = "") -> HttpResponse:
    """A page that says why nothing can be answered here, and what to do; a link can be read in either language."""
    terms = Terms(round_) if round_ else None
    context = {"reason": reason, "terms": terms, "token": token, "portal": f"{settings.BASE_URL}/"}
    return page("sorry", language, context, status)


@require_safe
def promise(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """What is kept and what is not, before anything is asked; looking changes nothing."""
    try:
        invited = actions.look_at_link(token)
    except actions.LinkUnknown:
        return sorry("unknown", language, 404, token=token)
    except actions.RoundNotOpen as error:
        return sorry(not_open(error.round), language, 410, error.round, token)
    return page(
        "promise",
        language,
        {
            "title": invited.round.questions.title[language],
            "terms": Terms(invited.round, invited.form),
            "group": invited.group[language],
            "invited": invited.invited,
            "token": token,
            "version": settings.VERSION,
            "operator": settings.OPERATOR_NAME,
            "is_demo": settings.DEMO,
        },
    )


def not_open(round_: Round) -> str:
    """Why this round takes no answers: cancelled, over, or not begun."""
    if round_.state == Round.State.CANCELLED:
        return "cancelled"
    return "early" if round_.state == Round.State.OPEN and Terms(round_).is_early else "closed"


def start(request: HttpRequest, language: str) -> HttpResponse:
    """The press of "Start": the questions, with a ballot that names no person."""
    if request.method != "POST":
        return sorry("again", language, 405)
    token = request.POST.get("token", "")
    try:
        started = actions.press_start(token)
    except actions.LinkUnknown:
        return sorry("unknown", language, 404)
    except actions.RoundNotOpen as error:
        return sorry(not_open(error.round), language, 410, error.round)
    return questions(started, language, token=token)


def questions(
    started: actions.Started,
    language: str,
    *,
    token: str = "",
    is_shared: bool = False,
    sheet: Sheet | None = None,
    errors: Mapping[str, str | Lazy] | None = None,
) -> HttpResponse:
    """The sheet itself, empty or with everything that was typed; described behaviours stand part by part."""
    context = {
        "title": started.round.questions.title[language],
        "ballot": started.ballot,
        "draft": started.ballot_id,
        "is_shared": is_shared,
        "token": token,
        "errors": errors,
    }
    status = 422 if errors else 200
    if is_rating(started.items):
        drivers = started.round.questions.drivers
        parts = lay_out_parts(started.items, drivers, language, sheet, errors)
        return page("rating", language, {**context, "sheet": parts}, status)
    return page(
        "questions", language, {**context, "questions": lay_out(started.items, language, sheet, errors)}, status
    )


def send(request: HttpRequest, language: str) -> HttpResponse:
    """Seal a sheet. Sent twice it is the same sheet; a wrong one comes back with everything that was typed."""
    if request.method != "POST":
        return sorry("again", language, 405)
    sheet = Sheet.from_post(request.POST)
    try:
        answered = actions.submit_ballot(sheet.ballot, sheet.chosen, sheet.written, language)
    except actions.BallotForged:
        return sorry("forged", language, 400)
    except actions.LinkUnknown:
        return sorry("unknown", language, 404)
    except actions.RoundNotOpen as error:
        is_cancelled = error.round.state == Round.State.CANCELLED
        return sorry("cancelled" if is_cancelled else "late", language, 410, error.round)
    except actions.AnswersWrong as error:
        errors = {error.code: WHAT_IS_WRONG.get(error.reason, WHAT_IS_WRONG["not_offered"])}
        started = actions.reopen(sheet.ballot)
        return questions(started, language, sheet=sheet, errors=errors, is_shared=request.POST.get("shared") == "yes")
    response = redirect(reverse("thanks", args=[language, answered.pk]))
    response.status_code = 303
    return response


@require_safe
def thanks(request: HttpRequest, language: str, round_id: UUID) -> HttpResponse:
    """What happens next; the address holds the round and nothing about the sheet."""
    answered = Round.objects.filter(pk=round_id).first()
    if answered is None:
        raise Http404
    if answered.state == Round.State.CANCELLED:
        return sorry("cancelled", language, 410, answered)
    return page("thanks", language, {"terms": Terms(answered)})


def language_of(request: HttpRequest) -> str:
    """The language an address asks for, Vietnamese when it asks for none."""
    return "en" if request.path.startswith("/en/") else "vi"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Any address of this host that is no page; also its bare front door."""
    return sorry("unknown", language_of(request), 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A form that no page of ours sends."""
    return sorry("forged", language_of(request), 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke on our side: say what was not saved."""
    return sorry("broken", language_of(request), 500)

"""What the answer pages' host never leaves in a log: an address that may hold a link, or what somebody sent."""

import logging
from collections.abc import Callable
from traceback import extract_tb

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from portal.middleware import is_survey
from surveys.views import server_error

logger = logging.getLogger("bearing.surveys")

# Django answers these itself, with a page of the answer pages' own map.
ANSWERED_BY_DJANGO = (Http404, PermissionDenied, BadRequest, SuspiciousOperation, MultiPartParserError)

# An answer page's address opened under the portal's host name is no page there, but it may hold a link all the same.
ANSWER_PATHS = tuple(f"/{code}/" for code, _ in settings.LANGUAGES)


class QuietAnswersMiddleware:
    """On the survey host no refused address is logged, and an error says where it happened and nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_survey(request) or request.path.startswith(ANSWER_PATHS):
            response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Log the kind of error and its place; its message or its request may quote a link or an answer."""
        if not is_survey(request) or isinstance(exception, ANSWERED_BY_DJANGO):
            return None
        place = extract_tb(exception.__traceback__)[-1]
        logger.error("An answer page broke: %s in %s, line %s", type(exception).__name__, place.filename, place.lineno)
        return server_error(request)

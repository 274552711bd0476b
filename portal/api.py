"""What every answer of the API has in common: pages and one shape of error. The resources are in resources.py.

Kept free of DRF's views on purpose: DRF reads this file while it builds them.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from rest_framework import exceptions, pagination
from rest_framework.response import Response

PREFIX = "/api/"


class Pages(pagination.PageNumberPagination):
    """Lists come in pages: ?page=2&page_size=50."""

    page_size = 100
    max_page_size = 500
    page_size_query_param = "page_size"


def shape(code: str, message: str, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """The one shape of every error."""
    return {"error": {"code": code, "message": message, "fields": fields or {}}}


def one_error_shape(error: Exception, context: dict[str, Any]) -> Response | None:
    """What went wrong, in one shape for a wrong field, a missing right and a missing page alike."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    status, headers = error.status_code, {}
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        status = 401
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(error, exceptions.ValidationError) and isinstance(error.detail, dict):
        fields = {name: [str(each) for each in reasons] for name, reasons in error.detail.items()}
        body = shape("invalid", _("Some fields need another look."), fields)
    else:
        body = shape(str(error.default_code), message_of(error))
    return Response(body, status=status, headers=headers)


def message_of(error: exceptions.APIException) -> str:
    """One sentence; a list of sentences becomes one line."""
    detail = error.detail
    return " ".join(str(each) for each in detail) if isinstance(detail, list) else str(detail)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that is no page: as JSON below the API, else as a page that helps."""
    if request.path.startswith(PREFIX):
        return JsonResponse(shape("not_found", _("There is nothing at this address.")), status=404)
    return page_not_found(request, exception)

"""A bare Django application: one view, one insert of a box of the same size, nothing else."""

import os
import uuid

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.bare_settings")
if os.environ["DJANGO_SETTINGS_MODULE"] != "benchmarks.bare_settings":
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare_settings"
django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connections  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

BOX = b"0" * 4096


def insert(request: HttpRequest) -> HttpResponse:
    """Read the form, insert one row, say thanks."""
    values: list[uuid.UUID | str | bytes] = [uuid.uuid4(), request.POST["round"], BOX]
    with connections["survey"].cursor() as cursor:
        cursor.execute("INSERT INTO surveys_sealedreply (id, round_id, box) VALUES (%s, %s, %s)", values)
    return HttpResponse("Thank you.")


urlpatterns = [path("insert", insert)]
application = WSGIHandler()

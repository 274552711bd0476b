"""Evidence for the tests, and files as people send them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from assessments.models import Evidence
from people.models import Employee, Unit
from portal.lib import clock

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)  # of that day in Vietnam
CODE = "bearing-five"


def make_evidence(unit: Unit, practice: str = "L1", **fields: Any) -> Evidence:
    """A verified link that holds for a year, unless told otherwise."""
    given: dict[str, Any] = {
        "model_code": CODE,
        "pillar": "leadership",
        "kind": "link",
        "title": "Diary of visits",
        "dated_on": DAY - timedelta(days=30),
        "expires_on": DAY + timedelta(days=335),
        "state": "verified",
    }
    given.update(fields)
    if given["kind"] == "link":
        given.setdefault("link", "https://intranet.example/diary")
    if given["state"] == "verified":
        given.setdefault("reviewed_at", clock.now())
    return Evidence.objects.create(unit=unit, practice=practice, **given)


def give(unit: Unit, by: Employee | None = None, practice: str = "L1", **fields: Any) -> Evidence:
    """The same, waiting for review."""
    return make_evidence(unit, practice, state="waiting", added_by=by, **fields)


def pdf(inside: bytes = b"") -> bytes:
    """A PDF as small as they come."""
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + inside + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"

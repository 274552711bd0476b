"""The character NUL in the filters of an address: PostgreSQL takes it in no text, so no page may hand it on."""

import pytest

from assessments.modelfiles import CATALOGUE, load_model
from people.roles import Role
from tests.assessments.conftest import browser
from tests.assessments.evidence_cast import give
from tests.assessments.published import alike, publish
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

PAGES = {
    "/assessments/results/": ("unit", "cycle", "page"),
    "/assessments/results/{cycle}/": ("under", "unit"),
    "/assessments/results/{cycle}/{unit}/": ("page",),
    "/assessments/results/{cycle}/{unit}/practices/": ("pillar", "sort"),
    "/assessments/{cycle}/report.pdf": ("language", "unit"),
    "/assessments/models/{model}/": ("preview",),
    "/assessments/models/{model}/compare/": ("with",),
    "/assessments/models/{model}/copy/": ("edition",),
    "/assessments/evidence/": ("unit", "model"),
    "/assessments/evidence/new/": ("unit", "practice", "model", "again"),
    "/assessments/evidence/review/": ("pillar", "kind", "page"),
    "/assessments/evidence/{piece}/": ("pillar", "kind"),
    "/people/": ("q", "page"),
    "/people/invitations/new/": ("whom", "unit"),
    "/people/invitations/": ("whom", "unit"),
    "/codes/": ("q", "page"),
    "/codes/unit/": ("unit",),
    "/imports/": ("page",),
    "/inbox/": ("page",),
    "/record/": ("verb", "unit", "actor", "first_day", "last_day", "page"),
    "/improvement/board/": ("unit", "pillar", "state", "page"),
    "/improvement/actions/new/": ("unit", "pillar", "title", "cause"),
    "/improvement/commitments/new/": ("unit", "pillar", "title", "cause"),
    "/improvement/notes/new/": ("unit", "heard", "cause"),
    "/pulses/results/": ("unit", "round", "page"),
    "/account/login/": ("next",),
}


def test_no_page_breaks_at_the_character_nul_in_a_filter() -> None:
    five = load_model(CATALOGUE / "bearing-five.yaml").model
    company = make_unit("CTY")
    everybody = make_employee(roles=tuple(Role), unit=company)
    company.leader = everybody
    company.save()
    cycle = publish(five, {company: alike(process=3.0)}).cycle
    piece = give(company)
    client = browser(everybody)
    client.raise_request_exception = False

    places = {"cycle": cycle.pk, "unit": company.pk, "model": five.pk, "piece": piece.pk}
    answers = {
        f"{page}?{name}={value}": client.get(f"{page.format(**places)}?{name}={value}").status_code
        for page, names in PAGES.items()
        for name in names
        for value in ("%00", "a%00b")
    }
    assert {address: status for address, status in answers.items() if status >= 500} == {}
    assert sum(status == 200 for status in answers.values()) > len(PAGES)

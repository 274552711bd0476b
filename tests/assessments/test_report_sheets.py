"""All published figures as a workbook: the same a reader finds on the pages, as numbers, in both languages."""

import io
from datetime import datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from assessments.models import MaturityModel
from people.models import Employee, Unit
from people.roles import Role
from portal.lib.pillars import Pillar
from surveys.models import Cell
from tests.assessments.conftest import browser
from tests.assessments.published import Found, Published, publish
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

Rows = list[dict[str, Any]]


def workbook(reader: Employee, published: Published) -> dict[str, Rows]:
    """The sheets by their English names, each row by the English (or only) words of its columns."""
    answer = browser(reader).get(f"/assessments/{published.cycle.pk}/report.xlsx")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    found = {}
    for page in book.worksheets:
        head, *rows = page.iter_rows(values_only=True)
        names = [str(name).rpartition(" · ")[2] for name in head]
        found[page.title.rpartition(" · ")[2]] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


@pytest.fixture
def company() -> Unit:
    return make_unit("CTY", name_vi="Công ty", name_en="=HYPERLINK(1)")


@pytest.fixture
def branch(company: Unit) -> Unit:
    return make_unit("CN-1", name_vi="Chi nhánh", name_en="Branch", parent=company)


@pytest.fixture
def other(company: Unit) -> Unit:
    return make_unit("CN-2", name_vi="Kho", name_en="Store", parent=company)


@pytest.fixture
def published(five: MaturityModel, company: Unit, branch: Unit, other: Unit) -> Published:
    found = {
        company: {Pillar.PROCESS: Found(3.0, n=60), Pillar.PEOPLE: Found(3.6, n=60, verdict="up", was=3.1)},
        branch: {Pillar.PROCESS: Found(2.5, n=8, evidenced=0.0)},
        other: {},
    }
    return publish(five, found, title={"vi": "Kỳ 2026", "en": "Cycle 2026"})


@pytest.fixture
def hr(company: Unit) -> Employee:
    return make_employee(unit=company, roles=(Role.HR,))


def test_every_published_score_is_a_row_with_numbers_that_are_numbers(published: Published, hr: Employee) -> None:
    rows = workbook(hr, published)["Scores"]
    seen = Cell.objects.visible_to(hr).filter(round=published.cycle.round, measure="pillar")
    assert len(rows) == seen.count() == 3
    of_branch = next(row for row in rows if row["Unit code"] == "CN-1")
    assert (of_branch["Unit"], of_branch["Đơn vị"]) == ("Branch", "Chi nhánh")
    assert (of_branch["n"], of_branch["Score"]) == (8, 2.5)
    assert of_branch["Likely range from"] < 2.5 < of_branch["Likely range to"]
    people = next(row for row in rows if row["Pillar"] == "Con người · People")
    assert people["Change"] == "Có thay đổi · Changed"
    assert people["Difference"] == pytest.approx(0.5)


def test_practices_hold_how_often_each_answer_was_given_where_ten_answered(published: Published, hr: Employee) -> None:
    rows = workbook(hr, published)["Practices"]
    assert {row["Unit code"] for row in rows} == {"CTY"}, "eight answers are too few for details"
    assert len(rows) == 12
    assert all(sum(row[f"Answer {number}"] for number in range(4)) == row["n"] == 60 for row in rows)


def test_levels_say_what_evidence_allows_and_how_sure_they_are(published: Published, hr: Employee) -> None:
    row = next(row for row in workbook(hr, published)["Levels"] if row["Unit code"] == "CN-1")
    assert (row["Level of the score"], row["Level"], row["Highest level by evidence"]) == (2, 2, 2)
    assert sum(row[name] for name in ("Reactive", "Aware", "Defined", "Managed", "Embedded")) == pytest.approx(1)


def test_the_method_stands_beside_with_real_dates(published: Published, hr: Employee) -> None:
    rows = {row["What"].rpartition(" · ")[2]: row["Value"] for row in workbook(hr, published)["Method"]}
    assert rows["Cycle"] == "Kỳ 2026 · Cycle 2026"
    assert isinstance(rows["Closed on"], datetime)
    assert rows["Smallest group for scores"] == 5


def test_a_name_that_looks_like_a_formula_is_a_text(published: Published, hr: Employee) -> None:
    names = {row["Unit"] for row in workbook(hr, published)["Scores"]}
    assert names == {"'=HYPERLINK(1)", "Branch"}


def test_a_leader_gets_the_subtree_led_and_what_all_staff_may_read(
    published: Published, five: MaturityModel, company: Unit, branch: Unit, other: Unit
) -> None:
    leader = make_employee(unit=other)
    Unit.objects.filter(pk=other.pk).update(leader=leader)
    found = {unit: {Pillar.PROCESS: Found(3.0)} for unit in (company, branch, other)}
    again = publish(five, found)
    for sheet, rows in workbook(leader, again).items():
        assert {row.get("Unit code") for row in rows} <= {"CTY", "CN-2", None}, sheet


def test_a_large_company_costs_a_query_for_some_hundred_units(
    five: MaturityModel, company: Unit, hr: Employee, django_assert_max_num_queries: Any
) -> None:
    units = [make_unit(parent=company) for _ in range(60)]
    large = publish(five, {unit: {Pillar.PROCESS: Found(3.0)} for unit in [company, *units]})
    with django_assert_max_num_queries(26):
        assert len(workbook(hr, large)["Scores"]) == 61

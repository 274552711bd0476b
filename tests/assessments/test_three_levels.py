"""A model with three levels instead of the usual five, on every page and in every file that speaks of levels."""

import io
from html import unescape

import pytest
from openpyxl import load_workbook

from assessments.models import MaturityModel
from assessments.report import report_of
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.pillars import Pillar
from tests.assessments.conftest import browser
from tests.assessments.evidence_cast import make_evidence
from tests.assessments.published import Found, Published, publish
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

BANDS = ((1, 2.33, "Early"), (2.33, 3.67, "Midway"), (3.67, 5, "Far"))
MEANS = (2.1, 4.4, 3.1, 3.6, 2.4)


@pytest.fixture
def three(five: MaturityModel) -> MaturityModel:
    levels = [
        {"level": number, "from": low, "to": high, "name": {"vi": f"Mức {name}", "en": name}}
        for number, (low, high, name) in enumerate(BANDS, 1)
    ]
    now = clock.now()
    return MaturityModel.objects.create(
        code="three", version=1, state="published", title=five.title, content={**five.content, "levels": levels},
        changed_at=now, published_at=now,
    )  # fmt: skip


@pytest.fixture
def company() -> Unit:
    return make_unit("CTY", name_en="Company")


@pytest.fixture
def reader(company: Unit) -> Employee:
    return make_employee(unit=company, roles=(Role.HR,), language="en")


@pytest.fixture
def published(three: MaturityModel, company: Unit) -> Published:
    """Two of six practices of each pillar have evidence."""
    found = {pillar: Found(mean, n=40, evidenced=0.34) for pillar, mean in zip(Pillar, MEANS, strict=True)}
    return publish(three, {company: found})


def page(reader: Employee, address: str) -> str:
    answer = browser(reader).get(address)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


@pytest.mark.parametrize("where", ["board", "unit"])
def test_results_pages_speak_of_three_levels(published: Published, company: Unit, reader: Employee, where: str) -> None:
    unit = f"{company.pk}/" if where == "unit" else ""
    shown = page(reader, f"/assessments/results/{published.cycle.pk}/{unit}")

    heads = [number for number in range(1, 10) if f'<th scope="col">Level {number}</th>' in shown]
    assert heads == [1, 2, 3]
    assert "up to Level 2" in shown
    assert "Below 25% it carries Level 2 at most, below 50% Level 2, below 75% Level 3; with fewer than two" in shown
    assert "Level 4" not in shown
    assert 'viewBox="0 0 106.0 66"' in shown, "the ladder has three rungs"


def test_the_evidence_page_allows_the_level_the_scorecard_holds(
    published: Published, company: Unit, reader: Employee
) -> None:
    for practice in ("L1", "L2"):
        make_evidence(company, practice, model_code="three")
    card = next(card for card in published.cards if card.pillar == "leadership")

    shown = page(reader, f"/assessments/evidence/?unit={company.pk}&model=three")

    assert "2 of 6" in shown
    assert f"level {card.cap} " in shown
    assert "level 3" not in shown.partition("Less than a quarter")[0]
    assert "level 2 at most; less than half: 2; less than three quarters: 3. Fewer than two practices: 2." in shown


def test_nothing_is_capped_where_evidence_carries_the_highest_of_three(
    three: MaturityModel, company: Unit, reader: Employee
) -> None:
    for number in range(1, 7):
        make_evidence(company, f"L{number}", model_code="three")
    assert "no limit" in page(reader, f"/assessments/evidence/?unit={company.pk}&model=three")


def test_every_value_of_the_workbook_stands_under_its_head(published: Published, reader: Employee) -> None:
    answer = browser(reader).get(f"/assessments/{published.cycle.pk}/report.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    sheets = {sheet.title.rpartition(" · ")[2]: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    head, *rows = sheets["Levels"]
    names = [str(name).rpartition(" · ")[2] for name in head]
    found = [dict(zip(names, row, strict=True)) for row in rows]

    assert names[9:] == ["Early", "Midway", "Far", "Agreement", "r_WG(J)", "AD_M"]
    assert len(found) == 5
    for row in found:
        assert sum(float(str(row[name])) for _low, _high, name in BANDS) == pytest.approx(1)
        assert (row["Highest level by evidence"], row["r_WG(J)"], row["AD_M"]) == (2, 0.82, 0.41)
    notes = " ".join(str(row[0]) for row in sheets["Method"])
    assert "from 1; 2.33; 3.67 on" in notes
    assert "1; 2,33; 3,67" in notes
    assert "1.8" not in notes


def test_the_report_draws_and_says_three_levels(published: Published, reader: Employee) -> None:
    report = report_of(reader, published.cycle)
    assert report is not None
    said = report.plain()

    assert [len(each["ladder"]) for each in said["pillars"]] == [3] * 5
    text = " ".join(line for part in said["method"] for line in part["says"])
    assert "from 1; 2.33; 3.67 on" in text
    assert "the level is at most 2, for less than half at most 2, for less than three quarters at most 3" in text
    assert "1.8" not in text
    assert "five levels" not in text
    assert report.pdf().startswith(b"%PDF")

"""The report of a cycle: what each reader finds in it, in both languages, and what is never in it."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from assessments.models import MaturityModel
from assessments.report import report_of
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys.models import Cell
from tests.assessments.conftest import browser
from tests.assessments.published import Found, Published, make_cycle, publish
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

MEANS = {
    Pillar.LEADERSHIP: 2.3,
    Pillar.UNDERSTANDING: 3.1,
    Pillar.PEOPLE: 3.7,
    Pillar.PROCESS: 2.9,
    Pillar.MEASUREMENT: 2.4,
}


@dataclass(frozen=True)
class House:
    """A company of two regions; the second region has a branch too small for figures of its own."""

    company: Unit
    north: Unit
    south: Unit
    tiny: Unit
    published: Published
    board: Employee
    head: Employee


def figures(shift: float = 0.0, n: int = 40, **more: Any) -> dict[Pillar, Found]:
    return {pillar: Found(mean + shift, n=n, **more) for pillar, mean in MEANS.items()}


@pytest.fixture
def house(five: MaturityModel) -> House:
    company = make_unit("CTY", name_vi="Công ty An Nhiên", name_en="An Nhien")
    north = make_unit("BAC", name_vi="Miền Bắc", name_en="North *#panic()*", parent=company)
    south = make_unit("NAM", name_vi="Miền Nam", name_en="South", parent=company)
    tiny = make_unit("CN-1", name_vi="Chi nhánh Một", name_en="Branch One", parent=south)
    head = make_employee("Trần Thị Dẫn", unit=north, language="en")
    Unit.objects.filter(pk=north.pk).update(leader=head)
    north.refresh_from_db()
    found = {
        company: figures(n=120, verdict="cannot_tell", was=2.0),
        north: figures(0.6, leader=4.9, evidenced=0.1),
        south: figures(-0.6),
        tiny: {},
    }
    published = publish(five, found, title={"vi": "Kỳ đánh giá 2026", "en": "Assessment 2026"})
    board = make_employee("Hội đồng", unit=company, roles=(Role.BOARD,), language="en")
    return House(company, north, south, tiny, published, board, head)


def plain(house: House, reader: Employee, unit: Unit | None = None) -> dict[str, Any]:
    report = report_of(reader, house.published.cycle, None if unit is None else unit.pk)
    assert report is not None
    return report.plain()


def test_the_board_gets_a_file_in_either_language(house: House) -> None:
    pk = house.published.cycle.pk
    for language in ("vi", "en"):
        answer = browser(house.board).get(f"/assessments/{pk}/report.pdf?language={language}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith('attachment; filename="')
        assert answer["Content-Disposition"].endswith(f'-{language}.pdf"')
        assert answer["Content-Disposition"].isascii()
        assert answer.content.startswith(b"%PDF")


def test_a_hostile_title_makes_a_safe_file_name(five: MaturityModel, house: House) -> None:
    title = {"vi": '"; x=../..\\\r\nSet-Cookie: a', "en": '"; x=../..\\ Đợt'}
    published = publish(five, {house.company: figures()}, title=title)
    answer = browser(house.board).get(f"/assessments/{published.cycle.pk}/report.pdf")
    name = answer["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('"')
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert ".." not in name


def test_the_summary_says_who_answered_where_we_stand_what_moved_and_what_next(house: House) -> None:
    said = plain(house, house.board)["sentences"]
    assert [each["lead"] for each in said][:3] == ["120", "Level 2", "3.7"]
    assert "Neither is likely to be chance" not in said[2]["means"]
    assert said[-1]["is_next"]
    assert said[-1]["says"] == "Next: Leadership."
    assert "cannot tell yet" in " ".join(each["says"] for each in said)


def test_words_and_numbers_are_those_of_the_language(house: House) -> None:
    with translation.override("vi"):
        vietnamese = plain(house, house.board)
    english = plain(house, house.board)
    scores = {each["code"]: each["score"] for each in vietnamese["pillars"]}
    assert scores["leadership"] == "2,3"
    assert {each["code"]: each["score"] for each in english["pillars"]}["leadership"] == "2.3"
    assert vietnamese["cover"]["unit"] == "Công ty An Nhiên"
    assert vietnamese["language"] == "vi"
    assert english["pillars"][0]["level"] == "Level 2 – Aware"
    assert vietnamese["pillars"][0]["level"] == "Mức 2 – Nhận thức"


def test_what_is_not_shown_apart_is_not_in_the_report_either(house: House) -> None:
    rows = {row["name"]: row for row in plain(house, house.board)["heat"]["rows"]}
    assert rows["Branch One"]["note"] == "together with South"
    assert [cell["score"] for cell in rows["Branch One"]["cells"]] == [None] * 5
    assert rows["South"]["cells"][0]["n"] == "n 40"


def test_colour_stands_only_where_a_difference_is_called(house: House) -> None:
    heat = plain(house, house.board)["heat"]
    rows = {row["name"]: row for row in heat["rows"]}
    assert rows["South"]["cells"][0]["tone"].startswith("lo")
    assert rows["North *#panic()*"]["cells"][0]["mark"].startswith("▲ +")
    assert {cell["tone"] for cell in heat["company"]["cells"]} == {""}


def test_evidence_that_holds_a_level_is_said_with_its_reason(house: House) -> None:
    people = plain(house, house.board, house.north)["pillars"][2]
    assert people["level"] == "Level 2 – Aware"
    assert people["note"] == ("The score lies in Level 5; evidence for 17% of the practices holds it at Level 2.")


def test_gaps_of_single_leaders_are_in_nobodys_report(house: House) -> None:
    superior = make_employee(unit=house.company, roles=(Role.HR,))
    for reader in (house.head, house.board, superior):
        for unit in (None, house.north):
            said = json.dumps(plain(house, reader, unit), ensure_ascii=False)
            assert "4.9" not in said
            assert "Trần Thị Dẫn" not in said
            assert plain(house, reader, unit)["gaps"] == []


def test_gaps_stand_as_a_distribution_from_ten_leaders_on(five: MaturityModel, house: House) -> None:
    units = []
    for number in range(10):
        unit = make_unit(f"X{number}", parent=house.company, leader=make_employee())
        units.append(unit)
    calm = {pillar: replace(one, leader=one.mean) for pillar, one in figures(n=12).items()}
    found = {house.company: figures(n=200)} | {unit: figures(leader=4.6, n=12) for unit in units}
    found |= dict.fromkeys(units[:2], calm)
    fresh = publish(five, found)
    later = report_of(house.board, fresh.cycle)
    assert later is not None
    assert later.plain()["gaps"] == []
    assert later.plain()["gaps_later"].startswith("The distribution is shown from ")
    published = publish(five, found, closed_at=clock.now() - timedelta(days=15))
    report = report_of(house.board, published.cycle)
    assert report is not None
    gaps = report.plain()["gaps"]
    assert [sum(each["columns"]) for each in gaps] == [10] * 5
    assert gaps[0]["says"].startswith("8 of 10 leaders rate higher")
    assert "Were each just a random colleague of the own team, about" in gaps[0]["says"]
    assert report.plain()["gaps_later"] == ""
    unit_report = report_of(house.board, published.cycle, units[0].pk)
    assert unit_report is not None
    assert "leaders rate" not in json.dumps(unit_report.plain()["sentences"])


def test_a_leader_gets_the_own_part_of_the_company(house: House) -> None:
    said = plain(house, house.head)
    assert said["cover"]["unit"] == "North *#panic()*"
    assert said["cover"]["kind"] == "Report of a unit"
    assert "South" not in json.dumps(said)
    pk = house.published.cycle.pk
    assert browser(house.head).get(f"/assessments/{pk}/report.pdf?unit={house.south.pk}").status_code == 404
    assert browser(house.head).get(f"/assessments/{pk}/report.pdf?unit={house.tiny.pk}").status_code == 404


def test_a_unit_without_figures_of_its_own_says_whose_they_are(house: House) -> None:
    said = plain(house, house.board, house.tiny)
    assert said["cover"]["unit"] == "Branch One"
    assert said["cover"]["stands_in"] == "The figures are those of South, of which this unit is a part."


@pytest.mark.parametrize(("roles", "status"), [((), 403), ((Role.AUDITOR,), 403), ((Role.HR,), 200), ((Role.CX,), 200)])
def test_reports_are_for_those_who_read_all_results_and_for_leaders(
    house: House, roles: tuple[Role, ...], status: int
) -> None:
    reader = make_employee(unit=house.north, roles=roles)
    pk = house.published.cycle.pk
    assert browser(reader).get(f"/assessments/{pk}/report.pdf").status_code == status
    assert browser(reader).get(f"/assessments/{pk}/report.xlsx").status_code == status


def test_a_cycle_without_results_has_no_report(five: MaturityModel, house: House) -> None:
    for state in ("open", "cancelled", "draft"):
        cycle = make_cycle(five, [house.company], state=state)
        assert browser(house.board).get(f"/assessments/{cycle.pk}/report.pdf").status_code == 404
        assert browser(house.board).get(f"/assessments/{cycle.pk}/report.xlsx").status_code == 404


def test_the_last_cycle_stands_behind_this_one(five: MaturityModel, house: House) -> None:
    before = clock.now() - timedelta(days=200)
    publish(five, {house.company: figures(-0.5, n=110)}, closed_at=before)
    said = plain(house, house.board)
    assert said["has_past"]
    assert [len(each["points"]) for each in said["trends"]] == [2] * 5


def test_a_report_names_at_most_sixty_units_and_says_how_many_more(five: MaturityModel, house: House) -> None:
    units = [make_unit(parent=house.company) for _ in range(70)]
    published = publish(five, {house.company: figures(n=900)} | {unit: figures(n=12) for unit in units})
    report = report_of(house.board, published.cycle)
    assert report is not None
    heat = report.plain()["heat"]
    assert len(heat["rows"]) == 60
    assert heat["more"] == "10 more units are in the workbook."


def test_a_report_costs_the_same_for_few_and_many_units(
    five: MaturityModel, house: House, django_assert_max_num_queries: Any
) -> None:
    units = [make_unit(parent=house.company) for _ in range(40)]
    published = publish(five, {house.company: figures(n=900)} | {unit: figures(n=12) for unit in units})
    for cycle in (house.published.cycle, published.cycle):
        with django_assert_max_num_queries(30):
            report = report_of(house.board, cycle)
            assert report is not None
            report.plain()


def test_a_cycle_in_which_no_score_may_be_shown_has_a_report_that_says_so(five: MaturityModel, house: House) -> None:
    published = publish(five, {house.company: {Pillar.PROCESS: Found(3.0)}})
    Cell.objects.filter(round=published.cycle.round, measure="pillar").update(mean=None, low=None, high=None)
    report = report_of(house.board, published.cycle)
    assert report is not None
    said = report.plain()
    assert "No pillar has a score that may be shown." in [each["says"] for each in said["sentences"]]
    assert not said["has_radar"]
    assert report.pdf().startswith(b"%PDF")


def test_the_method_is_told_with_formulas_and_what_is_hidden(house: House) -> None:
    parts = {part["title"]: part for part in plain(house, house.board)["method"]}
    assert {"score", "range", "weighted", "gap"} <= {part["formula"] for part in parts.values()}
    assert "5 answers" in parts["What is not shown, and why"]["says"][0]

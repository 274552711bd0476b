"""The home page of each role."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outbox.models import Notice
from people.models import StaffImport, Unit
from portal.lib import clock
from surveys.closing import close_round
from surveys.models import Invitation, Participation, Round, RoundUnit
from tests.make import make_employee, make_unit
from tests.roof.conftest import PORTAL, Stage, answer_everything

pytestmark = pytest.mark.django_db

QUERIES = {"employee": 11, "leader": 16, "hr": 19, "cx": 14, "board": 11, "reviewer": 12, "auditor": 11}


def in_english(stage: Stage, role: str) -> Client:
    client = stage.browser(role)
    client.cookies["django_language"] = "en"
    return client


def test_an_employee_opens_the_survey_with_one_button(stage: Stage) -> None:
    page = one_line(in_english(stage, "employee").get("/").content.decode())
    notice = Notice.objects.get(employee=stage.cast["employee"], kind="pulses.invitation")
    assert f"Hello {stage.cast['employee'].full_name}" in page
    assert "Four-weekly pulse, wave 2" in page
    assert "12 questions, about 4 minutes" in page
    assert f'action="/inbox/{notice.pk}/open/"' in page
    opened = in_english(stage, "employee").post(f"/inbox/{notice.pk}/open/")
    assert "/p/" in opened["Location"]


def test_the_button_stays_after_the_link_was_used_so_that_no_page_tells(stage: Stage) -> None:
    before = in_english(stage, "employee").get("/").content
    Invitation.objects.filter(round=stage.open.round, employee=stage.cast["employee"]).update(collected=True)
    after = in_english(stage, "employee").get("/").content
    assert without_tokens(before) == without_tokens(after)


def without_tokens(page: bytes) -> list[bytes]:
    return [line for line in page.splitlines() if b"csrf" not in line.lower()]


def test_an_employee_reads_the_own_unit_two_days_after_its_leader(stage: Stage) -> None:
    assert "Newest results: Unit CN-1" in in_english(stage, "employee").get("/").content.decode()
    assert stage.open.round is not None
    answer_everything(stage.open.round)
    with clock.at(stage.open.round.closes_at + timedelta(minutes=1)):
        close_round(stage.open.round.pk)
        assert "wave 1 ·" in one_line(in_english(stage, "employee").get("/").content.decode())
        assert "wave 2 ·" in one_line(in_english(stage, "leader").get("/").content.decode())
    with clock.at(stage.open.round.closes_at + timedelta(days=2, minutes=2)):
        page = one_line(in_english(stage, "employee").get("/").content.decode())
    assert "wave 2 ·" in page


def test_a_leader_reads_the_unit_led_in_figures_with_n_and_range(stage: Stage) -> None:
    page = in_english(stage, "leader").get("/").content.decode()
    assert "What Unit CN-1 answered together" in page
    assert "n&nbsp;14" in page or "n\u00a014" in page
    assert "Leadership" in page


def test_a_unit_without_results_reads_those_it_was_gathered_with(stage: Stage) -> None:
    RoundUnit.objects.filter(round=stage.closed.round, unit=stage.branch).update(shown_at=stage.company)
    page = in_english(stage, "leader").get("/").content.decode()
    assert "Unit CN-1 has no results of its own." in page
    assert "together with its neighbours in An Nhien" in page


def heading_of(page: str) -> str:
    """Of which unit and wave a page shows results."""
    found = re.search(r"What (.+) answered together|Newest results: ([^<]+)", page)
    assert found is not None
    return found[1] or found[2]


def test_home_and_results_open_with_the_same_unit_of_somebody_who_leads_several(stage: Stage) -> None:
    leader = stage.cast["leader"]
    assert stage.closed.round is not None
    Unit.objects.filter(pk=stage.company.pk).update(deputy=leader)
    assert heading_of(in_english(stage, "leader").get("/").content.decode()) == "An Nhien"
    Unit.objects.filter(pk=stage.company.pk).update(deputy=None)
    division = make_unit("KHOI", parent=stage.company, leader=leader)
    assert division.pk > stage.branch.pk
    Unit.objects.filter(pk=stage.branch.pk).update(parent=division)
    RoundUnit.objects.create(
        round=stage.closed.round,
        unit=division,
        parent=stage.company,
        shown_at=stage.company,
        name_vi="Khối",
        name_en="Division",
        depth=1,
        headcount=14,
    )
    page = in_english(stage, "leader").get("/").content.decode()
    assert "Division" in heading_of(page)
    assert "Division" in in_english(stage, "leader").get(reverse("pulses:results")).content.decode()


def test_a_unit_that_was_not_asked_last_still_reads_what_it_answered_before(stage: Stage) -> None:
    assert stage.open.round is not None
    with clock.at(stage.open.round.closes_at + timedelta(minutes=1)):
        close_round(stage.open.round.pk)
        RoundUnit.objects.filter(round=stage.open.round, unit=stage.branch).delete()
        assert "wave 1 ·" in one_line(in_english(stage, "leader").get("/").content.decode())


def test_a_round_of_another_kind_is_no_result_of_the_pulse(stage: Stage) -> None:
    assert stage.closed.round is not None
    Round.objects.filter(pk=stage.closed.round.pk).update(kind="assessment")
    assert "answered together" not in in_english(stage, "leader").get("/").content.decode()


def one_line(page: str) -> str:
    return " ".join(page.split())


def test_somebody_of_a_unit_newer_than_the_round_finds_a_page_that_works(stage: Stage) -> None:
    newcomer = make_employee(unit=make_unit("MOI", parent=stage.branch))
    client = Client(headers=PORTAL)
    client.force_login(newcomer)
    assert client.get("/").status_code == 200


def test_hr_sees_participation_set_aside_mail_and_the_last_file(stage: Stage) -> None:
    assert stage.open.round is not None
    person = stage.cast["employee"]
    Participation.objects.create(round=stage.open.round, unit=stage.company, day=clock.now().date(), percent=40)
    Notice.objects.create(key="lost", kind="people.invitation", employee=person, state="failed", reason="unknown")
    page = in_english(stage, "hr").get("/").content.decode()
    assert "At least 40% of the links had been used" in page
    assert "1 message could not be delivered" in page
    assert "nhan-vien.csv" in page
    assert "next wave:" in page


def test_participation_is_told_to_nobody_but_hr(stage: Stage) -> None:
    assert stage.open.round is not None
    Participation.objects.create(round=stage.open.round, unit=stage.company, day=clock.now().date(), percent=40)
    for role in ("employee", "leader", "auditor"):
        assert "40%" not in in_english(stage, role).get("/").content.decode()


def test_the_cx_team_sees_when_programmes_ask_next(stage: Stage) -> None:
    page = in_english(stage, "cx").get("/").content.decode()
    assert "Four-weekly pulse" in page
    assert "next wave: 2 November 2026, 09:00" in page
    assert "nhan-vien.csv" not in page


def test_an_empty_house_says_what_to_do_next(db: None) -> None:
    person = make_employee(language="en")
    client = Client(headers=PORTAL)
    client.force_login(person)
    page = client.get("/").content.decode()
    assert "Nothing is waiting for you today." in page
    assert "No results yet." in page
    assert not StaffImport.objects.exists()


@pytest.mark.parametrize("role", list(QUERIES))
def test_the_home_costs_a_fixed_number_of_queries(stage: Stage, role: str, django_assert_num_queries: Any) -> None:
    client = stage.browser(role)
    client.get("/")
    with django_assert_num_queries(QUERIES[role]):
        client.get("/")
    for _ in range(30):
        make_employee(unit=stage.branch)
    with django_assert_num_queries(QUERIES[role]):
        client.get("/")

"""What assessments put on the home page of each role."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from assessments.actions import CyclePlan, open_cycle, plan_cycle
from assessments.content import Text
from assessments.modelfiles import CATALOGUE, load_model
from assessments.models import Cycle, CycleUnit, Evidence, LeaderRating
from outbox.models import Notice
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from surveys import actions as surveys
from surveys.models import Participation
from tests.make import make_employee, make_unit
from tests.roof.conftest import PORTAL

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Company:
    """A branch of fourteen with its leader, a cycle open for everybody, and who looks after it."""

    branch: Unit
    cycle: Cycle
    cast: dict[str, Employee]

    def home(self, role: str, language: str = "en") -> str:
        client = self.browser(role, language)
        return " ".join(client.get("/").content.decode().split())

    def browser(self, role: str, language: str = "en") -> Client:
        client = Client(headers=PORTAL)
        client.force_login(self.cast[role])
        client.cookies["django_language"] = language
        return client


@pytest.fixture
def company(settings: Any, tmp_path: Any, db: None) -> Iterator[Company]:
    settings.KEY_DIR = tmp_path / "keys"
    with clock.at(NOW):
        surveys.stock_keys(2)
        top = make_unit("CTY", name_en="An Nhien")
        branch = make_unit("CN-1", parent=top, name_en="Branch one")
        people = [make_employee(unit=branch) for _ in range(14)]
        branch.leader = people[0]
        branch.save()
        roles = {"hr": Role.HR, "cx": Role.CX, "board": Role.BOARD, "reviewer": Role.REVIEWER}
        cast = {name: make_employee(unit=top, roles=(role,)) for name, role in roles.items()}
        make_employee(unit=top)
        model = load_model(CATALOGUE / "bearing-ten.yaml").model
        plan = CyclePlan(title=Text("Kỳ thu", "Autumn cycle"), model=model, units=(), opens_on=NOW.date())
        cycle = open_cycle(cycle_id=plan_cycle(plan=plan, by=cast["cx"]).pk, by=cast["cx"])
        yield Company(branch, cycle, {**cast, "leader": people[0], "employee": people[1]})


def make_evidence(company: Company, title: str = "Lịch gặp khách", **fields: Any) -> Evidence:
    values = {"kind": "link", "link": "https://example.vn/lich", "dated_on": NOW.date(), "practice": "TL1", **fields}
    return Evidence.objects.create(
        unit=company.branch,
        model_code="bearing-ten",
        pillar="leadership",
        title=title,
        added_by=company.cast["leader"],
        **values,
    )


def test_everybody_invited_finds_the_assessment_among_what_there_is_to_do(company: Company) -> None:
    page = company.home("employee")
    notice = Notice.objects.get(employee=company.cast["employee"], kind="assessments.invitation")
    assert "10 practices, about 10 minutes" in page
    assert f'action="/inbox/{notice.pk}/open/"' in page
    assert "Autumn cycle" in page
    assert "1 thing today, if you wish to take part." in page


def test_a_leader_is_asked_for_the_own_rating_until_it_is_sent(company: Company) -> None:
    page = company.home("leader")
    assert "Rate Branch one" in page
    assert "Autumn cycle · Open until the end of 22 November 2026." in page
    assert "2 things wait for you." in page
    LeaderRating.objects.filter(leader=company.cast["leader"]).update(sent_at=NOW)
    assert "Rate Branch one" not in company.home("leader")


def test_who_leads_several_units_finds_one_line_for_each_cycle(company: Company) -> None:
    second = make_unit("CN-2", parent=company.branch, name_en="Counter")
    LeaderRating.objects.create(cycle=company.cycle, unit=second, leader=company.cast["leader"])
    page = company.home("leader")
    assert "Rate the 2 units you lead" in page
    assert "2 things wait for you." in page, "as many as there are lines"
    assert page.count("Rate now") <= 1


def test_after_the_last_day_nobody_is_asked_any_more(company: Company) -> None:
    assert company.cycle.round is not None
    with clock.at(company.cycle.round.closes_at + timedelta(minutes=1)):
        assert "Rate Branch one" not in company.home("leader")


def test_a_new_scorecard_is_news_for_a_month(company: Company) -> None:
    assert company.cycle.round is not None
    closed_at = company.cycle.round.closes_at
    Cycle.objects.filter(pk=company.cycle.pk).update(state="closed", closed_at=closed_at)
    CycleUnit.objects.filter(cycle=company.cycle).update(is_open=False)
    for days, there in ((1, True), (29, True), (31, False)):
        with clock.at(closed_at + timedelta(days=days)):
            assert ("The scorecard of Branch one is ready" in company.home("leader")) is there
            assert "The scorecard of" not in company.home("employee")
            assert ("The newest scorecard of Branch one" in company.home("leader")) is not there, "one way to it always"


def test_a_leader_is_told_what_evidence_soon_counts_no_longer(company: Company) -> None:
    fields = {"state": "verified", "reviewed_by": company.cast["reviewer"], "reviewed_at": NOW}
    make_evidence(company, "Sổ giao ca", expires_on=NOW.date() + timedelta(days=12), **fields)
    make_evidence(company, "Biên bản họp", expires_on=NOW.date() + timedelta(days=90), **fields)
    page = company.home("leader")
    assert "Sổ giao ca" in page
    assert "Evidence that expires on 14 November 2026" in page
    assert "Biên bản họp" not in page
    assert "Sổ giao ca" not in company.home("employee")


def test_a_reviewer_is_told_how_many_pieces_wait_and_not_of_the_own_ones(company: Company) -> None:
    assert "waits for you to check" not in company.home("reviewer")
    make_evidence(company)
    make_evidence(company, "Sổ quyết định")
    own = make_evidence(company, "Của tôi")
    Evidence.objects.filter(pk=own.pk).update(added_by=company.cast["reviewer"])
    assert "2 pieces of evidence wait for you to check them" in company.home("reviewer")
    assert "wait for you to check" not in company.home("leader")


@pytest.mark.parametrize("role", ["hr", "cx"])
def test_those_who_run_cycles_see_how_far_they_have_come_and_nobody_by_name(company: Company, role: str) -> None:
    make_evidence(company)
    assert company.cycle.round is not None
    top = Unit.objects.get(parent=None)
    Participation.objects.create(round=company.cycle.round, unit=top, day=NOW.date(), percent=40)
    page = company.home(role)
    assert "Autumn cycle" in page
    assert "At least 40% of the links had been used" in page
    assert "Leaders’ own ratings: 0 of 1 sent." in page
    assert "1 piece of evidence waits for a reviewer." in page
    assert company.cast["leader"].full_name not in page


@pytest.mark.parametrize("role", ["employee", "leader", "board", "reviewer"])
def test_how_far_a_cycle_has_come_is_told_to_nobody_else(company: Company, role: str) -> None:
    assert "Leaders’ own ratings" not in company.home(role)


@pytest.mark.parametrize("role", ["employee", "leader", "hr", "cx", "board", "reviewer"])
def test_the_cost_does_not_grow_with_units_evidence_and_people(
    company: Company, role: str, django_assert_max_num_queries: Any
) -> None:
    client = company.browser(role)
    client.get("/")
    with django_assert_max_num_queries(30) as few:
        client.get("/")
    for number in range(8):
        unit = make_unit(f"QUAY-{number}", parent=company.branch)
        LeaderRating.objects.create(cycle=company.cycle, unit=unit, leader=company.cast["leader"])
        make_evidence(
            company, f"Sổ {number}", state="verified" if number % 2 else "waiting", expires_on=NOW.date() + timedelta(9)
        )
    with django_assert_max_num_queries(len(few)):
        client.get("/")

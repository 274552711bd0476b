"""The API: the same rows as the pages, in pages, with one shape of error."""

from typing import Any

import pytest
import yaml
from django.conf import settings as django_settings
from django.test import Client

from assessments.models import MaturityModel
from people.models import Unit
from portal.lib.pillars import Pillar
from surveys.models import Cell
from tests.assessments.published import Found, alike, make_cycle, publish
from tests.improvement.conftest import CAUSE, make_action
from tests.make import make_employee, make_unit
from tests.roof.conftest import PORTAL, Stage

pytestmark = pytest.mark.django_db


def error(response: object) -> dict[str, object]:
    body = response.json()  # type: ignore[attr-defined]
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "fields"}
    return body["error"]  # type: ignore[no-any-return]


def test_every_error_has_the_same_shape(stage: Stage) -> None:
    nobody, employee, hr = (stage.browser(role) for role in ("nobody", "employee", "hr"))
    refused = nobody.get("/api/v1/cells/")
    assert refused.status_code == 401
    assert error(refused)["code"] == "not_authenticated"
    assert error(employee.get("/api/v1/people/"))["code"] == "permission_denied"
    assert error(hr.get("/api/v1/rounds/no-such-round/"))["code"] == "not_found"
    assert error(hr.get("/api/v1/nowhere/"))["code"] == "not_found"
    assert error(hr.get("/api/v1/people/?page=99"))["code"] == "not_found"
    assert error(hr.post("/api/v1/cells/"))["code"] == "method_not_allowed"
    wrong = hr.get("/api/v1/cells/?round=seven")
    assert wrong.status_code == 400
    assert error(wrong)["fields"] == {"round": ["Give the id of a round."]}


@pytest.mark.parametrize(
    "address",
    [
        "scorecards/?unit=%00",
        "scorecards/?pillar=%00",
        "models/?code=%00",
        "models/?state=a%00b",
        "cycles/?state=%00",
        "cycles/?model=%00",
        "cells/?unit=%00",
        "cells/?measure=%00",
        "actions/?state=x&state=%00",
        "people/?search=%00",
    ],
)
def test_a_filter_with_the_character_nul_is_refused(stage: Stage, address: str) -> None:
    answer = stage.browser("hr").get(f"/api/v1/{address}")
    name = address.partition("?")[2].partition("=")[0]
    assert answer.status_code == 400
    fields = error(answer)["fields"]
    assert isinstance(fields, dict)
    assert list(fields) == [name]
    assert "NUL" in fields[name][0]  # in the reader's language


@pytest.mark.parametrize("noun", ["scorecards", "models", "cycles", "cells", "rounds", "actions", "people"])
def test_a_row_named_by_the_character_nul_is_not_there(stage: Stage, noun: str) -> None:
    assert stage.browser("hr").get(f"/api/v1/{noun}/%00/").status_code == 404


@pytest.mark.parametrize("role", ["employee", "leader", "hr", "cx", "auditor"])
def test_cells_are_the_published_ones_a_role_may_see_and_no_others(stage: Stage, role: str) -> None:
    person = stage.cast[role]
    found = stage.browser(role).get("/api/v1/cells/?page_size=500").json()
    allowed = set(Cell.objects.visible_to(person).values_list("pk", flat=True))
    assert {row["id"] for row in found["results"]} == allowed
    assert found["count"] == len(allowed)
    assert allowed


def test_a_leader_gets_no_cell_of_a_neighbour(stage: Stage) -> None:
    leader, hr = stage.browser("leader"), stage.browser("hr")
    assert leader.get("/api/v1/cells/?unit=CN-1").json()["count"] > 0
    assert leader.get("/api/v1/cells/?unit=CN-2").json()["count"] == 0
    assert hr.get("/api/v1/cells/?unit=CN-2").json()["count"] > 0


def test_an_open_round_is_listed_without_a_word_on_answers(stage: Stage) -> None:
    rows = stage.browser("employee").get("/api/v1/rounds/").json()["results"]
    assert [row["state"] for row in rows] == ["open", "closed"]
    assert not {"answered", "key_pair", "promise", "questionnaire"} & set(rows[0])
    assert rows[0]["title"] == {"vi": "Khảo sát bốn tuần", "en": "Four-weekly pulse"}
    open_cells = stage.browser("hr").get(f"/api/v1/cells/?round={rows[0]['id']}").json()
    assert open_cells["count"] == 0


def test_programmes_are_for_those_who_plan_them(stage: Stage) -> None:
    assert stage.browser("cx").get("/api/v1/programmes/").json()["count"] == 1
    assert stage.browser("leader").get("/api/v1/programmes/").json()["count"] == 0


def test_people_come_in_pages_and_are_found_without_marks(stage: Stage) -> None:
    hr = stage.browser("hr")
    first = hr.get("/api/v1/people/?page_size=10").json()
    assert len(first["results"]) == 10
    assert first["next"]
    make_employee("Đặng Thị Ánh", unit=stage.branch)
    found = hr.get("/api/v1/people/", {"search": "dang anh"}).json()["results"]
    assert [row["full_name"] for row in found] == ["Đặng Thị Ánh"]
    assert "password" not in found[0]


def test_actions_are_those_of_the_pages(stage: Stage) -> None:
    leader = stage.cast["leader"]
    begun = make_action(stage.branch, leader, cause=CAUSE)
    make_action(stage.company, leader)
    rows = stage.browser("leader").get("/api/v1/actions/?unit=CN-1&state=open").json()["results"]
    assert [row["id"] for row in rows] == [begun.pk]
    assert (rows[0]["owner"], rows[0]["cause_label"]) == ("Trần Thị Dẫn", dict(CAUSE.label))
    assert stage.browser("auditor").get("/api/v1/actions/?unit=CN-1").json()["count"] == 0
    assert stage.browser("auditor").get("/api/v1/actions/").json()["count"] == 1


def branches(stage: Stage) -> tuple[Unit, Unit]:
    return Unit.objects.get(code="CN-1"), Unit.objects.get(code="CN-2")


def test_a_scorecard_holds_the_score_of_its_cell_with_level_cap_and_change(stage: Stage) -> None:
    first, second = branches(stage)
    found = {stage.company: alike(process=2.9), first: {Pillar.PROCESS: Found(3.5, evidenced=0.0)}, second: {}}
    published = publish(MaturityModel.objects.get(code="bearing-ten"), found)
    rows = stage.browser("leader").get(f"/api/v1/scorecards/?cycle={published.cycle.pk}&unit=CN-1").json()["results"]
    assert [(row["unit"], row["pillar"], row["score"], row["n"]) for row in rows] == [("CN-1", "process", 3.5, 12)]
    assert (rows[0]["level"], rows[0]["cap"], rows[0]["stands_at"]) == (4, 2, 2)
    assert sum(rows[0]["chances"]) == pytest.approx(1)
    assert rows[0]["low"] < 3.5 < rows[0]["high"]


@pytest.mark.parametrize("role", ["employee", "leader", "hr", "cx", "auditor"])
def test_scorecards_are_those_whose_cells_a_role_may_see(stage: Stage, role: str) -> None:
    found = {unit: alike(process=3.0, people=2.0) for unit in (stage.company, *branches(stage))}
    publish(MaturityModel.objects.get(code="bearing-ten"), found)
    rows = stage.browser(role).get("/api/v1/scorecards/?page_size=500").json()["results"]
    cells = Cell.objects.visible_to(stage.cast[role]).filter(round__kind="assessment", measure="pillar")
    assert {row["cell"] for row in rows} == set(cells.values_list("pk", flat=True))
    assert {row["unit"] for row in rows} == {
        "employee": {"CTY", "CN-1"},
        "leader": {"CTY", "CN-1"},
        "auditor": {"CTY", "CN-2"},
    }.get(role, {"CTY", "CN-1", "CN-2"})


def test_plans_of_cycles_are_for_those_who_make_them(stage: Stage) -> None:
    ten = MaturityModel.objects.get(code="bearing-ten")
    make_cycle(ten, [], state="draft")
    closed = make_cycle(ten, [stage.company])
    states = {
        role: {row["state"] for row in stage.browser(role).get("/api/v1/cycles/").json()["results"]}
        for role in ("employee", "leader", "hr", "cx", "auditor")
    }
    assert states == {
        "employee": set(),
        "leader": {"closed"},
        "hr": {"draft", "closed"},
        "cx": {"draft", "closed"},
        "auditor": set(),
    }
    row = stage.browser("cx").get("/api/v1/cycles/?state=closed&model=bearing-ten").json()["results"][0]
    assert (row["id"], row["model"], row["version"], row["round"]) == (
        closed.pk,
        "bearing-ten",
        ten.version,
        str(closed.round_id),
    )
    assert stage.browser("cx").get("/api/v1/cycles/?model=no-such").json()["count"] == 0


def test_models_are_found_by_name_and_state(stage: Stage) -> None:
    cx = stage.browser("cx")
    assert [row["code"] for row in cx.get("/api/v1/models/?state=draft").json()["results"]] == ["our-ten"]
    assert cx.get("/api/v1/models/?code=bearing-ten&state=published").json()["count"] == 1


@pytest.mark.parametrize("number", ["seven", "-1", "1e3", "९", "9" * 19])
def test_a_cycle_that_is_no_number_is_said_to_be_none(stage: Stage, number: str) -> None:
    wrong = stage.browser("hr").get("/api/v1/scorecards/", {"cycle": number})
    assert wrong.status_code == 400
    fields = error(wrong)["fields"]
    assert isinstance(fields, dict)
    assert list(fields) == ["cycle"]


def test_many_scorecards_cost_what_few_do(stage: Stage, django_assert_max_num_queries: Any) -> None:
    units = [stage.company, *branches(stage), *(make_unit(parent=stage.branch) for _ in range(20))]
    publish(MaturityModel.objects.get(code="bearing-ten"), {unit: alike(process=3.0, people=2.0) for unit in units})
    leader = stage.browser("leader")
    with django_assert_max_num_queries(9):
        assert leader.get("/api/v1/scorecards/").json()["count"] == 44


def test_a_list_costs_the_same_for_few_and_many(stage: Stage, django_assert_max_num_queries: Any) -> None:
    hr = stage.browser("hr")
    for address in ("programmes", "rounds", "cells", "actions", "models", "cycles", "scorecards", "people"):
        with django_assert_max_num_queries(9):
            hr.get(f"/api/v1/{address}/")


def test_the_schema_names_every_resource_and_no_change(stage: Stage) -> None:
    response = stage.browser("hr").get("/api/v1/schema/")
    schema = yaml.safe_load(response.content)
    assert {path.split("/")[3] for path in schema["paths"]} == {
        "programmes",
        "rounds",
        "cells",
        "actions",
        "models",
        "cycles",
        "scorecards",
        "people",
    }
    assert {verb for each in schema["paths"].values() for verb in each} == {"get"}


def test_the_answer_pages_host_has_no_api() -> None:
    assert Client(headers={"host": django_settings.SURVEY_HOST}).get("/api/v1/cells/").status_code == 404
    assert Client(headers=PORTAL).get("/vi/p/" + "x" * 32).status_code == 404

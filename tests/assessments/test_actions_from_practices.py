"""From a weak practice to an action in one press: what the form holds, and what the action answers."""

from datetime import date

import pytest

from assessments import results_actions
from assessments.content import Text
from assessments.models import Cycle, MaturityModel, title_of
from improvement.models import Action
from people.models import Employee, Unit
from tests.assessments.conftest import browser
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    company = make_unit("CTY")
    leader = make_employee("Nguyễn Thị Dẫn", unit=company, language="en")
    return make_unit("CN-1", parent=company, leader=leader)


@pytest.fixture
def cycle(five: MaturityModel) -> Cycle:
    return Cycle.objects.create(title=title_of(Text("Kỳ đầu", "First cycle")), model=five, opens_on=date(2026, 11, 2))


def leader_of(unit: Unit) -> Employee:
    assert unit.leader is not None
    return unit.leader


def proposed(cycle: Cycle, unit: Unit, usual: int | None) -> str:
    return results_actions.proposal_for(cycle=cycle, unit=unit, practice="L1", usual=usual).href


def test_one_press_opens_the_form_with_practice_pillar_and_next_step_filled_in(cycle: Cycle, unit: Unit) -> None:
    page = browser(leader_of(unit)).get(proposed(cycle, unit, 1)).content.decode()
    practice = cycle.model.said.by_code["L1"]
    assert practice.name.en in page
    assert practice.next_steps[1].en in page
    assert f'<option value="{unit.pk}" selected' in page
    assert '<option value="leadership" selected' in page


@pytest.mark.parametrize("usual", [None, 3, 9])
def test_from_the_highest_answer_and_from_none_no_step_is_suggested(cycle: Cycle, unit: Unit, usual: int) -> None:
    page = browser(leader_of(unit)).get(proposed(cycle, unit, usual)).content.decode()
    assert cycle.model.said.by_code["L1"].name.en in page
    assert not [step for step in cycle.model.said.by_code["L1"].next_steps if step.en in page]


def test_what_was_begun_is_found_by_its_practice(cycle: Cycle, unit: Unit) -> None:
    leader, proposal = leader_of(unit), results_actions.proposal_for(cycle=cycle, unit=unit, practice="L1", usual=0)
    form = browser(leader).get(proposal.href).context["form"]
    filled = {name: form[name].value() or "" for name in form.fields} | {"title": "Mỗi tháng nghe ba cuộc gọi"}
    browser(leader).post("/improvement/actions/new/", filled)
    begun = Action.objects.get()
    assert begun.cause_room == "assessments"
    assert begun.cause_key == f"practice:bearing-five:L1:{unit.pk}:{cycle.pk}"
    assert results_actions.under_way(employee=leader, cycle=cycle, unit_id=unit.pk) == {"L1": [begun]}


def test_a_practice_the_cycle_does_not_ask_gives_no_action(cycle: Cycle, unit: Unit) -> None:
    with pytest.raises(KeyError):
        results_actions.proposal_for(cycle=cycle, unit=unit, practice="X9", usual=0)

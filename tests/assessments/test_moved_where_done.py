"""What stands before and now where an action was done between two cycles: side by side, and no more claimed."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from assessments import results_actions
from assessments.models import Cycle, MaturityModel
from improvement import actions
from improvement.actions import ActionPlan
from improvement.models import Action
from people.days import today
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys.models import Cell, Round
from tests.assessments.conftest import browser
from tests.assessments.published import Found, publish
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SECOND = FIRST + timedelta(days=180)


@dataclass(frozen=True)
class Years:
    """Two cycles half a year apart; the branch rates leadership far higher in the second, measurement as before."""

    branch: Unit
    beside: Unit
    first: Cycle
    second: Cycle
    leader: Employee
    other: Employee
    board: Employee


@pytest.fixture
def years(five: MaturityModel) -> Iterator[Years]:
    company = make_unit("CTY", name_en="Company")
    leader, other = make_employee(language="en"), make_employee(language="en")
    branch = make_unit("CN-1", parent=company, leader=leader, name_en="Branch one")
    beside = make_unit("CN-2", parent=company, leader=other, name_en="Branch two")
    low, high = Found(2.0, n=30), Found(4.2, n=30, verdict="up", was=2.0)
    then = {Pillar.LEADERSHIP: low, Pillar.MEASUREMENT: Found(2.4, n=30)}
    now = {Pillar.LEADERSHIP: high, Pillar.MEASUREMENT: Found(2.4, n=30, verdict="cannot_tell", was=2.4)}
    before = dict.fromkeys((company, branch, beside), then)
    after = dict.fromkeys((company, branch, beside), now)
    first = publish(five, before, closed_at=FIRST).cycle
    second = publish(five, after, closed_at=SECOND).cycle
    board = make_employee(roles=(Role.BOARD,), language="en")
    with clock.at(SECOND + timedelta(days=1)):
        yield Years(branch, beside, first, second, leader, other, board)


def acted(years: Years, practice: str, *, done_after: int = 60, unit: Unit | None = None) -> Action:
    """Begun from the first cycle's practice, and done so many days after that cycle closed."""
    where = unit or years.branch
    assert where.leader is not None
    with clock.at(FIRST + timedelta(days=10)):
        proposal = results_actions.proposal_for(cycle=years.first, unit=where, practice=practice, usual=0)
        plan = ActionPlan(
            "Mỗi tháng nghe ba cuộc gọi", "", proposal.pillar.value, where.leader, today() + timedelta(90)
        )
        begun = actions.start_action(unit=where, plan=plan, cause=proposal.cause, by=where.leader)
    with clock.at(FIRST + timedelta(days=done_after)):
        return actions.finish_action(action=begun, evidence="Sổ ghi cuộc gọi", by=where.leader)


def page(years: Years, person: Employee, cycle: Cycle | None = None) -> str:
    address = reverse("assessments:results_unit", args=[(cycle or years.second).pk, years.branch.pk])
    return " ".join(browser(person).get(address).content.decode().split())


def moved(years: Years, person: Employee | None = None) -> list[results_actions.Moved]:
    return results_actions.moved_where_done(employee=person or years.leader, cycle=years.second, before=years.first)


def test_the_practice_stands_before_and_now_with_its_range_and_number(years: Years) -> None:
    acted(years, "L1")
    row = moved(years)[0]
    for side in (row.before, row.after):
        assert side.mean is not None
        assert side.low is not None
        assert side.high is not None
        assert 1 <= side.low < side.mean < side.high <= 5
        assert side.n == 30
    shown = page(years, years.leader)
    assert "Where something was done since the cycle before" in shown
    assert "Mỗi tháng nghe ba cuộc gọi" in shown


def test_nothing_is_said_to_have_risen_for_what_was_lowest_rises_by_itself(years: Years) -> None:
    acted(years, "L1")
    acted(years, "M2")
    shown = page(years, years.leader)
    part = shown[shown.index('id="done"') :]
    part = part[: part.index("</section>")]
    assert "What was lowest mostly rises somewhat by itself" in part
    assert "the figures do not show what the action has done" in part
    for word in ("rose", "fell", "Changed", "because of", 'class="tag'):
        assert word not in part


@pytest.mark.parametrize("field", ["verdict", "same_as", "covers_part", "breaks_line"])
def test_a_unit_that_could_not_be_compared_is_not_set_side_by_side(years: Years, field: str) -> None:
    acted(years, "L1")
    acted(years, "M2")
    values = {"verdict": "", "same_as": years.beside, "covers_part": True, "breaks_line": True}
    pillar = Cell.objects.filter(round=years.second.round, unit=years.branch, measure="pillar", code="leadership")
    assert pillar.update(**{field: values[field]}) == 1
    assert [row.practice.code for row in moved(years)] == ["M2"]


@pytest.mark.parametrize("cycle", ["first", "second"])
def test_a_practice_that_is_another_units_or_of_few_is_not_compared(years: Years, cycle: str) -> None:
    acted(years, "L1")
    cells = Cell.objects.filter(round=getattr(years, cycle).round, unit=years.branch, measure="item", code="L1")
    assert cells.update(covers_part=True) == 1
    assert moved(years) == []


@pytest.mark.parametrize(("field", "other"), [("weight", 2.0), ("anchors", [{"vi": "A", "en": "A"}] * 4)])
def test_a_practice_asked_with_another_weight_or_answers_is_not_compared(
    years: Years, field: str, other: object
) -> None:
    acted(years, "L1")
    round_ = years.first.round
    assert round_ is not None
    asked = deepcopy(round_.questionnaire)
    asked["items"][0][field] = other
    Round.objects.filter(pk=round_.pk).update(questionnaire=asked)
    years.first.refresh_from_db()
    assert moved(years) == []


@pytest.mark.parametrize("days", [-40, 170])
def test_only_what_was_done_between_the_cycles_counts(years: Years, days: int) -> None:
    done = acted(years, "L1")
    day = (FIRST + timedelta(days=days)).date()
    Action.objects.filter(pk=done.pk).update(started_on=min(day, done.started_on), due_on=day, closed_on=day)
    assert "Where something was done" not in page(years, years.leader)


def test_the_first_cycle_has_no_before(years: Years) -> None:
    acted(years, "L1")
    assert "Where something was done" not in page(years, years.leader, years.first)


def test_a_leader_reads_that_of_the_units_led_and_the_board_that_of_all(years: Years) -> None:
    acted(years, "L1")
    acted(years, "L1", unit=years.beside)

    def units(person: Employee) -> set[str]:
        return {row.action.unit.code for row in moved(years, person)}

    assert units(years.leader) == {"CN-1"}
    assert units(years.board) == {"CN-1", "CN-2"}
    assert units(make_employee(unit=None)) == set()


def test_a_practice_with_other_words_is_not_compared(years: Years) -> None:
    acted(years, "L1")
    older = years.first.model
    changed = deepcopy(older.plain())
    changed["pillars"][0]["practices"][0]["question"] = {"vi": "Khác", "en": "Another question"}
    content = {name: changed[name] for name in older.content}
    other = MaturityModel(
        code=older.code,
        version=9,
        title=older.title,
        content=content,
        state="published",
        changed_at=FIRST,
        published_at=FIRST,
    )
    other.save()
    Cycle.objects.filter(pk=years.second.pk).update(model=other)
    second = Cycle.objects.select_related("model", "round").get(pk=years.second.pk)
    assert results_actions.moved_where_done(employee=years.leader, cycle=second, before=years.first) == []

"""The practices of a unit: what people see, weakest first, what next, and the way to an action."""

import cProfile
import re

import pytest

from assessments.content import Content
from assessments.models import LeaderRating, MaturityModel
from people.models import Employee
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys.models import Cell
from surveys.querysets import STAFF_READ_AFTER
from tests.assessments.evidence_cast import give
from tests.assessments.results_cast import Cast, address, closed, make_cast
from tests.improvement.conftest import make_action
from tests.pulses.results_stage import reading, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def page_of(person: Employee, cast: Cast, model: MaturityModel, query: str = "") -> str:
    cycle = model.cycles.get()
    status, page = reading(
        person, address(cycle, cast.branches[0], f"practices/{query}"), clock.now() + STAFF_READ_AFTER
    )
    assert status == 200
    return page


def test_the_weakest_practice_of_a_pillar_comes_first(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    codes = [each.code for each in five.said.dimensions[0].practices]
    Cell.objects.filter(round=cycle.round, unit=cast.branches[0], code=codes[3]).update(mean=0.2)
    page = page_of(cast.lead, cast, five)
    assert re.findall(r'<article class="question practice" id="([^"]+)"', page)[0] == codes[3]
    in_order = page_of(cast.lead, cast, five, "?sort=model")
    assert re.findall(r'<article class="question practice" id="([^"]+)"', in_order)[:6] == codes


def test_a_page_reads_the_model_as_often_for_many_practices_as_for_few(cast: Cast, five: MaturityModel) -> None:
    def readings(query: str) -> int:
        profile = cProfile.Profile()
        page = profile.runcall(page_of, cast.lead, cast, five, query)
        assert "Start an action" in page
        calls = {getattr(each.code, "co_qualname", ""): int(each.callcount) for each in profile.getstats()}
        return calls.get(Content.read.__qualname__, 0)

    closed(cast, five)
    assert 0 < readings("") == readings("?pillar=process")


def test_a_filter_shows_one_pillar(cast: Cast, five: MaturityModel) -> None:
    closed(cast, five)
    page = page_of(cast.lead, cast, five, "?pillar=process")
    assert page.count('<article class="question practice"') == len(five.said.dimensions[3].practices)
    assert page_of(cast.lead, cast, five, "?pillar=nonsense").count("<article") == 30


def test_each_behaviour_stands_with_how_many_see_it_and_the_next_step_of_the_usual_one(
    cast: Cast, five: MaturityModel
) -> None:
    cycle = closed(cast, five).cycle
    practice = five.said.dimensions[0].practices[0]
    Cell.objects.filter(round=cycle.round, unit=cast.branches[0], code=practice.code).update(
        histogram=[2, 12, 4, 2], mean=1.3, n=20
    )
    text = words(page_of(cast.lead, cast, five))
    assert f"{practice.anchors[1].en} 60% · 12" in text
    assert practice.next_steps[1].en in text
    assert "1 + 4 · 1.30 / (4 − 1) = 2.73" in text


def test_a_practice_that_is_not_shown_apart_shows_no_count_and_no_step(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    Cell.objects.filter(round=cycle.round, unit=cast.branches[0], measure=Cell.Measure.ITEM).delete()
    for person in (cast.lead, cast.hr, cast.cx, cast.member):
        page = page_of(person, cast, five)
        assert "No practice is shown apart" in words(page)
        assert "No practice of this pillar is shown apart" in words(page_of(person, cast, five, "?sort=model"))
        assert 'class="anchors"' not in page
        assert "Start an action" not in page


def test_a_leader_starts_an_action_filled_in_and_others_do_not(cast: Cast, five: MaturityModel) -> None:
    closed(cast, five)
    page = page_of(cast.lead, cast, five)
    assert page.count("Start an action") == 30
    assert "/improvement/actions/new/?" in page
    for person in (cast.hr, cast.cx, cast.board, cast.member):
        assert "Start an action" not in page_of(person, cast, five)


def test_with_three_under_way_nobody_starts_a_fourth(cast: Cast, five: MaturityModel) -> None:
    closed(cast, five)
    for _ in range(3):
        make_action(cast.branches[0], cast.lead)
    page = page_of(cast.lead, cast, five)
    assert "Three actions are under way here" in words(page)
    assert "Start an action" not in page


def test_a_leaders_own_rating_is_marked_for_the_leader_alone(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    code = five.said.dimensions[0].practices[0].code
    LeaderRating.objects.create(
        cycle=cycle, unit=cast.branches[0], leader=cast.lead, answers={code: 3}, sent_at=clock.now()
    )
    assert page_of(cast.lead, cast, five).count("your rating") == 1
    for person in (cast.head, cast.hr, cast.cx, cast.board, cast.member):
        assert "your rating" not in page_of(person, cast, five)


def test_evidence_is_said_to_those_who_lead_or_read_all_and_to_nobody_else(cast: Cast, five: MaturityModel) -> None:
    closed(cast, five)
    give(cast.branches[0], cast.lead, practice=five.said.dimensions[0].practices[0].code)
    for person in (cast.lead, cast.head, cast.hr, cast.cx, cast.board):
        assert "Evidence: waiting for review." in words(page_of(person, cast, five))
    assert "Evidence:" not in words(page_of(cast.member, cast, five))


def test_the_practices_of_a_pillar_are_reached_from_the_scorecard(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    page = reading(cast.lead, address(cycle, cast.branches[0]), clock.now())[1]
    assert f"practices/?pillar={Pillar.MEASUREMENT.value}" in page

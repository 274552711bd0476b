"""Beside the lowest pillar of a results page: what is done about it, and the way for its leader to start something."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from improvement.causes import read_cause
from improvement.models import Action, Note
from portal.lib import clock
from pulses.notices import SINCE_AT_MOST, told_since
from tests.improvement.conftest import make_action, make_note
from tests.pulses.results_stage import Stage, at_once, later, make_stage, played, reading, signed_in

pytestmark = pytest.mark.django_db
RESULTS = "/pulses/results/"


@pytest.fixture
def stage(settings: object, tmp_path: object, db: None) -> Stage:
    settings.KEY_DIR = tmp_path / "keys"  # type: ignore[attr-defined, operator]
    return make_stage()


def test_a_leader_starts_an_action_for_the_lowest_question_in_one_press(stage: Stage) -> None:
    round_ = played(stage)
    _, page = reading(stage.lead_a, RESULTS, at_once(round_))
    assert "Nothing is under way yet." in page
    href = page.split('class="btn go" href="')[1].split('"')[0].replace("&amp;", "&")
    client = signed_in(stage.lead_a)
    with clock.at(at_once(round_)):
        form = client.get(href)
        cause = form.context["form"].given_cause
        assert (cause.room, cause.key.split(":")[1]) == ("pulses", str(stage.units["A"].pk))
        assert form.context["form"]["pillar"].value() == "measurement"
        assert set(cause.label) == {"vi", "en"}
        assert read_cause(cause.signed()) == cause


def test_people_of_the_unit_read_what_is_done_and_get_no_button(stage: Stage) -> None:
    round_ = played(stage)
    with clock.at(at_once(round_)):
        make_action(stage.units["A"], stage.lead_a, "Quầy tự duyệt đổi hàng")
        make_action(stage.units["B"], stage.lead_b, "Việc của đơn vị B")
    _, page = reading(stage.member, RESULTS, later(round_))
    assert "What we are doing about it" in page
    assert "Quầy tự duyệt đổi hàng" in page
    assert "Việc của đơn vị B" not in page
    assert "/improvement/actions/new/" not in page


def test_where_nothing_is_done_and_nothing_can_be_started_nothing_stands(stage: Stage) -> None:
    round_ = played(stage)
    _, page = reading(stage.member, RESULTS, later(round_))
    assert "What we are doing about it" not in page


def test_with_three_under_way_the_page_says_so_in_the_place_of_the_button(stage: Stage) -> None:
    round_ = played(stage)
    with clock.at(at_once(round_)):
        for number in (1, 2, 3):
            make_action(stage.units["A"], stage.lead_a, f"Việc {number}")
    _, page = reading(stage.lead_a, RESULTS, at_once(round_))
    assert "Three are under way, which is the most at once." in page
    assert "/improvement/actions/new/" not in page
    assert Action.objects.open().count() == 3


def test_the_next_invitation_says_what_was_done_since_the_wave_before(stage: Stage) -> None:
    first = played(stage, series="pulses.programme:1")
    assert first.closed_at is not None
    unit = stage.units["A"]
    with clock.at(first.opens_at - timedelta(days=1)):
        make_note(unit, stage.lead_a, "Trước đợt đầu")
    with clock.at(first.closed_at + timedelta(days=3)):
        make_note(unit, stage.lead_a, "Quầy tự duyệt. " * 30)
    with clock.at(first.closed_at + timedelta(days=20)):
        second = played(stage, "pulse:2", series="pulses.programme:1")
    assert told_since(first, unit.pk) == ""
    said = told_since(second, unit.pk)
    assert said.startswith("Quầy tự duyệt.")
    assert len(said) <= SINCE_AT_MOST
    assert told_since(second, stage.units["B"].pk) == ""
    Note.objects.update(withdrawn_at=clock.now())
    assert told_since(second, unit.pk) == ""


def ways(page: str) -> list[str]:
    """Where the links to an action on a page of questions lead."""
    found = re.findall(r'<a href="([^"]+)" aria-label="Start an action about this: ', page)
    return [href.replace("&amp;", "&") for href in found]


def test_from_each_question_shown_its_leader_starts_an_action_in_one_press(stage: Stage) -> None:
    round_ = played(stage)
    address = reverse("pulses:results_items", args=[round_.pk, stage.units["A"].pk])
    _, page = reading(stage.lead_a, address, at_once(round_))
    found = ways(page)
    assert len(found) == page.count('<article class="question">') - page.count('class="hatch"') > 0
    client = signed_in(stage.lead_a)
    with clock.at(at_once(round_)):
        form = client.get(found[-1]).context["form"]
    assert form["pillar"].value() == "measurement"
    assert form.given_cause.key.split(":")[1:] == [str(stage.units["A"].pk), "M2"]
    assert form.given_cause.words == round_.questions.item("M2").text["en"]


def test_nobody_else_and_no_unit_that_has_three_under_way_is_offered_an_action(stage: Stage) -> None:
    round_ = played(stage)
    address = reverse("pulses:results_items", args=[round_.pk, stage.units["A"].pk])
    for person in (stage.member, stage.hr, stage.cx):
        status, page = reading(person, address, later(round_))
        assert (status, ways(page)) == (200, [])
    with clock.at(at_once(round_)):
        for number in (1, 2, 3):
            make_action(stage.units["A"], stage.lead_a, f"Việc {number}")
    assert ways(reading(stage.lead_a, address, at_once(round_))[1]) == []

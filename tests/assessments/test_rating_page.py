"""A leader's own rating of a unit led: by name, kept and sent, guarded against a second tab, closed with its cycle."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments import actions, facts
from assessments.models import Cycle, LeaderRating, MaturityModel
from diary.models import Fact
from people.models import Employee
from people.roles import Role
from portal.lib import clock
from surveys.actions import stock_keys
from tests.assessments.conftest import browser
from tests.assessments.cycle_cast import MONDAY, leader_of, make_company, make_planned, unit
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

LATER = MONDAY + timedelta(days=2)


@pytest.fixture
def cycle(five: MaturityModel, settings: Any, tmp_path: Path) -> Iterator[Cycle]:
    """Open since Monday; the clock stands on Wednesday."""
    settings.KEY_DIR = tmp_path / "keys"
    stock_keys(1)
    make_company()
    with clock.at(MONDAY):
        opened = actions.open_cycle(cycle_id=make_planned(five).pk)
    with clock.at(LATER):
        yield opened


@pytest.fixture
def leader(cycle: Cycle) -> Employee:
    leader = leader_of("CN-1")
    leader.language = "en"
    leader.save()
    return leader


@pytest.fixture
def mine(cycle: Cycle, leader: Employee) -> LeaderRating:
    return LeaderRating.objects.get(cycle=cycle, leader=leader)


@pytest.fixture
def client(leader: Employee) -> Client:
    return in_english(leader)


def in_english(employee: Employee) -> Client:
    client = browser(employee)
    client.cookies["django_language"] = "en"
    return client


def address(rating: LeaderRating) -> str:
    return reverse("assessments:rating", args=[rating.cycle_id, rating.unit_id])


def page_of(client: Client, rating: LeaderRating, status: int = 200) -> str:
    response = client.get(address(rating))
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def asked(page: str, number: int) -> str:
    return page.split(f'id="q{number}"', 1)[1].split("</fieldset>", 1)[0]


def end_of(cycle: Cycle) -> Any:
    assert cycle.round is not None
    return cycle.round.closes_at


# The sheet


def test_the_page_says_whose_name_it_bears_and_who_sees_it(client: Client, mine: LeaderRating) -> None:
    page = page_of(client, mine)
    assert "With your name" in page
    assert "<b>Each answer, and what you write:</b> nobody but you." in page
    assert "<b>Whether you sent it:</b> HR and the CX team as well." in page
    assert "for 14 days after the close only you, then also your superior and HR." in page
    assert "<b>The board:</b> only how such differences are spread over the company, without names." in page
    assert "You may change it until the end of 27 September 2026." in page
    assert "It takes about 12 minutes." in page
    assert "Answers are anonymous; results" not in page


def test_every_practice_shows_its_answers_before_any_result_is_there_and_nothing_is_chosen(
    client: Client, mine: LeaderRating, five: MaturityModel
) -> None:
    page = page_of(client, mine)
    for practice in five.said.practices:
        for anchor in practice.anchors:
            assert anchor.en in page
    assert page.count('value="dk"') == 30
    assert page.count("<textarea") == 5
    assert " checked" not in page


def test_a_cycle_without_comments_has_no_room_for_words(client: Client, mine: LeaderRating, cycle: Cycle) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(asks_comments=False)
    assert "<textarea" not in page_of(client, mine)


def test_whoever_did_not_lead_the_unit_on_the_opening_day_finds_nothing(cycle: Cycle, mine: LeaderRating) -> None:
    successor = make_employee(unit=unit("CN-1"))
    branch = unit("CN-1")
    branch.leader = successor
    branch.save()
    hr = make_employee(roles=(Role.HR, Role.CX))
    for other in (successor, hr, leader_of("CTY"), leader_of("CN-2")):
        for method in ("get", "post"):
            assert getattr(browser(other), method)(address(mine)).status_code == 404


def test_somebody_who_leads_several_levels_rates_each_once(five: MaturityModel, settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    stock_keys(1)
    root = make_company()
    both = leader_of("CN-1")
    team = make_unit("CN-1-A", parent=unit("CN-1"), leader=both, name_en="Team A")
    for _ in range(6):
        make_employee(unit=team)
    with clock.at(MONDAY):
        opened = actions.open_cycle(cycle_id=make_planned(five).pk)
    with clock.at(LATER):
        page = in_english(both).get(reverse("assessments:rating_list")).content.decode()
        for led in (unit("CN-1"), team):
            assert reverse("assessments:rating", args=[opened.pk, led.pk]) in page
        assert reverse("assessments:rating", args=[opened.pk, root.pk]) not in page


# Keeping and sending


def test_a_rating_is_sent_and_there_again(client: Client, mine: LeaderRating, leader: Employee) -> None:
    posted = {"seen": "0", "a.L1": "3", "a.L2": "dk", "a.L3": "0", "c.comment-people": "Cần thêm\r\nngười. "}
    response = client.post(address(mine), posted)
    assert response.status_code == 302
    mine.refresh_from_db()
    assert mine.answers == {"L1": 3, "L2": None, "L3": 0}
    assert mine.comments == {"people": "Cần thêm người."}
    assert (mine.sent_at, mine.edition) == (LATER, 1)
    page = client.get(response["Location"]).content.decode()
    assert response["Location"].startswith(reverse("assessments:rating_list")), "not the long sheet again"
    assert f'data-sent="rating-{mine.pk}-0"' in page
    page = client.get(address(mine)).content.decode()
    assert f'data-draft="rating-{mine.pk}-1"' in page
    assert 'value="3" checked' in asked(" ".join(page.split()), 1)
    assert 'value="dk" checked' in asked(" ".join(page.split()), 2)
    assert "Cần thêm người.</textarea>" in page
    assert "Send again" in page
    assert "Keep for later" not in page


def test_a_fact_says_that_a_rating_was_sent_and_nothing_of_what_it_says(
    client: Client, mine: LeaderRating, leader: Employee
) -> None:
    client.post(address(mine), {"seen": "0", "a.L1": "3", "c.comment-people": "Cần thêm người."})
    client.post(address(mine), {"seen": "1", "a.L1": "2"})
    said = list(Fact.objects.filter(verb=facts.RATING_SENT).order_by("pk"))
    assert [(each.actor_id, each.unit_id, each.subject, each.data) for each in said] == [
        (leader.pk, mine.unit_id, f"assessments.cycle:{mine.cycle_id}", {})
    ] * 2


def test_what_is_kept_is_not_sent_and_no_fact(client: Client, mine: LeaderRating) -> None:
    assert client.post(address(mine), {"seen": "0", "a.L1": "3", "do": "keep"}).status_code == 302
    mine.refresh_from_db()
    assert (mine.answers, mine.sent_at, mine.edition) == ({"L1": 3}, None, 1)
    assert not Fact.objects.filter(verb=facts.RATING_SENT).exists()
    assert 'value="3" checked' in asked(page_of(client, mine), 1)


def test_what_was_sent_is_never_unsent_by_keeping(client: Client, mine: LeaderRating) -> None:
    client.post(address(mine), {"seen": "0", "a.L1": "3"})
    assert client.post(address(mine), {"seen": "1", "a.L1": "0", "do": "keep"}).status_code == 409
    mine.refresh_from_db()
    assert mine.answers == {"L1": 3}
    assert mine.sent_at is not None


def test_a_rating_that_skips_everything_or_knows_nothing_is_taken(
    client: Client, mine: LeaderRating, five: MaturityModel
) -> None:
    assert client.post(address(mine), {"seen": "0"}).status_code == 302
    nothing = {f"a.{practice.code}": "dk" for practice in five.said.practices}
    assert client.post(address(mine), {"seen": "1", **nothing}).status_code == 302
    mine.refresh_from_db()
    assert mine.answers == {practice.code: None for practice in five.said.practices}


@pytest.mark.parametrize("value", ["4", "-1", "1.0", "mười", "99999999999999999999"])
def test_an_answer_nobody_offered_is_refused_beside_its_question_and_nothing_typed_is_lost(
    client: Client, mine: LeaderRating, value: str
) -> None:
    posted = {"seen": "0", "a.L1": "1", "a.L2": value, "c.comment-people": "<b>Giữ lại</b>"}
    response = client.post(address(mine), posted)
    page = " ".join(response.content.decode().split())
    assert response.status_code == 422
    assert "not one of those offered" in asked(page, 2)
    assert '<a href="#q2">' in page
    assert 'value="1" checked' in asked(page, 1)
    assert "&lt;b&gt;Giữ lại&lt;/b&gt;" in page
    assert 'name="seen" value="0"' in page
    assert " data-typed" in page
    mine.refresh_from_db()
    assert (mine.answers, mine.edition) == ({}, 0)


def test_a_comment_too_long_comes_back_whole_with_the_sentence_beside_it(client: Client, mine: LeaderRating) -> None:
    long = "dài " * 130
    response = client.post(address(mine), {"seen": "0", "c.comment-people": long})
    page = response.content.decode()
    assert response.status_code == 422
    assert "longer than 500 characters" in page.split('class="words bad"')[1].split("</div>")[0]
    assert long.strip() in page


def test_an_answer_to_what_is_not_asked_is_refused_and_said_once(client: Client, mine: LeaderRating) -> None:
    response = client.post(address(mine), {"seen": "0", "a.L1": "1", "a.X99": "1"})
    page = " ".join(response.content.decode().split())
    assert response.status_code == 422
    assert "is not asked in this model any more" in page
    assert 'value="1" checked' in asked(page, 1)
    assert "a.X99" not in page


# Two tabs


def test_the_later_of_two_tabs_is_told_and_keeps_what_was_typed(client: Client, mine: LeaderRating) -> None:
    client.post(address(mine), {"seen": "0", "a.L1": "3", "a.L2": "1", "c.comment-process": "Hai\r\ndòng"})
    words = {"c.comment-people": "Từ thẻ sau", "c.comment-process": "Hai\r\ndòng"}
    response = client.post(address(mine), {"seen": "0", "a.L1": "0", "a.L2": "1", **words})
    page = " ".join(response.content.decode().split())
    assert response.status_code == 409
    assert "stored from another tab or device" in page
    listed = page.split("something else than what is stored", 1)[1].split("</ul>", 1)[0]
    assert re.findall(r"#q(\d+)", listed) == ["1", "33"]
    assert 'value="0" checked' in asked(page, 1)
    assert "Từ thẻ sau" in page
    mine.refresh_from_db()
    assert mine.answers == {"L1": 3, "L2": 1}
    assert 'name="seen" value="1"' in page
    assert client.post(address(mine), {"seen": "1", "a.L1": "0"}).status_code == 302


def test_a_rating_moved_to_a_newer_version_asks_the_newer_one(
    client: Client, mine: LeaderRating, cycle: Cycle, ten: MaturityModel
) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(moved_to=ten, moved_by="clamp")
    assert page_of(client, mine).count('value="dk"') == 10


# The end


def test_after_the_end_the_page_shows_what_was_said_and_takes_nothing(
    client: Client, mine: LeaderRating, cycle: Cycle, five: MaturityModel
) -> None:
    client.post(address(mine), {"seen": "0", "a.L1": "3", "a.L2": "dk", "c.comment-people": "Cần thêm người."})
    first = next(five.said.practices)
    with clock.at(end_of(cycle)):
        page = page_of(in_english(mine.leader), mine)
    assert "What you said of Branch CN-1" in page
    assert first.anchors[3].en in page
    assert first.anchors[0].en not in page
    assert "Cần thêm người." in page
    assert page.count("Not answered") == 28
    assert 'type="radio"' not in page


def test_a_press_after_the_end_stores_nothing_and_says_what_counts(
    client: Client, mine: LeaderRating, cycle: Cycle
) -> None:
    client.post(address(mine), {"seen": "0", "a.L1": "3"})
    with clock.at(end_of(cycle)):
        response = in_english(mine.leader).post(address(mine), {"seen": "1", "a.L1": "0"})
    assert response.status_code == 410
    assert "What you sent before is below, and counts." in response.content.decode()
    mine.refresh_from_db()
    assert mine.answers == {"L1": 3}


def test_a_cancelled_cycle_says_so_in_one_sentence(client: Client, mine: LeaderRating, cycle: Cycle) -> None:
    actions.cancel_cycle(cycle=cycle, by=make_employee(roles=(Role.CX,)))
    for response in (client.get(address(mine)), client.post(address(mine), {"seen": "0", "a.L1": "3"})):
        assert response.status_code == 410
        assert "This cycle was cancelled" in response.content.decode()
    assert in_english(leader_of("CN-2")).get(address(mine)).status_code == 404


# The list


def test_the_list_tells_waiting_from_sent_from_over(client: Client, mine: LeaderRating, cycle: Cycle) -> None:
    there = reverse("assessments:rating_list")
    page = client.get(there).content.decode()
    assert "Waiting for you" in page
    assert address(mine) in page
    client.post(address(mine), {"seen": "0", "a.L1": "3", "do": "keep"})
    assert "kept, not sent" in client.get(there).content.decode()
    client.post(address(mine), {"seen": "1", "a.L1": "3"})
    page = client.get(there).content.decode()
    assert "Waiting for you" not in page
    assert "Sent, and still open" in page
    with clock.at(end_of(cycle)):
        assert "Cycles that are over" in in_english(mine.leader).get(there).content.decode()


def test_somebody_who_leads_nothing_sees_that_nothing_waits(cycle: Cycle) -> None:
    page = in_english(make_employee()).get(reverse("assessments:rating_list")).content.decode()
    assert "Nothing waits for you." in page


# The door itself


def test_only_the_leader_of_the_opening_day_sends(mine: LeaderRating, cycle: Cycle) -> None:
    with pytest.raises(actions.RatingChanged):
        actions.send_rating(rating=mine, answers={"L1": 1}, comments={}, seen=0, by=leader_of("CN-2"))
    mine.refresh_from_db()
    assert mine.edition == 0


@pytest.mark.parametrize("answer", [True, 4, -1, 1.0, "1"])
def test_the_door_takes_whole_numbers_that_are_offered(mine: LeaderRating, leader: Employee, answer: Any) -> None:
    with pytest.raises(actions.AnswerWrong) as refused:
        actions.send_rating(rating=mine, answers={"L1": answer}, comments={}, seen=0, by=leader)
    assert (refused.value.code, refused.value.reason) == ("L1", "not_offered")


def test_the_pages_ask_the_database_as_often_for_one_rating_as_for_many(
    client: Client, mine: LeaderRating, django_assert_max_num_queries: Any
) -> None:
    client.get(address(mine))
    with django_assert_max_num_queries(14):
        client.get(address(mine))
    with django_assert_max_num_queries(14):
        client.get(reverse("assessments:rating_list"))

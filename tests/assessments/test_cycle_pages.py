"""The pages of cycles: planning in minutes, the buttons, how far one has come, without revealing anybody."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments import actions
from assessments.models import Cycle, LeaderRating, MaturityModel
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from surveys import closing
from surveys.actions import new_link, press_start, stock_keys
from surveys.models import Invitation, Round
from tests.assessments.conftest import browser
from tests.assessments.cycle_cast import MONDAY, leader_of, make_company, make_cycle, make_planned, unit
from tests.make import make_employee, make_unit


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def keys(settings: Any, tmp_path: Path, db: None) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    stock_keys()


@pytest.fixture
def company(db: None) -> Unit:
    return make_company()


@pytest.fixture
def client(cx: Employee) -> Client:
    return browser(cx)


def typed(asked: MaturityModel, **changes: Any) -> dict[str, Any]:
    return {
        "model": asked.pk,
        "units": [],
        "opens_on": "14/09/2026",
        "window_days": "21",
        "send_hour": "9",
        "repeats": "0",
        "asks_comments": "on",
        "reminders": "2",
        "k": "5",
        "k_detail": "10",
        "title_vi": "",
        "title_en": "",
        **changes,
    }


def words(answer: Any) -> str:
    """The page as one reads it: spaces alike."""
    return " ".join(answer.content.decode().split())


def press(client: Client, name: str, cycle: Cycle) -> Any:
    return client.post(reverse(f"assessments:{name}", args=[cycle.pk]), follow=True)


# Planning


def test_now_is_refused_by_today_and_the_day_by_itself(
    keys: None, client: Client, company: Unit, five: MaturityModel
) -> None:
    actions.open_cycle(cycle_id=make_cycle(five).pk)
    other = MaturityModel.objects.create(
        code="other",
        version=1,
        state="published",
        title=five.title,
        content=five.content,
        changed_at=MONDAY,
        published_at=MONDAY,
    )
    later = make_cycle(other, opens_on=date(2026, 12, 7))

    with clock.at(MONDAY + timedelta(days=1)):
        page = words(client.get(later.get_absolute_url()))
    assert "It cannot be opened today." in page
    assert "The first possible day is 13 October 2026." in page
    assert "On its day, 7 December 2026, nothing stands in its way." in page
    assert reverse("assessments:cycle_open", args=[later.pk]) not in page
    assert f'class="btn go" href="{reverse("assessments:cycle_schedule", args=[later.pk])}"' in page

    soon = make_cycle(other, opens_on=date(2026, 9, 14))
    with clock.at(MONDAY + timedelta(days=1)):
        page = words(client.get(soon.get_absolute_url()))
    assert "It cannot be opened like this." in page
    assert reverse("assessments:cycle_open", args=[soon.pk]) not in page


def test_without_a_model_the_list_says_what_comes_first(client: Client) -> None:
    assert "Publish one first." in words(client.get(reverse("assessments:cycle_list")))


def test_a_plan_needs_no_more_than_the_defaults(client: Client, five: MaturityModel, company: Unit) -> None:
    page = client.get(reverse("assessments:cycle_new"))
    offered = page.context["form"].initial | {
        name: field.initial for name, field in page.context["form"].fields.items()
    }
    assert offered["opens_on"]() == date(2026, 9, 14)
    answer = client.post(reverse("assessments:cycle_new"), typed(five), follow=True)
    cycle = Cycle.objects.get()
    assert cycle.words.en == f"{five.words.en}, September 2026"
    assert (cycle.state, cycle.window_days, cycle.repeats, cycle.asks_comments) == ("draft", 21, 0, True)
    said = words(answer)
    assert "About 26 people in 3 units; 30 practices, about 12 minutes each." in said
    assert "until the end of 4 October 2026" in said
    assert "3 units have a leader, who is asked to rate them by name." in said


def test_units_may_be_chosen(client: Client, ten: MaturityModel, company: Unit) -> None:
    client.post(reverse("assessments:cycle_new"), typed(ten, units=[unit("CN-1").pk]))
    assert list(Cycle.objects.get().units.all()) == [unit("CN-1")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opens_on": "01/09/2026"}, "This day is over. Choose today or a later day."),
        ({"opens_on": "soon"}, "Write the date as day/month/year, such as 14/09/2026."),
        ({"window_days": "6"}, "Write a whole number from 7 to 60."),
        ({"window_days": "61"}, "Write a whole number from 7 to 60."),
        ({"k": "4"}, "Write a whole number from 5 to 50."),
        ({"k": "20"}, "Never fewer than for scores."),
        ({"title_en": "Autumn"}, "Give it a title in both languages, or in neither."),
        ({"model": "0"}, "Choose a published model from the list."),
    ],
)
def test_a_bad_plan_is_refused_in_a_sentence(
    client: Client, ten: MaturityModel, company: Unit, changes: dict[str, Any], said: str
) -> None:
    answer = client.post(reverse("assessments:cycle_new"), typed(ten, **changes))
    assert said in words(answer)
    assert not Cycle.objects.exists()


def test_a_long_model_is_not_planned_twice_a_year(client: Client, five: MaturityModel, company: Unit) -> None:
    content = five.content
    practice = dict(content["pillars"][0]["practices"][0], code="L99")
    content["pillars"][0] = {
        **content["pillars"][0],
        "practices": [*content["pillars"][0]["practices"], practice],
    }
    long = MaturityModel.objects.create(
        code="long",
        version=1,
        state="published",
        title=five.title,
        content=content,
        changed_at=MONDAY,
        published_at=MONDAY,
    )
    answer = client.post(reverse("assessments:cycle_new"), typed(long, repeats="6"))
    assert "asked at most once a year" in words(answer)
    assert client.post(reverse("assessments:cycle_new"), typed(long, repeats="12")).status_code == 302


def test_of_two_tabs_the_later_is_told(client: Client, ten: MaturityModel, company: Unit) -> None:
    cycle = make_cycle(ten)
    address = reverse("assessments:cycle_change", args=[cycle.pk])
    seen = client.get(address).context["form"]["edition"].value()
    client.post(address, typed(ten, window_days="14", edition=seen))
    answer = client.post(address, typed(ten, window_days="30", edition=seen), follow=True)
    assert "Somebody saved this plan after you opened the page." in words(answer)
    cycle.refresh_from_db()
    assert cycle.window_days == 14


def test_a_title_after_model_and_month_follows_a_new_day(client: Client, ten: MaturityModel, company: Unit) -> None:
    client.post(reverse("assessments:cycle_new"), typed(ten))
    cycle = Cycle.objects.get()
    shown = {"title_vi": cycle.words.vi, "title_en": cycle.words.en, "edition": cycle.edition}
    client.post(reverse("assessments:cycle_change", args=[cycle.pk]), typed(ten, opens_on="05/11/2026", **shown))
    cycle.refresh_from_db()
    assert cycle.words.en == f"{ten.words.en}, November 2026"


def test_what_hinders_is_said_before_anybody_presses(client: Client, ten: MaturityModel, company: Unit) -> None:
    cycle = make_cycle(ten, make_unit("RONG", parent=company))
    page = words(client.get(cycle.get_absolute_url()))
    assert "5 more people are needed to protect each answer." in page
    assert reverse("assessments:cycle_open", args=[cycle.pk]) not in page


# Buttons


def test_a_button_asks_once_and_then_opens(client: Client, keys: None, ten: MaturityModel, company: Unit) -> None:
    cycle = make_cycle(ten)
    asked = words(client.get(reverse("assessments:cycle_open", args=[cycle.pk])))
    assert "About 26 people in 3 units get a link to an anonymous sheet" in asked
    assert "until the end of 27 September 2026" in asked
    assert not Round.objects.exists()
    said = words(press(client, "cycle_open", cycle))
    assert "The cycle is open. Invitations are on their way." in said
    assert "0 of 3 ratings sent." in said


def test_without_a_key_the_page_says_to_wait(client: Client, ten: MaturityModel, company: Unit) -> None:
    assert "there is no key in stock yet" in words(press(client, "cycle_open", make_cycle(ten)))


def test_a_plan_opens_by_itself_only_while_it_is_set_to(client: Client, ten: MaturityModel, company: Unit) -> None:
    cycle = make_cycle(ten, opens_on=date(2026, 9, 14))
    press(client, "cycle_schedule", cycle)
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.PLANNED
    assert "Opens on 14 September 2026 at 09:00, by itself." in words(client.get(cycle.get_absolute_url()))
    press(client, "cycle_unschedule", cycle)
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.DRAFT


def test_why_it_did_not_open_stands_on_the_page(client: Client, keys: None, ten: MaturityModel, company: Unit) -> None:
    cycle = make_planned(ten)
    MaturityModel.objects.filter(pk=ten.pk).update(state="retired")
    actions.open_due_cycle(cycle_id=cycle.pk, now=MONDAY)
    page = words(client.get(cycle.get_absolute_url()))
    assert "It did not open." in page
    assert "Its model is no longer published" in page
    assert "Needs a decision" in words(client.get(reverse("assessments:cycle_list")))


def test_a_plan_may_be_deleted(client: Client, ten: MaturityModel, company: Unit) -> None:
    cycle = make_cycle(ten)
    assert "The plan is deleted." in words(press(client, "cycle_delete", cycle))
    assert not Cycle.objects.exists()


def test_what_was_opened_keeps_its_plan(client: Client, keys: None, ten: MaturityModel, company: Unit) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    page = client.get(reverse("assessments:cycle_change", args=[cycle.pk]), follow=True)
    assert "keeps its plan" in words(page)
    assert "already in another state" in words(press(client, "cycle_delete", cycle))


def test_closing_early_ends_the_window(client: Client, keys: None, ten: MaturityModel, company: Unit) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    with clock.at(MONDAY + timedelta(days=3)):
        press(client, "cycle_close", cycle)
        cycle.refresh_from_db()
        assert cycle.round is not None
        assert cycle.round.closes_at == MONDAY + timedelta(days=3)
        assert "already in another state" not in words(client.get(cycle.get_absolute_url()))


def test_a_cancelled_cycle_says_what_became_of_it(
    client: Client, keys: None, ten: MaturityModel, company: Unit
) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    said = words(press(client, "cycle_cancel", cycle))
    assert "It was cancelled while it was open." in said
    assert not LeaderRating.objects.exists()


def test_a_lost_key_is_said_as_it_is(client: Client, keys: None, ten: MaturityModel, company: Unit) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    Round.objects.update(state="lost", closed_at=MONDAY)
    assert actions.end_without_results(cycle_id=cycle.pk)
    assert "The key to its answers was lost" in words(client.get(cycle.get_absolute_url()))


# While it is open


def test_links_used_are_told_once_a_day_and_rounded(
    client: Client, keys: None, ten: MaturityModel, company: Unit
) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    for invitation in Invitation.objects.order_by("pk")[:14]:
        press_start(new_link(invitation.pk))
    assert "is told once a day, from the second day on" in words(client.get(cycle.get_absolute_url()))
    with clock.at(MONDAY + timedelta(days=2)):
        closing.count_participation()
        assert "At least 50% of the links had been used" in words(client.get(cycle.get_absolute_url()))


def test_which_leaders_sent_theirs_is_for_those_who_run_cycles(
    client: Client, keys: None, ten: MaturityModel, company: Unit
) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    LeaderRating.objects.filter(leader=leader_of("CN-1")).update(sent_at=MONDAY)
    page = words(client.get(cycle.get_absolute_url()))
    assert "1 of 3 ratings sent." in page
    assert "Trưởng CN-1" in page
    other = words(browser(leader_of("CN-2")).get(cycle.get_absolute_url()))
    assert "Trưởng CN-1" not in other


def test_units_moved_and_leaders_replaced_are_told(
    client: Client, keys: None, ten: MaturityModel, company: Unit
) -> None:
    alone = make_employee("Một Mình", unit=unit("CN-1"))
    make_unit("RONG", parent=unit("CN-1"), leader=alone, name_en="Empty team")
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    Unit.objects.filter(code="CN-2").update(parent=unit("CN-1"), leader=leader_of("CN-1"))
    page = words(client.get(cycle.get_absolute_url()))
    assert "Moved or closed since it opened: Branch CN-2. The results stay with the tree of the day it opened." in page
    assert "Somebody else leads now: Branch CN-2." in page
    assert "Nobody but the leader: Empty team." in page


# Who sees what


@pytest.mark.parametrize(
    ("role", "plan", "opened"),
    [(Role.HR, 200, 200), (Role.BOARD, 404, 200), (Role.REVIEWER, 404, 200), (None, 404, 404)],
)
def test_plans_are_for_hr_and_cx_and_open_cycles_for_those_concerned(
    keys: None, ten: MaturityModel, company: Unit, role: Role | None, plan: int, opened: int
) -> None:
    other = browser(make_employee(roles=(role,) if role else ()))
    cycle = make_cycle(ten)
    assert other.get(cycle.get_absolute_url()).status_code == plan
    actions.open_cycle(cycle_id=cycle.pk)
    assert other.get(cycle.get_absolute_url()).status_code == opened


@pytest.mark.parametrize("name", ["cycle_open", "cycle_schedule", "cycle_delete", "cycle_close", "cycle_cancel"])
def test_a_leader_presses_no_button_of_a_cycle(keys: None, ten: MaturityModel, company: Unit, name: str) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert browser(leader_of("CN-1")).post(reverse(f"assessments:{name}", args=[cycle.pk])).status_code == 403
    cycle.refresh_from_db()
    assert cycle.is_open


def test_a_page_of_a_cycle_costs_the_same_for_many_units(
    client: Client, keys: None, ten: MaturityModel, company: Unit, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        below = make_unit(f"T-{number}", parent=unit("CN-1"), leader=make_employee(unit=unit("CN-1")))
        make_employee(unit=below)
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    with django_assert_max_num_queries(24):
        client.get(cycle.get_absolute_url())

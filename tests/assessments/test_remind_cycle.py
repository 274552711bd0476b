"""Reminders and word of results: each once, to those it concerns, however late the clock."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse

from assessments import actions, notices
from assessments.models import Cycle, CycleReminder, LeaderRating, MaturityModel
from assessments.tasks import sweep_cycles
from diary.models import Fact
from outbox.letters import letter
from outbox.models import Notice
from outbox.registry import kind_named
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from surveys import closing
from surveys.actions import new_link, press_start, stock_keys, submit_ballot
from surveys.models import Invitation
from tests.assessments.cycle_cast import MONDAY, leader_of, make_company, make_cycle, make_planned, unit
from tests.make import make_employee
from tests.worker import work_off

FIRST = MONDAY + timedelta(days=7)
SECOND = MONDAY + timedelta(days=14)


@pytest.fixture
def keys(settings: Any, tmp_path: Path, db: None) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    stock_keys()


@pytest.fixture
def cycle(keys: None, ten: MaturityModel) -> Iterator[Cycle]:
    with clock.at(MONDAY):
        make_company()
        yield actions.open_cycle(cycle_id=make_cycle(ten).pk)


def sweep_at(moment: datetime) -> None:
    with clock.at(moment):
        sweep_cycles()
        work_off("default")


def owed(kind: str) -> "list[Notice]":
    return list(Notice.objects.filter(kind=f"assessments.{kind}").select_related("employee"))


# Reminders


def test_reminders_stand_at_a_third_and_two_thirds_of_the_window(cycle: Cycle) -> None:
    assert actions.reminder_instants(cycle) == [FIRST, SECOND]
    cycle.reminders = 1
    assert actions.reminder_instants(cycle) == [MONDAY + timedelta(days=10)]
    cycle.reminders = 0
    assert actions.reminder_instants(cycle) == []


def test_none_goes_out_before_its_hour(cycle: Cycle) -> None:
    sweep_at(FIRST - timedelta(minutes=1))
    assert not CycleReminder.objects.exists()


def test_only_links_that_were_not_used_and_ratings_that_were_not_sent(cycle: Cycle) -> None:
    used, left, quiet = Invitation.objects.select_related("employee").order_by("pk")[:3]
    with clock.at(MONDAY + timedelta(hours=1)):
        press_start(new_link(used.pk))
    Employee.objects.filter(pk=left.employee_id).update(left_on=FIRST.date())
    Employee.objects.filter(pk=quiet.employee_id).update(reminders_off=True)
    LeaderRating.objects.filter(leader=leader_of("CN-1")).update(sent_at=MONDAY)
    sweep_at(FIRST)
    reminded = {notice.employee_id for notice in owed("reminder")}
    assert len(owed("reminder")) == len(reminded) == 23
    assert not reminded & {used.employee_id, left.employee_id, quiet.employee_id}
    leaders = {leader_of("CTY").pk, leader_of("CN-2").pk} - {left.employee_id, quiet.employee_id}
    assert {notice.employee_id for notice in owed("rating_reminder")} == leaders


def test_each_reminder_goes_out_once_and_there_are_two(cycle: Cycle) -> None:
    for hours in range(0, 22 * 24, 12):
        sweep_at(MONDAY + timedelta(hours=hours))
    assert list(CycleReminder.objects.values_list("number", flat=True)) == [1, 2]
    assert len(owed("reminder")) == 52
    assert {notice.context["last"] for notice in owed("reminder") if ":2:" in notice.key} == {True}
    assert Fact.objects.filter(verb="assessments.cycle_reminded").count() == 2


def test_a_late_clock_sends_the_latest_reminder_alone(cycle: Cycle) -> None:
    sweep_at(SECOND + timedelta(hours=5))
    sweep_at(SECOND + timedelta(hours=6))
    assert list(CycleReminder.objects.values_list("number", flat=True)) == [2]
    assert len(owed("reminder")) == 26


def test_a_cycle_that_was_closed_early_reminds_nobody(cycle: Cycle) -> None:
    with clock.at(MONDAY + timedelta(days=2)):
        assert actions.close_cycle_now(cycle=cycle)
        assert not actions.close_cycle_now(cycle=cycle)
    sweep_at(FIRST)
    assert not owed("reminder")


@pytest.mark.django_db(transaction=True)
def test_two_workers_side_by_side_remind_once(cycle: Cycle) -> None:
    def remind(_: int) -> bool:
        try:
            return actions.remind_if_due(cycle_id=cycle.pk, now=FIRST) is not None
        finally:
            connections.close_all()

    with clock.at(FIRST), ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(remind, range(4))) == 1
    assert len(owed("reminder")) == 26


@transaction.atomic
def remind_where_nothing_can_be_owed(cycle: Cycle) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE outbox_notice ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    actions.remind_if_due(cycle_id=cycle.pk, now=FIRST)


def test_a_reminder_that_the_database_refuses_is_heard_of_and_tried_again(cycle: Cycle) -> None:
    with clock.at(FIRST):
        with pytest.raises(IntegrityError):
            remind_where_nothing_can_be_owed(cycle)
        assert not CycleReminder.objects.exists()
        assert actions.remind_if_due(cycle_id=cycle.pk, now=FIRST) is not None
    assert len(owed("reminder")) == 26


def test_a_reminder_is_dropped_when_it_is_no_longer_wanted(cycle: Cycle) -> None:
    sweep_at(FIRST)
    team, leader = owed("reminder")[0], owed("rating_reminder")[0]
    with clock.at(FIRST + timedelta(minutes=1)):
        assert notices.still_wanted(team)
        assert notices.still_to_rate(leader)
        press_start(new_link(team.context["invitation"]))
        LeaderRating.objects.filter(leader=leader.employee).update(sent_at=FIRST)
        assert not notices.still_wanted(team)
        assert not notices.still_to_rate(leader)


# Letters


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_letter_greets_and_has_one_link(cycle: Cycle, language: str) -> None:
    sweep_at(FIRST)
    for kind in ("invitation", "reminder", "rating", "rating_reminder"):
        notice = owed(kind)[0]
        notice.employee.language = language
        with clock.at(FIRST + timedelta(hours=1)):
            registered = kind_named(f"assessments.{kind}")
            mail = letter(notice, registered, registered.secret(notice) if registered.secret else {})
        html = str(mail.alternatives[0][0])
        assert notice.employee.full_name in mail.body
        assert html.count("<a href") == 1
        assert ("Kỳ đánh giá thu" if language == "vi" else "Autumn cycle") in mail.body
        assert "{{" not in html + str(mail.body)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("lost", [True, False])
def test_word_of_the_end_says_what_became_of_the_answers(cycle: Cycle, language: str, lost: bool) -> None:
    with clock.at(MONDAY + timedelta(days=1)):
        actions.cancel_cycle(cycle=cycle, by=leader_of("CTY"))
    notice = owed("cancellation")[0]
    notice.context["lost"], notice.employee.language = lost, language
    body = str(letter(notice, kind_named(notice.kind), {}).body)
    said = {
        ("vi", True): "khóa của các phiếu niêm kín đã mất",
        ("vi", False): "đã bị hủy khi còn đang mở",
        ("en", True): "the key to its sealed answer sheets was lost",
        ("en", False): "was cancelled while it was open",
    }
    assert said[language, lost] in body


@pytest.mark.parametrize("language", ["vi", "en"])
def test_word_that_a_plan_waits_leads_to_its_page(keys: None, ten: MaturityModel, cx: Employee, language: str) -> None:
    plan = make_planned(ten, opens_on=date(2026, 9, 7))
    with clock.at(MONDAY + timedelta(days=60)):
        actions.open_due_cycle(cycle_id=plan.pk, now=MONDAY + timedelta(days=60))
    notice = owed("refused")[0]
    notice.employee.language = language
    mail = letter(notice, kind_named(notice.kind), {})
    assert plan.get_absolute_url() in str(mail.body)
    assert ("chờ bạn quyết định" if language == "vi" else "waits for your decision") in mail.subject


def test_the_link_of_a_letter_opens_the_sheet_it_speaks_of(cycle: Cycle) -> None:
    notice = owed("invitation")[0]
    with clock.at(MONDAY + timedelta(hours=1)):
        told = notices.secret(notice)
        started = press_start(told["link"].rpartition("/")[2])
    assert started.items[0].text[notice.employee.language] == told["first_question"]


def test_a_leader_of_several_units_is_led_to_the_list(cycle: Cycle) -> None:
    one = owed("rating")[0]
    assert notices.rating_page(one) == reverse("assessments:rating", args=[cycle.pk, one.context["unit"]])
    one.context["units"] = 2
    assert notices.rating_page(one) == reverse("assessments:rating_list")


# Results


def everybody_answers(cycle: Cycle) -> None:
    for number, invitation in enumerate(Invitation.objects.order_by("block", "pk")):
        started = press_start(new_link(invitation.pk))
        answers = {item.code: str((number + at) % 4) for at, item in enumerate(started.items) if item.values}
        submit_ballot(started.ballot, answers, {}, "vi")


@pytest.fixture
def closed(cycle: Cycle) -> Cycle:
    """The same cycle, answered by all and closed."""
    assert cycle.round is not None
    end = cycle.round.closes_at
    with clock.at(MONDAY + timedelta(hours=1)):
        everybody_answers(cycle)
    with clock.at(end + timedelta(minutes=1)):
        closing.close_round(cycle.round.pk)
        Cycle.objects.filter(pk=cycle.pk).update(state="closed", closed_at=end + timedelta(minutes=2))
    cycle.refresh_from_db()
    return cycle


def test_leaders_are_told_at_once_and_everybody_two_days_later(closed: Cycle) -> None:
    board = make_employee("Hội Đồng", unit=unit("CTY"), roles=(Role.BOARD,))
    assert closed.closed_at is not None
    sweep_at(closed.closed_at + timedelta(minutes=1))
    sweep_at(closed.closed_at + timedelta(minutes=2))
    told = {notice.employee for notice in owed("results")}
    assert told == {leader_of("CTY"), leader_of("CN-1"), leader_of("CN-2"), board}
    sweep_at(closed.closed_at + timedelta(days=2))
    assert len(owed("results")) == 28
    assert Fact.objects.filter(verb="assessments.cycle_announced").count() == 2


def test_who_may_no_longer_read_is_not_told(closed: Cycle) -> None:
    assert closed.closed_at is not None
    sweep_at(closed.closed_at + timedelta(minutes=1))
    notice = next(each for each in owed("results") if each.employee == leader_of("CN-1"))
    with clock.at(closed.closed_at + timedelta(hours=1)):
        assert notices.still_readable(notice)
        assert notices.results_page(notice) in str(letter(notice, kind_named(notice.kind), {}).body)
        Unit.objects.filter(code="CN-1").update(leader=None)
        assert not notices.still_readable(Notice.objects.select_related("employee").get(pk=notice.pk))


def test_a_cycle_that_closed_long_ago_stays_quiet(closed: Cycle) -> None:
    assert closed.closed_at is not None
    sweep_at(closed.closed_at + timedelta(days=30))
    assert not owed("results")
    assert closed.opens_on == date(2026, 9, 7)

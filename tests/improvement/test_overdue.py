"""Owners are reminded of what is overdue, once for each due date, however often and by how many the sweep runs."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from improvement import actions
from improvement.models import Action
from improvement.tasks import sweep_overdue
from outbox import registry
from outbox.letters import letter
from outbox.models import Notice
from portal.lib import clock
from tests.improvement.conftest import NOW, House, later, make_action, make_house, make_plan

pytestmark = pytest.mark.django_db


def reminders() -> list[tuple[int, str]]:
    found = Notice.objects.filter(kind=actions.ACTION_OVERDUE).order_by("id")
    return [(notice.employee_id, notice.context["due_on"]) for notice in found]


def test_the_owner_is_reminded_the_day_after_the_date_and_once(house: House) -> None:
    make_action(house.branch, house.member, by=house.leader)
    for day in (13, 14):
        with later(day):
            sweep_overdue()
    assert reminders() == []
    for day in (15, 15, 16, 40):
        with later(day):
            sweep_overdue()
    assert reminders() == [(house.member.pk, "2026-11-16")]


def test_a_new_date_is_spoken_of_once_more_when_it_has_passed(house: House) -> None:
    begun = make_action(house.branch, house.member)
    with later(15):
        sweep_overdue()
        plan = make_plan(house.member, due_on=date(2026, 11, 20))
        actions.change_action(action=begun, plan=plan, version=1, by=house.leader)
        sweep_overdue()
    with later(30):
        sweep_overdue()
        sweep_overdue()
    assert [due_on for _, due_on in reminders()] == ["2026-11-16", "2026-11-20"]


def test_what_has_ended_reminds_nobody(house: House) -> None:
    begun = make_action(house.branch, house.member)
    actions.drop_action(action=begun, reason="Thôi", by=house.leader)
    with later(20):
        sweep_overdue()
    assert reminders() == []


def test_where_the_owner_has_left_the_leader_is_told(house: House) -> None:
    make_action(house.branch, house.member)
    house.member.is_active = False
    house.member.save()
    with later(20):
        sweep_overdue()
    assert [employee for employee, _ in reminders()] == [house.leader.pk]


def test_a_reminder_is_dropped_when_the_action_has_ended_before_it_goes_out(house: House) -> None:
    begun = make_action(house.branch, house.member)
    with later(20):
        sweep_overdue()
        kind = registry.kind_named(actions.ACTION_OVERDUE)
        notice = Notice.objects.get(kind=kind.name)
        assert kind.still_due is not None
        assert kind.still_due(notice)
        actions.finish_action(action=begun, evidence="Xong", by=house.leader)
        assert not kind.still_due(notice)


@pytest.mark.parametrize("kind", [actions.ACTION_GIVEN, actions.ACTION_OVERDUE])
@pytest.mark.parametrize(("language", "day"), [("vi", "16/11/2026"), ("en", "16 November 2026")])
def test_both_mails_are_written_in_both_languages_and_lead_to_the_action(
    house: House, kind: str, language: str, day: str
) -> None:
    house.member.language = language
    house.member.save()
    begun = make_action(house.branch, house.member, by=house.leader)
    with later(20):
        sweep_overdue()
    notice = Notice.objects.filter(kind=kind).select_related("employee").get()
    announced = registry.kind_named(kind)
    mail = letter(notice, announced, {})
    unit = {"vi": house.branch.name_vi, "en": house.branch.name_en}[language]
    for part in (str(mail.body), str(mail.alternatives[0][0])):
        assert begun.title in part
        assert day in part
        assert unit in part
        assert begun.get_absolute_url() in part
    assert begun.title in mail.subject
    assert announced.opens is not None
    assert announced.opens(notice) == begun.get_absolute_url()


@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_remind_each_owner_once() -> None:
    with clock.at(NOW):
        house = make_house()
        for unit, owner in ((house.branch, house.member), (house.beside, house.neighbour)):
            for number in (1, 2, 3):
                make_action(unit, owner, f"Việc {number}")
    clock.set_clock(lambda: NOW + timedelta(days=20))
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        sweep_overdue()
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        clock.set_clock(None)

    assert len(reminders()) == 6
    assert not Action.objects.to_remind(date(2026, 11, 22)).exists()

"""Word that results can be read: to leaders at the close, to everybody two days later, once, whoever answered."""

from datetime import UTC, datetime, timedelta

import pytest

from outbox import registry
from outbox.letters import letter
from outbox.models import Notice
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from pulses import actions
from pulses.models import QuestionBank, Wave
from pulses.tasks import sweep_programmes
from surveys import closing
from surveys.actions import new_link, press_start, submit_ballot
from surveys.models import Invitation, RoundUnit
from surveys.questionnaire import Scale
from tests.make import make_employee, make_unit
from tests.pulses.conftest import make_running
from tests.pulses.results_stage import signed_in
from tests.worker import work_off

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
OVER = MONDAY + timedelta(days=7)
TWO_DAYS_LATER = OVER + timedelta(days=2, minutes=5)


@pytest.fixture
def wave(keys: None, bank: QuestionBank, company: Unit) -> Wave:
    """A wave of a company with two branches and a team of three; all but three have answered it."""
    for unit in (*Unit.objects.filter(parent=company), make_unit("TO-3", parent=company)):
        unit.leader = make_employee(unit=unit)
        unit.save()
    for _ in range(2):
        make_employee(unit=Unit.objects.get(code="TO-3"))
    with clock.at(MONDAY):
        sent = actions.launch_due_wave(programme_id=make_running(bank).pk, now=MONDAY)
        assert sent is not None
        for n, invitation in enumerate(Invitation.objects.filter(round=sent.round_id).order_by("pk")[3:]):
            started = press_start(new_link(invitation.pk))
            answers = {item.code: str(3 + n % 3) for item in started.items if item.scale is not Scale.COMMENT}
            submit_ballot(started.ballot, answers, {}, "vi")
    return sent


def close(wave: Wave) -> None:
    assert wave.round is not None
    with clock.at(OVER):
        assert closing.close_round(wave.round.pk)


def sweep_at(moment: datetime) -> None:
    with clock.at(moment):
        sweep_programmes()
        assert {state for _, state in work_off("default")} <= {"SUCCESS"}


def told() -> list[Notice]:
    return list(Notice.objects.filter(kind=actions.RESULTS).select_related("employee").order_by("pk"))


def leaders() -> set[int]:
    return set(Unit.objects.exclude(leader=None).values_list("leader_id", flat=True))


def test_leaders_are_told_at_the_close_and_everybody_two_days_later(wave: Wave) -> None:
    sweep_at(MONDAY + timedelta(days=1))
    assert not told()
    close(wave)
    sweep_at(OVER + timedelta(minutes=1))
    assert {notice.employee_id for notice in told()} == leaders()
    sweep_at(OVER + timedelta(days=1, hours=23))
    assert {notice.employee_id for notice in told()} == leaders()
    sweep_at(TWO_DAYS_LATER)
    assert {notice.employee_id for notice in told()} == set(Employee.objects.values_list("pk", flat=True))


def test_the_cx_team_reads_at_once_and_is_told_at_once(wave: Wave) -> None:
    cx = make_employee(unit=Unit.objects.get(code="CN-1"), roles=(Role.CX,))
    close(wave)
    sweep_at(OVER + timedelta(minutes=1))
    assert {notice.employee_id for notice in told()} == leaders() | {cx.pk}


def test_nobody_is_told_twice_however_often_the_clock_looks(wave: Wave) -> None:
    close(wave)
    for hours in range(0, 12 * 24, 12):
        sweep_at(OVER + timedelta(hours=hours, minutes=1))
    assert len(told()) == len({notice.employee_id for notice in told()}) == Employee.objects.count()


def test_who_answered_makes_no_difference(wave: Wave) -> None:
    close(wave)
    sweep_at(TWO_DAYS_LATER)
    branch = Unit.objects.get(code="CN-1")
    there = [
        notice for notice in told() if notice.employee.unit_id == branch.pk and notice.employee_id not in leaders()
    ]
    assert len(there) == 12
    assert len({(str(notice.context), notice.about, notice.due_at) for notice in there}) == 1


def test_who_has_left_is_not_told(wave: Wave) -> None:
    gone = Employee.objects.filter(unit__code="CN-2").exclude(pk__in=leaders())[0]
    Employee.objects.filter(pk=gone.pk).update(left_on=OVER.date())
    close(wave)
    sweep_at(TWO_DAYS_LATER)
    assert gone.pk not in {notice.employee_id for notice in told()}


def test_a_wave_that_closed_long_ago_is_announced_to_nobody(wave: Wave) -> None:
    close(wave)
    sweep_at(OVER + timedelta(days=30))
    assert not told()


@pytest.mark.parametrize(
    ("language", "subject", "says"),
    [
        ("en", "The results of pulse survey 1 can be read", "no results of its own this time; you read those of Unit"),
        ("vi", "Đã có kết quả khảo sát nhanh đợt 1", "không hiện riêng; bạn xem kết quả của Đơn vị"),
    ],
)
def test_a_leader_without_own_results_is_led_to_those_of_the_unit_above(
    wave: Wave, language: str, subject: str, says: str
) -> None:
    Employee.objects.update(language=language)
    close(wave)
    sweep_at(OVER + timedelta(minutes=1))
    small = Unit.objects.get(code="TO-3")
    place = RoundUnit.objects.get(round=wave.round_id, unit=small)
    assert place.shown_at_id not in (None, small.pk)
    notice = next(each for each in told() if each.employee_id == small.leader_id)
    kind = registry.kind_named(actions.RESULTS)
    assert kind.opens is not None
    assert kind.still_due is not None
    with clock.at(OVER + timedelta(minutes=2)):
        assert kind.still_due(notice)
        mail = letter(notice, kind, {})
        page = signed_in(notice.employee).get(kind.opens(notice))
    assert mail.subject == subject
    assert f"{says} {place.shown_at.code}" in str(mail.body)  # type: ignore[union-attr]
    assert kind.opens(notice) in str(mail.body)
    assert page.status_code == 200


def test_somebody_who_handed_the_unit_over_is_not_told_any_more(wave: Wave) -> None:
    close(wave)
    sweep_at(OVER + timedelta(minutes=1))
    branch = Unit.objects.get(code="CN-1")
    notice = next(each for each in told() if each.employee_id == branch.leader_id)
    branch.leader = None
    branch.save()
    kind = registry.kind_named(actions.RESULTS)
    assert kind.still_due is not None
    with clock.at(OVER + timedelta(minutes=2)):
        assert not kind.still_due(notice)

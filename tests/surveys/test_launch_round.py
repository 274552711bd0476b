"""Launching freezes who is asked, with whom each person is counted, and happens once."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from people import days
from people.models import Employee
from portal.lib import clock
from surveys.actions import TooFewPeople
from surveys.models import Block, Cell, Invitation, Round
from tests.make import make_employee, make_unit
from tests.surveys.stage import close, everybody_answers, launch, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.KEY_DIR = tmp_path / "keys"


def test_a_round_launched_twice_is_launched_once() -> None:
    make_company({"A": 12})
    assert launch(key="same").pk == launch(key="same").pk
    assert Round.objects.count() == 1
    assert Invitation.objects.count() == 12


def test_a_leader_counts_among_the_reports_of_the_unit_above_and_the_topmost_is_not_asked() -> None:
    root, units = make_company({"A": 12, "B": 12})
    for _ in range(6):
        make_employee(unit=root)
    head, chief = make_employee(unit=units["A"]), make_employee(unit=root)
    units["A"].leader, root.leader = head, chief
    units["A"].save()
    root.save()
    round_ = launch()
    assert Invitation.objects.get(round=round_, employee=head).block.unit == root
    assert not Invitation.objects.filter(round=round_, employee=chief).exists()


def test_the_leader_of_the_only_unit_asked_is_not_asked_so_that_the_unit_keeps_its_results() -> None:
    _, units = make_company({"A": 12, "B": 12})
    head = make_employee(unit=units["A"])
    units["A"].leader = head
    units["A"].save()
    round_ = launch(units=[units["A"]])
    assert round_.invited == 12
    assert not Invitation.objects.filter(round=round_, employee=head).exists()
    everybody_answers(round_, lambda person, n: {"L1": 2 + n % 3, "L2": 3 + n % 3})
    close(round_)
    assert Cell.objects.filter(unit=units["A"], measure="pillar").exists()


def test_a_company_below_the_smallest_group_is_told_how_many_are_missing() -> None:
    make_company({"A": 3})
    with pytest.raises(TooFewPeople) as refused:
        launch()
    assert refused.value.missing == 2
    assert not Round.objects.exists()


def test_people_who_left_or_answer_at_a_kiosk_are_not_invited() -> None:
    _, units = make_company({"A": 12})
    first, second = Employee.objects.filter(unit=units["A"])[:2]
    Employee.objects.filter(pk=first.pk).update(left_on="2026-01-01")
    Employee.objects.filter(pk=second.pk).update(kiosk=True)
    assert launch().invited == 10


def test_every_block_has_at_least_five_counted_people() -> None:
    make_company({"A": 4, "B": 3, "C": 9, "D": 1})
    launch()
    assert [(block.unit.code, block.counted) for block in Block.objects.order_by("number")] == [("C", 9), ("ROOT", 8)]


def people_of(round_: Round) -> dict[str, tuple[int, int]]:
    return {row.unit.code: (row.headcount, row.people) for row in round_.units.select_related("unit")}


def test_a_units_people_are_all_at_work_there_whether_they_are_asked_or_not() -> None:
    _, units = make_company({"A": 8, "B": 6})
    today = days.today()
    below = make_unit("A1", parent=units["A"])
    for _ in range(5):
        make_employee(unit=below)
    for _ in range(9):
        make_employee(unit=below, kiosk=True)
    make_employee("Nghỉ dài", unit=units["A"], away_from=today - timedelta(days=3))
    make_employee("Đã nghỉ việc", unit=units["A"], left_on=today)
    make_employee("Tháng sau vào", unit=units["A"], hired_on=today + timedelta(days=30))
    assert people_of(launch()) == {"ROOT": (19, 29), "A": (13, 23), "A1": (5, 14), "B": (6, 6)}
    assert people_of(launch(key="test:2", units=[units["B"]])) == {
        "ROOT": (6, 29), "A": (0, 23), "A1": (0, 14), "B": (6, 6)
    }  # fmt: skip


def test_a_leader_is_among_the_people_of_the_unit_above_as_among_the_invited() -> None:
    root, units = make_company({"A": 8, "B": 8})
    below = make_unit("A1", parent=units["A"])
    for _ in range(8):
        make_employee(unit=below)
    for unit in (root, units["A"], below):
        unit.leader = make_employee(unit=unit)
        unit.save()
    units["B"].leader = units["A"].leader  # of two units: the topmost decides
    units["B"].save()
    for found in people_of(launch()).values():
        assert found[0] == found[1]
    assert people_of(launch(key="test:2")) == {"ROOT": (26, 26), "A": (17, 17), "A1": (8, 8), "B": (8, 8)}


HALF_PAST_SIX = datetime(2026, 9, 6, 23, 30, tzinfo=UTC)  # on Monday, 7 September in Ho Chi Minh City
MONDAY = date(2026, 9, 7)


def test_people_who_count_from_today_count_also_early_in_the_morning() -> None:
    root = make_unit("ROOT")
    for _ in range(6):
        make_employee(unit=root, counts_from=MONDAY)
    with clock.at(HALF_PAST_SIX):
        assert launch().blocks.get().counted == 6


def test_only_people_at_work_on_the_companys_day_are_invited() -> None:
    _, units = make_company({"A": 8})
    make_employee("Về hôm nay", unit=units["A"], left_on=MONDAY)
    make_employee("Mai mới vào", unit=units["A"], hired_on=MONDAY + timedelta(days=1))
    make_employee("Vào hôm nay", unit=units["A"], hired_on=MONDAY)
    with clock.at(HALF_PAST_SIX):
        round_ = launch()
    invited = set(Invitation.objects.filter(round=round_).values_list("employee__full_name", flat=True))
    assert round_.invited == 9
    assert "Vào hôm nay" in invited
    assert not invited & {"Về hôm nay", "Mai mới vào"}


def test_whoever_is_away_for_the_whole_survey_is_not_asked() -> None:
    _, units = make_company({"A": 8})
    today = days.today()
    leaves = {
        "Nghỉ dài": (today - timedelta(days=30), None),
        "Nghỉ suốt đợt": (today, today + timedelta(days=30)),
        "Về giữa đợt": (today - timedelta(days=3), today + timedelta(days=2)),
        "Nghỉ sau đợt": (today + timedelta(days=20), None),
    }
    for name, (begins, ends) in leaves.items():
        make_employee(name, unit=units["A"], away_from=begins, away_until=ends)
    invited = set(Invitation.objects.filter(round=launch()).values_list("employee__full_name", flat=True))
    assert invited & leaves.keys() == {"Về giữa đợt", "Nghỉ sau đợt"}

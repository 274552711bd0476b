"""Who sees whom, and which units."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from people.models import Employee, Unit
from people.policies import (
    is_auditor,
    is_board,
    is_cx,
    is_hr,
    is_reviewer,
    leads_any,
    reads_all_comments,
    sees_all_results,
)
from people.roles import Role
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> dict[str, Unit]:
    root = make_unit("CTY")
    south = make_unit("MN", parent=root)
    shop = make_unit("CH1", parent=south)
    north = make_unit("MB", parent=root)
    return {"root": root, "south": south, "shop": shop, "north": north}


def codes(employee: Employee) -> set[str]:
    return set(Unit.objects.visible_to(employee).values_list("code", flat=True))


@pytest.mark.parametrize("role", list(Role))
def test_some_rights_open_every_unit(tree: dict[str, Unit], role: Role) -> None:
    assert codes(make_employee(roles=(role,))) == {"CTY", "MN", "CH1", "MB"}


def test_a_leader_sees_the_subtree_led_and_the_company(tree: dict[str, Unit]) -> None:
    leader = make_employee(unit=tree["south"])
    Unit.objects.filter(code="MN").update(leader=leader)

    assert codes(leader) == {"CTY", "MN", "CH1"}


def test_a_deputy_sees_what_the_leader_sees(tree: dict[str, Unit]) -> None:
    deputy = make_employee(unit=tree["north"])
    Unit.objects.filter(code="MN").update(deputy=deputy)

    assert codes(deputy) == {"CTY", "MN", "CH1", "MB"}
    assert leads_any(deputy)


def test_everybody_sees_the_own_unit_and_the_company(tree: dict[str, Unit]) -> None:
    assert codes(make_employee(unit=tree["shop"])) == {"CTY", "CH1"}


def test_whoever_has_left_sees_nothing(tree: dict[str, Unit]) -> None:
    gone = make_employee(roles=(Role.HR,), unit=tree["root"], is_active=False)

    assert codes(gone) == set()
    assert not Employee.objects.visible_to(gone).exists()


def test_people_are_seen_by_hr_leaders_and_themselves(tree: dict[str, Unit]) -> None:
    leader = make_employee(unit=tree["root"])
    Unit.objects.filter(code="MN").update(leader=leader)
    clerk, other = make_employee(unit=tree["shop"]), make_employee(unit=tree["north"])
    hr, cx = make_employee(roles=(Role.HR,)), make_employee(roles=(Role.CX,))

    assert set(Employee.objects.visible_to(leader)) == {leader, clerk}
    assert set(Employee.objects.visible_to(other)) == {other}
    assert set(Employee.objects.visible_to(cx)) == {cx}
    assert set(Employee.objects.visible_to(hr)) == {leader, clerk, other, hr, cx}


def test_policies_follow_the_rights_given() -> None:
    hr, cx = make_employee(roles=(Role.HR,)), make_employee(roles=(Role.CX,))
    board, reviewer = make_employee(roles=(Role.BOARD,)), make_employee(roles=(Role.REVIEWER,))
    auditor, nobody = make_employee(roles=(Role.AUDITOR,)), make_employee(is_superuser=True)

    assert (is_hr(hr), is_cx(cx), is_board(board), is_reviewer(reviewer), is_auditor(auditor)) == (True,) * 5
    everybody = (hr, cx, board, reviewer, auditor, nobody)
    assert [sees_all_results(person) for person in everybody] == [True, True, True, False, False, False]
    assert [reads_all_comments(person) for person in everybody] == [True, True, False, False, False, False]


def test_active_on_counts_from_the_first_day_to_the_day_before_leaving() -> None:
    make_employee(hired_on=date(2026, 3, 2), left_on=date(2026, 3, 5))

    present = [Employee.objects.active_on(date(2026, 3, day)).exists() for day in (1, 2, 4, 5)]

    assert present == [False, True, True, False]


@pytest.mark.parametrize(
    "second",
    [{"email": "LAN@example.vn"}, {"number": "nv1"}],
)
def test_numbers_and_addresses_are_unique_in_any_case(second: dict[str, str]) -> None:
    make_employee(number="NV1", email="lan@example.vn")

    with pytest.raises(IntegrityError), transaction.atomic():
        Employee.objects.bulk_create([Employee(**({"number": "NV2", "email": "b@example.vn"} | second))])

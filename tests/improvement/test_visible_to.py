"""Who reads what, and who may act."""

import pytest

from improvement import actions, policies
from improvement.models import Action, Commitment, Note
from people.models import Employee
from tests.improvement.conftest import House, make_action, make_commitment, make_note
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

READ_BRANCH = {"head", "leader", "deputy", "member", "hr", "cx", "board"}
NOT_BRANCH = {"neighbour", "other_leader"}


@pytest.mark.parametrize("role", sorted(READ_BRANCH | NOT_BRANCH))
def test_what_belongs_to_a_branch_is_read_by_its_people_those_above_hr_and_cx(house: House, role: str) -> None:
    person = house.person(role)
    make_action(house.branch, house.leader)
    make_commitment(house.branch, house.leader)
    make_note(house.branch, house.leader)
    seen = [noun.objects.visible_to(person).exists() for noun in (Action, Commitment, Note)]
    assert seen == [role in READ_BRANCH] * 3


@pytest.mark.parametrize("role", ["member", "neighbour", "leader", "head"])
def test_what_belongs_to_the_region_is_read_in_both_branches(house: House, role: str) -> None:
    make_action(house.region, house.head)
    make_commitment(house.region, house.head)
    make_note(house.region, house.head)
    person = house.person(role)
    assert all(noun.objects.visible_to(person).exists() for noun in (Action, Commitment, Note))


def test_whoever_works_in_a_unit_does_not_read_those_below_without_leading_them(house: House) -> None:
    make_action(house.branch, house.leader)
    clerk = make_employee(unit=house.region)
    assert not Action.objects.visible_to(clerk).exists()


def test_an_owner_reads_the_own_action_after_moving_to_another_unit(house: House) -> None:
    begun = make_action(house.branch, house.member)
    house.member.unit = make_unit("CN-9", parent=house.company)
    house.member.save()
    assert Action.objects.visible_to(house.member).get() == begun


def test_a_former_employee_reads_nothing(house: House) -> None:
    make_action(house.branch, house.leader)
    house.hr.is_active = False
    assert not Action.objects.visible_to(house.hr).exists()


def acts_for(person: Employee, house: House) -> dict[str, bool]:
    action = make_action(house.branch, house.member)
    done = make_action(house.branch, house.member, "Việc xong")
    actions.finish_action(action=done, evidence="Đã dán bảng", by=house.leader)
    promise, note = make_commitment(house.branch, house.leader), make_note(house.branch, house.leader)
    return {
        "start": policies.can_start_action(person, house.branch),
        "change": policies.can_change_action(person, action),
        "finish": policies.can_finish_action(person, action),
        "drop": policies.can_drop_action(person, action),
        "tell": policies.can_tell_of_action(person, done),
        "promise": policies.can_promise(person, house.branch),
        "settle": policies.can_settle_commitment(person, promise),
        "publish": policies.can_publish_note(person, house.branch),
        "withdraw": policies.can_withdraw_note(person, note),
    }


@pytest.mark.parametrize("role", ["leader", "deputy", "head"])
def test_leader_deputy_and_those_above_do_everything(house: House, role: str) -> None:
    assert all(acts_for(house.person(role), house).values())


@pytest.mark.parametrize("role", ["neighbour", "other_leader", "hr", "cx", "board"])
def test_all_others_only_read(house: House, role: str) -> None:
    assert not any(acts_for(house.person(role), house).values())


def test_the_owner_finishes_and_nothing_else(house: House) -> None:
    assert [name for name, may in acts_for(house.member, house).items() if may] == ["finish"]


def test_nothing_new_begins_in_a_closed_unit(house: House) -> None:
    house.branch.closed_on = "2026-10-01"
    house.branch.save()
    assert not policies.can_start_action(house.leader, house.branch)
    assert not policies.can_promise(house.leader, house.branch)


def test_a_note_taken_back_is_read_by_nobody(house: House) -> None:
    note = make_note(house.branch, house.leader)
    actions.withdraw_note(note=note, by=house.leader)
    actions.withdraw_note(note=note, by=house.leader)
    assert not any(Note.objects.visible_to(house.person(role)).exists() for role in ("leader", "member", "hr", "cx"))


def test_notes_since_a_moment_are_those_of_the_unit_and_above(house: House) -> None:
    early = make_note(house.branch, house.leader, "Sớm")
    company = make_note(house.company, house.head, "Công ty")
    make_note(house.beside, house.other_leader, "Bên cạnh")
    found = list(Note.objects.since(house.branch, early.published_at))
    assert set(found) == {early, company}
    assert not Note.objects.since(None, early.published_at).exists()

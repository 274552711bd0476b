"""The stage of the improvement tests: a company, a region, two branches, and somebody in every part."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from improvement import actions
from improvement.actions import ActionPlan, NoteWords, Promise
from improvement.causes import Cause
from improvement.models import Action, Commitment, Note
from people.days import today
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from tests.make import make_employee, make_unit

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)  # ten in the morning in Vietnam
TODAY = date(2026, 11, 2)
CAUSE = Cause("pulses", "round:1:P2", {"vi": "Cấp trên trả lời đủ nhanh.", "en": "Answers come soon enough."})


@dataclass(frozen=True)
class House:
    """Company, region, the branch most is about, and the one beside it."""

    company: Unit
    region: Unit
    branch: Unit
    beside: Unit
    head: Employee  # leads the region
    leader: Employee  # leads the branch
    deputy: Employee
    member: Employee
    neighbour: Employee
    other_leader: Employee
    hr: Employee
    cx: Employee
    board: Employee

    def person(self, name: str) -> Employee:
        found = getattr(self, name)
        assert isinstance(found, Employee)
        return found


def make_house() -> House:
    company = make_unit("CTY", name_vi="Công ty An Nhiên", name_en="An Nhien Company")
    region = make_unit("VUNG", name_vi="Vùng Đà Nẵng", name_en="Da Nang region", parent=company)
    branch = make_unit("CN-1", name_vi="Chi nhánh Hải Châu", name_en="Hai Chau branch", parent=region)
    beside = make_unit("CN-2", name_vi="Chi nhánh Sơn Trà", name_en="Son Tra branch", parent=region)
    head = make_employee("Lê Thị Vùng", unit=region)
    leader = make_employee("Nguyễn Văn Tám", unit=branch, number="AN0009")
    deputy = make_employee("Trần Thị Phó", unit=branch)
    other_leader = make_employee("Võ Văn Khác", unit=beside)
    for unit, leads, second in ((region, head, None), (branch, leader, deputy), (beside, other_leader, None)):
        unit.leader, unit.deputy = leads, second
        unit.save()
    return House(
        company=company,
        region=region,
        branch=branch,
        beside=beside,
        head=head,
        leader=leader,
        deputy=deputy,
        member=make_employee("Phạm Ngọc Anh", unit=branch, number="AN0010"),
        neighbour=make_employee("Đỗ Thị Bên", unit=beside),
        other_leader=other_leader,
        hr=make_employee("Trần Minh Hà", unit=company, roles=(Role.HR,)),
        cx=make_employee("Đỗ Thị Mai", unit=company, roles=(Role.CX,)),
        board=make_employee("Lý Văn Quản", unit=None, roles=(Role.BOARD,)),
    )


@pytest.fixture
def now() -> Iterator[datetime]:
    """The day the stage lives on: 2 November 2026."""
    with clock.at(NOW):
        yield NOW


@pytest.fixture
def house(db: None, now: datetime) -> House:
    return make_house()


def later(days: int) -> Any:
    """So many days after the stage's day."""
    return clock.at(NOW + timedelta(days=days))


def make_plan(owner: Employee, title: str = "Đổi hàng dưới 500.000 đồng tại quầy", **fields: Any) -> ActionPlan:
    values = {"what": "", "pillar": "people", "due_on": today() + timedelta(days=14), **fields}
    return ActionPlan(title=title, owner=owner, **values)


def make_action(unit: Unit, owner: Employee, title: str = "", *, by: Employee | None = None, **fields: Any) -> Action:
    cause = fields.pop("cause", None)
    plan = make_plan(owner, title or "Đổi hàng dưới 500.000 đồng tại quầy", **fields)
    return actions.start_action(unit=unit, plan=plan, cause=cause, by=by or owner)


def make_commitment(unit: Unit, by: Employee, what: str = "Đứng quầy một buổi mỗi tháng", days: int = 30) -> Commitment:
    promise = Promise(what=what, seen_by="Lịch dán ở phòng nghỉ", pillar="leadership", due_on=today() + timedelta(days))
    return actions.make_commitment(unit=unit, promise=promise, by=by)


def make_note(unit: Unit, by: Employee, done: str = "Nhân viên quầy tự duyệt đổi hàng.", **fields: Any) -> Note:
    return actions.publish_note(unit=unit, words=NoteWords(heard="Hai chữ ký là quá lâu.", done=done), by=by, **fields)


def browser(person: Employee, language: str = "en") -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    client.cookies["django_language"] = language
    return client

"""The whole house on one stage: two branches and a head office, a wave closed and one open, somebody in every role."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from assessments.actions import copy_model
from assessments.content import Text
from assessments.modelfiles import CATALOGUE as MODELS
from assessments.modelfiles import load_model
from people.models import Employee, StaffImport, Unit
from people.roles import Role
from portal.lib import clock
from pulses import actions as pulses
from pulses.banks import CATALOGUE, load_bank
from pulses.models import Programme, Wave
from surveys import actions as surveys
from surveys.closing import close_round
from surveys.models import Invitation, Round
from surveys.questionnaire import Scale
from tests.make import make_employee, make_unit

PORTAL = {"host": django_settings.PORTAL_HOST}


@dataclass(frozen=True)
class Stage:
    """Who and what is there."""

    company: Unit
    branch: Unit
    cast: dict[str, Employee]
    programme: Programme
    closed: Wave
    open: Wave
    staff_import: StaffImport

    def browser(self, role: str) -> Client:
        """The browser of somebody in that role; "nobody" is not signed in."""
        client = Client(headers=PORTAL)
        if role != "nobody":
            client.force_login(self.cast[role])
        return client


def answer_everything(round_: Round) -> None:
    """Everybody invited presses and agrees more or less; numbers vary, so that groups may be shown."""
    invited = Invitation.objects.filter(round=round_).order_by("employee_id")
    for number, invitation in enumerate(invited):
        started = surveys.press_start(surveys.new_link(invitation.pk))
        answers = {
            item.code: str(item.values[min(len(item.values) - 1, 1 + (number + place) % 3)])
            for place, item in enumerate(started.items)
            if item.scale is not Scale.COMMENT
        }
        surveys.submit_ballot(started.ballot, answers, {}, "vi")


@pytest.fixture
def stage(settings: Any, tmp_path: Path, db: None) -> Iterator[Stage]:
    """One wave closed ten days ago and another open; a second import stands half-way."""
    settings.KEY_DIR = tmp_path / "keys"
    cache.clear()
    surveys.stock_keys(4)
    company = make_unit("CTY", name_vi="An Nhiên", name_en="An Nhien")
    branches = [make_unit(code, parent=company) for code in ("CN-1", "CN-2")]
    people = [[make_employee(unit=branch) for _ in range(14)] for branch in branches]
    for _ in range(6):
        make_employee(unit=company)
    leader = make_employee("Trần Thị Dẫn", unit=branches[0])
    branches[0].leader = leader
    branches[0].save()
    cast = {
        "employee": people[0][0],
        "leader": leader,
        "hr": make_employee("Lê Thị Nhân Sự", unit=branches[1], roles=(Role.HR,)),
        "cx": make_employee("Phạm Văn Khách", unit=branches[1], roles=(Role.CX,)),
        "auditor": make_employee("Đỗ Kiểm", unit=branches[1], roles=(Role.AUDITOR,)),
        "board": make_employee("Lý Văn Quản", unit=branches[1], roles=(Role.BOARD,)),
        "reviewer": make_employee("Ngô Thị Duyệt", unit=branches[1], roles=(Role.REVIEWER,)),
    }
    ten = load_model(MODELS / "bearing-ten.yaml").model
    copy_model(source=ten, code="our-ten", title=Text("Của chúng ta", "Our own"), by=cast["cx"])
    programme = pulses.create_programme(
        plan=pulses.Plan(
            bank=load_bank(CATALOGUE / "bearing-pulse-40.yaml").bank,
            units=(),
            title={"vi": "Khảo sát bốn tuần", "en": "Four-weekly pulse"},
            cadence=Programme.Cadence.FOUR_WEEKLY,
            starts_on=date(2026, 9, 7),
            send_hour=9,
            time_zone="Asia/Ho_Chi_Minh",
            window_days=7,
            items=10,
            asks_comments=True,
            reminders=2,
        )
    )
    pulses.start(programme=programme)
    first, second = (programme.period(index) for index in (0, 1))
    with clock.at(first.opens_at + timedelta(hours=1)):
        closed = pulses.launch_due_wave(programme_id=programme.pk, now=clock.now())
        assert closed is not None
        assert closed.round is not None
        answer_everything(closed.round)
    with clock.at(first.closes_at + timedelta(minutes=1)):
        close_round(closed.round.pk)
    with clock.at(second.opens_at + timedelta(hours=1)):
        opened = pulses.launch_due_wave(programme_id=programme.pk, now=clock.now())
        assert opened is not None
        staff_import = StaffImport.objects.create(file_name="nhan-vien.csv", state=StaffImport.State.MAPPING)
        yield Stage(company, branches[0], cast, programme, closed, opened, staff_import)

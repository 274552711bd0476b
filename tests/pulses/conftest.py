"""The stage of the pulse tests: keys in stock, Bearing's own bank, a company."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from people.models import Employee, Unit
from people.roles import Role
from pulses import actions
from pulses.banks import CATALOGUE, load_bank
from pulses.models import Programme, QuestionBank
from surveys.actions import stock_keys
from tests.make import make_employee, make_unit


@pytest.fixture
def keys(settings: Any, tmp_path: Path, db: None) -> None:
    """Keys that no other test can see."""
    settings.KEY_DIR = tmp_path / "keys"
    stock_keys()


@pytest.fixture
def bank(db: None) -> QuestionBank:
    return load_bank(CATALOGUE / "bearing-pulse-40.yaml").bank


@pytest.fixture
def hr(db: None) -> Employee:
    return make_employee("Lê Thị Nhân Sự", roles=(Role.HR,))


@pytest.fixture
def company(db: None) -> Unit:
    """A company with two branches of twelve people."""
    root = make_unit("CTY")
    for code in ("CN-1", "CN-2"):
        branch = make_unit(code, parent=root)
        for _ in range(12):
            make_employee(unit=branch)
    return root


def make_programme(bank: QuestionBank, *units: Unit, **fields: Any) -> Programme:
    """A draft: every 4 weeks from Monday, 7 September 2026, at nine."""
    plan: dict[str, Any] = {
        "title": {"vi": "Khảo sát bốn tuần", "en": "Four-weekly pulse"},
        "cadence": Programme.Cadence.FOUR_WEEKLY,
        "starts_on": date(2026, 9, 7),
        "send_hour": 9,
        "time_zone": "Asia/Ho_Chi_Minh",
        "window_days": 7,
        "items": 10,
        "asks_comments": True,
        "reminders": 2,
        **fields,
    }
    return actions.create_programme(plan=actions.Plan(bank=bank, units=units, **plan))


def make_running(bank: QuestionBank, *units: Unit, **fields: Any) -> Programme:
    return actions.start(programme=make_programme(bank, *units, **fields))

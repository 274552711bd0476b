"""The stage of the tests of cycles: a company with two branches of twelve, leaders, keys in stock, a plan."""

from datetime import UTC, date, datetime
from typing import Any

from assessments import actions
from assessments.content import Text
from assessments.models import Cycle, MaturityModel
from people.models import Employee, Unit
from tests.make import make_employee, make_unit

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)  # nine in Ho Chi Minh City


def make_company() -> Unit:
    """A company with two branches: each has a leader, a deputy nobody asks, and twelve people."""
    root = make_unit("CTY", name_vi="Công ty", name_en="Company")
    root.leader = make_employee("Trần Thị Giám Đốc", unit=root)
    root.save()
    for code in ("CN-1", "CN-2"):
        branch = make_unit(code, parent=root, name_vi=f"Chi nhánh {code}", name_en=f"Branch {code}")
        branch.leader = make_employee(f"Trưởng {code}", unit=branch)
        branch.save()
        for _ in range(12):
            make_employee(unit=branch)
    return root


def unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def leader_of(code: str) -> Employee:
    leader = unit(code).leader
    assert leader is not None
    return leader


def plan_of(model: MaturityModel, *units: Unit, **fields: Any) -> actions.CyclePlan:
    """Three weeks from Monday, 7 September 2026, at nine."""
    values: dict[str, Any] = {
        "title": Text("Kỳ đánh giá thu", "Autumn cycle"),
        "opens_on": date(2026, 9, 7),
        "window_days": 21,
        **fields,
    }
    return actions.CyclePlan(model=model, units=units, **values)


def make_cycle(model: MaturityModel, *units: Unit, **fields: Any) -> Cycle:
    """A draft."""
    return actions.plan_cycle(plan=plan_of(model, *units, **fields))


def make_planned(model: MaturityModel, *units: Unit, **fields: Any) -> Cycle:
    return actions.schedule_cycle(cycle=make_cycle(model, *units, **fields))

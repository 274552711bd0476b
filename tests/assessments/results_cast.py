"""A company whose assessments have closed, and the people who read what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from assessments.models import Cycle, Gap, MaturityModel
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys.models import RoundUnit
from tests.assessments.published import Found, Published, publish
from tests.make import make_employee, make_unit

MEANS = {
    Pillar.LEADERSHIP: 3.0,
    Pillar.UNDERSTANDING: 3.7,
    Pillar.PEOPLE: 3.1,
    Pillar.PROCESS: 2.8,
    Pillar.MEASUREMENT: 2.2,
}


@dataclass(frozen=True)
class Cast:
    """The company, its branches with their leaders, a team too small for results, and everybody who may come by."""

    company: Unit
    branches: list[Unit]
    small: Unit
    head: Employee  # leads the company: the superior of those who lead branches
    lead: Employee  # leads the first branch
    other: Employee  # leads the second
    member: Employee
    hr: Employee
    cx: Employee
    board: Employee

    @property
    def everybody(self) -> dict[str, Employee]:
        names = ("head", "lead", "other", "member", "hr", "cx", "board")
        return {name: getattr(self, name) for name in names}


def make_cast(branches: int = 3) -> Cast:
    """A company with so many branches, all with a leader, and the guards, who are too few."""
    company = make_unit("CTY", name_vi="Công ty An Nhiên", name_en="An Nhien Company")
    company.leader = make_employee("Nguyễn Minh Châu", unit=company)
    company.save()
    made = []
    for number in range(branches):
        branch = make_unit(f"CN-{number:02}", parent=company, name_vi=f"Chi nhánh {number}", name_en=f"Branch {number}")
        branch.leader = make_employee(f"Trưởng Chi Nhánh {number}", unit=branch)
        branch.save()
        made.append(branch)
    first, second = made[0].leader, made[1].leader
    assert first is not None
    assert second is not None
    return Cast(
        company,
        made,
        make_unit("BV", parent=company, name_vi="Đội bảo vệ", name_en="Guards"),
        head=company.leader,
        lead=first,
        other=second,
        member=make_employee(unit=made[0]),
        hr=make_employee(unit=made[1], roles=(Role.HR,)),
        cx=make_employee(unit=made[1], roles=(Role.CX,)),
        board=make_employee(unit=made[2], roles=(Role.BOARD,)),
    )


def usual(shift: float = 0.0, **fields: float | int | str | None) -> dict[Pillar, Found]:
    """The five pillars of a unit: understanding high, measurement low."""
    return {pillar: replace(Found(mean + shift, n=20, sd=0.6), **fields) for pillar, mean in MEANS.items()}  # type: ignore[arg-type]


def closed(
    cast: Cast,
    model: MaturityModel,
    *,
    of: Mapping[Unit, Mapping[Pillar, Found]] | None = None,
    closed_at: datetime | None = None,
    seed: int = 1,
) -> Published:
    """A cycle that has closed, an hour ago unless told: each leader half a point above the team unless told."""
    found: dict[Unit, Mapping[Pillar, Found]] = {
        cast.company: usual(n=20 * len(cast.branches) + 9, sd=0.9),
        **{
            branch: {pillar: replace(one, leader=one.mean + 0.5) for pillar, one in usual(0.1 * (place % 5)).items()}
            for place, branch in enumerate(cast.branches)
        },
        cast.small: {},
        **(of or {}),
    }
    published = publish(model, found, closed_at=closed_at or clock.now() - timedelta(hours=1), seed=seed)
    Gap.objects.filter(cycle=published.cycle).update(superior=cast.head)
    # those who run the company lead it: their team is everybody else
    RoundUnit.objects.filter(round=published.cycle.round, unit=cast.company).update(headcount=200)
    return published


def address(cycle: Cycle, unit: Unit | None = None, page: str = "") -> str:
    """Where a cycle's results stand."""
    tail = "" if unit is None else f"{unit.pk}/{page}"
    return f"/assessments/results/{cycle.pk}/{tail}"

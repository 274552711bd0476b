"""A process of its own for the test that kills openings: `python -m tests.assessments.opening prepare|open PK`."""

import json
import os
import sys
import time

import django

django.setup()

from assessments import actions  # noqa: E402
from assessments.content import Text  # noqa: E402
from assessments.modelfiles import CATALOGUE, load_model  # noqa: E402
from people.days import today  # noqa: E402
from people.models import Employee, Unit  # noqa: E402
from surveys.actions import stock_keys  # noqa: E402
from tests.make import make_unit  # noqa: E402

PEOPLE = int(os.environ.get("PEOPLE", "5000"))


def prepare() -> list[int]:
    """A company whose units all have leaders, and a cycle for each of its halves; returns their ids."""
    root = make_unit("CTY")
    halves = [make_unit(parent=root) for _ in range(2)]
    units: list[Unit] = [make_unit(parent=halves[n % 2]) for n in range(max(2, PEOPLE // 100))]
    long_ago = today().replace(year=2020, day=1)
    people = [
        Employee(
            number=f"NV{n:06d}",
            full_name=f"Người {n}",
            email=f"nv{n}@example.vn",
            unit=units[n % len(units)],
            first_seen_on=long_ago,
            counts_from=long_ago,
            password="!",
        )
        for n in range(PEOPLE)
    ]
    Employee.objects.bulk_create(people, batch_size=5000)
    for number, unit in enumerate(units):
        Unit.objects.filter(pk=unit.pk).update(leader=people[number])
    stock_keys()
    model = load_model(CATALOGUE / "bearing-ten.yaml").model
    plans = [
        actions.CyclePlan(title=Text("Kỳ", "Cycle"), model=model, units=(half,), opens_on=today(), repeats=12)
        for half in halves
    ]
    return [actions.plan_cycle(plan=plan).pk for plan in plans]


def opened(cycle_id: int) -> float:
    """Say when the opening begins, do it, return how long it took."""
    print("begins", flush=True)
    begun = time.monotonic()
    actions.open_cycle(cycle_id=cycle_id)
    return time.monotonic() - begun


if __name__ == "__main__":
    outcome = opened(int(sys.argv[2])) if sys.argv[1] == "open" else prepare()
    print(json.dumps(outcome), flush=True)

"""A process of its own for the test that kills launches: `python -m tests.pulses.launching prepare|launch PK`."""

import json
import os
import sys
import time

import django

django.setup()

from people.models import Employee, Unit  # noqa: E402
from portal.lib import clock  # noqa: E402
from pulses import actions  # noqa: E402
from pulses.banks import CATALOGUE, load_bank  # noqa: E402
from pulses.models import Programme  # noqa: E402
from surveys.actions import stock_keys  # noqa: E402
from tests.make import make_unit  # noqa: E402

PEOPLE = int(os.environ.get("PEOPLE", "5000"))


def prepare() -> list[int]:
    """A company and two programmes that are due; returns their ids."""
    root = make_unit("CTY")
    units: list[Unit] = [make_unit(parent=root) for _ in range(max(1, PEOPLE // 100))]
    long_ago = clock.now().date().replace(year=2020, day=1)
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
    stock_keys()
    bank = load_bank(CATALOGUE / "bearing-pulse-40.yaml").bank
    plan = actions.Plan(
        title={"vi": "Một lần", "en": "Once"},
        bank=bank,
        units=(),
        cadence=Programme.Cadence.ONCE,
        starts_on=clock.now().date(),
        send_hour=0,
        time_zone="UTC",
        window_days=7,
        items=10,
        asks_comments=True,
        reminders=2,
    )
    return [actions.start(programme=actions.create_programme(plan=plan)).pk for _ in range(2)]


def launch(programme_id: int) -> float:
    """Say when the launch begins, do it, return how long it took."""
    print("begins", flush=True)
    begun = time.monotonic()
    actions.launch_due_wave(programme_id=programme_id, now=clock.now())
    return time.monotonic() - begun


if __name__ == "__main__":
    outcome = launch(int(sys.argv[2])) if sys.argv[1] == "launch" else prepare()
    print(json.dumps(outcome), flush=True)

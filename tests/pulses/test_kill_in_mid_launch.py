"""A launch that dies at any moment leaves nothing behind, and the next one sends to everybody once."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

PEOPLE = 5000
KILLS = 10


def started(environment: dict[str, str], *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.pulses.launching", *words],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(environment: dict[str, str], *words: str) -> Any:
    """The last line that such a process prints."""
    process = started(environment, *words)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(out.splitlines()[-1])


COUNTS = """
WITH own AS (SELECT id FROM surveys_round WHERE series = 'pulses.programme:' || %(programme)s),
     invited AS (SELECT employee_id FROM surveys_invitation WHERE round_id IN (SELECT id FROM own)),
     noticed AS (SELECT employee_id FROM outbox_notice WHERE about IN (SELECT 'surveys.round:' || id FROM own))
SELECT (SELECT count(*) FROM pulses_wave WHERE programme_id = %(programme)s),
       (SELECT count(*) FROM own),
       (SELECT sum(invited) FROM surveys_block WHERE round_id IN (SELECT id FROM own)),
       (SELECT count(*) FROM invited), (SELECT count(DISTINCT employee_id) FROM invited),
       (SELECT count(*) FROM noticed), (SELECT count(DISTINCT employee_id) FROM noticed),
       (SELECT count(*) FROM surveys_keypair WHERE state = 'claimed')
"""
NAMES = ("waves", "rounds", "places", "invitations", "invited", "notices", "noticed", "keys")


def counted(environment: dict[str, str], programme: int) -> dict[str, int]:
    """What stands in the database about one programme's launch."""
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        row = connection.execute(COUNTS, {"programme": programme}).fetchone()
    assert row is not None
    return dict(zip(NAMES, (int(number or 0) for number in row), strict=True))


@pytest.mark.live
def test_ten_kills_in_a_launch_lose_and_double_nothing(own_services: dict[str, str], tmp_path: Path) -> None:
    environment = {**own_services, "KEY_DIR": str(tmp_path / "keys"), "PEOPLE": str(PEOPLE)}
    rehearsal, programme = said(environment, "prepare")
    seconds = said(environment, "launch", str(rehearsal))
    assert counted(environment, rehearsal)["invitations"] == PEOPLE

    for kill in range(KILLS):
        process = started(environment, "launch", str(programme))
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(random.uniform(kill, kill + 1) / KILLS * seconds)
        process.kill()
        process.wait()
        process.stdout.close()
        left = counted(environment, programme)
        assert (left["waves"], left["invitations"], left["notices"]) in [(0, 0, 0), (1, PEOPLE, PEOPLE)]

    said(environment, "launch", str(programme))
    said(environment, "launch", str(programme))
    assert counted(environment, programme) == {
        "waves": 1,
        "rounds": 1,
        "places": PEOPLE,
        "invitations": PEOPLE,
        "invited": PEOPLE,
        "notices": PEOPLE,
        "noticed": PEOPLE,
        "keys": 2,
    }

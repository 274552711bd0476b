"""An opening that dies at any moment leaves nothing behind, and the next one asks everybody once."""

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
KILLS = 8
HALF = PEOPLE // 2


def started(environment: dict[str, str], *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.assessments.opening", *words],
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
WITH own AS (SELECT id FROM surveys_round WHERE key = 'assessments.cycle:' || %(cycle)s)
SELECT (SELECT count(*) FROM own),
       (SELECT count(*) FROM assessments_cycle WHERE id = %(cycle)s AND state = 'open'),
       (SELECT count(*) FROM assessments_cycleunit WHERE cycle_id = %(cycle)s),
       (SELECT count(*) FROM assessments_leaderrating WHERE cycle_id = %(cycle)s),
       (SELECT count(*) FROM assessments_cycle WHERE follows_id = %(cycle)s),
       (SELECT count(*) FROM surveys_invitation WHERE round_id IN (SELECT id FROM own)),
       (SELECT count(*) FROM outbox_notice WHERE about IN (SELECT 'surveys.round:' || id FROM own)),
       (SELECT count(*) FROM outbox_notice WHERE about = 'assessments.cycle:' || %(cycle)s),
       (SELECT count(*) FROM diary_fact WHERE key = 'assessments.cycle_opened:' || %(cycle)s)
"""
NAMES = ("rounds", "open", "units", "ratings", "followers", "invitations", "links", "words", "facts")


def counted(environment: dict[str, str], cycle: int) -> dict[str, int]:
    """What stands in the database about one cycle's opening."""
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        row = connection.execute(COUNTS, {"cycle": cycle}).fetchone()
    assert row is not None
    return dict(zip(NAMES, (int(number or 0) for number in row), strict=True))


@pytest.mark.live
def test_kills_in_an_opening_lose_and_double_nothing(own_services: dict[str, str], tmp_path: Path) -> None:
    environment = {**own_services, "KEY_DIR": str(tmp_path / "keys"), "PEOPLE": str(PEOPLE)}
    rehearsal, cycle = said(environment, "prepare")
    seconds = said(environment, "open", str(rehearsal))
    whole = counted(environment, rehearsal)
    assert (whole["invitations"], whole["links"], whole["ratings"]) == (HALF, HALF, 25)
    assert (whole["units"], whole["followers"], whole["words"], whole["facts"]) == (26, 1, 25, 1)

    for kill in range(KILLS):
        process = started(environment, "open", str(cycle))
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(random.uniform(kill, kill + 1) / KILLS * seconds)
        process.kill()
        process.wait()
        process.stdout.close()
        assert counted(environment, cycle) in [dict.fromkeys(NAMES, 0), whole]

    said(environment, "open", str(cycle))
    said(environment, "open", str(cycle))
    assert counted(environment, cycle) == whole

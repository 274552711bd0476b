"""Ready means: the clock knocks and every queue has a worker, each a process of its own; one that dies is missed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from portal.demo.services import ROOT

pytestmark = pytest.mark.live
PATIENCE = 60.0  # seconds
LOOK = """
import django
django.setup()
from django.test import Client
from portal.health import WORKED_KEY
from django.core.cache import cache
cache.delete(WORKED_KEY)
answer = Client(headers={"host": "localhost:8000"}).get("/readyz")
print(answer.status_code, *answer.json()["queues_without_worker"])
"""


@pytest.fixture
def start(own_services: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "celery.log").open("ab") as log:
            celery = [sys.executable, "-m", "celery", "-A", "portal.celery", "--quiet", *options]
            running.append(
                subprocess.Popen(celery, cwd=ROOT, env=own_services, stdout=log, stderr=log, start_new_session=True)
            )
        return running[-1]

    yield start
    for process in running:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_ready_is_said_while_every_queue_has_a_worker_and_the_clock_knocks(
    own_services: dict[str, str], start: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    def found() -> str:
        said = subprocess.run(
            [sys.executable, "-c", LOOK], cwd=ROOT, env=own_services, capture_output=True, text=True, check=True
        )
        return said.stdout.strip()

    def wait_for(answer: str) -> None:
        end = time.monotonic() + PATIENCE
        while (last := found()) != answer:
            assert time.monotonic() < end, f"{last}\n{(tmp_path / 'celery.log').read_text()}"
            time.sleep(0.5)

    assert found() == "503 default mail seal"
    start("beat", "-s", str(tmp_path / "beat"), "--pidfile=")
    start("worker", "-Q", "default,mail", "-P", "solo", "-n", "first@%h")
    wait_for("503 seal")
    seal = start("worker", "-Q", "seal", "-P", "solo", "-n", "second@%h")
    wait_for("200")
    os.killpg(seal.pid, signal.SIGTERM)
    seal.wait(timeout=30)
    wait_for("503 seal")

"""The processes of the demo: web, worker, beat and a post office, started, watched and stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from portal import embedded
from portal.demo import mailbox

ROOT = Path(__file__).resolve().parents[2]


class PortTaken(Exception):
    """Another program listens there."""

    def __init__(self, port: int) -> None:
        super().__init__(f"Port {port} is taken. Stop what listens there, or choose another: make demo PORT={port + 1}")


def refuse_taken(port: int) -> None:
    """Raise PortTaken when something listens on this port of the loopback."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise PortTaken(port)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Services:
    """The demo's processes; a process that dies is started again, leaving stops all of them."""

    def __init__(self, port: int, folder: Path, extra: Mapping[str, str] | None = None) -> None:
        self.port, self.folder = port, folder
        self.smtp_port = free_port()
        self.environment = {
            **os.environ,
            "DEMO": "yes",
            "BASE_URL": f"http://localhost:{port}",
            "SURVEY_URL": f"http://127.0.0.1:{port}",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.smtp_port),
            "PYTHONUNBUFFERED": "1",
            **(extra or {}),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def __enter__(self) -> Self:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._office = mailbox.start(self.folder / "mails", self.smtp_port)
        for name in self._commands():
            self._start(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        self._office.stop()

    def _commands(self) -> dict[str, list[str]]:
        celery = [sys.executable, "-m", "celery", "-A", "portal.celery", "--quiet"]
        return {
            "web": [
                *(sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{self.port}"),
                *("--worker-class", "gthread", "--workers", "1", "--threads", "8", "--no-control-socket"),
                *("--log-level", "warning"),
            ],
            "worker": [*celery, "worker", "-Q", "default,mail,seal", "-c", "2", "--without-mingle", "--without-gossip"],
            "beat": [*celery, "beat", "-s", str(self.folder / "beat"), "--pidfile="],
        }

    def _start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._commands()[name],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, seconds: float = 180) -> bool:
        """Whether the web process answers, and worker and beat have been heard of, within this time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(URLError, OSError), urlopen(f"http://localhost:{self.port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return True
            time.sleep(0.5)
        return False

    def watch(self) -> None:
        """Keep everything running until somebody stops the demo."""

        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping = True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
        while not self._stopping:
            time.sleep(2)
            embedded.ensure()  # brings PostgreSQL and Redis back should somebody have killed them
            for name, process in self._running.items():
                if process.poll() is not None and not self._stopping:
                    print(f"{name} stopped; starting it again (see {self.folder / name}.log)", flush=True)
                    self._start(name)

"""Sending an answer, beside a bare Django view that makes the same single insert; both under gunicorn."""

import http.client
import os
import subprocess
import sys
import threading
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.launching import launch
from benchmarks.report import Row
from portal.demo.services import free_port
from surveys import actions
from surveys.models import Invitation, SealedReply

WANTED = 0.70
CLIENTS = 4
Call = tuple[str, dict[str, str]]


class Server:
    """gunicorn with two workers on a port of its own."""

    def __init__(self, application: str) -> None:
        self.port = free_port()
        host = f"127.0.0.1:{self.port}"
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", application, "--bind", host, "--workers", "2", "--threads", "2"),
                *("--worker-class", "gthread", "--no-control-socket", "--log-level", "error"),
            ],
            env={**os.environ, "SURVEY_URL": f"http://{host}", "BASE_URL": f"http://localhost:{self.port}"},
            cwd=Path(__file__).parents[1],
        )
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", self.port, timeout=1).connect()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("gunicorn did not start")

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


def drive(port: int, calls: list[Call]) -> tuple[float, float]:
    """Requests a second over a few kept connections, and the 99th percentile in milliseconds."""
    local = threading.local()

    def call(each: Call) -> float:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port)
        started = time.perf_counter()
        path, fields = each
        body = urllib.parse.urlencode(fields)
        local.connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = local.connection.getresponse()
        answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{path} was answered with {answer.status}")
        return time.perf_counter() - started

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(call, calls[: len(calls) // 10]))
        started = time.perf_counter()
        times = sorted(pool.map(call, calls))
        took = time.perf_counter() - started
    return len(calls) / took, 1000 * times[int(len(times) * 0.99)]


def measure(number: int) -> list[Row]:
    """The bare view first and last, ours between, so that a warm machine favours neither."""
    round_ = launch("bench:answer")
    invitations = list(Invitation.objects.filter(round=round_).values_list("pk", flat=True)[:number])
    calls: list[Call] = []
    for invitation in invitations:
        started = actions.press_start(actions.new_link(invitation))
        calls.append(("/vi/send", {"ballot": started.ballot, **{f"a.{item.code}": "4" for item in started.items}}))
    bare_calls: list[Call] = [("/insert", {"round": str(round_.pk), **fields}) for _, fields in calls]
    bare, ours = Server("benchmarks.bare"), Server("portal.wsgi")
    try:
        first, _ = drive(bare.port, bare_calls)
        rate, slowest = drive(ours.port, calls)
        last, _ = drive(bare.port, bare_calls)
    finally:
        bare.stop()
        ours.stop()
    beside = (first + last) / 2
    assert SealedReply.objects.filter(round=round_).count() >= number
    return [
        Row(
            "answers a second, 2 workers",
            f"{rate:.0f}/s, p99 {slowest:.0f} ms",
            f"bare view with the same insert {beside:.0f}/s",
            rate / beside,
            f">= {WANTED}",
            rate / beside >= WANTED,
        )
    ]

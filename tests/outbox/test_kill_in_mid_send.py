"""kill -9 of a worker in mid-send: nothing is lost; nothing goes out twice but what the server had just taken."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

from outbox.actions import owe_many
from outbox.delivery import LEASE, sweep
from outbox.models import Notice
from portal.lib import clock
from tests.make import make_employee
from tests.outbox.smtp_sink import SmtpSink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("kinds")]
MESSAGES = 10
KILLED_AT = 4
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Worker:
    """A sweep in a process of its own, over the same database and mail server."""

    def __init__(self, sink: SmtpSink, moment: datetime) -> None:
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        environment = {
            **os.environ,
            "DATABASE_URL": urlunsplit(database),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONPATH": str(settings.BASE_DIR),
            "PYTHONWARNINGS": "ignore",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(sink.port),
            "SWEEP_AT": moment.isoformat(),
        }
        script = Path(__file__).parent / "sweeping_worker.py"
        self.process = subprocess.Popen([sys.executable, str(script)], env=environment, cwd=settings.BASE_DIR)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def owe_ten(noon: datetime) -> None:
    rows = [(make_employee().pk, f"k{n}", {"title": "news", "close_on": "2026-09-20"}) for n in range(MESSAGES)]
    with clock.at(noon):
        owe_many("test.news", rows)


def sweep_after_the_lease(noon: datetime) -> None:
    with clock.at(noon + LEASE + timedelta(seconds=1)):
        sweep()
    assert set(Notice.objects.values_list("state", flat=True)) == {Notice.State.SENT}


def test_killed_before_the_server_took_the_mail_every_mail_goes_out_once(smtp_sink: SmtpSink, noon: datetime) -> None:
    owe_ten(noon)
    reached, worker_is_dead = threading.Event(), threading.Event()

    def hold(number: int) -> None:
        if number == KILLED_AT and not worker_is_dead.is_set():
            reached.set()
            worker_is_dead.wait(20)
            raise ConnectionError("the client is gone: this copy is not taken")

    smtp_sink.before_taking = hold
    worker = Worker(smtp_sink, noon)
    assert reached.wait(20)
    worker.kill()
    worker_is_dead.set()
    assert Notice.objects.filter(state=Notice.State.SENT).count() == KILLED_AT - 1
    sweep_after_the_lease(noon)
    assert len(smtp_sink.copies()) == MESSAGES
    assert set(smtp_sink.copies().values()) == {1}


def test_killed_between_the_servers_250_and_the_commit_that_one_mail_comes_twice_under_one_id(
    smtp_sink: SmtpSink, noon: datetime
) -> None:
    owe_ten(noon)
    reached, is_locked = threading.Event(), threading.Event()

    def hold(number: int) -> None:
        if number == KILLED_AT and not is_locked.is_set():
            reached.set()
            is_locked.wait(20)

    smtp_sink.before_taking = hold
    worker = Worker(smtp_sink, noon)
    assert reached.wait(20)
    with transaction.atomic():
        in_flight = Notice.objects.select_for_update().get(attempts=1, state=Notice.State.CLAIMED)
        is_locked.set()  # the server takes the mail; the worker now waits for the row
        waits_until(lambda: len(smtp_sink.mails) == KILLED_AT)
        waits_until(lambda: bool(ask(WAITING)))
        worker.kill()
        ask(f"SELECT pg_terminate_backend(pid) FROM ({WAITING}) waiting")  # else it would finish for the dead
    sweep_after_the_lease(noon)
    copies = smtp_sink.copies()
    assert len(copies) == MESSAGES
    assert {message_id: n for message_id, n in copies.items() if n > 1} == {in_flight.message_id: 2}


def ask(statement: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def waits_until(is_so: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < ends_at, "waited too long"
        time.sleep(0.02)

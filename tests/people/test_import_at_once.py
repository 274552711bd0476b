"""Imports that meet each other, and imports that die half-way."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection

from people.actions.imports import confirm_import, match_columns, run_import, start_import
from people.models import Employee, StaffImport, StaffImportFile, Unit
from portal.lib import clock
from tests.people.test_import import HEAD, STAFF

pytestmark = pytest.mark.django_db(transaction=True)


def ready_to_apply(text: str) -> StaffImport:
    made = start_import(started_by=None, file_name="x.csv", content=text.encode())
    match_columns(staff_import=made, mapping=made.mapping)
    checked = run_import(made.pk)
    assert checked is not None
    return confirm_import(staff_import=checked, leavers_confirmed=None)


def at_once(*pks: int) -> list[bool]:
    gate = threading.Barrier(len(pks))
    done: list[bool] = []

    def go(pk: int) -> None:
        gate.wait()
        done.append(run_import(pk) is not None)
        connection.close()

    threads = [threading.Thread(target=go, args=(pk,)) for pk in pks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(done)


def test_of_four_workers_one_applies_an_import() -> None:
    made = ready_to_apply(STAFF)

    assert at_once(made.pk, made.pk, made.pk, made.pk) == [False, False, False, True]
    assert Employee.objects.count() == 3


def test_two_imports_of_the_same_list_at_once_add_everybody_once() -> None:
    first, second = ready_to_apply(STAFF), ready_to_apply(STAFF)

    assert at_once(first.pk, second.pk) == [True, True]
    assert (Employee.objects.count(), Unit.objects.count()) == (3, 2)
    added = [one.result["added"] for one in StaffImport.objects.all()]
    assert sorted(added) == [0, 3]


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done_and_the_next_finishes() -> None:
    rows = "".join(f"NV{n:05d},Nguyễn Văn {n},nv{n}@annhien.vn,,,,\n" for n in range(8_000))
    made = ready_to_apply(HEAD + rows)
    code = f"import django; django.setup(); from people.actions.imports import run_import; run_import({made.pk})"
    with connection.cursor() as cursor:
        # The child gets as far as writing people, and waits there.
        cursor.execute("BEGIN; LOCK TABLE account_emailaddress IN ACCESS EXCLUSIVE MODE")
        child = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], env=child_environment())
        try:
            wait_until_somebody_waits_for_a_lock()
        finally:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            cursor.execute("ROLLBACK")

    assert not Employee.objects.exists()
    assert StaffImportFile.objects.filter(staff_import=made).exists()
    assert run_import(made.pk) is None, "the dead worker's lease has not ended yet"
    with clock.at(clock.now() + timedelta(minutes=6)):
        done = run_import(made.pk)
    assert done is not None
    assert done.state == StaffImport.State.APPLIED
    assert Employee.objects.count() == 8_000


def child_environment() -> dict[str, str]:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": url, "SURVEY_DATABASE_URL": url}


def wait_until_somebody_waits_for_a_lock() -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("The child never got as far as the addresses.")

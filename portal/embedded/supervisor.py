"""The process that starts both servers, starts them again, and closes them after the last user."""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from portal.embedded.folders import CannotStart, Folder, lock, remove, wait_for_lock
from portal.embedded.postgres import postgres_argv, prepare_database
from portal.embedded.redis import redis_argv

_LOOK_EVERY = 0.2
_IDLE = 2.0
_FAILURES = 5


@dataclass
class _Server:
    """One server that is started again whenever it dies."""

    name: str
    argv: list[str]
    folder: Folder
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def keep_alive(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        now = time.monotonic()
        self.starts = [*(moment for moment in self.starts if now - moment < 30), now]
        if len(self.starts) > _FAILURES:
            raise CannotStart(f"{self.name} does not stay up: read {self.folder.log}.")
        if len(self.starts) > 1:
            time.sleep(0.2 * len(self.starts))
        lock = wait_for_lock(self.folder.data / f"{self.name}.lock")
        with self.folder.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=[lock],
            )
        os.close(lock)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def wait(self) -> None:
        if self.process is not None:
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def supervise(folder: Folder, throwaway: bool = False) -> None:
    """Run both servers for as long as somebody uses them."""
    try:
        mine = wait_for_lock(folder.data / "supervisor.lock", patience=2)
    except CannotStart:
        return  # another supervisor is at work
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: stopping.append(number))
    postgres = _Server("postgres", postgres_argv(folder, throwaway), folder)
    servers = [postgres, _Server("redis", redis_argv(folder), folder)]
    try:
        for server in servers:
            server.keep_alive()
        prepare_database(folder, postgres.keep_alive, lambda: bool(stopping))
        ready = lock(folder.data / "ready.lock", fcntl.LOCK_EX)
        closing = _watch(folder, servers, lambda: bool(stopping))
        os.close(ready)
    finally:
        for server in servers:
            server.stop()
        for server in servers:
            server.wait()
    if throwaway:
        remove(folder)
    os.close(mine)
    if closing is not None:
        os.close(closing)


def _watch(folder: Folder, servers: Iterable[_Server], stopping: Callable[[], bool]) -> int | None:
    """Keep the servers up until nobody holds `users.lock`; return it held, so that newcomers wait for a clean end."""
    idle_since: float | None = None
    while not stopping():
        time.sleep(_LOOK_EVERY)
        for server in servers:
            server.keep_alive()
        try:
            users = lock(folder.data / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            idle_since = None
            continue
        except FileNotFoundError:
            return None  # somebody removed the whole folder
        idle_since = idle_since or time.monotonic()
        if time.monotonic() - idle_since >= _IDLE:
            return users
        os.close(users)
    return None


def main(argv: list[str]) -> int:
    """The supervisor: `python -m portal.embedded DATA SOCKETS [throwaway]`."""
    os.umask(0o077)
    folder = Folder(Path(argv[0]), Path(argv[1]))
    try:
        supervise(folder, throwaway="throwaway" in argv[2:])
    except CannotStart as refusal:
        folder.refusal.write_text(str(refusal))
        return 1
    return 0

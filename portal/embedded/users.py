"""The user's side: hold a lock, see that a supervisor runs, and name the servers in the environment."""

import fcntl
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from portal.embedded.folders import ROOT, CannotStart, Folder, Services, is_locked, lock, place
from portal.embedded.postgres import postgres_answers
from portal.embedded.redis import redis_answers

PATIENCE = 60.0  # seconds a command waits for both servers


def ensure(data: Path | None = None, throwaway: bool = False) -> Services:
    """Start or join the servers this process needs, and name them in the environment.

    Safe to call again at any time: a long-lived process that calls it now and then brings a killed supervisor back.
    """
    ours = _held[-1] if _held and data is None else None
    if ours is None and data is None and os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return _named_by_environment()
    folder = ours.folder if ours else place(data, throwaway)
    if ours is None:
        ours = _Hold(folder, throwaway, lock(folder.data / "users.lock", fcntl.LOCK_SH))
        _held.append(ours)
    _wait_until_ready(ours)
    services = folder.services()
    _name(services)
    return services


@dataclass
class _Hold:
    """A shared lock this process keeps for as long as it lives: somebody uses these servers."""

    folder: Folder
    throwaway: bool
    lock: int


_held: list[_Hold] = []


def _named_by_environment() -> Services:
    environment = os.environ
    database_url, redis_url = environment["DATABASE_URL"], environment["REDIS_URL"]
    services = Services(
        database_url=database_url,
        survey_database_url=environment.get("SURVEY_DATABASE_URL") or database_url,
        redis_url=redis_url,
        broker_url=environment.get("CELERY_BROKER_URL") or broker_url_for(redis_url),
    )
    _name(services)
    return services


def broker_url_for(redis_url: str) -> str:
    """The same Redis as Celery writes its address: `unix://` is `redis+socket://`, and `db` is `virtual_host`."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return "redis+socket://" + redis_url.removeprefix("unix://").replace("?db=", "?virtual_host=")


def _name(services: Services) -> None:
    """Put into the environment what is not there yet."""
    own_database = not os.environ.get("DATABASE_URL")
    own_redis = not os.environ.get("REDIS_URL")
    if own_database:
        os.environ["DATABASE_URL"] = services.database_url
        os.environ["SURVEY_DATABASE_URL"] = services.survey_database_url
    if own_redis:
        os.environ["REDIS_URL"] = services.redis_url
        os.environ["CELERY_BROKER_URL"] = services.broker_url
    os.environ.setdefault("SURVEY_DATABASE_URL", os.environ["DATABASE_URL"])
    os.environ.setdefault("CELERY_BROKER_URL", broker_url_for(os.environ["REDIS_URL"]))


def _wait_until_ready(hold: _Hold) -> None:
    """Start a supervisor where none is alive, and return when both servers answer."""
    folder = hold.folder
    started = time.monotonic()
    spawned: float | None = None
    while not (is_locked(folder.data / "ready.lock") and postgres_answers(folder) and redis_answers(folder)):
        now = time.monotonic()
        if spawned is not None and folder.refusal.exists():
            raise CannotStart(folder.refusal.read_text())
        if now - started > PATIENCE:
            raise CannotStart(f"PostgreSQL or Redis did not start within {PATIENCE:.0f} seconds: read {folder.log}.")
        if (spawned is None or now - spawned > 3) and not is_locked(folder.data / "supervisor.lock"):
            folder.refusal.unlink(missing_ok=True)
            _spawn_supervisor(hold)
            spawned = now
        time.sleep(0.05)


def _spawn_supervisor(hold: _Hold) -> None:
    """Start it through a shell that ends at once, so that it is nobody's child and leaves no zombie behind."""
    argv = [sys.executable, "-m", "portal.embedded", str(hold.folder.data), str(hold.folder.sockets)]
    if hold.throwaway:
        argv.append("throwaway")
    with hold.folder.log.open("ab") as log:
        subprocess.run(
            ["/bin/sh", "-c", '"$@" &', "sh", *argv],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=True,
        )

"""Whether the parts a request cannot see are alive: database, Redis, a worker, the clock."""

import time
from dataclasses import dataclass

from celery import current_app
from django.core.cache import cache
from django.db import DatabaseError, connections
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

BEAT_KEY = "portal.beat"
BEAT_MAY_BE = 90  # seconds: beat knocks every 15
WORKER_MAY_TAKE = 1.0


@dataclass(frozen=True)
class Health:
    """What was found; `None` for the beat's age when it was never heard."""

    database: bool
    redis: bool
    worker: bool
    beat_age: int | None

    @property
    def is_ready(self) -> bool:
        """Whether everything a survey needs is running."""
        return (
            self.database and self.redis and self.worker and self.beat_age is not None and self.beat_age < BEAT_MAY_BE
        )


def note_beat() -> None:
    """Remember that the clock knocked and a worker opened."""
    cache.set(BEAT_KEY, int(time.time()), timeout=24 * 3600)


def database_answers() -> bool:
    """Whether both connections do: the portal's and the answer pages'."""
    try:
        for alias in ("default", "survey"):
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def beat_age() -> tuple[bool, int | None]:
    """Whether Redis answers, and how many seconds ago the clock last knocked."""
    try:
        heard = cache.get(BEAT_KEY)
    except RedisError:
        return False, None
    return True, None if heard is None else max(0, int(time.time()) - int(heard))


def worker_answers() -> bool:
    """Whether at least one worker says it is there."""
    try:
        return bool(current_app.control.inspect(timeout=WORKER_MAY_TAKE, limit=1).ping())
    except (BrokerError, RedisError, OSError):
        return False


def look() -> Health:
    """Ask every part once."""
    redis, age = beat_age()
    return Health(database=database_answers(), redis=redis, worker=redis and worker_answers(), beat_age=age)

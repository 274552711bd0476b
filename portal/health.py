"""Whether the parts a request cannot see are alive: database, Redis, a worker for every queue, the clock."""

import time
from dataclasses import dataclass

from celery import current_app
from django.core.cache import cache
from django.db import DatabaseError, connections
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

BEAT_KEY = "portal.beat"
BEAT_MAY_BE = 90  # seconds: beat knocks every 15
QUEUES = frozenset({"default", "mail", "seal"})
WORKED_KEY = "portal.queues_worked"
WORKERS_MAY_TAKE = 1.0
WORKERS_ARE_ASKED = 5  # seconds between two questions: anybody may look here, and the workers have other work


@dataclass(frozen=True)
class Health:
    """What was found; `None` for the beat's age when it was never heard."""

    database: bool
    redis: bool
    idle_queues: list[str]
    beat_age: int | None

    @property
    def is_ready(self) -> bool:
        """Whether everything a survey needs is running."""
        heard = self.beat_age is not None and self.beat_age < BEAT_MAY_BE
        return self.database and self.redis and not self.idle_queues and heard


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


def queues_worked() -> set[str]:
    """The queues that a living worker takes work from, busy or not; without the seal queue's no survey ever closes."""
    try:
        known: list[str] | None = cache.get(WORKED_KEY)
        if known is None:
            said = current_app.control.inspect(timeout=WORKERS_MAY_TAKE).active_queues() or {}
            known = [queue["name"] for queues in said.values() for queue in queues]
            cache.set(WORKED_KEY, known, timeout=WORKERS_ARE_ASKED)
    except (BrokerError, RedisError, OSError):
        return set()
    return set(known)


def look() -> Health:
    """Ask every part once."""
    redis, age = beat_age()
    idle = sorted(QUEUES - queues_worked()) if redis else sorted(QUEUES)
    return Health(database=database_answers(), redis=redis, idle_queues=idle, beat_age=age)

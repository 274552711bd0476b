"""PostgreSQL and Redis for a machine that has neither: started beside the first command, gone after the last.

`ensure()` stands first in manage.py, portal/celery.py, portal/wsgi.py and tests/conftest.py. Where DATABASE_URL and
REDIS_URL are set it does nothing. Otherwise one supervisor per data folder (`.data`, or BEARING_DATA) runs both servers
on unix sockets in a private folder; every process that called `ensure()` holds a shared lock, and when the last one
ends, however it ends, the supervisor closes the servers. `python -m portal.embedded FOLDER` is that supervisor.

Who holds what: `users.lock` (shared) every user, (exclusive) the supervisor while it closes, so newcomers wait;
`supervisor.lock` the one supervisor, and `ready.lock` once both servers answer; `postgres.lock` and `redis.lock` are
inherited by the servers themselves, so that a new server never starts while a process of the old one still breathes.
"""

from portal.embedded.folders import ROOT, SURVEY_ROLE, CannotStart, Folder, nobody_home, socket_folder
from portal.embedded.redis import redis_program
from portal.embedded.users import broker_url_for, ensure

__all__ = [
    "ROOT",
    "SURVEY_ROLE",
    "CannotStart",
    "Folder",
    "broker_url_for",
    "ensure",
    "nobody_home",
    "redis_program",
    "socket_folder",
]

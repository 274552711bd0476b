"""What is looked at before a deployment (`manage.py check --deploy`)."""

import os
import resource
import stat
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

SWAPS = Path("/proc/swaps")


def announce() -> None:
    """Register the checks below."""
    for check in (keys_stand_apart, answers_have_their_own_host, answers_have_their_own_role, memory_is_never_written):
        register(check, Tags.security, deploy=True)


def stands(path: Path) -> bool:
    """Whether this account finds something there; what another account has closed off is not there for it."""
    try:
        path.stat()
    except OSError:
        return False
    return True


def nearest(path: Path) -> Path:
    """The path itself, or the first folder above it that exists."""
    return next(each for each in (path, *path.parents) if stands(each))


def mount_of(path: Path) -> int:
    """The number of the file system a path is, or would be, on."""
    return nearest(path).stat().st_dev


def database_folder() -> Path:
    """Where PostgreSQL keeps its files, as far as this machine knows."""
    return Path(os.environ.get("PGDATA", settings.BASE_DIR / ".data"))


def keys_stand_apart(app_configs: Sequence[AppConfig] | None = None, **kwargs: object) -> list[CheckMessage]:
    """A copy or snapshot of the database's volume must never hold the keys."""
    found: list[CheckMessage] = []
    keys: Path = settings.KEY_DIR
    for other in {database_folder(), settings.BASE_DIR / ".data", settings.EVIDENCE_DIR}:
        if mount_of(keys) == mount_of(other):
            found.append(
                Error(
                    f"The round keys in {keys} lie on the same volume as {other}.",
                    hint="Set KEY_DIR to a folder on a volume of its own that no backup and no snapshot reads.",
                    id="portal.E001",
                )
            )
            break
    if stands(keys) and stat.S_IMODE(keys.stat().st_mode) & 0o077:
        found.append(
            Error(
                f"Other accounts may read the round keys in {keys}.",
                hint=f"chmod 700 {keys}",
                id="portal.E002",
            )
        )
    return found


def answers_have_their_own_host(app_configs: Sequence[AppConfig] | None = None, **kwargs: object) -> list[CheckMessage]:
    """No cookie of the portal may reach the answer pages, and both must be encrypted on the way."""
    found: list[CheckMessage] = []
    if settings.SURVEY_HOST == settings.PORTAL_HOST:
        found.append(
            Error(
                "The answer pages and the portal have the same host name.",
                hint="Give SURVEY_URL a host name of its own.",
                id="portal.E003",
            )
        )
    domain = settings.SESSION_COOKIE_DOMAIN
    if domain and settings.SURVEY_HOST.split(":")[0].endswith(domain.lstrip(".")):
        found.append(
            Error(
                "The portal's session cookie is sent to the answer pages as well.",
                hint="Unset SESSION_COOKIE_DOMAIN.",
                id="portal.E004",
            )
        )
    found += [
        Error(
            f"{name} is not encrypted on the way.",
            hint=f"Let {name} begin with https://.",
            id="portal.E005",
        )
        for name in ("BASE_URL", "SURVEY_URL")
        if urlsplit(getattr(settings, name)).scheme != "https"
    ]
    return found


def answers_have_their_own_role(app_configs: Sequence[AppConfig] | None = None, **kwargs: object) -> list[CheckMessage]:
    """The answer pages' database role may touch links and boxes only, and its statements are not logged."""
    survey, portal = settings.DATABASES["survey"], settings.DATABASES["default"]
    if survey.get("USER") != portal.get("USER"):
        return []
    return [
        Error(
            "The answer pages reach the database under the portal's own role.",
            hint="Set SURVEY_DATABASE_URL to a role that may touch only links and sealed replies.",
            id="portal.E006",
        )
    ]


def memory_is_never_written(app_configs: Sequence[AppConfig] | None = None, **kwargs: object) -> list[CheckMessage]:
    """On the seal host neither a crash nor swapping may put opened answers on a disk."""
    found: list[CheckMessage] = []
    if resource.getrlimit(resource.RLIMIT_CORE)[0] != 0:
        found.append(
            Warning(
                "A crash may write the memory of this process to disk.",
                hint="On the seal host: ulimit -c 0, or LimitCORE=0 in the service.",
                id="portal.W001",
            )
        )
    if SWAPS.exists() and len(SWAPS.read_text().splitlines()) > 1:
        found.append(
            Warning(
                "This machine swaps.",
                hint="On the seal host: swapoff, or a swap that is encrypted with a key made at boot.",
                id="portal.W002",
            )
        )
    return found

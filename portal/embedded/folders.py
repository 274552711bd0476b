"""The data folder, the private folder of its sockets, and the locks that say who uses them."""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "bearing"
OWNER = "bearing"
SURVEY_ROLE = "bearing_survey"
NOBODY = 65534
SOCKET_PATH_LIMIT = 80  # a unix socket path may have 107 bytes, ".s.PGSQL.5432.lock" included


class CannotStart(SystemExit):
    """The servers cannot run here; the message says why and what to do."""


@dataclass(frozen=True)
class Services:
    """Where PostgreSQL and Redis answer."""

    database_url: str
    survey_database_url: str
    redis_url: str
    broker_url: str


@dataclass(frozen=True)
class Folder:
    """One data folder and the private folder of its sockets."""

    data: Path
    sockets: Path

    @property
    def log(self) -> Path:
        return self.data / "services.log"

    @property
    def refusal(self) -> Path:
        """Why a supervisor could not run, in one sentence."""
        return self.data / "refusal.txt"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def dsn(self, database: str, role: str = OWNER) -> str:
        return f"host='{self.sockets}' dbname={database} user={role} connect_timeout=5"

    def services(self) -> Services:
        host = quote(str(self.sockets), safe="/")
        return Services(
            database_url=f"postgresql://{OWNER}@/{DATABASE}?host={host}",
            survey_database_url=f"postgresql://{SURVEY_ROLE}@/{DATABASE}?host={host}",
            redis_url=f"unix://{host}/redis.sock",
            broker_url=f"redis+socket://{host}/redis.sock",
        )


def place(data: Path | None, throwaway: bool) -> Folder:
    if data is None and throwaway:
        _sweep_throwaways()
        data = Path(tempfile.mkdtemp(prefix=_throwaway_prefix()))
    data = (data or Path(os.environ.get("BEARING_DATA") or ROOT / ".data")).resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Folder(data, socket_folder(data))


def socket_folder(data: Path) -> Path:
    """A private folder with a short path for the sockets of one data folder (a socket path has at most 107 bytes)."""
    short = tempfile.gettempdir()
    if len(short) > SOCKET_PATH_LIMIT - 40:
        short = "/tmp"
    name = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    folder = Path(short) / f"bearing-{os.geteuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    owners = {os.geteuid(), NOBODY} if os.geteuid() == 0 else {os.geteuid()}
    if status.st_uid not in owners or status.st_mode & 0o077:
        raise CannotStart(f"{folder} belongs to somebody else or is open to others: remove it, or set TMPDIR.")
    return folder


def _throwaway_prefix() -> str:
    return f"bearing-throwaway-{os.geteuid()}-"


def _sweep_throwaways() -> None:
    """Remove throw-away folders whose users and supervisor were all killed."""
    for data in Path(tempfile.gettempdir()).glob(f"{_throwaway_prefix()}*"):
        age = time.time() - data.stat().st_mtime if data.exists() else 0
        locks = [data / f"{name}.lock" for name in ("users", "supervisor", "postgres", "redis")]
        if age > 60 and not any(is_locked(path, fcntl.LOCK_EX) for path in locks):
            remove(Folder(data.resolve(), socket_folder(data.resolve())))


def remove(folder: Folder) -> None:
    for place in (nobody_home(folder), folder.sockets, folder.data):
        shutil.rmtree(place, ignore_errors=True)


def lock(path: Path, how: int) -> int:
    """A locked descriptor; it is let go by os.close, or by the end of the process however it ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def is_locked(path: Path, how: int = fcntl.LOCK_SH) -> bool:
    """Whether somebody holds it exclusively, or, asked with LOCK_EX, at all."""
    if not path.exists():
        return False
    try:
        os.close(lock(path, how | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    return False


def wait_for_lock(path: Path, patience: float = 30.0) -> int:
    deadline = time.monotonic() + patience
    while True:
        try:
            return lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise CannotStart(f"A server of an earlier run does not end: see who holds {path}.") from None
            time.sleep(0.1)


def nobody_home(folder: Folder) -> Path:
    """Where PostgreSQL's files are when it has to run as nobody: outside root's folders, kept over a restart."""
    return Path("/var/tmp") / f"{folder.sockets.name}-nobody"

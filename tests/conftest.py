"""What every test stands on: throw-away servers, one migrated database cloned where it is needed, a browser.

A run has PostgreSQL and Redis of its own, removed after it. A second xdist worker has a second pair: transaction
numbers belong to the server and not to a database: the diary's sealer would wait for the other worker's open tests.
The database is migrated once for each server, into a template; tests and `own_services` get clones. Set DATABASE_URL
and REDIS_URL to use other servers.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import hypothesis
import psycopg
import pytest

from portal import embedded

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # "gw0", "gw1", ... ; empty in a run without xdist

os.environ["PRODUCTION"] = "no"
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
ADDRESSES = ("DATABASE_URL", "SURVEY_DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")
if not WORKER:
    os.environ["BEARING_TEST_SERVERS"] = "named" if os.environ.get("DATABASE_URL") else "throwaway"
elif WORKER != "gw0" and os.environ["BEARING_TEST_SERVERS"] == "throwaway":
    for name in ADDRESSES:
        os.environ.pop(name, None)
embedded.ensure(throwaway=True)
if WORKER:
    # Redis database 0 is nobody's: a worker that forgot its own is noticed.
    number = int(WORKER.removeprefix("gw")) + 1
    redis_url = f"{os.environ['REDIS_URL'].split('?')[0]}?db={number}"
    os.environ["REDIS_URL"] = redis_url
    os.environ["CELERY_BROKER_URL"] = embedded.broker_url_for(redis_url)

# Django reads its settings here, when the environment is complete.
django.setup()
# A worker that inherited this name would read its settings before it has servers of its own.
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.conf import settings as django_settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from pytest_django.plugin import DjangoDbBlocker  # noqa: E402

# Two cores and many workers: how long an example takes says nothing about the code.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")

ALIASES = ["default", "survey"]
CI = os.environ.get("CI") == "true"


# Databases --------------------------------------------------------------------------------------------------------


def database_url(name: str, role_url: str = "DATABASE_URL") -> str:
    """The address of another database on the server of this run."""
    return urlunsplit(urlsplit(os.environ[role_url])._replace(path=f"/{name}"))


def clone_template(name: str) -> None:
    """Make a database that holds what the migrations made, and nothing else."""
    with maintenance_connection() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template_name()}"'.encode())


def drop_database(name: str) -> None:
    with maintenance_connection() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def maintenance_connection() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(database_url("postgres"), autocommit=True)


def template_name() -> str:
    """One template for each run, so that it never holds yesterday's tables."""
    return f"test_bearing_{os.environ['BEARING_TEST_RUN']}"


def pytest_configure(config: pytest.Config) -> None:
    os.environ.setdefault("BEARING_TEST_RUN", str(os.getpid()))


def make_template() -> None:
    """Migrate once: the first worker does it, the others wait for its lock."""
    name = template_name()
    with maintenance_connection() as connection:
        connection.execute("SELECT pg_advisory_lock(1163022924)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        half_made = f"{name}_half"
        connection.execute(f'DROP DATABASE IF EXISTS "{half_made}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{half_made}"'.encode())
        use_database(half_made)
        call_command("migrate", verbosity=0, interactive=False)
        connections["default"].close()
        connection.execute(f'ALTER DATABASE "{half_made}" RENAME TO "{name}"'.encode())


def use_database(name: str) -> None:
    """Point both aliases at a database of this run."""
    for alias in ALIASES:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        django_settings.DATABASES[alias]["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A clone of the template for this worker."""
    name = f"{template_name()}_{WORKER or 'main'}"
    with django_db_blocker.unblock():
        make_template()
        clone_template(name)
        use_database(name)
    yield
    with django_db_blocker.unblock():
        for connection in connections.all():
            connection.close()
        drop_database(name)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not WORKER and os.environ["BEARING_TEST_SERVERS"] == "named":
        drop_database(template_name())


def uses_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(names & {"db", "transactional_db", "live_server"})


def is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    asked = marker is not None and marker.kwargs.get("transaction", False)
    return asked or bool(names & {"transactional_db", "live_server"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test that has a database has both aliases."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if uses_database(item) and not (marker and "databases" in marker.kwargs):
            kwargs = {**(marker.kwargs if marker else {}), "databases": ALIASES}
            item.add_marker(pytest.mark.django_db(**kwargs), append=False)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let `survey` see what an uncommitted test wrote: inside a test's transaction both aliases share a connection.

    A test with real transactions gets the real alias: another connection, as the role of the answer pages.
    """
    if not uses_database(item):
        return
    shared = connections["survey"] is connections["default"]
    if is_transactional(item) and shared:
        del connections["survey"]
    elif not is_transactional(item) and not shared:
        connections["survey"].close()
        connections["survey"] = connections["default"]


@pytest.fixture(autouse=True)
def evidence_lies_apart(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files given as evidence in a test go with its run, and never to the folder of this project."""
    monkeypatch.setattr(django_settings, "EVIDENCE_DIR", tmp_path_factory.getbasetemp() / "evidence")


@pytest.fixture
def own_services(django_db_setup: None, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The environment for processes of their own (worker, beat, web), with a fresh database that really commits."""
    name = f"{template_name()}_{WORKER or 'main'}_{abs(hash(request.node.nodeid)) % 10**8}"
    number = 20 + (int(WORKER.removeprefix("gw")) if WORKER else 0)
    redis_url = f"{os.environ['REDIS_URL'].split('?')[0]}?db={number}"
    clone_template(name)
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(name),
        "SURVEY_DATABASE_URL": database_url(name, "SURVEY_DATABASE_URL"),
        "REDIS_URL": redis_url,
        "CELERY_BROKER_URL": embedded.broker_url_for(redis_url),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    yield environment
    drop_database(name)


# A browser --------------------------------------------------------------------------------------------------------


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium of the machine, started once."""
    program = chromium()
    if program is None:
        sentence = "chromium is not installed: `apt-get install chromium`"
        if CI:
            pytest.fail(sentence)
        pytest.skip(sentence)
    # Playwright keeps an event loop in this thread; the tests themselves are not asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    """A fresh page without cookies, 1280 px wide; `set_viewport_size` makes it a phone."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


# Real data --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder with real survey data."""
    folder = Path(os.environ.get("BEARING_REALDATA") or django_settings.BASE_DIR.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"real survey data is not here: put it into {folder}, or set BEARING_REALDATA")
    return folder


# What was not run -------------------------------------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly what was skipped, and why."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.getreports("skipped"):
        where = report.longrepr
        reasons[str(where[2] if isinstance(where, tuple) else where).removeprefix("Skipped: ")] += 1
    for reason, count in reasons.items():
        terminalreporter.write_line(f"Not run: {count} {'test' if count == 1 else 'tests'}, because {reason}.")

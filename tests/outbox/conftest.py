"""A mail server, two kinds of messages, and a weekday noon in Vietnam."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from outbox import registry
from portal.lib import clock
from tests.outbox.smtp_sink import SmtpSink

NOON = datetime(2026, 9, 14, 5, 0, tzinfo=UTC)
TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The clock stands at noon in Vietnam."""
    with clock.at(NOON):
        yield NOON


@pytest.fixture
def smtp_sink(settings: Settings) -> Iterator[SmtpSink]:
    """Mail goes over SMTP to a server of this test."""
    sink = SmtpSink()
    sink.controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", sink.port, 10
    yield sink
    sink.controller.stop()


@pytest.fixture
def kinds(settings: Settings) -> Iterator[None]:
    """Two kinds: news with a page behind the button, and a reminder."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], TEMPLATES]}]
    registry.register_kind("test.news", template="test/news", label="News", opens=lambda notice: f"/about/{notice.pk}")
    registry.register_kind("test.reminder", template="test/reminder", label="Reminder", reminder=True)
    yield
    registry.unregister_kind("test.news")
    registry.unregister_kind("test.reminder")

"""Whether the house says how it is."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from portal import tasks
from tests.roof.conftest import PORTAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def probe() -> Client:
    cache.clear()
    return Client(headers=PORTAL)


def test_alive_asks_nobody_else(probe: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = probe.get("/healthz")
    assert response.content == b"ok"


def test_not_ready_without_worker_and_clock_and_says_which(probe: Client) -> None:
    response = probe.get("/readyz")
    assert response.status_code == 503
    found = response.json()
    assert found == {
        "ready": False,
        "database": True,
        "redis": True,
        "queues_without_worker": ["default", "mail", "seal"],
        "beat_age_seconds": None,
    }


def test_the_clock_is_heard_when_its_task_runs(probe: Client) -> None:
    tasks.beat.apply()
    assert probe.get("/readyz").json()["beat_age_seconds"] <= 1


def test_a_redis_that_does_not_answer_is_named(probe: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    response = probe.get("/readyz")
    assert response.status_code == 503
    assert response.json()["redis"] is False


def test_probes_set_no_cookie_and_are_not_kept(probe: Client) -> None:
    for address in ("/healthz", "/readyz"):
        response = probe.get(address)
        assert not response.cookies
        assert "no-store" in response["Cache-Control"]

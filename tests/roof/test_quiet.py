"""A survey's link opened under the wrong host name leads nowhere and stands in no log."""

import logging

import pytest
from django.conf import settings as django_settings
from django.test import Client

pytestmark = pytest.mark.django_db
PORTAL = {"host": django_settings.PORTAL_HOST}


def test_a_link_opened_under_the_portals_name_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert Client(headers=PORTAL).get("/vi/p/a-link-that-is-secret").status_code == 404
        assert "secret" not in caplog.text
        assert Client(headers=PORTAL).get("/nowhere/").status_code == 404
    assert "/nowhere/" in caplog.text

"""The demo's short way in, and that it leads nowhere outside the demo."""

from typing import Any

import pytest
from django.utils import translation

from tests.roof.conftest import Stage

pytestmark = pytest.mark.django_db


def test_outside_the_demo_nobody_is_offered_and_nobody_gets_in(stage: Stage, settings: Any) -> None:
    settings.DEMO = False
    browser = stage.browser("nobody")
    assert b"/demo/sign-in/" not in browser.get("/account/login/").content
    for person in stage.cast.values():
        assert browser.post("/demo/sign-in/", {"number": person.number}).status_code == 404
    assert browser.get("/").status_code == 302


def test_in_the_demo_each_role_is_one_press_away(stage: Stage, settings: Any) -> None:
    settings.DEMO = True
    browser = stage.browser("nobody")
    page = browser.get("/account/login/").content.decode()
    for role in ("leader", "hr", "cx", "board", "reviewer", "auditor"):
        number = stage.cast[role].number
        assert f'value="{number}"' in page
        response = stage.browser("nobody").post("/demo/sign-in/", {"number": number, "next": "/inbox/"})
        assert response["Location"] == "/inbox/"


def test_the_demo_signs_in_those_it_offers_and_sends_nobody_elsewhere(stage: Stage, settings: Any) -> None:
    settings.DEMO = True
    hr = stage.cast["hr"].number
    stranger = stage.browser("nobody").post("/demo/sign-in/", {"number": "nobody-has-this"})
    assert stranger.status_code == 404
    away = stage.browser("nobody").post("/demo/sign-in/", {"number": hr, "next": "https://elsewhere.example/"})
    assert away["Location"] == "/"


def test_who_came_in_by_the_demo_finds_this_device_among_those_signed_in(stage: Stage, settings: Any) -> None:
    settings.DEMO = True
    browser = stage.browser("nobody")
    browser.post("/demo/sign-in/", {"number": stage.cast["hr"].number}, headers={"user-agent": "Android Firefox/127.0"})
    with translation.override("vi"):
        page = browser.get("/account/sessions/").content.decode()
    assert "Firefox trên Android" in page
    assert "thiết bị này" in page

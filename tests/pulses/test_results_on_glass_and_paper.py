"""Results in a real browser: readable on a phone, and a page of paper without what paper cannot do."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from portal.lib import clock
from tests.pulses.results_stage import at_once, make_stage, played, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PAGES = ("", "questions/", "comments/", "heat")
OVER_THE_EDGE = """() => [...document.querySelectorAll("main svg.chart-svg text")]
    .filter(one => one.checkVisibility())
    .filter(one => { const box = one.getBoundingClientRect(), card = one.closest(".card").getBoundingClientRect();
                     return box.left < card.left || box.right > card.right; })
    .map(one => one.textContent)"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll("main svg.chart-svg text")]
    .filter(one => one.checkVisibility())
    .map(one => parseFloat(getComputedStyle(one).fontSize) * one.ownerSVGElement.getScreenCTM().a))"""


@pytest.fixture
def addresses(tmp_path: Path, settings: Any, live_server: LiveServer, browser_page: Page) -> Iterator[dict[str, str]]:
    """Where HR reads the company's results, in a browser that is signed in as HR."""
    settings.KEY_DIR = tmp_path / "keys"
    stage = make_stage()
    round_ = played(stage, comment=True)
    session = signed_in(stage.hr).cookies[django_settings.SESSION_COOKIE_NAME].value
    browser_page.context.add_cookies(
        [{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    base = f"{live_server.url}/pulses/results"
    found = {page: f"{base}/{round_.pk}/{stage.root.pk}/{page}" for page in PAGES}
    with clock.at(at_once(round_)):
        yield found | {"heat": f"{base}/heat-map/{round_.pk}/"}


def look(page: Page, live_server: LiveServer, address: str, *, language: str, theme: str = "light") -> None:
    wanted = {django_settings.LANGUAGE_COOKIE_NAME: language, "theme": theme}
    page.context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in wanted.items()])
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_on_a_phone_the_tabs_stand_on_one_line_and_charts_can_be_read(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, str], language: str
) -> None:
    browser_page.set_viewport_size({"width": 390, "height": 844})
    for page, address in addresses.items():
        look(browser_page, live_server, address, language=language)
        assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page
        tops = browser_page.locator(".pagenav a").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
        assert len(tops) == 4
        assert len(set(tops)) == 1, page
    look(browser_page, live_server, addresses[""], language=language)
    assert browser_page.evaluate(OVER_THE_EDGE) == []
    assert browser_page.evaluate(SMALLEST) >= 10


def test_on_a_phone_the_list_of_pillars_comes_before_the_radar(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, str]
) -> None:
    for width, is_before in ((390, True), (1280, False)):
        browser_page.set_viewport_size({"width": width, "height": 844})
        look(browser_page, live_server, addresses[""], language="en")
        rows, radar = (browser_page.locator(name).first.bounding_box() for name in ("table.pillars", ".radar"))
        assert rows is not None
        assert radar is not None
        assert (rows["y"] < radar["y"]) is is_before


def test_a_printed_page_names_its_unit_wave_and_number_at_its_foot(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, str]
) -> None:
    look(browser_page, live_server, addresses[""], language="en")
    foot = browser_page.locator(".foot .on-paper")
    assert not foot.is_visible()
    browser_page.emulate_media(media="print")
    said = " ".join(foot.inner_text().split())
    browser_page.emulate_media(media="screen")
    assert said.startswith("An Nhien Company · Pulse survey · As of ")
    assert re.search(r" · \d+ people answered$", said)


def test_a_form_that_is_refused_puts_the_eye_on_what_is_wrong(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, str]
) -> None:
    look(browser_page, live_server, f"{live_server.url}/pulses/new/", language="en")
    browser_page.evaluate("document.querySelectorAll('main form').forEach(form => { form.noValidate = true; })")
    browser_page.locator("main form input[type=text]").first.fill("")
    browser_page.locator("main form button").last.click()
    browser_page.wait_for_load_state("networkidle")
    assert browser_page.evaluate("document.activeElement.getAttribute('role')") == "alert"


def test_paper_is_white_has_no_ways_to_press_and_opens_its_tables(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, str]
) -> None:
    browser_page.set_viewport_size({"width": 688, "height": 1000})  # A4 within its margins
    for page, address in addresses.items():
        look(browser_page, live_server, address, language="vi", theme="dark")
        browser_page.emulate_media(media="print")
        for name in (".ways", ".closer", ".top", ".tabs", ".btn"):
            assert not any(one.is_visible() for one in browser_page.locator(name).all()), (page, name)
        assert browser_page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        level = "getComputedStyle(document.documentElement).getPropertyValue('--brg-level-a').trim()"
        assert browser_page.evaluate(level) == "#F3F0E9", page
        assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page
        if page != "heat":  # the map itself holds every figure of its table
            assert all(one.is_visible() for one in browser_page.locator("table.twin").all()), page
        browser_page.emulate_media(media="screen")

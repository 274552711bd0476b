"""Results of an assessment in a real browser: readable on a phone, and a page of paper without what paper cannot do."""

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from assessments.modelfiles import CATALOGUE, load_model
from tests.assessments.results_cast import address, closed, make_cast
from tests.pulses.results_stage import signed_in
from tests.pulses.test_results_on_glass_and_paper import OVER_THE_EDGE, SMALLEST, look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def addresses(live_server: LiveServer, browser_page: Page) -> dict[str, str]:
    """Where a leader of eleven reads the three pages, in a browser that is signed in."""
    cast = make_cast(11)
    cycle = closed(cast, load_model(CATALOGUE / "bearing-five.yaml").model).cycle
    name = django_settings.SESSION_COOKIE_NAME
    session = signed_in(cast.cx).cookies[name].value
    browser_page.context.add_cookies([{"name": name, "value": session, "url": live_server.url}])
    first = cast.branches[0]
    return {
        "board": live_server.url + address(cycle),
        "unit": live_server.url + address(cycle, first),
        "practices": live_server.url + address(cycle, first, "practices/"),
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_on_a_phone_nothing_leaves_the_glass_and_charts_can_be_read(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, str], language: str
) -> None:
    browser_page.set_viewport_size({"width": 390, "height": 844})
    for page, where in addresses.items():
        look(browser_page, live_server, where, language=language)
        assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page
        assert browser_page.evaluate(OVER_THE_EDGE) == [], page
        assert page == "practices" or browser_page.evaluate(SMALLEST) >= 10, page


def test_how_a_number_was_computed_opens_by_the_keyboard_alone(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, str]
) -> None:
    look(browser_page, live_server, addresses["unit"], language="en")
    first = browser_page.locator("details.how > summary").first
    formula = browser_page.locator("dl.how").first
    assert not formula.is_visible()
    first.focus()
    browser_page.keyboard.press("Enter")
    assert formula.is_visible()


def test_paper_is_white_has_no_ways_to_press_and_opens_its_tables(
    browser_page: Page, live_server: LiveServer, addresses: dict[str, str]
) -> None:
    browser_page.set_viewport_size({"width": 688, "height": 1000})  # A4 within its margins
    for page, where in addresses.items():
        look(browser_page, live_server, where, language="vi", theme="dark")
        browser_page.emulate_media(media="print")
        for name in (".ways", ".closer", ".top", ".tabs", ".btn", "details.how"):
            assert not any(one.is_visible() for one in browser_page.locator(name).all()), (page, name)
        assert browser_page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page
        twins = browser_page.locator("section:not(#units) table.twin").all()
        assert all(one.is_visible() for one in twins), page
        browser_page.emulate_media(media="screen")

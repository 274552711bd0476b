"""The face in a real browser: nothing blocked by the policy, nothing wider than the glass, everything reachable."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from people.roles import Role
from tests.make import PASSWORD, make_employee, make_unit

pytestmark = pytest.mark.django_db(transaction=True)
AXE = Path("node_modules/axe-core/axe.min.js")
PAGES = ["account_login", "account_reset_password", "help"]


def open_page(page: Page, live_server: LiveServer, name: str, *, width: int, language: str, theme: str) -> list[str]:
    """Go there and return what the browser complained about."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", listen)
    page.set_viewport_size({"width": width, "height": 844})
    page.context.add_cookies(
        [
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url},
            {"name": "theme", "value": theme, "url": live_server.url},
        ]
    )
    page.goto(live_server.url + reverse(name))
    page.wait_for_load_state("networkidle")
    return complaints


def small_targets(page: Page) -> list[str]:
    """Buttons and links outside running text that a finger would miss."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => [...document.querySelectorAll("button, .btn, .tabs a, .brand, summary, .top nav a, .sheet a")]
            .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
            .map(one => one.outerHTML.slice(0, 120))"""
    )


@pytest.mark.parametrize(("language", "theme"), [("vi", "light"), ("en", "dark")])
def test_pages_fit_and_nothing_is_blocked(
    browser_page: Page, live_server: LiveServer, language: str, theme: str
) -> None:
    for name in PAGES:
        for width in (390, 1280):
            complaints = open_page(browser_page, live_server, name, width=width, language=language, theme=theme)
            assert not complaints, name
            assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            assert small_targets(browser_page) == [], name
            assert browser_page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Be Vietnam Pro"')


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_barrier(browser_page: Page, live_server: LiveServer, theme: str) -> None:
    for name in PAGES:
        open_page(browser_page, live_server, name, width=390, language="vi", theme=theme)
        browser_page.evaluate(AXE.read_text(encoding="utf-8"))
        found = browser_page.evaluate("axe.run({resultTypes: ['violations']})")
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found["violations"]] == [], name


def test_somebody_signs_in_switches_colours_and_signs_out(browser_page: Page, live_server: LiveServer) -> None:
    employee = make_employee(password=PASSWORD, roles=(Role.HR,), unit=make_unit())
    open_page(browser_page, live_server, "account_login", width=1280, language="en", theme="system")
    browser_page.get_by_label("Email or employee number").fill(employee.number.lower())
    browser_page.get_by_label("Password", exact=True).fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign in", exact=True).click()
    browser_page.wait_for_url(lambda url: "login" not in url)
    browser_page.goto(live_server.url + reverse("help"))
    browser_page.get_by_text(employee.full_name).click()
    browser_page.get_by_role("button", name="Dark").click()
    assert browser_page.locator("html").get_attribute("data-bs-theme") == "dark"
    browser_page.get_by_text(employee.full_name).click()
    browser_page.keyboard.press("Escape")
    assert browser_page.locator("details.me").get_attribute("open") is None
    browser_page.get_by_text(employee.full_name).click()
    browser_page.get_by_role("button", name="Sign out").click()
    browser_page.wait_for_url(lambda url: "login" in url)


def test_the_language_is_switched_without_any_script(live_server: LiveServer, browser_page: Page) -> None:
    browser = browser_page.context.browser
    assert browser
    with browser.new_context(java_script_enabled=False, locale="vi-VN") as plain:
        page = plain.new_page()
        page.goto(live_server.url + reverse("help"))
        page.get_by_role("button", name="English").click()
        assert page.locator("html").get_attribute("lang") == "en"
        page.locator("details.me summary").click()
        page.get_by_role("button", name="Dark").click()
        assert page.locator("html").get_attribute("data-bs-theme") == "dark"


@pytest.mark.parametrize("width", [320, 360])
def test_no_tab_breaks_its_word_on_a_narrow_phone(browser_page: Page, live_server: LiveServer, width: int) -> None:
    hr = make_employee(password=PASSWORD, roles=(Role.HR,), unit=make_unit())
    open_page(browser_page, live_server, "account_login", width=width, language="vi", theme="light")
    browser_page.locator("input[name=login]").fill(hr.number)
    browser_page.locator("input[name=password]").fill(PASSWORD)
    browser_page.get_by_role("button", name="Đăng nhập", exact=True).click()
    browser_page.wait_for_url(lambda url: "login" not in url)
    browser_page.goto(live_server.url + reverse("help"))

    lines = browser_page.evaluate(
        """() => [...document.querySelectorAll(".tabs a")].map(tab => {
            const words = document.createRange();
            words.selectNodeContents(tab.lastChild);
            return [tab.innerText, words.getClientRects().length];
        })"""
    )

    assert ["Hộp thông báo", 1] in lines
    assert {number for _, number in lines} == {1}
    assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""Thirty practices in a real Chromium: with the keyboard alone, over a reload, without barriers, without script."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from assessments import actions
from assessments.modelfiles import CATALOGUE, load_model
from assessments.models import Cycle, LeaderRating
from people.models import Employee
from portal.lib import clock
from surveys import actions as surveys
from surveys.models import Invitation, SealedReply
from tests.assessments.conftest import browser as signed_in
from tests.assessments.cycle_cast import leader_of, make_company, make_planned

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

AXE = Path("node_modules/axe-core/axe.min.js")
PRESSES = 600  # of Tab at most, from the first practice to the last button
LOOKS = [("vi", "light", 390), ("en", "dark", 1280), ("vi", "dark", 390), ("en", "light", 1280)]


@pytest.fixture
def cycle(settings: Any, tmp_path: Path, live_server: LiveServer) -> Cycle:
    """Bearing Five, asked of a company since today; the answer pages at a host name of their own."""
    settings.KEY_DIR = tmp_path / "keys"
    settings.SURVEY_HOST = survey_base(live_server).removeprefix("http://")
    surveys.stock_keys(1)
    make_company()
    five = load_model(CATALOGUE / "bearing-five.yaml").model
    return actions.open_cycle(cycle_id=make_planned(five, opens_on=clock.now().date()).pk)


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce") as context:
        yield context


def survey_base(live_server: LiveServer) -> str:
    return str(live_server.url).replace("localhost", "127.0.0.1")


def link(cycle: Cycle) -> str:
    return surveys.new_link(Invitation.objects.filter(round=cycle.round).order_by("pk")[0].pk)


def start(page: Page, live_server: LiveServer, token: str, language: str = "vi") -> None:
    """The sheet, as somebody gets it who has read the promise."""
    page.goto(f"{survey_base(live_server)}/{language}/p/{token}")
    page.locator("form.dock .go").press("Enter")
    page.locator("fieldset.rate").first.wait_for()


def sign_in(context: BrowserContext, live_server: LiveServer, employee: Employee, language: str = "en") -> None:
    cookie = django_settings.SESSION_COOKIE_NAME
    session = signed_in(employee).cookies[cookie].value
    context.add_cookies(
        [
            {"name": cookie, "value": session, "url": live_server.url},
            {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url},
        ]
    )


def mine_in(cycle: Cycle) -> LeaderRating:
    return LeaderRating.objects.select_related("leader").get(cycle=cycle, leader=leader_of("CN-1"))


def address(live_server: LiveServer, rating: LeaderRating) -> str:
    return f"{live_server.url}/assessments/cycles/{rating.cycle_id}/units/{rating.unit_id}/rating/"


def stands_on(page: Page, selector: str) -> bool:
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


def hidden_focus(page: Page) -> str:
    """What has the focus and lies under the dock or beside the glass, if it does."""
    return str(
        page.evaluate(
            """() => {
                const focused = document.activeElement, one = focused.closest('.pick, label') || focused;
                const box = one.getBoundingClientRect(), dock = document.querySelector('.dock').getBoundingClientRect();
                const seen = one.closest('.dock') || (box.top < dock.top && box.bottom > 0);
                return seen ? '' : one.outerHTML.slice(0, 100);
            }"""
        )
    )


def fill_with_keys(page: Page) -> None:
    """Tab from the top to the button that sends: the first practice of each part is not known, the others the third."""
    for _ in range(PRESSES):
        page.keyboard.press("Tab")
        if stands_on(page, ".dock .go"):
            return
        assert hidden_focus(page) == ""
        if stands_on(page, "fieldset input[type=radio]:not(:checked)"):
            page.keyboard.press("Space")
            for _ in range(4 if stands_on(page, ".part > fieldset:first-of-type input") else 2):
                page.keyboard.press("ArrowDown")
        elif stands_on(page, "textarea"):
            page.keyboard.type("Nên gọi lại cho khách trong ngày.")
    raise AssertionError("Tab never reached the button")


def chosen(page: Page) -> list[str]:
    return list(page.evaluate("[...document.querySelectorAll('fieldset :checked')].map(one => one.value)"))


EXPECTED = ["dk", "2", "2", "2", "2", "2"] * 5


def test_thirty_practices_are_rated_and_sent_with_the_keyboard_alone(
    cycle: Cycle, live_server: LiveServer, phone: BrowserContext
) -> None:
    page = phone.new_page()
    start(page, live_server, link(cycle))
    fill_with_keys(page)
    assert chosen(page) == EXPECTED
    page.keyboard.press("Enter")
    page.locator("main[data-sent]").wait_for()
    assert SealedReply.objects.count() == 1


def test_enter_on_an_answer_chooses_it_and_sends_nothing(
    cycle: Cycle, live_server: LiveServer, phone: BrowserContext
) -> None:
    page = phone.new_page()
    start(page, live_server, link(cycle))
    page.locator("#q1 input").nth(1).focus()
    page.keyboard.press("Enter")
    assert chosen(page) == ["1"]
    assert page.locator("fieldset.rate").count() == 30


def test_a_half_filled_sheet_is_there_again_after_a_reload_and_gone_once_it_is_sent(
    cycle: Cycle, live_server: LiveServer, phone: BrowserContext
) -> None:
    token, page = link(cycle), phone.new_page()
    start(page, live_server, token)
    for number in range(1, 31):
        page.evaluate(f"document.querySelectorAll('#q{number} input')[{number} % 5].click()")
    words = page.locator("textarea")
    for number in range(5):
        words.nth(number).fill(f"Ý kiến {number}")
    before = chosen(page)
    page.close()

    page = phone.new_page()
    start(page, live_server, token, "en")
    assert chosen(page) == before
    assert [page.locator("textarea").nth(number).input_value() for number in range(5)] == [
        f"Ý kiến {number}" for number in range(5)
    ]
    page.locator(".dock .go").click()
    page.locator("main[data-sent]").wait_for()
    assert page.evaluate("localStorage.length") == 0


def test_a_shared_device_keeps_nothing_of_a_rating(
    cycle: Cycle, live_server: LiveServer, phone: BrowserContext
) -> None:
    page = phone.new_page()
    start(page, live_server, link(cycle))
    page.locator("#shared").check()
    page.evaluate("document.querySelector('#q1 input').click()")
    assert page.evaluate("localStorage.length") == 0


def test_help_to_the_next_open_practice_goes_to_it_and_ends_with_the_last(
    cycle: Cycle, live_server: LiveServer, phone: BrowserContext
) -> None:
    page = phone.new_page()
    start(page, live_server, link(cycle))
    for number in (1, 2, 4):
        page.evaluate(f"document.querySelector('#q{number} input').click()")
    page.locator(".next").click()
    assert stands_on(page, "#q3 input")
    assert chosen(page) == ["0"] * 3
    page.evaluate("document.querySelectorAll('fieldset').forEach(one => one.querySelector('input').click())")
    assert page.locator(".next").is_hidden()


def test_the_strip_counts_and_the_sheet_is_sent_without_script(
    cycle: Cycle, live_server: LiveServer, browser: Browser
) -> None:
    with browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}) as plain:
        page = plain.new_page()
        start(page, live_server, link(cycle))
        empty = page.locator(".dock").screenshot()
        page.locator("#q1 input").first.focus()
        page.keyboard.press("Space")
        assert page.locator(".dock").screenshot() != empty
        assert page.locator(".next").is_hidden()
        page.locator(".dock .go").click()
        page.locator("main[data-sent]").wait_for()


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_neither_sheet_has_a_barrier_or_is_wider_than_the_glass(
    cycle: Cycle, live_server: LiveServer, browser: Browser, language: str, theme: Any, width: int
) -> None:
    rating = mine_in(cycle)
    with browser.new_context(viewport={"width": width, "height": 844}, color_scheme=theme) as context:
        sign_in(context, live_server, rating.leader, language)
        page = context.new_page()
        start(page, live_server, link(cycle), language)
        assert faults(page) == []
        for there in (address(live_server, rating), f"{live_server.url}/assessments/ratings/"):
            page.goto(there)
            assert faults(page) == []
        with clock.at(clock.now() + timedelta(days=40)):
            page.goto(address(live_server, rating))
        assert faults(page) == []


def faults(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found] + (["too wide"] if wide > 0 else [])


def test_a_leader_rates_by_keyboard_and_nothing_of_it_stays_in_the_browser(
    cycle: Cycle, live_server: LiveServer, phone: BrowserContext
) -> None:
    rating = mine_in(cycle)
    sign_in(phone, live_server, rating.leader)
    page = phone.new_page()
    page.goto(address(live_server, rating))
    page.locator("fieldset.rate input").first.focus()
    page.keyboard.press("Shift+Tab")
    fill_with_keys(page)
    assert chosen(page) == EXPECTED
    page.reload()
    assert chosen(page) == EXPECTED
    page.locator(".dock .go").press("Enter")
    page.get_by_text("Sent. You may change it until the cycle closes.").wait_for()
    assert page.evaluate("localStorage.length") == 0
    rating.refresh_from_db()
    assert list(rating.answers.values()) == [None, 2, 2, 2, 2, 2] * 5
    assert rating.comments["people"] == "Nên gọi lại cho khách trong ngày."


def test_what_a_leader_changed_after_sending_survives_a_reload(
    cycle: Cycle, live_server: LiveServer, phone: BrowserContext
) -> None:
    rating = mine_in(cycle)
    said = {"answers": {"L1": 3}, "comments": {"people": "Cũ"}}
    actions.send_rating(rating=rating, seen=0, by=rating.leader, **said)  # type: ignore[arg-type]
    sign_in(phone, live_server, rating.leader)
    page = phone.new_page()
    page.goto(address(live_server, rating))
    page.evaluate("document.querySelectorAll('#q1 input')[0].click()")
    page.locator("textarea").nth(2).fill("Mới")
    page.reload()
    assert chosen(page) == ["0"]
    assert page.locator("textarea").nth(2).input_value() == "Mới"


def test_of_two_tabs_the_later_keeps_what_it_typed(
    cycle: Cycle, live_server: LiveServer, phone: BrowserContext
) -> None:
    rating = mine_in(cycle)
    sign_in(phone, live_server, rating.leader)
    first, second = phone.new_page(), phone.new_page()
    for tab in (first, second):
        tab.goto(address(live_server, rating))
    for tab, place in ((first, 3), (second, 0)):
        tab.evaluate(f"document.querySelectorAll('#q1 input')[{place}].click()")
        tab.locator(".dock .go").click()
    second.get_by_text("stored from another tab or device").wait_for()
    assert chosen(second) == ["0"]
    rating.refresh_from_db()
    assert rating.answers == {"L1": 3}
    second.locator(".dock .go").click()
    second.get_by_text("Sent. You may change it").wait_for()
    rating.refresh_from_db()
    assert rating.answers == {"L1": 0}

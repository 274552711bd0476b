"""The demo in a real browser, with real mails: every page on a phone, and a survey answered without a mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.live.demo import ANSWERING, PLACES, Demo, go_answering, running_demo, upload_staff_lists, visitor

pytestmark = [pytest.mark.live, pytest.mark.browser]
AXE = Path("node_modules/axe-core/axe.min.js")
LANGUAGES = ("vi", "en")
ENOUGH = 300  # presses of Tab from the first question to the last button


@pytest.fixture(scope="module")
def demo(browser: Browser) -> Iterator[Demo]:
    """A demo of its own, with staff lists in every state."""
    with running_demo() as running:
        upload_staff_lists(browser, running)
        yield running


def faults(page: Page) -> list[str]:
    """What stands in the way of somebody: axe's findings, and what a finger has to push aside to see."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    sentences = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*sentences, *([f"{wide} px wider than the glass"] if wide > 0 else [])]


def listening_page(context: BrowserContext, heard: list[str]) -> Page:
    """A page whose complaints about our own policy and our own scripts are kept."""
    page = context.new_page()

    def listen(message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource") and message.location["url"] == page.url
        if message.type in ("error", "warning") and not refused:
            heard.append(f"{page.url}: {message.text}")

    page.on("console", listen)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_demo_has_no_barrier_and_breaks_no_policy_on_a_phone(
    browser: Browser, demo: Demo, language: str
) -> None:
    wrong: dict[str, list[str]] = {}
    heard: list[str] = []
    for role in dict.fromkeys(place.role for place in PLACES):
        context = visitor(browser, demo, role, language=language)
        for place in PLACES:
            if place.role == role:
                page = listening_page(context, heard)
                place.open(page, demo)
                wrong[place.name] = faults(page)
                page.close()
        context.close()
    assert {name: found for name, found in wrong.items() if found} == {}
    assert heard == []
    assert len(wrong) == len(PLACES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_pages_have_no_barrier_and_break_no_policy_on_a_phone(
    browser: Browser, demo: Demo, language: str
) -> None:
    heard: list[str] = []
    for until in ANSWERING:
        for theme in ("light", "dark"):
            context = visitor(browser, demo, "nobody", language=language, theme=theme)
            page = listening_page(context, heard)
            go_answering(page, demo, language, until)
            assert faults(page) == [], until
            context.close()
    assert heard == []


def test_a_survey_is_answered_with_the_keyboard_alone(browser: Browser, demo: Demo) -> None:
    context = visitor(browser, demo, "nobody")
    page = context.new_page()
    go_answering(page, demo, "vi", "promise")
    tab_until(page, "form.dock .go")
    page.keyboard.press("Enter")
    page.locator("fieldset").first.wait_for()
    for _ in range(ENOUGH):
        page.keyboard.press("Tab")
        if stands_on(page, ".ask .go"):
            break
        if stands_on(page, "fieldset input[type=radio]"):
            page.keyboard.press("Space")
        elif stands_on(page, "textarea"):
            page.keyboard.type("Nên gọi lại cho khách trong ngày.")
    asked = page.locator("fieldset:has(input[type=radio])").count()
    assert asked > 0
    assert page.locator("fieldset:has(input:checked)").count() == asked
    page.keyboard.press("Enter")
    page.locator("main[data-sent]").wait_for()
    context.close()


def tab_until(page: Page, selector: str) -> None:
    for _ in range(ENOUGH):
        page.keyboard.press("Tab")
        if stands_on(page, selector):
            return
    raise AssertionError(f"Tab never reached {selector}")


def stands_on(page: Page, selector: str) -> bool:
    """Whether the focus is there, and can be seen."""
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))

"""A half-written sheet stays on the device until it is sent, for a day, and never on a shared device."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

SCRIPT = Path("portal/static/portal/js/answer.js").read_text(encoding="utf-8")
STYLE = Path("portal/static/portal/css/answer.css").read_text(encoding="utf-8")
HEAD = """<!doctype html><title>x</title><link rel="stylesheet" href="/answer.css">
<script src="/answer.js" defer></script>"""
CHOICES = "".join(
    f'<label class="opt"><input type="radio" name="a" value="{n}"><span>{n}</span></label>' for n in "12345"
)
SHEET = f"""{HEAD}<form class="ask" method="post" action="/thanks" data-draft="one">
<p class="warn" id="offline" hidden>no network</p><input type="hidden" name="ballot" value="secret">
<fieldset id="q1">{CHOICES}</fieldset><fieldset id="q2"><textarea name="b" placeholder=" "></textarea></fieldset>
<label class="shared" hidden><input type="checkbox" id="shared">shared</label>
<div class="prog"><i class="p1"></i></div><button class="go">Send</button></form>"""
PAGES = {
    "/sheet": (SHEET, "text/html"),
    "/shared": (SHEET.replace('id="shared"', 'id="shared" checked'), "text/html"),
    "/thanks": (f"{HEAD}<main data-sent>Thanks</main>", "text/html"),
    "/answer.js": (SCRIPT, "text/javascript"),
    "/answer.css": (STYLE, "text/css"),
}
ADDRESS = "http://survey.test"


def answer(route: Route) -> None:
    body, kind = PAGES.get(route.request.url.removeprefix(ADDRESS), ("", "text/plain"))
    route.fulfill(body=body, content_type=kind)


@pytest.fixture
def sheet(browser_page: Page) -> Page:
    browser_page.route(f"{ADDRESS}/**", answer)
    browser_page.goto(f"{ADDRESS}/sheet")
    return browser_page


def kept(page: Page) -> int:
    return int(page.evaluate("localStorage.length"))


def fill(page: Page) -> None:
    page.locator('[name=a][value="4"]').check(force=True)
    page.locator("textarea").fill("Quầy 2 cần thêm người.")


def test_what_was_typed_is_there_again(sheet: Page) -> None:
    fill(sheet)
    sheet.goto(f"{ADDRESS}/sheet")
    assert sheet.locator('[name=a][value="4"]').is_checked()
    assert sheet.locator("textarea").input_value() == "Quầy 2 cần thêm người."


def test_the_ballot_itself_is_not_kept(sheet: Page) -> None:
    fill(sheet)
    assert "secret" not in sheet.evaluate("JSON.stringify(localStorage)")


def test_sending_removes_the_draft(sheet: Page) -> None:
    fill(sheet)
    assert kept(sheet) == 1
    sheet.locator("button").click()
    sheet.get_by_text("Thanks").wait_for()
    assert kept(sheet) == 0


def test_a_draft_is_gone_after_a_day(sheet: Page) -> None:
    fill(sheet)
    sheet.evaluate(
        """() => { const key = localStorage.key(0), draft = JSON.parse(localStorage.getItem(key));
        draft.at -= 25 * 3600 * 1000; localStorage.setItem(key, JSON.stringify(draft)); }"""
    )
    sheet.goto(f"{ADDRESS}/sheet")
    assert kept(sheet) == 0
    assert sheet.locator("textarea").input_value() == ""


def test_a_shared_device_keeps_nothing(sheet: Page) -> None:
    sheet.goto(f"{ADDRESS}/shared")
    fill(sheet)
    assert kept(sheet) == 0


def test_saying_that_the_device_is_shared_removes_what_was_kept(sheet: Page) -> None:
    fill(sheet)
    sheet.locator("#shared").check()
    assert kept(sheet) == 0


def test_without_network_nothing_is_sent_and_everything_stays(sheet: Page) -> None:
    fill(sheet)
    sheet.context.set_offline(True)
    sheet.locator("button").click()
    assert sheet.get_by_text("no network").is_visible()
    assert sheet.url.endswith("/sheet")
    assert sheet.locator("textarea").input_value() == "Quầy 2 cần thêm người."
    sheet.context.set_offline(False)
    sheet.get_by_text("no network").wait_for(state="hidden")


def test_a_refused_storage_does_not_stop_the_sheet(browser_page: Page) -> None:
    browser_page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    browser_page.route(f"{ADDRESS}/**", answer)
    browser_page.goto(f"{ADDRESS}/sheet")
    fill(browser_page)
    browser_page.locator("button").click()
    browser_page.get_by_text("Thanks").wait_for()


def test_progress_counts_without_script(sheet: Page) -> None:
    before = sheet.evaluate("getComputedStyle(document.querySelector('.p1')).backgroundColor")
    fill(sheet)
    assert sheet.evaluate("getComputedStyle(document.querySelector('.p1')).backgroundColor") != before

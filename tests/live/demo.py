"""A demo of one's own, in processes of its own and on throw-away data, and every page there is to open in it."""

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from portal.demo import mailbox
from portal.demo.services import ROOT, free_port

PATIENCE = 480.0  # seconds until the company is founded and its mails are out; a busy machine takes its time
SERVERS = ("DATABASE_URL", "SURVEY_DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE", "PORT")
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\w\w(/p/[\w-]+)")
ASSESSMENT = re.compile(r"\d (thực hành|practices),")  # what its invitations are called
ROLES = {
    "employee": "AN0010",
    "leader": "AN0009",
    "head": "AN0001",
    "hr": "AN0004",
    "cx": "AN0005",
    "board": "AN0007",
    "reviewer": "AN0008",
    "auditor": "AN0006",
}
# Staff lists as they come: one with a number twice and an address that is none, one that is right but far too short.
LISTS = {
    "sai.csv": """Mã nhân viên,Họ và tên,Email,Mã đơn vị,Tên đơn vị
AN9001,Nguyễn Thị Hoa,hoa@annhien.example,HT-KT,Phòng Kế toán
AN9001,Trần Văn Bình,binh@annhien.example,HT-KT,Phòng Kế toán
AN9002,Lê Minh Châu,khong phai dia chi,HT-KT,Phòng Kế toán
""",
    "dung.csv": """Mã nhân viên,Họ và tên,Email,Mã đơn vị,Tên đơn vị
AN0010,Phạm Ngọc Anh,an0010@annhien.example,HT-KT,Phòng Kế toán
AN0004,Trần Minh Hà,an0004@annhien.example,HT-NS,Phòng Nhân sự
AN9003,Võ Thị Lan,lan@annhien.example,HT-KT,Phòng Kế toán
""",
}


@dataclass(frozen=True)
class Demo:
    """A running demo: where its pages are, and where the mails it sent lie."""

    base: str
    mails: Path

    @property
    def survey_base(self) -> str:
        """The answer pages have a host of their own."""
        return self.base.replace("localhost", "127.0.0.1")

    def link(self, number: int) -> str:
        """The way to a pulse out of the n-th newest mail that leads to one, without host and language."""
        return self.links()[number]

    def links(self) -> list[str]:
        """The ways to the pulse, the newest mail first; those to the assessment are left out."""
        mails = (mail for mail in mailbox.newest(self.mails, 1000) if not ASSESSMENT.search(mail.subject))
        found = (LINK.search(mail.text) for mail in mails)
        return [match.group(1) for match in found if match]


@contextmanager
def running_demo() -> Iterator[Demo]:
    """Start `manage.py demo`, wait until invitations have gone out, and leave nothing behind."""
    data = Path(tempfile.mkdtemp(prefix="bearing-pages-"))
    demo = Demo(f"http://localhost:{free_port()}", data / "demo" / "mails")
    environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
    environment |= {"DEMO": "yes", "PRODUCTION": "no", "BEARING_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    with (data / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", demo.base.rpartition(":")[2]],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for_mails(demo, process, data / "demo.log")
            yield demo
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
            remove(data)


def remove(data: Path) -> None:
    """Delete the folder once its servers, which end a moment after their last user, write there no more."""
    end = time.monotonic() + 30
    while (data / "postgres" / "postmaster.pid").exists() and time.monotonic() < end:
        time.sleep(0.2)
    time.sleep(1)
    shutil.rmtree(data, ignore_errors=True)


def wait_for_mails(demo: Demo, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the web answers and enough invitations have arrived; tell what the demo said when it does not."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if len(demo.links()) >= 30 and answers(demo.base + "/healthz"):
            return
        time.sleep(1)
    raise AssertionError(f"The demo did not start:\n{log.read_text(encoding='utf-8')}")


def chromium() -> str | None:
    """The browser of this machine."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


# Visitors ---------------------------------------------------------------------------------------------------------


def visitor(
    browser: Browser, demo: Demo, role: str, *, width: int = 390, language: str = "vi", theme: str = "light"
) -> BrowserContext:
    """A browser of its own, as somebody of this role holds it; "nobody" is not signed in."""
    phone = width < 600
    context = browser.new_context(
        viewport={"width": width, "height": 844 if phone else 900},
        color_scheme="dark" if theme == "dark" else "light",
        locale="vi-VN" if language == "vi" else "en-GB",
        reduced_motion="reduce",
    )
    context.add_cookies(
        [
            {"name": "django_language", "value": language, "url": demo.base},
            {"name": "theme", "value": theme, "url": demo.base},
        ]
    )
    if role in ROLES:
        page = context.new_page()
        page.goto(f"{demo.base}/account/login/")
        page.locator(f'form:has(input[name="number"][value="{ROLES[role]}"]) button').click()
        page.wait_for_url(lambda address: "login" not in address)
        page.close()
    return context


@dataclass(frozen=True)
class Place:
    """One page: who opens it, where, and which links to follow from there when its address is not known before."""

    name: str
    role: str
    path: str
    follow: tuple[str, ...] = ()
    allowed: tuple[int, ...] = (200,)

    def open(self, page: Page, demo: Demo) -> None:
        """Go there; a page that comes back with another status than expected is no page to look at."""
        address = demo.base + self.path
        reached = page.goto(address)
        for link in self.follow:
            reached = page.goto(demo.base + path_of(page.locator(link).first))
        assert reached is not None
        assert reached.status in self.allowed, f"{self.name}: {reached.status} at {page.url}"
        page.wait_for_load_state("networkidle")


def path_of(link: Locator) -> str:
    return link.get_attribute("href", timeout=5000) or ""


RESULTS = "/pulses/results/"
PLACES = [
    Place("sign-in", "nobody", "/account/login/"),
    Place("sign-in-code", "nobody", "/sign-in/code/"),
    Place("password-reset", "nobody", "/account/password/reset/"),
    Place("help-outside", "nobody", "/help/"),
    *(Place(f"home-{role}", role, "/") for role in ROLES),
    Place("inbox", "employee", "/inbox/"),
    Place("inbox-leader", "leader", "/inbox/"),
    Place("me", "employee", "/me/"),
    Place("set-password", "employee", "/account/password/set/"),
    Place("two-step", "employee", "/account/2fa/"),
    Place("two-step-start", "employee", "/account/2fa/totp/activate/"),
    Place("devices", "employee", "/account/sessions/"),
    Place("own-address", "employee", "/account/email/"),
    Place("help", "employee", "/help/"),
    Place("not-found", "employee", "/not-there/", allowed=(404,)),
    Place("forbidden", "employee", "/imports/", allowed=(403, 404)),
    Place("results-employee", "employee", RESULTS),
    Place("results", "leader", RESULTS),
    Place("results-questions", "leader", RESULTS, ('main a[href$="/questions/"]',)),
    Place("results-comments", "leader", RESULTS, ('main a[href$="/comments/"]',)),
    Place("results-head", "head", RESULTS),
    Place("heat-map", "cx", f"{RESULTS}heat-map/"),
    Place("actions", "leader", "/improvement/"),
    Place("actions-employee", "employee", "/improvement/"),
    Place("actions-board", "head", "/improvement/board/"),
    Place("action", "leader", "/improvement/", ("#mine a",)),
    Place("action-new", "leader", "/improvement/actions/new/"),
    Place("promises", "leader", "/improvement/commitments/"),
    Place("promises-cx", "cx", "/improvement/commitments/"),
    Place("promise-new", "leader", "/improvement/commitments/new/"),
    Place("notes", "employee", "/improvement/notes/"),
    Place("note-new", "leader", "/improvement/notes/new/"),
    Place("cycles", "cx", "/assessments/"),
    Place("cycles-leader", "leader", "/assessments/"),
    Place("cycle", "cx", "/assessments/", ('main th a[href^="/assessments/"]',)),
    Place("cycle-leader", "leader", "/assessments/", ('main th a[href^="/assessments/"]',)),
    Place("cycle-new", "hr", "/assessments/new/"),
    Place("ratings", "leader", "/assessments/ratings/"),
    Place("rating", "leader", "/", ("#assessing a.go",)),
    Place("assessment", "leader", "/assessments/results/"),
    Place("assessment-practices", "leader", "/assessments/results/", ('main a[href$="/practices/"]',)),
    Place("assessment-board", "board", "/assessments/results/"),
    Place("assessment-employee", "employee", "/assessments/results/"),
    Place("evidence", "leader", "/assessments/evidence/"),
    Place("evidence-cx", "cx", "/assessments/evidence/"),
    Place("evidence-board", "board", "/assessments/evidence/"),
    Place("evidence-new", "leader", "/assessments/evidence/new/"),
    Place("evidence-queue", "reviewer", "/assessments/evidence/review/"),
    Place(
        "evidence-piece", "reviewer", "/assessments/evidence/review/", ('main th a[href^="/assessments/evidence/"]',)
    ),
    Place("people-leader", "leader", "/people/"),
    Place("people", "hr", "/people/"),
    Place("people-nobody", "hr", "/people/?q=zzzz"),
    Place("person", "hr", "/people/?q=Ngoc+Anh", ('main th a[href^="/people/"]',)),
    Place("codes", "hr", "/codes/"),
    Place("imports", "hr", "/imports/"),
    Place("import-new", "hr", "/imports/new/"),
    Place("import-refused", "hr", "/imports/", ('main th a:text-is("sai.csv")',)),
    Place("import-checked", "hr", "/imports/", ('main th a:text-is("dung.csv")',)),
    Place("import-columns", "hr", "/imports/", ('main th a:text-is("cho.csv")', "main a[href$='/columns/']")),
    Place("programmes", "cx", "/pulses/"),
    Place("programme", "hr", "/pulses/", ('main th a[href^="/pulses/"]',)),
    Place("programme-new", "hr", "/pulses/new/"),
    Place("programme-close", "hr", "/pulses/waves/7/close-now/", allowed=(200, 404)),
    Place("bank", "hr", "/pulses/bank/"),
    Place("record", "auditor", "/record/"),
    Place("demo-mails", "nobody", "/demo/mails/"),
    Place("demo-mail", "nobody", "/demo/mails/", ('main a[href^="/demo/mails/"]',)),
]


def upload_staff_lists(browser: Browser, demo: Demo) -> None:
    """As HR: each list as far as its trial run, and one more that still waits for its columns."""
    context = visitor(browser, demo, "hr", width=1280, language="en")
    page = context.new_page()
    for name, text in [*LISTS.items(), ("cho.csv", LISTS["dung.csv"])]:
        page.goto(f"{demo.base}/imports/new/")
        page.locator('main input[type="file"]').first.set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
        )
        page.locator("main form .go").click()
        page.wait_for_url("**/columns/")
        if name in LISTS:
            page.locator("main form .go").click()
            page.locator("main a[href$='/columns/'], main form[action$='/apply/']").first.wait_for(timeout=30000)
    context.close()


ANSWERING = ("promise", "questions", "thanks")
_numbers = itertools.count()


def go_answering(page: Page, demo: Demo, language: str, until: str) -> None:
    """The answer pages as far as one of ANSWERING, each time with a link of its own."""
    page.goto(f"{demo.survey_base}/{language}{demo.link(next(_numbers))}")
    if until == "promise":
        return
    page.locator("form.dock .go").click()
    page.locator("fieldset").first.wait_for()
    page.locator("fieldset").first.locator("label.opt, label.pick").nth(3).click()
    if until == "thanks":
        page.locator(".dock .go").click()
        page.locator("main[data-sent]").wait_for()

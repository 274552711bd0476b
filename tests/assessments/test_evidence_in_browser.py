"""Evidence in a real Chromium: without barriers, in both languages and colours; a file too large is told at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer

from assessments import uploads
from assessments.actions import Piece, Place, give_evidence
from assessments.modelfiles import CATALOGUE, load_model
from assessments.models import Evidence
from people.days import today
from people.models import Employee, Unit
from people.roles import Role
from portal.lib.pillars import Pillar
from tests.assessments.conftest import browser as signed_in
from tests.assessments.evidence_cast import give, make_evidence, pdf
from tests.make import make_employee, make_unit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

AXE = Path("node_modules/axe-core/axe.min.js")
LOOKS = [("vi", "light", 390), ("en", "dark", 1280), ("vi", "dark", 390), ("en", "light", 1280)]
NEW = "/assessments/evidence/new/"


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Unit:
    """A store with a piece of every kind and in every state, and something that waits."""
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    load_model(CATALOGUE / "bearing-five.yaml")
    company = make_unit("CTY", name_vi="Công ty", name_en="The company")
    leader = make_employee("Lê Thị Trưởng")
    unit = make_unit("CH-01", name_vi="Cửa hàng Hoa Sen", name_en="Lotus store", parent=company, leader=leader)
    day = today()
    make_evidence(unit, dated_on=day, added_by=leader, title="Sổ thăm khách quý 3")
    make_evidence(company, "L2", dated_on=day, covers_below=True, title="Quy định họp điều hành", added_by=leader)
    make_evidence(unit, "L3", dated_on=day, expires_on=day + timedelta(days=9), title="Cam kết trên bảng tin")
    make_evidence(unit, "L4", state="returned", reason="Ảnh mờ, chưa đọc được ngày.", title="Ảnh lịch phân công")
    make_evidence(unit, "L5", dated_on=day - timedelta(days=400), expires_on=day, title="Biên bản năm ngoái")
    make_evidence(
        unit,
        "P1",
        pillar="people",
        kind="indicator",
        indicator="improvement.actions_in_time",
        threshold=0.8,
        expires_on=None,
        title="Việc đã hứa làm đúng hạn",
    )
    give(unit, leader, "L6", title="Sổ vướng mắc có phần trả lời")
    given = Piece("Biên bản giao ca", day, day + timedelta(days=200), upload=upload())
    give_evidence(unit=unit, place=Place("bearing-five", "L6", Pillar.LEADERSHIP), piece=given, by=leader)
    return unit


def upload() -> uploads.Checked:
    return uploads.check(ContentFile(pdf(), "Biên bản giao ca tháng 11.pdf"))


@pytest.fixture
def reviewer(store: Unit) -> Employee:
    return make_employee("Vũ Thị Duyệt", roles=(Role.REVIEWER,))


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce") as context:
        yield context


def sign_in(context: BrowserContext, live_server: LiveServer, employee: Employee, language: str) -> None:
    cookie = django_settings.SESSION_COOKIE_NAME
    session = signed_in(employee).cookies[cookie].value
    Employee.objects.filter(pk=employee.pk).update(language=language)
    context.add_cookies(
        [
            {"name": cookie, "value": session, "url": live_server.url},
            {"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url},
        ]
    )


def places(store: Unit, reviewer: Employee) -> dict[str, tuple[Employee, str]]:
    leader = store.leader
    assert leader is not None
    waiting = Evidence.objects.get(kind="file")
    returned = Evidence.objects.get(state="returned")
    return {
        "list": (leader, "/assessments/evidence/"),
        "new": (leader, f"{NEW}?unit={store.pk}&model=bearing-five&practice=L4"),
        "again": (leader, f"{NEW}?model=bearing-five&again={returned.pk}"),
        "returned": (leader, returned.get_absolute_url()),
        "withdraw": (leader, f"/assessments/evidence/{waiting.pk}/withdraw/"),
        "queue": (reviewer, "/assessments/evidence/review/"),
        "piece": (reviewer, waiting.get_absolute_url()),
        "indicator": (reviewer, Evidence.objects.get(kind="indicator").get_absolute_url()),
    }


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci")
@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_the_pages_have_no_barrier_and_fit(
    store: Unit, reviewer: Employee, browser: Browser, live_server: LiveServer, language: str, theme: str, width: int
) -> None:
    wrong = []
    for name, (employee, address) in places(store, reviewer).items():
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            bypass_csp=True,
        )
        sign_in(context, live_server, employee, language)
        page = context.new_page()
        page.goto(f"{live_server.url}{address}")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "() => axe.run().then(said => said.violations.map(one => one.id + ' ' + one.nodes[0].html))"
        )
        wrong += [f"{name}: {one}" for one in found]
        if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
            wrong.append(f"{name}: wider than the window")
        context.close()
    assert wrong == []


def test_too_large_a_file_is_told_before_it_is_sent(
    store: Unit, visitor: BrowserContext, live_server: LiveServer, tmp_path: Path
) -> None:
    assert store.leader is not None
    sign_in(visitor, live_server, store.leader, "en")
    large = tmp_path / "film.pdf"
    with large.open("wb") as out:
        out.truncate(60 * 1024 * 1024)
    page = visitor.new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{live_server.url}{NEW}?unit={store.pk}&practice=L4")
    page.set_input_files("input[type=file]", large)
    page.locator("main form .go").click()

    assert "The file is larger than 20 MB." in page.locator(".field .error").inner_text()
    assert sent == []
    page.locator("input[name=kind][value=link]").check()
    page.fill("input[name=link]", "https://intranet.example/film")
    page.fill("input[name=title]", "A film of a visit")
    page.locator("main form .go").click()
    page.wait_for_url("**/assessments/evidence/?unit=*")
    assert Evidence.objects.filter(kind="link", title="A film of a visit").exists()


def test_only_the_fields_of_the_chosen_kind_are_shown(
    store: Unit, visitor: BrowserContext, live_server: LiveServer
) -> None:
    assert store.leader is not None
    sign_in(visitor, live_server, store.leader, "en")
    page = visitor.new_page()
    page.goto(f"{live_server.url}{NEW}?unit={store.pk}&practice=L4")
    for kind in ("file", "link", "indicator"):
        page.locator(f"input[name=kind][value={kind}]").check()
        shown = [name for name in ("file", "link", "indicator") if page.locator(f"[name={name}]").is_visible()]
        assert shown == [kind]


def test_a_reviewer_works_through_the_queue_without_script(
    store: Unit, reviewer: Employee, browser: Browser, live_server: LiveServer
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server, reviewer, "en")
    page = context.new_page()
    page.goto(f"{live_server.url}/assessments/evidence/review/")
    page.locator("main th a").first.click()
    page.locator("main form .go").click()
    assert "1 more piece waits." in page.locator(".messages").inner_text()
    with page.expect_download() as downloaded:
        page.locator("dd a[download]").click()
    assert downloaded.value.suggested_filename == "Biên bản giao ca tháng 11.pdf"
    page.fill("textarea[name=reason]", "The date is missing.")
    page.locator("main form .stop").click()

    assert "Nothing waits for you." in page.locator("main").inner_text()
    assert Evidence.objects.get(kind="file").reason == "The date is missing."
    context.close()

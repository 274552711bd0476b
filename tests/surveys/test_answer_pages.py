"""The answer pages as a browser sees them: promise, start, send, thanks."""

import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import Employee
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions
from surveys.models import Invitation, Key, Round, SealedReply
from surveys.questionnaire import Item, Questionnaire, Scale
from tests.make import PASSWORD, make_employee, make_unit

pytestmark = pytest.mark.django_db

HOST = django_settings.SURVEY_HOST
PAGES_IN_ALL = 50_000


def question(code: str, scale: Scale, **fields: object) -> Item:
    words = {"vi": f"Câu {code}?", "en": f"Question {code}?"}
    ends = {"low": {"vi": "không hề", "en": "not at all"}, "high": {"vi": "hết sức", "en": "very much"}}
    pillar = None if scale is Scale.COMMENT else Pillar.LEADERSHIP
    return Item(
        code,
        pillar,
        "voice",
        scale,
        words,
        low=ends["low"] if scale is Scale.ZERO_TEN else {},
        high=ends["high"] if scale is Scale.ZERO_TEN else {},
        counts="" if scale is Scale.COMMENT else "score",
    )


ITEMS = (
    question("L1", Scale.AGREE),
    question("L2", Scale.AGREE),
    question("L3", Scale.ZERO_TEN),
    question("L4", Scale.YES_NO),
    question("C1", Scale.COMMENT),
    question("C2", Scale.COMMENT),
)
QUESTIONNAIRE = Questionnaire(
    title={"vi": "Khảo sát nhanh, đợt 7", "en": "Pulse survey, wave 7"},
    items=ITEMS,
    forms=(tuple(item.code for item in ITEMS),),
    drivers={"voice": {"vi": "An tâm lên tiếng", "en": "Safe to speak up"}},
)


@pytest.fixture
def asked(settings: Any, tmp_path: Path) -> Round:
    """An open round of one unit with twelve people."""
    settings.KEY_DIR = tmp_path / "keys"
    actions.stock_keys(1)
    company = make_unit("AN", name_vi="An Nhiên", name_en="An Nhien")
    branch = make_unit("HC", name_vi="Chi nhánh Hải Châu", name_en="Hai Chau branch", parent=company)
    for _ in range(12):
        make_employee(unit=branch)
    now = clock.now()
    return actions.launch_round(
        kind="pulse",
        key="test:7",
        units=None,
        questionnaire=QUESTIONNAIRE,
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=7),
    )


@pytest.fixture
def token(asked: Round) -> str:
    return actions.new_link(Invitation.objects.filter(round=asked).order_by("pk")[0].pk)


@pytest.fixture
def browser() -> Client:
    """A browser at the answer pages' own host."""
    return Client(headers={"host": HOST})


def pressed(browser: Client, token: str, language: str = "vi") -> HttpResponse:
    return browser.post(f"/{language}/start", {"token": token})  # type: ignore[return-value]


def ballot_in(response: HttpResponse) -> str:
    found = re.search(r'name="ballot" value="([^"]+)"', response.content.decode())
    assert found, "the page carries no ballot"
    return found[1]


def sent(browser: Client, ballot: str, language: str = "vi", **fields: str) -> HttpResponse:
    posted = {"ballot": ballot, **{name.replace("_", "."): value for name, value in fields.items()}}
    return browser.post(f"/{language}/send", posted)  # type: ignore[return-value]


# The promise


def test_the_promise_names_group_bounds_and_what_is_kept(browser: Client, token: str) -> None:
    page = browser.get(f"/en/p/{token}").content.decode()
    assert "Your reporting group: Hai Chau branch, 12 people invited." in page
    assert "from at least 5 people" in page
    assert "at least 10 people in the group" in page
    assert "4 others stand beside you" in page
    assert f"version running is {django_settings.VERSION}" in page
    assert "6 questions" in page
    assert "about 2 minutes" in page


def test_looking_at_a_link_fifty_times_changes_nothing(browser: Client, token: str, asked: Round) -> None:
    with CaptureQueriesContext(connections["survey"]) as queries:
        for _ in range(25):
            assert browser.get(f"/vi/p/{token}").status_code == 200
            assert browser.head(f"/vi/p/{token}").status_code == 200
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
    assert not Invitation.objects.filter(collected=True).exists()
    assert Key.objects.count() == 1
    assert not SealedReply.objects.exists()


def test_the_other_language_is_one_link_away_and_keeps_the_place(browser: Client, token: str) -> None:
    assert f'href="/en/p/{token}" lang="en"' in browser.get(f"/vi/p/{token}").content.decode()
    assert f'href="/vi/p/{token}" lang="vi"' in browser.get(f"/en/p/{token}").content.decode()


def test_get_and_head_never_press_start_nor_send(browser: Client, token: str) -> None:
    for address in ("/vi/start", "/vi/send"):
        assert browser.get(address, {"token": token}).status_code == 405
        assert browser.head(address, {"token": token}).status_code == 405
    assert not Invitation.objects.filter(collected=True).exists()


# The sheet


def test_pressing_start_gives_every_question_and_chooses_nothing(browser: Client, token: str) -> None:
    response = pressed(browser, token)
    page = response.content.decode()
    assert response.status_code == 200
    for item in ITEMS:
        assert item.text["vi"] in page
    assert " checked" not in page
    assert page.count('value="dk"') == 4
    assert page.count('name="a.L3"') == 12
    assert "0 = không hề" in page
    assert "10 = hết sức" in page
    assert page.count("<textarea") == 2
    assert Invitation.objects.filter(collected=True).count() == 1


def test_two_links_pressed_carry_one_ballot_id(browser: Client, asked: Round, token: str) -> None:
    invitation = Key.objects.get().invitation
    second = actions.new_link(invitation.pk)
    ids = {re.search(r'data-draft="([^"]+)"', pressed(browser, each).content.decode())[1] for each in (token, second)}  # type: ignore[index]
    assert len(ids) == 1


def test_the_sheet_switches_language_with_the_link_in_the_body_alone(browser: Client, token: str) -> None:
    page = pressed(browser, token).content.decode()
    assert 'action="/en/start"' in page
    assert f'name="token" value="{token}"' in page
    assert f"/p/{token}" not in page
    assert "Question L1?" in pressed(browser, token, "en").content.decode()


def test_all_pages_together_are_smaller_than_fifty_kilobytes(browser: Client, token: str) -> None:
    static = django_settings.BASE_DIR / "portal" / "static" / "portal"
    weight = sum((static / each).stat().st_size for each in ("css/answer.css", "js/answer.js", "svg/logo.svg"))
    promise = browser.get(f"/vi/p/{token}").content
    sheet = pressed(browser, token).content
    assert weight + len(promise) + len(sheet) < PAGES_IN_ALL


def test_no_page_holds_inline_script_or_style(browser: Client, token: str) -> None:
    for response in (browser.get(f"/vi/p/{token}"), pressed(browser, token)):
        page = response.content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert not re.search(r"<script(?![^>]*src=)", page)


# Sending


def test_a_sheet_is_sealed_and_thanked_for(browser: Client, asked: Round, token: str) -> None:
    response = sent(browser, ballot_in(pressed(browser, token)), a_L1="4", a_L3="0", a_L4="dk", c_C1="Hai chữ ký.")
    assert response.status_code == 303
    assert response["Location"] == f"/vi/thanks/{asked.pk}"
    reply = SealedReply.objects.get()
    assert len(reply.box) >= asked.box_size
    assert "Hai chữ ký".encode() not in bytes(reply.box)
    thanks = browser.get(response["Location"]).content.decode()
    assert "Cảm ơn bạn. Phiếu đã được gửi." in thanks


def test_a_double_click_sends_the_same_ballot_twice(browser: Client, token: str) -> None:
    ballot = ballot_in(pressed(browser, token))
    assert sent(browser, ballot, a_L1="4").status_code == 303
    assert sent(browser, ballot, a_L1="5").status_code == 303
    assert SealedReply.objects.count() == 2


def test_every_question_may_be_skipped(browser: Client, token: str) -> None:
    assert sent(browser, ballot_in(pressed(browser, token))).status_code == 303


def test_a_comment_too_long_comes_back_with_everything_that_was_typed(browser: Client, token: str) -> None:
    ballot = ballot_in(pressed(browser, token))
    long = "dài " * 130
    response = sent(browser, ballot, "en", a_L1="4", a_L2="dk", a_L3="10", c_C1=long, c_C2="<b>Giữ lại</b>")
    page = response.content.decode()
    assert response.status_code == 422
    assert not SealedReply.objects.exists()
    assert "longer than 500 characters" in page
    assert 'name="a.L1" value="4" checked' in page
    assert 'name="a.L2" value="dk" checked' in page
    assert 'name="a.L3" value="10" checked' in page
    assert long.strip() in page
    assert "&lt;b&gt;Giữ lại&lt;/b&gt;" in page
    assert ballot_in(response) == ballot
    assert sent(browser, ballot_in(response), "en", a_L1="4", c_C1="ngắn").status_code == 303


def test_five_hundred_characters_with_line_ends_are_not_too_long(browser: Client, token: str) -> None:
    text = "\r\n".join(["một hai ba"] * 45)
    assert len(text.replace("\r\n", "\n")) < 500 < len(text)
    assert sent(browser, ballot_in(pressed(browser, token)), c_C1=text).status_code == 303


@pytest.mark.parametrize("value", ["6", "0", "-1", "4.5", "mười", "999999"])
def test_an_answer_nobody_offered_is_refused(browser: Client, token: str, value: str) -> None:
    assert sent(browser, ballot_in(pressed(browser, token)), a_L1=value).status_code == 422
    assert not SealedReply.objects.exists()


def test_a_ballot_changed_on_the_way_is_refused_and_nothing_is_stored(browser: Client, token: str) -> None:
    ballot = ballot_in(pressed(browser, token))
    for forged in ("", "x", ballot[:-4], ballot.replace(".", "x.", 1), ballot + "é"):
        assert sent(browser, forged, a_L1="4").status_code == 400
    assert not SealedReply.objects.exists()


# What cannot be answered


def test_a_closed_round_says_so_and_takes_nothing(browser: Client, asked: Round, token: str) -> None:
    ballot = ballot_in(pressed(browser, token))
    with clock.at(asked.closes_at + timedelta(minutes=1)):
        assert browser.get(f"/en/p/{token}").status_code == 410
        assert b"This survey has closed" in browser.get(f"/en/p/{token}").content
        assert pressed(browser, token).status_code == 410
        late = sent(browser, ballot, "en", a_L1="4")
    assert late.status_code == 410
    assert b"These answers were not stored." in late.content
    assert not SealedReply.objects.exists()


def test_a_cancelled_round_says_that_its_sheets_are_destroyed(browser: Client, asked: Round, token: str) -> None:
    ballot = ballot_in(pressed(browser, token))
    actions.cancel_round(asked.pk, by=Employee.objects.all()[0])
    response = sent(browser, ballot, a_L1="4")
    assert response.status_code == 410
    assert not SealedReply.objects.exists()


def test_an_unknown_link_helps_and_sets_no_cookie(browser: Client, asked: Round) -> None:
    for address in ("/", "/vi/", "/en/p/cut-off", f"/en/p/{'x' * 32}", "/account/login/", "/favicon.ico"):
        response = browser.get(address)
        assert response.status_code == 404
        assert not response.cookies
        assert "Set-Cookie" not in response.headers
    assert b"This link leads nowhere" in browser.get("/en/p/cut-off").content


# No trace


def test_a_closed_link_can_be_read_in_the_other_language_and_leads_to_the_sign_in(
    browser: Client, asked: Round, token: str, settings: Any
) -> None:
    Round.objects.filter(pk=asked.pk).update(closes_at=clock.now())
    closed = browser.get(f"/vi/p/{token}").content.decode()
    assert f'href="/en/p/{token}"' in closed
    for page in (closed, browser.get("/vi/p/cut-off").content.decode()):
        assert f'href="{settings.BASE_URL}/"' in page
    assert "<nav" not in browser.get("/en/start").content.decode()


def every_page(browser: Client, token: str) -> Iterator[HttpResponse]:
    yield browser.get(f"/vi/p/{token}")  # type: ignore[misc]
    started = pressed(browser, token)
    yield started
    ballot = ballot_in(started)
    yield sent(browser, ballot, a_L1="9")
    done = sent(browser, ballot, a_L1="4", c_C1="ý kiến")
    yield done
    yield browser.get(done["Location"])  # type: ignore[misc]
    yield browser.get("/vi/nowhere")  # type: ignore[misc]


def test_no_page_sets_a_cookie_or_may_be_kept_or_loads_from_elsewhere(browser: Client, token: str) -> None:
    for response in every_page(browser, token):
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "Vary" not in response or "Cookie" not in response["Vary"]
        if response.status_code != 303:
            policy = response["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "form-action 'self'" in policy
            assert "http:" not in policy
            assert "unsafe" not in policy


def test_a_portal_session_posted_here_is_never_looked_at(token: str) -> None:
    person = make_employee(password=PASSWORD, language="en")
    portal = Client(headers={"host": django_settings.PORTAL_HOST})
    portal.force_login(person)
    stranger, insider = Client(headers={"host": HOST}), Client(headers={"host": HOST})
    insider.cookies = portal.cookies
    with CaptureQueriesContext(connections["default"]) as queries:
        with_cookie = insider.get(f"/vi/p/{token}")
        pressed(insider, token)
    assert with_cookie.content == stranger.get(f"/vi/p/{token}").content
    touched = " ".join(query["sql"] for query in queries)
    assert "django_session" not in touched
    assert "people_employee" not in touched
    assert "usersessions" not in touched


def without_ballot(page: bytes) -> bytes:
    return re.sub(rb'name="ballot" value="[^"]+"', b"", page)


def test_the_sheet_is_the_same_bytes_with_and_without_a_session(token: str) -> None:
    portal = Client(headers={"host": django_settings.PORTAL_HOST})
    portal.force_login(make_employee(language="en"))
    stranger, insider = Client(headers={"host": HOST}), Client(headers={"host": HOST})
    insider.cookies = portal.cookies
    assert without_ballot(pressed(insider, token).content) == without_ballot(pressed(stranger, token).content)


def test_no_log_line_holds_a_link_a_ballot_or_an_answer(browser: Client, token: str, asked: Round) -> None:
    heard = io.StringIO()
    listener = logging.StreamHandler(heard)
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in ("django", "django.request", "django.server", "bearing"))]
    before = [(logger, logger.level) for logger in loggers]
    root.addHandler(listener)
    for logger in loggers:
        logger.setLevel(logging.INFO)
    try:
        pages = list(every_page(browser, token))
        ballot = ballot_in(pages[1])
        sent(browser, ballot[:-3], a_L1="4")
        browser.get(f"/vi/p/{token}x")
        with clock.at(asked.closes_at):
            browser.get(f"/vi/p/{token}")
            sent(browser, ballot, a_L1="4", c_C1="ý kiến")
        logging.getLogger("bearing").info("the listener hears")
    finally:
        root.removeHandler(listener)
        for logger, level in before:
            logger.setLevel(level)
    log = heard.getvalue()
    assert "the listener hears" in log
    assert token not in log
    assert ballot[:40] not in log
    assert "ý kiến" not in log


def test_when_our_side_breaks_the_log_names_the_place_and_nothing_else(
    browser: Client, token: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ballot = ballot_in(pressed(browser, token))
    Round.objects.update(questionnaire={"token": token})
    with caplog.at_level(logging.INFO):
        response = sent(browser, ballot, "en", a_L1="4")
        promise = browser.get(f"/en/p/{token}")
    assert response.status_code == promise.status_code == 500
    assert b"Something went wrong on our side" in response.content
    assert "An answer page broke: KeyError" in caplog.text
    assert token not in caplog.text
    assert ballot[:40] not in caplog.text


# What it costs


@pytest.mark.django_db(transaction=True)
def test_a_press_marks_one_row_and_a_send_adds_one(browser: Client, token: str) -> None:
    with (
        CaptureQueriesContext(connections["default"]) as elsewhere,
        CaptureQueriesContext(connections["survey"]) as at_press,
    ):
        started = pressed(browser, token)
    assert verbs(at_press) == ["SELECT", "SELECT", "UPDATE"]
    assert not elsewhere.captured_queries
    ballot = ballot_in(started)
    with (
        CaptureQueriesContext(connections["default"]) as elsewhere,
        CaptureQueriesContext(connections["survey"]) as at_send,
    ):
        sent(browser, ballot, a_L1="4", c_C1="ý kiến")
    assert verbs(at_send) == ["SELECT", "INSERT"]
    assert not elsewhere.captured_queries
    assert Invitation.objects.filter(collected=True).count() == 1


def verbs(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"].split()[0] for query in queries]


def test_described_behaviours_stand_in_the_language_of_the_page(browser: Client, settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    actions.stock_keys(1)
    company = make_unit("AN")
    people = [make_employee(unit=company) for _ in range(12)]
    anchors = tuple({"vi": f"Mức {n}", "en": f"Level {n}"} for n in range(4))
    text = {"vi": "Lãnh đạo gặp khách hàng?", "en": "Do leaders meet customers?"}
    item = Item("L1", Pillar.LEADERSHIP, "", Scale.ANCHORS, text, anchors=anchors)
    now = clock.now()
    round_ = actions.launch_round(
        kind="assessment",
        key="test:anchors",
        units=None,
        questionnaire=Questionnaire(text, (item,), (("L1",),)),
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=7),
    )
    link = actions.new_link(Invitation.objects.get(round=round_, employee=people[0]).pk)
    page = pressed(browser, link, "en").content.decode()
    assert [f"Level {n}" in page for n in range(4)] == [True] * 4
    assert "Mức 0" not in page
    ballot = ballot_in(pressed(browser, link, "en"))
    assert browser.post("/en/send", {"ballot": ballot, "a.L1": "4"}).status_code == 422
    assert browser.post("/en/send", {"ballot": ballot, "a.L1": "3"}).status_code < 400


# Assessments: described behaviours, part by part

RATING_IN_ALL = 100_000
PRACTICES = {pillar: [f"{pillar[0].upper()}{pillar[1].upper()}{n}" for n in range(1, 7)] for pillar in Pillar}


def practice(code: str, pillar: Pillar, driver: str = "") -> Item:
    """A question as long as those that ship: four sentences, a hint."""
    anchors = tuple(
        {
            "vi": f"Mức {n} của {code}: phần lớn các buổi có phần này, dựa trên một phản hồi hoặc số liệu cụ thể.",
            "en": f"Level {n} of {code}: most of the time, based on an actual piece of feedback or a figure.",
        }
        for n in range(4)
    )
    text = {"vi": f"Ở đơn vị bạn, {code} diễn ra thế nào?", "en": f"In your unit, how is {code} done?"}
    hint = {"vi": f"Gợi ý {code}", "en": f"A hint for {code}"}
    return Item(code, pillar, driver, Scale.ANCHORS, text, anchors=anchors, hint=hint)


def words_on(pillar: Pillar) -> Item:
    text = {"vi": f"Còn gì muốn nói về {pillar}?", "en": f"Anything to add on {pillar}?"}
    return Item(f"comment-{pillar}", pillar, "", Scale.COMMENT, text, counts="")


def thirty() -> Questionnaire:
    items = [
        item
        for pillar, codes in PRACTICES.items()
        for item in (*(practice(code, pillar) for code in codes), words_on(pillar))
    ]
    title = {"vi": "Bearing Năm trụ cột", "en": "Bearing Five"}
    return Questionnaire(title, tuple(items), (tuple(item.code for item in items),), minutes=12)


def rating_link(settings: Any, tmp_path: Path, questionnaire: Questionnaire) -> str:
    settings.KEY_DIR = tmp_path / "keys"
    actions.stock_keys(1)
    company = make_unit("AN", name_vi="An Nhiên", name_en="An Nhien")
    for _ in range(12):
        make_employee(unit=company)
    now = clock.now()
    round_ = actions.launch_round(
        kind="assessment",
        key="test:rating",
        units=None,
        questionnaire=questionnaire,
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=21),
    )
    return actions.new_link(Invitation.objects.filter(round=round_).order_by("pk")[0].pk)


@pytest.fixture
def rating(settings: Any, tmp_path: Path) -> str:
    """The link to a sheet of thirty practices and five comments."""
    return rating_link(settings, tmp_path, thirty())


def between(page: str, start: str, end: str) -> str:
    return page.split(start, 1)[1].split(end, 1)[0]


def test_the_promise_of_an_assessment_says_what_is_rated_and_that_the_leader_rates_by_name(
    browser: Client, rating: str
) -> None:
    page = " ".join(browser.get(f"/en/p/{rating}").content.decode().split())
    assert "30 practices, about 12 minutes" in page
    assert "Your leader rates as well, by name." in page
    assert "For 14 days only the leader sees the difference" in page


def test_the_promise_of_a_pulse_says_nothing_of_leaders_who_rate(browser: Client, token: str) -> None:
    assert "Your leader rates as well" not in browser.get(f"/en/p/{token}").content.decode()


def test_practices_stand_under_their_pillar_with_a_heading_and_a_count(browser: Client, rating: str) -> None:
    page = " ".join(pressed(browser, rating, "en").content.decode().split())
    assert page.count('<section class="part"') == 5
    second = between(page, 'id="part2"', "</section>")
    assert "Part 2 of 5 · 6 practices</small>Customer understanding</h2>" in second
    assert "Question 7 of 30" in second
    assert "Question 12 of 30" in second
    assert "Anything to add on understanding?" in second.split("</fieldset>")[-1]
    assert "Question 31" not in page


def test_each_practice_is_a_fieldset_of_radios_with_its_hint_and_one_way_not_to_know(
    browser: Client, rating: str
) -> None:
    page = pressed(browser, rating, "en").content.decode()
    first = between(page, '<fieldset class="rate" id="q1"', "</fieldset>")
    assert 'aria-describedby="h1"' in first
    assert '<p class="hint" id="h1">A hint for LE1</p>' in first
    assert first.count('type="radio"') == 5
    assert first.count('name="a.LE1"') == 5
    assert first.index('value="3"') < first.index('class="pick unknown"') < first.index('value="dk"')
    assert page.count("<fieldset") == 30
    assert " checked" not in page


def test_a_dimension_of_the_models_own_gives_its_name_and_the_comment_follows_the_pillars_last(
    browser: Client, settings: Any, tmp_path: Path
) -> None:
    items = (
        practice("A1", Pillar.PEOPLE, "hiring"),
        practice("B1", Pillar.PEOPLE, "teaching"),
        practice("C1", Pillar.PROCESS),
        words_on(Pillar.PEOPLE),
    )
    names = {
        "hiring": {"vi": "Tuyển người", "en": "Hiring"},
        "teaching": {"vi": "Hướng dẫn", "en": "Teaching"},
    }
    title = {"vi": "Mô hình riêng", "en": "A model of our own"}
    own = Questionnaire(title, items, (tuple(item.code for item in items),), names)
    page = pressed(browser, rating_link(settings, tmp_path, own), "vi").content.decode()
    headings = [each.split("</h2>")[0].split("</small>")[1] for each in page.split("<h2 ")[1:]]
    assert headings == ["Tuyển người", "Hướng dẫn", "Quy trình và công nghệ"]
    assert "Còn gì muốn nói về people?" in between(page, 'id="part2"', "</section>")


def test_the_rating_pages_together_are_smaller_than_a_hundred_kilobytes(browser: Client, rating: str) -> None:
    static = django_settings.BASE_DIR / "portal" / "static" / "portal"
    files = ("css/answer.css", "css/rating.css", "js/answer.js", "js/rating.js", "svg/logo.svg")
    weight = sum((static / each).stat().st_size for each in files)
    for language in ("vi", "en"):
        promise, sheet = browser.get(f"/{language}/p/{rating}").content, pressed(browser, rating, language).content
        assert weight + len(promise) + len(sheet) < RATING_IN_ALL


def test_everybody_may_skip_everything_or_know_nothing(browser: Client, rating: str) -> None:
    ballot = ballot_in(pressed(browser, rating))
    know_nothing = {f"a.{code}": "dk" for codes in PRACTICES.values() for code in codes}
    for posted in ({}, know_nothing):
        assert browser.post("/vi/send", {"ballot": ballot, **posted}).status_code == 303
    assert SealedReply.objects.count() == 2


def test_thirty_answers_and_five_full_comments_fit_one_envelope(browser: Client, rating: str) -> None:
    ballot = ballot_in(pressed(browser, rating))
    answers = {f"a.{code}": "3" for codes in PRACTICES.values() for code in codes}
    comments = {f"c.comment-{pillar}": ("Những điều nhỏ nhặt ở quầy " * 19)[:500] for pillar in Pillar}
    assert browser.post("/vi/send", {"ballot": ballot, **answers, **comments}).status_code == 303


def test_a_wrong_rating_comes_back_with_a_way_to_it_and_everything_that_was_typed(browser: Client, rating: str) -> None:
    ballot = ballot_in(pressed(browser, rating, "en"))
    posted = {"ballot": ballot, "a.LE1": "2", "a.PE3": "4", "c.comment-people": "Giữ lại", "shared": "yes"}
    response = browser.post("/en/send", posted)
    page = response.content.decode()
    assert response.status_code == 422
    assert not SealedReply.objects.exists()
    assert '<a href="#q15">In your unit, how is PE3 done?</a>' in page
    wrong = between(page, 'id="q15"', "</fieldset>")
    assert 'aria-describedby="e15 h15"' in wrong
    assert "not one of those offered" in wrong
    assert 'value="2" checked' in between(page, 'id="q1"', "</fieldset>")
    assert ">Giữ lại</textarea>" in page
    assert 'name="shared" value="yes" checked' in page.replace("\n", " ")


def test_a_question_of_another_scale_stands_on_the_sheet_without_dials(
    browser: Client, settings: Any, tmp_path: Path
) -> None:
    items = (practice("A1", Pillar.PEOPLE), question("L1", Scale.AGREE), question("L3", Scale.ZERO_TEN))
    title = {"vi": "Mô hình", "en": "A model"}
    mixed = Questionnaire(title, items, (tuple(item.code for item in items),))
    page = pressed(browser, rating_link(settings, tmp_path, mixed), "en").content.decode()
    assert between(page, 'id="q1"', "</fieldset>").count("<i></i>") == 4
    assert "<i></i>" not in between(page, 'id="q2"', "</fieldset>")
    assert "Strongly agree" in between(page, 'id="q2"', "</fieldset>")
    assert "0 = not at all · 10 = very much" in between(page, 'id="q3"', "</fieldset>")


def test_a_sheet_of_ninety_practices_counts_in_figures_alone(browser: Client, settings: Any, tmp_path: Path) -> None:
    items = tuple(practice(f"X{n}", list(Pillar)[n % 5]) for n in range(90))
    title = {"vi": "Mô hình", "en": "A model"}
    long = Questionnaire(title, items, (tuple(item.code for item in items),))
    page = pressed(browser, rating_link(settings, tmp_path, long), "en").content.decode()
    assert '<b class="done"></b> of 90' in page
    assert 'class="p1"' not in page
    assert page.count("<fieldset") == 90

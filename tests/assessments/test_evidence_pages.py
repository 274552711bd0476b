"""The pages of evidence: who reads, who gives, what the form says, the queue of reviewers, the file as it is sent."""

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.models import Evidence, MaturityModel
from assessments.shelf import models_asked
from assessments.uploads import where
from diary import registry
from diary.registry import Observation, Period
from people.days import today
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.pillars import Pillar
from tests.assessments.conftest import browser
from tests.assessments.evidence_cast import give, make_evidence, pdf
from tests.assessments.published import make_cycle
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

LIST, NEW, QUEUE = "/assessments/evidence/", "/assessments/evidence/new/", "/assessments/evidence/review/"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.fixture
def company(five: MaturityModel) -> Unit:
    return make_unit("CTY")


@pytest.fixture
def leader() -> Employee:
    return make_employee("Lê Thị Trưởng", language="en")


@pytest.fixture
def store(company: Unit, leader: Employee) -> Unit:
    return make_unit("CH-01", name_en="Store One", parent=company, leader=leader)


@pytest.fixture
def reviewer() -> Employee:
    return make_employee("Vũ Thị Duyệt", roles=(Role.REVIEWER,), language="en")


def text_of(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


def link_form(at: Unit, /, **changed: Any) -> dict[str, Any]:
    sent = {
        "unit": at.pk,
        "model": "bearing-five",
        "practice": "L1",
        "kind": "link",
        "title": "Diary of visits",
        "link": "https://intranet.example/diary",
        "dated_on": today().strftime("%d/%m/%Y"),
        "expires_on": (today() + timedelta(days=200)).strftime("%d/%m/%Y"),
    }
    sent.update(changed)
    return sent


def file_form(at: Unit, content: bytes, name: str = "minutes.pdf", **changed: Any) -> dict[str, Any]:
    upload = SimpleUploadedFile(name, content, content_type="application/pdf")
    return link_form(at, kind="file", link="", file=upload, **changed)


# Reading ------------------------------------------------------------------------------------------------------------


def test_a_leader_reads_practice_by_practice_what_counts_and_until_when(store: Unit, leader: Employee) -> None:
    make_evidence(store, dated_on=today(), expires_on=today() + timedelta(days=12))
    make_evidence(store, "L5", state="waiting", title="Minutes <b>of</b> May")
    make_evidence(store, "L3", dated_on=today() - timedelta(days=400), expires_on=today())

    page = text_of(browser(leader).get(LIST))

    assert "1 of 30 practices have valid evidence today." in page
    assert "Counts, expires soon" in page
    assert "in 12 days" in page
    assert "Waiting for review" in page
    assert "Expired" in page
    assert "Diary of visits or calls listened to" in page  # typical evidence, from the model
    assert f"{NEW}?unit={store.pk}&model=bearing-five&practice=L5" in page
    assert "Minutes <b>of</b> May" not in browser(leader).get(LIST).content.decode()


def test_the_list_says_which_level_the_evidence_allows(store: Unit, leader: Employee) -> None:
    for practice in ("L1", "L5", "L3"):
        make_evidence(store, practice)

    page = text_of(browser(leader).get(LIST))

    assert "3 of 6" in page
    assert "level 4" in page
    assert len(re.findall(r"level 2\s*</td>", page)) == 4


def test_the_number_of_queries_of_the_list_does_not_grow(
    store: Unit, leader: Employee, django_assert_max_num_queries: Any
) -> None:
    for practice in ("L1", "L5", "L3", "L6"):
        for _ in range(3):
            make_evidence(store, practice, added_by=leader)
    client = browser(leader)

    with django_assert_max_num_queries(25):
        client.get(LIST)


def test_a_leader_reads_no_unit_of_others(company: Unit, store: Unit, leader: Employee) -> None:
    other = make_unit("CH-02", parent=company, leader=make_employee())
    piece = make_evidence(other)
    client = browser(leader)

    assert client.get(f"{LIST}?unit={other.pk}").status_code == 404
    assert client.get(f"/assessments/evidence/{piece.pk}/").status_code == 404
    assert client.get(f"/assessments/evidence/{piece.pk}/file/").status_code == 404


def test_a_leader_opens_what_a_unit_above_gave_for_those_below(company: Unit, store: Unit, leader: Employee) -> None:
    piece = make_evidence(company, covers_below=True)
    hidden = make_evidence(company, title="For headquarters")
    client = browser(leader)

    assert "for the units below" in text_of(client.get(LIST))
    assert "For headquarters" not in text_of(client.get(LIST))
    assert client.get(f"/assessments/evidence/{piece.pk}/").status_code == 200
    assert client.get(f"/assessments/evidence/{hidden.pk}/").status_code == 404


@pytest.mark.parametrize("state", ["waiting", "returned", "withdrawn"])
def test_a_leader_reads_nothing_of_units_above_that_is_not_verified(
    company: Unit, store: Unit, leader: Employee, state: str
) -> None:
    file = ContentFile(pdf(), "draft.pdf")
    piece = make_evidence(
        company, covers_below=True, state=state, title="Draft rules", reason="Names a person.", kind="file", file=file
    )
    client = browser(leader)

    assert "Draft rules" not in text_of(client.get(LIST))
    assert client.get(f"/assessments/evidence/{piece.pk}/").status_code == 404
    assert client.get(f"/assessments/evidence/{piece.pk}/file/").status_code == 404
    assert "Draft rules" not in text_of(client.get(f"{NEW}?unit={store.pk}&practice=L1&again={piece.pk}"))


@pytest.mark.parametrize("role", [Role.HR, Role.CX, Role.BOARD, Role.REVIEWER])
def test_hr_cx_board_and_reviewers_read_every_unit(store: Unit, role: Role) -> None:
    piece = make_evidence(store)
    client = browser(make_employee(roles=(role,)))

    assert client.get(f"{LIST}?unit={store.pk}").status_code == 200
    assert client.get(f"/assessments/evidence/{piece.pk}/").status_code == 200


def test_staff_read_no_evidence(store: Unit) -> None:
    piece = make_evidence(store)
    client = browser(make_employee(unit=store))

    assert client.get(LIST).status_code == 403
    assert client.get(NEW).status_code == 403
    assert client.get(QUEUE).status_code == 403
    assert client.get(f"/assessments/evidence/{piece.pk}/").status_code == 404


def test_without_any_model_the_list_says_who_makes_one(leader: Employee) -> None:
    make_unit("CTY", leader=leader)

    assert "No model yet." in text_of(browser(leader).get(LIST))


def test_a_piece_for_a_practice_that_is_no_longer_asked_is_still_shown(store: Unit, leader: Employee) -> None:
    make_evidence(store, "gone-practice", title="Old diary")

    page = text_of(browser(leader).get(LIST))

    assert "For practices no longer asked" in page
    assert "Old diary" in page


# Giving -------------------------------------------------------------------------------------------------------------


def test_from_a_practice_a_leader_gives_a_link_in_two_presses(store: Unit, leader: Employee) -> None:
    client = browser(leader)
    form = text_of(client.get(f"{NEW}?unit={store.pk}&model=bearing-five&practice=L5"))
    assert '<option value="L5" selected>' in form
    assert "Minutes or handover book of the last 3 months" in form

    answer = client.post(NEW, link_form(store, practice="L5"), follow=True)

    piece = Evidence.objects.get()
    assert (piece.unit, piece.practice, piece.pillar, piece.added_by) == (store, "L5", "leadership", leader)
    assert (piece.kind, piece.link, piece.state) == ("link", "https://intranet.example/diary", "waiting")
    assert "It counts once a reviewer has verified it." in text_of(answer)


def test_a_file_is_given_and_downloaded_again_as_an_attachment_and_nothing_else(store: Unit, leader: Employee) -> None:
    client = browser(leader)
    client.post(NEW, file_form(store, pdf(), "Biên bản “quý 1”.pdf"))
    piece = Evidence.objects.get()

    answer = client.get(f"/assessments/evidence/{piece.pk}/file/")

    assert b"".join(answer) == pdf()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Bi%C3%AAn%20b%E1%BA%A3n")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "no-store" in answer["Cache-Control"]
    head = client.head(f"/assessments/evidence/{piece.pk}/file/")
    assert (head.status_code, head["Content-Length"]) == (200, str(len(pdf())))
    head.close()


def test_a_text_file_says_how_its_letters_are_written(store: Unit, leader: Employee) -> None:
    client = browser(leader)
    client.post(NEW, file_form(store, "Sổ giao ca".encode(), "so.txt"))

    answer = client.get(f"/assessments/evidence/{Evidence.objects.get().pk}/file/")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    answer.close()


def test_a_file_that_is_gone_from_the_disk_is_answered_by_a_sentence(store: Unit, leader: Employee) -> None:
    client = browser(leader)
    client.post(NEW, file_form(store, pdf()))
    piece = Evidence.objects.get()
    where(str(piece.file.name)).unlink()

    assert "The file is not on this server." in text_of(
        client.get(f"/assessments/evidence/{piece.pk}/file/", follow=True)
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"link": ""}, "Fill this in."),
        ({"link": "javascript:alert(1)"}, "Write the whole address"),
        ({"link": "ftp://example.com/x"}, "Write the whole address"),
        ({"title": ""}, "Fill this in."),
        ({"expires_on": ""}, "Say when it expires: files and links get old."),
        ({"expires_on": "01/01/2020"}, "It must expire after today"),
        ({"dated_on": "01/01/2099"}, "This day has not come yet."),
        ({"dated_on": "01/01/2020"}, "Evidence older than two years no longer counts."),
        ({"dated_on": "31/02/2026"}, "Write the date as day/month/year"),
        ({"practice": "no-such"}, "Choose a practice."),
        ({"kind": ""}, "Choose one of the three."),
        ({"unit": "99999"}, "Choose a unit from the list."),
        ({"kind": "file"}, "Choose a file."),
        ({"kind": "indicator"}, "Choose an indicator from the list."),
    ],
)
def test_what_is_wrong_with_a_form_is_said_and_nothing_is_stored(
    store: Unit, leader: Employee, changed: dict[str, str], said: str
) -> None:
    answer = browser(leader).post(NEW, link_form(store, **changed))

    assert said in text_of(answer)
    assert not Evidence.objects.exists()


def test_evidence_expires_within_two_years_of_its_date(store: Unit, leader: Employee) -> None:
    late = (today() + timedelta(days=740)).strftime("%d/%m/%Y")

    answer = browser(leader).post(NEW, link_form(store, expires_on=late))

    assert "within two years of the date" in text_of(answer)


def test_a_file_named_pdf_that_is_a_web_page_is_refused_with_a_sentence(
    store: Unit, leader: Employee, tmp_path: Path
) -> None:
    page = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"

    answer = browser(leader).post(NEW, file_form(store, page))

    assert "Inside, this file is a web page" in text_of(answer)
    assert "Choose the file again" in text_of(answer)
    assert not Evidence.objects.exists()
    assert not list(tmp_path.rglob("*/*/*"))


def test_sixty_megabytes_are_refused_with_a_sentence_and_nothing_is_half_done(
    store: Unit, leader: Employee, tmp_path: Path
) -> None:
    client = browser(leader)
    assert 'data-most="20971520"' in text_of(client.get(NEW))

    answer = client.post(NEW, file_form(store, pdf() + b"\n" * (60 * 1024 * 1024)))

    assert answer.status_code == 200
    assert "The file is larger than 20 MB." in text_of(answer)
    assert not Evidence.objects.exists()
    assert not (tmp_path / "evidence").exists()


def test_an_empty_file_is_refused_with_a_sentence(store: Unit, leader: Employee) -> None:
    assert "The file is empty." in text_of(browser(leader).post(NEW, file_form(store, b"")))


def test_indicators_registered_by_other_rooms_appear_by_themselves(store: Unit, leader: Employee) -> None:
    def observe(unit: Unit, period: Period) -> Observation:
        return Observation(value=0.85, n=12, as_of=date(2026, 1, 1))

    registry.register_indicator("training.done", Pillar.PEOPLE, "Training finished", observe, is_share=True)
    try:
        client = browser(leader)
        form = text_of(client.get(f"{NEW}?unit={store.pk}"))
        assert "Training finished" in form
        assert "85%" in form
        assert "assessments.evidence_coverage" not in form  # evidence does not prove evidence
        client.post(NEW, link_form(store, kind="indicator", indicator="training.done", threshold="80%", expires_on=""))
        piece = Evidence.objects.get()
        assert (piece.indicator, piece.threshold, piece.at_most, piece.link) == ("training.done", 0.8, False, "")
        Evidence.objects.update(state="verified")
        assert "Training finished: 85%" in " ".join(text_of(client.get(LIST)).split())
    finally:
        registry.unregister_indicator("training.done")


@pytest.mark.parametrize(
    ("typed", "said"), [("viele", "Write a number"), ("180", "Write a percentage"), ("", "number")]
)
def test_a_value_to_reach_is_a_number(store: Unit, leader: Employee, typed: str, said: str) -> None:
    sent = link_form(store, kind="indicator", indicator="improvement.actions_in_time", threshold=typed)

    assert said in text_of(browser(leader).post(NEW, sent))


def test_a_leader_gives_nothing_for_a_unit_of_others(company: Unit, store: Unit, leader: Employee) -> None:
    answer = browser(leader).post(NEW, link_form(company))

    assert "Choose a unit from the list." in text_of(answer)
    assert not Evidence.objects.exists()


def test_a_title_loses_letters_that_hide_or_turn_others(store: Unit, leader: Employee) -> None:
    client = browser(leader)
    client.post(NEW, link_form(store, title="Diary \u202efdp\u200b of\u00a0 May"))

    assert Evidence.objects.get().title == "Diary fdp of May"
    assert "Fill this in." in text_of(client.post(NEW, link_form(store, title="\u200b\u2066")))


def test_the_same_form_sent_twice_is_one_piece(store: Unit, leader: Employee) -> None:
    client = browser(leader)
    sent = link_form(store, press="4b1b2a6e-5c5e-4f53-9a55-2f6a0c9a2b11")
    client.post(NEW, sent)
    client.post(NEW, sent)

    assert Evidence.objects.count() == 1


def test_a_returned_piece_is_given_again_from_what_it_said(store: Unit, leader: Employee) -> None:
    piece = make_evidence(store, state="returned", reason="The link asks for a password.", added_by=leader)
    client = browser(leader)

    page = text_of(client.get(f"/assessments/evidence/{piece.pk}/"))
    assert "The link asks for a password." in page
    form = text_of(client.get(f"{NEW}?model=bearing-five&again={piece.pk}"))
    assert 'value="Diary of visits"' in form
    assert 'value="https://intranet.example/diary"' in form


def test_hostile_words_are_harmless_on_every_page(store: Unit, leader: Employee, reviewer: Employee) -> None:
    nasty = '"><script>alert(1)</script>\u202efdp.exe'
    piece = give(store, leader, title=nasty, note=nasty, link="https://user:pw@evil.example/%22%3E")

    for who, address in [
        (leader, LIST),
        (leader, f"/assessments/evidence/{piece.pk}/"),
        (leader, f"/assessments/evidence/{piece.pk}/withdraw/"),
        (leader, f"{NEW}?model=bearing-five&again={piece.pk}"),
        (reviewer, QUEUE),
        (reviewer, f"/assessments/evidence/{piece.pk}/"),
    ]:
        page = browser(who).get(address).content.decode()
        assert "<script>alert" not in page, address
    page = text_of(browser(reviewer).get(f"/assessments/evidence/{piece.pk}/"))
    assert 'rel="noopener noreferrer nofollow"' in page
    assert "<bdi>evil.example</bdi>" in page


# Which model --------------------------------------------------------------------------------------------------------


def test_a_cycle_only_planned_changes_nobodys_model(
    company: Unit, store: Unit, leader: Employee, five: MaturityModel, ten: MaturityModel
) -> None:
    make_cycle(five, [company, store])
    make_cycle(ten, [company, store], state="planned")

    assert models_asked(store) == [five]
    client = browser(leader)
    assert str(ten.title) not in text_of(client.get(LIST))
    assert f'value="{five.code}"' in text_of(client.get(NEW))
    assert f'value="{ten.code}"' not in text_of(client.get(f"{NEW}?model={ten.code}"))


def test_a_cycle_elsewhere_changes_no_model_and_where_two_are_asked_one_chooses(
    company: Unit, store: Unit, leader: Employee, five: MaturityModel, ten: MaturityModel
) -> None:
    other = make_unit("CH-02", name_en="Store Two", parent=company, leader=leader)
    new = make_unit("CH-03", parent=company)
    make_cycle(five, [company, store, other], closed_at=clock.now() - timedelta(days=90))
    make_cycle(ten, [other])

    assert models_asked(store) == [five]
    assert models_asked(other) == [ten, five]
    assert models_asked(new) == [five], "no cycle has covered it yet: as the units above it"
    client = browser(leader)
    page = text_of(client.get(f"{NEW}?unit={other.pk}"))
    assert f'href="{NEW}?unit={other.pk}&model={five.code}"' in page
    assert f"<b>{ten.title}</b>" in page

    answer = client.post(NEW, link_form(store, model=ten.code))
    assert f"Store One is assessed with “{five.title}”." in text_of(answer)
    assert not Evidence.objects.exists()


def test_before_any_cycle_every_published_model_may_be_chosen(
    store: Unit, leader: Employee, five: MaturityModel, ten: MaturityModel
) -> None:
    assert models_asked(store) == [five, ten]
    assert str(ten.title) in text_of(browser(leader).get(f"{NEW}?unit={store.pk}"))


# Reviewing ----------------------------------------------------------------------------------------------------------


def test_a_reviewer_verifies_and_is_led_to_the_next(store: Unit, leader: Employee, reviewer: Employee) -> None:
    first, second = give(store, leader), give(store, leader, title="Second")
    client = browser(reviewer)
    assert "2 pieces wait for you" in text_of(client.get(QUEUE))

    answer = client.post(f"/assessments/evidence/{first.pk}/verify/", follow=True)
    assert "“Diary of visits” is verified: it counts now. 1 more piece waits." in text_of(answer)
    assert answer.redirect_chain[-1][0].startswith(f"/assessments/evidence/{second.pk}/")
    assert answer.redirect_chain[-1][0].endswith("#main"), "the next piece is read from its top"
    answer = client.post(f"/assessments/evidence/{second.pk}/verify/", follow=True)

    assert "Nothing waits for you." in text_of(answer)
    assert set(Evidence.objects.values_list("state", "reviewed_by")) == {("verified", reviewer.pk)}


def test_after_a_return_the_next_piece_is_read_from_its_top(store: Unit, leader: Employee, reviewer: Employee) -> None:
    first, second = give(store, leader), give(store, leader, title="Second")
    client = browser(reviewer)

    answer = client.post(f"/assessments/evidence/{first.pk}/return/", {"reason": "Of another store."})

    assert answer["Location"] == f"/assessments/evidence/{second.pk}/?#main"
    assert "“Diary of visits” is returned." in text_of(client.get(answer["Location"]))


def test_a_reviewer_reads_what_is_asked_and_what_the_best_answer_looks_like(
    store: Unit, leader: Employee, reviewer: Employee, cx: Employee, five: MaturityModel
) -> None:
    piece = give(store, leader)
    practice = five.said.by_code["L1"]

    page = text_of(browser(reviewer).get(f"/assessments/evidence/{piece.pk}/"))
    assert practice.question.said("en") in page
    assert practice.anchors[-1].said("en") in page
    assert str(five.title) in page
    assert f'href="{five.get_absolute_url()}#L1"' not in page, "a reviewer reads no models"
    assert f'href="{five.get_absolute_url()}#L1"' in text_of(browser(cx).get(f"/assessments/evidence/{piece.pk}/"))


def test_filters_of_the_queue_stay_while_going_from_piece_to_piece(
    store: Unit, leader: Employee, reviewer: Employee
) -> None:
    give(store, leader, title="Of leadership")
    piece = give(store, leader, "P1", pillar="people", title="Of people")
    client = browser(reviewer)

    queue = text_of(client.get(f"{QUEUE}?pillar=people"))
    assert "Of people" in queue
    assert "Of leadership" not in queue
    answer = client.post(f"/assessments/evidence/{piece.pk}/verify/?pillar=people", follow=True)
    assert answer.redirect_chain[-1][0] == f"{QUEUE}?pillar=people#main"
    assert "Nothing waits under these filters." in text_of(answer)


def test_a_piece_is_returned_with_a_reason_and_never_without(store: Unit, leader: Employee, reviewer: Employee) -> None:
    piece = give(store, leader)
    client = browser(reviewer)

    assert "Fill this in." in text_of(client.post(f"/assessments/evidence/{piece.pk}/return/", {"reason": "  "}))
    piece.refresh_from_db()
    assert piece.state == "waiting"
    client.post(f"/assessments/evidence/{piece.pk}/return/", {"reason": "The diary is of another store."})
    piece.refresh_from_db()
    assert (piece.state, piece.reason) == ("returned", "The diary is of another store.")


def test_nobody_reviews_what_they_gave_or_what_their_own_unit_shows(
    store: Unit, leader: Employee, cx: Employee
) -> None:
    own = give(store, cx)
    client = browser(cx)

    assert "1 more is yours" in text_of(client.get(QUEUE))
    assert "another reviewer checks it" in text_of(client.get(f"/assessments/evidence/{own.pk}/"))
    answer = client.post(f"/assessments/evidence/{own.pk}/verify/", follow=True)
    assert "Somebody else must check this" in text_of(answer)
    own.refresh_from_db()
    assert own.state == "waiting"


@pytest.mark.parametrize("role", [Role.HR, Role.BOARD])
def test_hr_and_board_read_and_do_not_review(store: Unit, leader: Employee, role: Role) -> None:
    piece = give(store, leader)
    client = browser(make_employee(roles=(role,)))

    assert client.get(QUEUE).status_code == 403
    assert client.post(f"/assessments/evidence/{piece.pk}/verify/").status_code == 403
    assert client.post(f"/assessments/evidence/{piece.pk}/return/", {"reason": "No."}).status_code == 403
    assert "Verify" not in text_of(client.get(f"/assessments/evidence/{piece.pk}/"))


def test_a_decision_on_what_was_taken_back_meanwhile_is_told(store: Unit, leader: Employee, reviewer: Employee) -> None:
    piece = give(store, leader)
    browser(leader).post(f"/assessments/evidence/{piece.pk}/withdraw/")

    answer = browser(reviewer).post(f"/assessments/evidence/{piece.pk}/verify/", follow=True)

    assert "Somebody was quicker" in text_of(answer)
    piece.refresh_from_db()
    assert piece.state == "withdrawn"


def test_taking_back_is_asked_once_and_deletes_the_file(
    store: Unit, leader: Employee, django_capture_on_commit_callbacks: Any
) -> None:
    client: Client = browser(leader)
    client.post(NEW, file_form(store, pdf()))
    piece = Evidence.objects.get()
    place = where(str(piece.file.name))
    assert place.stat().st_mode & 0o777 == 0o600
    assert "Its file is deleted at once." in text_of(client.get(f"/assessments/evidence/{piece.pk}/withdraw/"))

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/assessments/evidence/{piece.pk}/withdraw/")

    assert not place.exists()
    assert client.get(f"/assessments/evidence/{piece.pk}/file/").status_code == 404
    assert "The file has been deleted." in text_of(client.get(f"/assessments/evidence/{piece.pk}/"))
    assert client.post(f"/assessments/evidence/{piece.pk}/withdraw/").status_code == 302


def test_a_file_is_only_for_those_who_may_read_the_piece(store: Unit, leader: Employee) -> None:
    browser(leader).post(NEW, file_form(store, pdf()))
    address = f"/assessments/evidence/{Evidence.objects.get().pk}/file/"

    assert browser(make_employee(unit=store)).get(address).status_code == 404
    assert Client(headers={"host": "localhost:8000"}).get(address).status_code == 302

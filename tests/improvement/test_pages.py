"""The pages: what a leader presses, what others read, and what a wrong form says."""

from datetime import timedelta

import pytest
from django.urls import reverse

from improvement import actions
from improvement.models import Action, Commitment, Note
from portal.lib.pillars import Pillar
from tests.improvement.conftest import CAUSE, House, browser, later, make_action, make_commitment, make_note, make_plan

pytestmark = pytest.mark.django_db
NEW = "/improvement/actions/new/"


def filled(house: House, **fields: object) -> dict[str, object]:
    typed = {
        "unit": house.branch.pk,
        "title": "Trao quyền đổi hàng cho quầy",
        "pillar": "people",
        "owner": "Phạm Ngọc Anh (AN0010)",
        "due_on": "30/11/2026",
        "cause": CAUSE.signed(),
        "press": "4f8e3f2e-37f5-4f0c-9d6f-0a5a3f1f6a10",
    }
    return {**typed, **fields}


def test_a_leader_starts_an_action_from_an_address_that_fills_the_form_in(house: House) -> None:
    client = browser(house.leader)
    href = actions.propose_action(unit=house.branch, pillar=Pillar.PROCESS, cause=CAUSE, title="Một việc").href
    page = client.get(href).content.decode()
    assert "Answers come soon enough." in page
    assert f'<option value="{house.branch.pk}" selected>' in page
    assert '<option value="process" selected>' in page
    assert 'value="Một việc"' in page
    assert 'value="Nguyễn Văn Tám (AN0009)"' in page
    answer = client.post(NEW, filled(house))
    begun = Action.objects.get()
    assert answer["Location"] == begun.get_absolute_url()
    assert (begun.owner, begun.cause, begun.started_by) == (house.member, CAUSE, house.leader)


def test_the_same_form_sent_twice_begins_one_action(house: House) -> None:
    client = browser(house.leader)
    assert client.post(NEW, filled(house))["Location"] == client.post(NEW, filled(house))["Location"]
    assert Action.objects.count() == 1


def test_words_nobody_signed_are_left_out(house: House) -> None:
    client = browser(house.leader)
    assert "Because of" not in client.get(NEW, {"cause": "forged-words"}).content.decode()
    client.post(NEW, filled(house, cause="forged-words"))
    assert Action.objects.get().cause is None


@pytest.mark.parametrize("unit", ["beside", "company"])
def test_the_form_of_a_unit_led_by_another_is_not_given(house: House, unit: str) -> None:
    other = getattr(house, unit).pk
    assert browser(house.leader).get(NEW, {"unit": other}).status_code == 403
    page = browser(house.leader).post(NEW, filled(house, unit=other))
    assert "Choose a unit from the list." in page.content.decode()
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "Fill this in."),
        ("title", "x" * 141, "This is longer than 140 characters."),
        ("pillar", "shouting", "Choose one of the five pillars."),
        ("due_on", "1/11/2026", "This day has passed."),
        ("due_on", "soon", "Write the date as day/month/year"),
        ("owner", "Đỗ Thị Bên", "Nobody in “Hai Chau branch” or below it has this name or number."),
        ("owner", "an", "Several people are called so"),
    ],
)
def test_a_wrong_field_is_answered_by_a_sentence(house: House, field: str, typed: str, sentence: str) -> None:
    page = browser(house.leader).post(NEW, filled(house, **{field: typed})).content.decode()
    assert sentence in page
    assert "Nothing has been saved yet." in page
    assert not Action.objects.exists()


@pytest.mark.parametrize("typed", ["AN0010", "an0010", "phạm ngọc anh", "pham ngoc anh", "Phạm Ngọc Anh (AN0010)"])
def test_an_owner_is_found_by_name_or_number_however_typed(house: House, typed: str) -> None:
    browser(house.leader).post(NEW, filled(house, owner=typed))
    assert Action.objects.get().owner == house.member


def test_a_fourth_action_keeps_the_text_and_says_what_to_do(house: House) -> None:
    for number in (1, 2, 3):
        make_action(house.branch, house.leader, f"Việc {number}")
    page = browser(house.leader).post(NEW, filled(house)).content.decode()
    assert "“Hai Chau branch” has three actions under way. Finish or drop one first" in page
    assert "Trao quyền đổi hàng cho quầy" in page


@pytest.mark.parametrize("role", ["member", "hr", "cx", "board"])
def test_who_leads_nothing_starts_nothing(house: House, role: str) -> None:
    assert browser(house.person(role)).get(NEW).status_code == 403
    assert browser(house.person(role)).post(NEW, filled(house)).status_code == 403


def test_two_tabs_the_second_is_told_that_nothing_was_saved(house: House) -> None:
    begun = make_action(house.branch, house.leader)
    client, address = browser(house.leader), reverse("improvement:action_edit", args=[begun.pk])
    first = filled(house, title="Tab một", version=1)
    assert client.post(address, first, follow=True).content.decode().count("The action is saved.") == 1
    page = client.post(address, filled(house, title="Tab hai", version=1), follow=True).content.decode()
    assert "Somebody else has changed this action since you opened the form. Nothing has been saved" in page
    assert Action.objects.get().title == "Tab một"


def test_an_overdue_action_can_be_changed_without_a_new_date(house: House) -> None:
    begun = make_action(house.branch, house.leader)
    with later(20):
        client, address = browser(house.leader), reverse("improvement:action_edit", args=[begun.pk])
        client.post(address, filled(house, title="Tên mới", due_on="16/11/2026", version=1))
    assert Action.objects.get().title == "Tên mới"


def test_the_owner_says_what_shows_that_it_is_done(house: House) -> None:
    begun = make_action(house.branch, house.member, by=house.leader)
    client, address = browser(house.member), reverse("improvement:action_finish", args=[begun.pk])
    assert 'name="tells"' not in client.get(address).content.decode()
    typed = {"evidence": "Đã dán bảng ở quầy", "link": "https://example.vn/bang.jpg", "tells": "on"}
    page = client.post(address, typed, follow=True).content.decode()
    assert "The action is done." in page
    assert 'href="https://example.vn/bang.jpg"' in page
    assert not Note.objects.exists()
    assert "This action has ended already" in client.post(address, typed, follow=True).content.decode()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://example.vn/x", "not an address"])
def test_a_link_is_a_whole_address_of_the_web(house: House, link: str) -> None:
    begun = make_action(house.branch, house.leader)
    address = reverse("improvement:action_finish", args=[begun.pk])
    page = browser(house.leader).post(address, {"evidence": "Xong", "link": link}).content.decode()
    assert "Write the whole address" in page
    assert Action.objects.get().is_open


def test_a_finished_action_becomes_a_note_in_one_press(house: House) -> None:
    begun = make_action(house.branch, house.leader, cause=CAUSE)
    client = browser(house.leader, "vi")
    typed = {"evidence": "Quầy tự duyệt đổi hàng từ hôm nay.", "tells": "on"}
    client.post(reverse("improvement:action_finish", args=[begun.pk]), typed)
    page = browser(house.member, "vi").get(reverse("improvement:note_list")).content.decode()
    assert "Câu trả lời cho “Cấp trên trả lời đủ nhanh.” cho thấy cần thay đổi." in page
    assert "Quầy tự duyệt đổi hàng từ hôm nay." in page
    client.post(reverse("improvement:action_tell", args=[begun.pk]))
    assert Note.objects.count() == 1


def test_what_was_done_can_be_told_later_in_one_press(house: House) -> None:
    begun = make_action(house.branch, house.leader, cause=CAUSE)
    actions.finish_action(action=begun, evidence="Quầy tự duyệt.", by=house.leader)
    client = browser(house.leader)
    assert "Tell them now" in client.get(begun.get_absolute_url()).content.decode()
    assert "Tell them now" not in browser(house.member).get(begun.get_absolute_url()).content.decode()
    client.post(reverse("improvement:action_tell", args=[begun.pk]))
    assert "Tell them now" not in client.get(begun.get_absolute_url()).content.decode()
    assert Note.objects.get().done == "Quầy tự duyệt."


@pytest.mark.parametrize(("language", "said"), [("en", "An action was started"), ("vi", "Đã bắt đầu một hành động")])
def test_the_history_is_said_in_both_languages(house: House, language: str, said: str) -> None:
    begun = make_action(house.branch, house.leader)
    plan = make_plan(house.leader, due_on=begun.due_on + timedelta(days=7))
    actions.change_action(action=begun, plan=plan, version=1, by=house.deputy)
    page = browser(house.member, language).get(begun.get_absolute_url()).content.decode()
    assert said in page
    assert "Trần Thị Phó" in page
    assert "improvement.action" not in page


def test_an_employee_reads_the_own_units_doings_and_no_button(house: House) -> None:
    make_action(house.branch, house.leader, "Việc của chi nhánh")
    make_action(house.beside, house.other_leader, "Việc bên cạnh")
    make_commitment(house.region, house.head, "Lời hứa của vùng")
    make_note(house.company, house.head, "Công ty đã làm")
    page = browser(house.member).get("/improvement/").content.decode()
    assert all(words in page for words in ("Việc của chi nhánh", "Lời hứa của vùng", "Công ty đã làm"))
    assert "Việc bên cạnh" not in page
    assert "Start an action" not in page
    assert "Take it back" not in page


def test_what_is_in_ones_own_hands_comes_first(house: House) -> None:
    make_action(house.branch, house.leader, "Việc của chi nhánh")
    make_action(house.branch, house.member, "Việc của tôi", by=house.leader)
    page = browser(house.member).get("/improvement/").content.decode()
    assert page.index("In your hands") < page.index("Việc của tôi") < page.index("Việc của chi nhánh")


def test_an_empty_page_helps(house: House) -> None:
    page = browser(house.member).get("/improvement/").content.decode()
    assert "When your unit leader starts an action, you read here what it is" in page
    page = browser(house.leader).get("/improvement/").content.decode()
    assert "Look at the lowest question of the newest results" in page


def test_the_board_is_filtered_by_unit_state_and_pillar(house: House) -> None:
    make_action(house.branch, house.leader, "Quá hạn rồi", due_on=make_plan(house.leader).due_on)
    make_action(house.beside, house.other_leader, "Còn lâu", due_on=make_plan(house.leader).due_on + timedelta(days=90))
    make_action(house.beside, house.other_leader, "Quy trình", pillar="process")

    def shown(**asked: str | int) -> set[str]:
        page = browser(house.head).get("/improvement/board/", asked).content.decode()
        return {title for title in ("Quá hạn rồi", "Còn lâu", "Quy trình") if title in page}

    with later(20):
        assert shown() == {"Quá hạn rồi", "Còn lâu", "Quy trình"}
        assert shown(unit=house.branch.pk) == {"Quá hạn rồi"}
        assert shown(state="overdue") == {"Quá hạn rồi", "Quy trình"}
        assert shown(pillar="process") == {"Quy trình"}
        assert shown(state="dropped") == set()
        assert "2 are past their date." in browser(house.head).get("/improvement/board/").content.decode()
        assert browser(house.member).get("/improvement/board/").status_code == 403


def test_the_board_costs_the_same_for_few_and_many(house: House, django_assert_max_num_queries: object) -> None:
    client = browser(house.hr)
    for number in (1, 2, 3):
        make_action(house.branch, house.leader, f"Việc {number}")
        make_action(house.beside, house.other_leader, f"Việc {number}")
    for address in ("/improvement/board/", "/improvement/"):
        with django_assert_max_num_queries(14):  # type: ignore[operator]
            client.get(address)


def test_a_promise_is_made_read_and_answered(house: House) -> None:
    client = browser(house.leader)
    typed = {
        "unit": house.branch.pk,
        "what": "Tôi đứng quầy mỗi tháng một buổi",
        "seen_by": "Lịch dán ở phòng nghỉ",
        "pillar": "leadership",
        "due_on": "30/11/2026",
        "press": "5f8e3f2e-37f5-4f0c-9d6f-0a5a3f1f6a10",
    }
    for _ in range(2):
        client.post(reverse("improvement:commitment_new"), typed)
    promise = Commitment.objects.get()
    page = browser(house.member).get(reverse("improvement:commitment_list")).content.decode()
    assert "Tôi đứng quầy mỗi tháng một buổi" in page
    assert "You will see it by this: Lịch dán ở phòng nghỉ" in page
    address = reverse("improvement:commitment_settle", args=[promise.pk])
    early = client.post(address, {"kept": "no", "outcome": "Chưa được"}).content.decode()
    assert "Its date has not come yet." in early
    with later(28):
        client.post(address, {"kept": "no", "outcome": "Thiếu người trực"})
    page = browser(house.member).get(reverse("improvement:commitment_list")).content.decode()
    assert "Not kept" in page
    assert "Thiếu người trực" in page
    again = client.post(address, {"kept": "yes", "outcome": "Đổi ý"}, follow=True).content.decode()
    assert "It has been said already how this promise went" in again


def test_a_note_is_taken_back_after_one_question(house: House) -> None:
    note = make_note(house.branch, house.leader)
    client, address = browser(house.leader), reverse("improvement:note_withdraw", args=[note.pk])
    assert "Take this note back?" in client.get(address).content.decode()
    assert Note.objects.standing().exists()
    client.post(address)
    assert not Note.objects.standing().exists()
    assert client.post(address).status_code == 404


def test_what_people_write_is_never_markup(house: House) -> None:
    evil = '<script>alert("x")</script>'
    begun = make_action(house.branch, house.leader, evil)
    make_note(house.branch, house.leader, evil)
    make_commitment(house.branch, house.leader, evil)
    client = browser(house.member)
    for address in ("/improvement/", begun.get_absolute_url(), "/improvement/notes/", "/improvement/commitments/"):
        assert evil not in client.get(address).content.decode()

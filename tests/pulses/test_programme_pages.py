"""The pages on which HR and the CX team plan, start and stop programmes."""

import html
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from diary.models import Fact
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from pulses import actions
from pulses.models import Programme, QuestionBank, Wave
from tests.make import make_employee
from tests.pulses.conftest import make_programme, make_running

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _the_week_before() -> Iterator[None]:
    """The pages are looked at before the first wave, unless a test says otherwise."""
    with clock.at(MONDAY - timedelta(days=5)):
        yield


@pytest.fixture
def client(client: Client, hr: Employee) -> Client:
    client.force_login(hr, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def typed(bank: QuestionBank, **changes: Any) -> dict[str, Any]:
    return {
        "title_vi": "Khảo sát bốn tuần",
        "title_en": "Four-weekly pulse",
        "bank": bank.pk,
        "units": [],
        "cadence": "four_weekly",
        "starts_on": "07/09/2026",
        "send_hour": "9",
        "time_zone": "Asia/Ho_Chi_Minh",
        "window_days": "7",
        "items": "10",
        "asks_comments": "on",
        "reminders": "2",
        "k": "5",
        "k_detail": "10",
        **changes,
    }


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert reverse("pulses:programme_new") in client.get(reverse("pulses:programme_list")).content.decode()


@pytest.mark.parametrize("role", [None, Role.AUDITOR, Role.BOARD])
@pytest.mark.parametrize("name", ["programme_list", "programme_new", "bank"])
def test_only_hr_and_cx_plan(client: Client, role: Role | None, name: str) -> None:
    other = make_employee(roles=(role,) if role else ())
    client.force_login(other, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse(f"pulses:{name}")).status_code == 403


def test_somebody_else_neither_finds_nor_starts_a_programme(client: Client, bank: QuestionBank) -> None:
    programme = make_programme(bank)
    client.force_login(make_employee(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(programme.get_absolute_url()).status_code == 404
    assert client.post(reverse("pulses:programme_start", args=[programme.pk])).status_code == 403
    programme.refresh_from_db()
    assert programme.state == Programme.State.DRAFT


def test_cx_may_plan_too(client: Client) -> None:
    cx = make_employee(roles=(Role.CX,))
    client.force_login(cx, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("pulses:programme_new")).status_code == 200


def test_a_plan_is_saved_as_a_draft(client: Client, bank: QuestionBank, company: Unit, hr: Employee) -> None:
    branch = Unit.objects.filter(parent=company)[0]
    answer = client.post(reverse("pulses:programme_new"), typed(bank, units=[branch.pk]))
    programme = Programme.objects.get()
    assert answer.status_code == 302
    assert (programme.state, programme.starts_on, programme.created_by) == ("draft", date(2026, 9, 7), hr)
    assert programme.words == {"vi": "Khảo sát bốn tuần", "en": "Four-weekly pulse"}
    assert list(programme.units.all()) == [branch]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title_vi": ""}, "Fill this in."),
        ({"starts_on": "tomorrow"}, "Write the date as day/month/year, such as 14/09/2026."),
        ({"starts_on": "01/09/2026"}, "This day is over. Choose today or a later day."),
        ({"send_hour": "7"}, "Write a whole number from 8 to 19."),
        ({"send_hour": "20"}, "Write a whole number from 8 to 19."),
        ({"k": "4"}, "Write a whole number from 5 to 50."),
        ({"window_days": "8", "cadence": "weekly"}, "A wave must end before the next one begins: choose fewer days."),
        ({"k": "20", "k_detail": "10"}, "The smallest group shown is 5 people for scores and 10 for details"),
    ],
)
def test_a_bad_plan_is_refused_in_a_sentence(
    client: Client, bank: QuestionBank, hr: Employee, changes: dict[str, Any], said: str
) -> None:
    Employee.objects.filter(pk=hr.pk).update(language="en")
    answer = client.post(reverse("pulses:programme_new"), typed(bank, **changes), headers={"accept-language": "en"})
    assert said in answer.content.decode()
    assert not Programme.objects.exists()


def test_a_draft_may_change_and_a_running_programme_may_not(client: Client, bank: QuestionBank, company: Unit) -> None:
    programme = make_programme(bank)
    address = reverse("pulses:programme_edit", args=[programme.pk])
    assert "Khảo sát bốn tuần" in client.get(address).content.decode()
    client.post(address, typed(bank, title_vi="Tên mới"))
    programme.refresh_from_db()
    assert programme.words["vi"] == "Tên mới"
    actions.start(programme=programme)
    client.post(address, typed(bank, title_vi="Tên khác"))
    programme.refresh_from_db()
    assert programme.words["vi"] == "Tên mới"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_next_wave_is_shown_in_either_language(client: Client, bank: QuestionBank, language: str) -> None:
    programme = make_programme(bank)
    with clock.at(MONDAY):
        page = html.unescape(client.get(programme.get_absolute_url(), {"preview": language}).content.decode())
    asked = actions.questionnaire(programme, 0).form(0)
    assert len(asked) >= 12
    assert all(item.text[language] in page for item in asked)


def test_each_button_asks_before_it_acts(client: Client, bank: QuestionBank, company: Unit, keys: None) -> None:
    programme = make_programme(bank)

    def press(name: str, number: int = programme.pk) -> None:
        address = reverse(f"pulses:{name}", args=[number])
        before = Programme.objects.values_list("state", flat=True).get(), Wave.objects.open().count()
        assert client.get(address).status_code == 200
        assert (Programme.objects.values_list("state", flat=True).get(), Wave.objects.open().count()) == before
        assert client.post(address).status_code == 302

    def state() -> str:
        return str(Programme.objects.values_list("state", flat=True).get())

    with clock.at(MONDAY):
        press("programme_start")
        assert state() == "active"
        press("programme_pause")
        assert state() == "paused"
        press("programme_resume")
        assert state() == "active"
        press("programme_run_now")
        wave = Wave.objects.select_related("round").get()
        assert wave.is_open
    with clock.at(MONDAY + timedelta(hours=2)):
        assert client.get(programme.get_absolute_url()).status_code == 200
        press("wave_close_now", wave.pk)
        wave = Wave.objects.select_related("round").get()
        assert wave.round is not None
        assert wave.round.closes_at == MONDAY + timedelta(hours=2)
        press("programme_end")
        assert state() == "ended"


def test_a_refused_start_says_why(client: Client, bank: QuestionBank, company: Unit, hr: Employee) -> None:
    Employee.objects.filter(pk=hr.pk).update(language="en")
    with clock.at(MONDAY), translation.override("en"):
        make_running(bank)
        second = make_programme(bank)
        page = client.post(
            reverse("pulses:programme_start", args=[second.pk]), follow=True, headers={"accept-language": "en"}
        ).content.decode()
    assert "already asks some of these people from the same bank" in page


def test_the_bank_shows_every_question(client: Client, bank: QuestionBank) -> None:
    page = client.get(reverse("pulses:bank"), {"preview": "vi"}).content.decode()
    assert all(question.words["vi"] in page for question in bank.questions.all())


def test_a_programme_costs_the_same_queries_with_many_waves(
    client: Client, bank: QuestionBank, company: Unit, keys: None, django_assert_max_num_queries: Any
) -> None:
    with clock.at(MONDAY - timedelta(days=1)):
        programme = make_running(bank)
    for turn in range(3):
        with clock.at(MONDAY + timedelta(weeks=4 * turn)):
            actions.launch_due_wave(programme_id=programme.pk, now=clock.now())
    with clock.at(MONDAY + timedelta(weeks=9)), django_assert_max_num_queries(14):
        client.get(programme.get_absolute_url())


def english(client: Client, address: str) -> str:
    Employee.objects.update(language="en")
    return html.unescape(client.get(address, headers={"accept-language": "en"}).content.decode())


def test_a_draft_that_would_be_refused_says_so_before_it_is_started(
    client: Client, bank: QuestionBank, company: Unit
) -> None:
    running = make_running(bank, title={"vi": "Đang chạy", "en": "The running one"})
    draft = make_programme(bank)
    page = english(client, draft.get_absolute_url())
    start = reverse("pulses:programme_start", args=[draft.pk])
    assert "This programme cannot be started yet." in page
    assert "“The running one” already asks some of these people from the same bank" in page
    assert start not in page
    actions.end(programme=running)
    page = english(client, draft.get_absolute_url())
    assert "cannot be started yet" not in page
    assert start in page


def test_the_form_says_who_is_asked_already(client: Client, bank: QuestionBank, company: Unit) -> None:
    assert "Who is asked again and again already" not in english(client, reverse("pulses:programme_new"))
    make_running(bank, title={"vi": "Đang chạy", "en": "The running one"})
    page = english(client, reverse("pulses:programme_new"))
    assert "“The running one”, every 4 weeks, from the bank “Bearing pulse survey”:" in page


def test_a_draft_can_be_deleted_and_the_record_keeps_that(client: Client, bank: QuestionBank, hr: Employee) -> None:
    draft = make_programme(bank)
    address = reverse("pulses:programme_delete", args=[draft.pk])
    assert address in client.get(draft.get_absolute_url()).content.decode()
    assert Programme.objects.filter(pk=draft.pk).exists()
    client.get(address)
    assert Programme.objects.filter(pk=draft.pk).exists()
    assert client.post(address).headers["Location"] == reverse("pulses:programme_list")
    assert not Programme.objects.exists()
    said = Fact.objects.get(verb="pulses.programme_deleted")
    assert (said.actor_id, said.subject) == (hr.pk, f"pulses.programme:{draft.pk}")


def test_a_programme_that_was_started_cannot_be_deleted(client: Client, bank: QuestionBank) -> None:
    programme = make_running(bank)
    address = reverse("pulses:programme_delete", args=[programme.pk])
    assert address not in client.get(programme.get_absolute_url()).content.decode()
    client.post(address)
    assert Programme.objects.filter(pk=programme.pk).exists()
    with pytest.raises(actions.AlreadyMoved):
        actions.delete_draft(programme=programme)


def test_a_changed_plan_names_the_fields_that_changed(client: Client, bank: QuestionBank, company: Unit) -> None:
    draft = make_programme(bank)
    branch = Unit.objects.get(code="CN-1")
    client.post(reverse("pulses:programme_edit", args=[draft.pk]), typed(bank, units=[branch.pk], send_hour="10"))
    assert Fact.objects.get(verb="pulses.programme_changed").data == {"fields": ["units", "send_hour"]}


def test_the_plan_counts_the_questions_that_come_on_top(client: Client, bank: QuestionBank) -> None:
    page = english(client, make_programme(bank).get_absolute_url())
    assert "10 scored questions in a wave and 3 extra ones" in page


def test_zones_go_by_their_usual_names_the_common_ones_first(client: Client, bank: QuestionBank) -> None:
    page = english(client, reverse("pulses:programme_new"))
    assert page.index("Vietnam time") < page.index("Africa/Abidjan")
    assert "09:00 (Vietnam time)" in english(client, make_programme(bank).get_absolute_url())

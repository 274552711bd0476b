"""The mails of a wave: in the person's language, with the first question as text and one link."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives

from outbox import registry
from outbox.letters import letter
from outbox.models import Notice
from people.models import Employee, Unit
from portal.lib import clock
from pulses import actions
from pulses.models import QuestionBank
from surveys.models import Key
from tests.pulses.conftest import make_running

MONDAY = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


@pytest.fixture
def launched(keys: None, bank: QuestionBank, company: Unit) -> None:
    with clock.at(MONDAY):
        programme = make_running(bank)
        wave = actions.launch_due_wave(programme_id=programme.pk, now=MONDAY)
    assert wave is not None
    with clock.at(MONDAY + timedelta(days=3)):
        actions.remind(wave=wave, number=1)


def written(kind: str, language: str) -> EmailMultiAlternatives:
    Employee.objects.update(language=language)
    notice = Notice.objects.filter(kind=kind).select_related("employee").order_by("pk")[0]
    announced = registry.kind_named(kind)
    assert announced.secret is not None
    with clock.at(MONDAY + timedelta(days=3)):
        return letter(notice, announced, announced.secret(notice))


@pytest.mark.parametrize("kind", [actions.INVITATION, actions.REMINDER])
@pytest.mark.parametrize(
    ("language", "greeting", "day"),
    [("vi", "Chào Nguyễn Văn ", "13/09/2026"), ("en", "Hello Nguyễn Văn ", "13 September 2026")],
)
def test_each_mail_greets_by_full_name_names_the_last_day_and_has_one_link(
    launched: None, kind: str, language: str, greeting: str, day: str
) -> None:
    mail = written(kind, language)
    text, html = str(mail.body), str(mail.alternatives[0][0])
    for part in (text, html):
        assert greeting in part
        assert day in part
        assert len(re.findall(r"https?://", part)) == 1
        assert f"/{language}/p/" in part
        assert "{" not in re.sub(r"<[^>]*>", "", part)


@pytest.mark.parametrize(
    ("language", "subject"),
    [("vi", "13 câu, khoảng 4 phút: mời bạn góp ý"), ("en", "13 questions, about 4 minutes: your view")],
)
def test_the_subject_says_how_much_is_asked(launched: None, language: str, subject: str) -> None:
    assert written(actions.INVITATION, language).subject == subject


def test_the_first_question_stands_in_the_mail_as_text(launched: None, bank: QuestionBank) -> None:
    body = str(written(actions.INVITATION, "vi").body)
    assert any(question.words["vi"] in body for question in bank.questions.all())


def test_no_notice_and_no_key_holds_a_token(launched: None) -> None:
    token = str(written(actions.INVITATION, "vi").body).partition("/p/")[2].split()[0]
    assert len(token) >= 32
    assert not any(token in str(context) for context in Notice.objects.values_list("context", flat=True))
    assert not any(token.encode() in bytes(hashed) for hashed in Key.objects.values_list("hash", flat=True))


def test_a_reminder_says_whether_it_is_the_last_and_how_to_get_none(launched: None) -> None:
    mail = written(actions.REMINDER, "en")
    assert "There will be at most one more reminder." in str(mail.body)
    assert "List-Unsubscribe" in mail.extra_headers

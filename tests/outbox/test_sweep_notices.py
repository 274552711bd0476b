"""sweep_notices: what is owed leaves once, in the reader's language and waking hours, and tells no more than needed."""

import logging
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from pytest_django import Settings

from outbox import registry
from outbox.actions import forget, owe, owe_many
from outbox.delivery import LEASE, sweep
from outbox.models import Notice
from outbox.tasks import sweep_notices
from people.models import Employee
from portal.lib import clock
from tests.make import make_employee
from tests.outbox.smtp_sink import SmtpSink, free_port, html_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds", "noon")]
State = Notice.State
CONTEXT = {"title": "a new survey", "close_on": "2026-09-20"}


def owe_news(person: Employee, key: str = "news:1", **context: object) -> Notice:
    owe("test.news", employee=person, key=key, context={**CONTEXT, **context}, about="wave:7")
    return Notice.objects.get(key=key)


def owe_reminder(person: Employee, key: str = "reminder:1") -> Notice:
    owe("test.reminder", employee=person, key=key, context=CONTEXT, about="wave:7")
    return Notice.objects.get(key=key)


def test_a_message_goes_out_as_text_and_html_and_is_marked_sent(smtp_sink: SmtpSink, noon: datetime) -> None:
    notice = owe_news(make_employee("Nguyễn Văn Tám", language="en", email="tam@example.vn"))
    sweep_notices()
    (mail,) = smtp_sink.mails
    assert mail["To"] == "tam@example.vn"
    assert mail["Subject"] == "News about a new survey"
    assert mail["Message-ID"] == notice.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert mail.get_content_type() == "multipart/alternative"
    assert "Nguyễn Văn Tám" in text_of(mail)
    assert "a new survey & more, until 20/9/2026." in text_of(mail)
    assert "<p>a new survey</p>" in html_of(mail)
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at, notice.claim_id) == (State.SENT, noon, None)
    sweep_notices()
    assert len(smtp_sink.mails) == 1


def test_a_message_owed_twice_is_owed_once(smtp_sink: SmtpSink) -> None:
    person = make_employee()
    owe_news(person)
    owe_many("test.news", [(person.pk, "news:1", CONTEXT), (person.pk, "news:2", CONTEXT)])
    sweep()
    assert len(smtp_sink.mails) == 2


def test_owing_a_kind_nobody_announced_is_an_error() -> None:
    with pytest.raises(KeyError):
        owe("test.unknown", employee=make_employee(), key="a", context={})


def test_what_was_forgotten_is_not_sent(smtp_sink: SmtpSink) -> None:
    owe_news(make_employee())
    assert forget("wave:7") == 1
    sweep()
    assert smtp_sink.mails == []


def test_the_reader_chooses_the_language(smtp_sink: SmtpSink) -> None:
    title = {"vi": "khảo sát mới", "en": "a new survey"}
    for language in ("vi", "en"):
        person = make_employee(language=language, email=f"{language}@example.vn")
        owe("test.news", employee=person, key=language, context={**CONTEXT, "title": title})
    sweep()
    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in smtp_sink.mails}
    assert subjects == {"vi@example.vn": "Tin về khảo sát mới", "en@example.vn": "News about a new survey"}


def test_many_mails_go_over_one_connection(smtp_sink: SmtpSink) -> None:
    owe_many("test.news", [(make_employee().pk, f"k{n}", CONTEXT) for n in range(30)])
    sweep()
    assert len(smtp_sink.mails) == 30
    assert smtp_sink.connections == 1


@pytest.mark.parametrize(
    ("hour", "morning"),
    [(8, None), (12, None), (19, None), (20, 15), (23, 15), (0, 14), (7, 14)],
)
def test_mail_keeps_to_waking_hours(smtp_sink: SmtpSink, hour: int, morning: int | None) -> None:
    vietnam = ZoneInfo("Asia/Ho_Chi_Minh")
    with clock.at(datetime(2026, 9, 14, hour, 0, tzinfo=vietnam)):
        notice = owe_news(make_employee(time_zone="Asia/Ho_Chi_Minh"))
        sweep()
    notice.refresh_from_db()
    if morning is None:
        assert len(smtp_sink.mails) == 1
        return
    assert smtp_sink.mails == []
    assert (notice.state, notice.attempts) == (State.DUE, 0)
    assert notice.due_at == datetime(2026, 9, morning, 8, 0, tzinfo=vietnam)
    with clock.at(notice.due_at):
        sweep()
    assert len(smtp_sink.mails) == 1


def test_each_reader_has_a_morning_of_their_own(smtp_sink: SmtpSink) -> None:
    """At noon in Vietnam it is one in the night in New York."""
    notice = owe_news(make_employee(time_zone="America/New_York"))
    owe_news(make_employee(email="here@example.vn"), key="here")
    sweep()
    notice.refresh_from_db()
    assert smtp_sink.readers() == ["here@example.vn"]
    assert notice.due_at == datetime(2026, 9, 14, 12, 0, tzinfo=UTC)


def test_a_message_waits_until_it_is_due(smtp_sink: SmtpSink, noon: datetime) -> None:
    owe("test.news", employee=make_employee(), key="later", context=CONTEXT, due_at=noon + timedelta(hours=2))
    sweep()
    assert smtp_sink.mails == []
    with clock.at(noon + timedelta(hours=2)):
        sweep()
    assert len(smtp_sink.mails) == 1


@pytest.mark.parametrize("person", [{"email": None}, {"mail_on": False}])
def test_who_has_or_wants_no_mail_finds_it_in_the_inbox(smtp_sink: SmtpSink, person: dict[str, Any]) -> None:
    notice = owe_news(make_employee(**person))
    sweep()
    notice.refresh_from_db()
    assert (notice.state, smtp_sink.mails) == (State.INBOX_ONLY, [])


def test_who_has_left_gets_nothing(smtp_sink: SmtpSink) -> None:
    notice = owe_news(make_employee(left_on=date(2026, 9, 1)))
    sweep()
    notice.refresh_from_db()
    assert (notice.state, smtp_sink.mails) == (State.DROPPED, [])


def test_what_is_no_longer_due_is_dropped_just_before_sending(smtp_sink: SmtpSink) -> None:
    registry.register_kind("test.news", template="test/news", label="News", still_due=lambda notice: False)
    notice = owe_news(make_employee())
    sweep()
    notice.refresh_from_db()
    assert (notice.state, smtp_sink.mails) == (State.DROPPED, [])


def test_a_secret_reaches_the_mail_and_neither_the_table_nor_the_log(
    smtp_sink: SmtpSink, caplog: pytest.LogCaptureFixture
) -> None:
    link = "https://answers.example/s/zZ9-very-secret-token"
    registry.register_kind("test.news", template="test/news", label="News", secret=lambda notice: {"link": link})
    smtp_sink.answers_to_data["bad@example.vn"] = f"554 5.7.1 bad@example.vn sent {link} which we do not like"
    owe_news(make_employee(email="bad@example.vn"), key="bad")
    owe_news(make_employee(email="good@example.vn", full_name="Lý Thị Kín"), key="good")
    with caplog.at_level(logging.DEBUG):
        sweep()
    (mail,) = smtp_sink.mails
    assert text_of(mail).count(link) == 1
    rows = str(list(Notice.objects.values()))
    ours = str([record.getMessage() for record in caplog.records if record.name != "mail.log"])  # the sink's own log
    for told in (rows, ours):
        assert "secret-token" not in told
        assert "example.vn" not in told
        assert "Kín" not in told


def test_a_passing_refusal_is_tried_again_later_and_later_with_the_same_message_id(
    smtp_sink: SmtpSink, noon: datetime
) -> None:
    smtp_sink.answers["busy@example.vn"] = "451 4.3.0 try again"
    notice = owe_news(make_employee(email="busy@example.vn"))
    moment = noon
    for minutes in (1, 5, 15, 60, 60):
        with clock.at(moment):
            sweep()
            sweep()
        notice.refresh_from_db()
        assert notice.state == State.DUE
        assert notice.due_at == moment + timedelta(minutes=minutes)
        moment = notice.due_at
    del smtp_sink.answers["busy@example.vn"]
    with clock.at(moment):
        sweep()
    notice.refresh_from_db()
    assert notice.state == State.SENT
    assert smtp_sink.copies() == {notice.message_id: 1}


def test_after_eight_tries_a_message_is_set_aside_with_the_reason(smtp_sink: SmtpSink, noon: datetime) -> None:
    smtp_sink.answers["busy@example.vn"] = "451 4.3.0 try again"
    notice = owe_news(make_employee(email="busy@example.vn"))
    moment = noon
    for _ in range(8):
        with clock.at(moment):
            sweep()
        notice.refresh_from_db()
        moment = max(notice.due_at or moment, moment)
    assert (notice.state, notice.attempts) == (State.FAILED, 8)
    assert notice.reason == "451 4.3.0 try again"


@pytest.mark.parametrize("stage", ["answers", "answers_to_data"])
def test_a_lasting_refusal_sets_one_message_aside_and_not_the_next(smtp_sink: SmtpSink, stage: str) -> None:
    getattr(smtp_sink, stage)["gone@example.vn"] = "550 5.1.1 <gone@example.vn>: no such user"
    gone = owe_news(make_employee(email="gone@example.vn"), key="gone")
    here = owe_news(make_employee(email="here@example.vn"), key="here")
    sweep()
    gone.refresh_from_db()
    here.refresh_from_db()
    assert (gone.state, gone.reason) == (State.FAILED, "550 5.1.1 …: no such user")
    assert here.state == State.SENT
    assert smtp_sink.readers() == ["here@example.vn"]


def test_a_mail_server_that_is_away_loses_nothing(smtp_sink: SmtpSink, noon: datetime, settings: Settings) -> None:
    notices = [owe_news(make_employee(), key=f"k{n}") for n in range(3)]
    settings.EMAIL_PORT = free_port()
    sweep()
    for notice in notices:
        notice.refresh_from_db()
        assert (notice.state, notice.attempts) == (State.DUE, 1)
        assert notice.due_at == noon + timedelta(minutes=1)
        assert "no connection" in notice.reason
    settings.EMAIL_PORT = smtp_sink.port
    with clock.at(noon + timedelta(minutes=1)):
        sweep()
    assert len(smtp_sink.mails) == 3


def test_a_hostile_name_adds_no_header_and_no_markup(smtp_sink: SmtpSink) -> None:
    person = make_employee(email="x@example.vn", language="en")
    name = "Eve\r\nBcc: victim@example.vn\r\n\r\n<script>alert(1)</script>"
    Employee.objects.filter(pk=person.pk).update(full_name=name)
    owe_news(person, title="free\nBcc: victim@example.vn\n<b>bold</b>")
    sweep()
    (mail,) = smtp_sink.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "News about free Bcc: victim@example.vn <b>bold</b>"
    assert "<script>" not in html_of(mail)
    assert "<b>bold" not in html_of(mail)


@pytest.mark.parametrize("address", ["x@example.vn\nBcc: victim@example.vn", "not an address", "a@b, c@d"])
def test_a_hostile_address_is_set_aside(smtp_sink: SmtpSink, address: str) -> None:
    person = make_employee()
    Employee.objects.filter(pk=person.pk).update(email=address)
    notice = owe_news(person)
    owe_news(make_employee(email="here@example.vn"), key="here")
    sweep()
    notice.refresh_from_db()
    assert smtp_sink.readers() == ["here@example.vn"]
    assert notice.state == State.FAILED
    assert "victim" not in notice.reason


def test_a_message_that_cannot_be_written_is_set_aside_and_the_others_go(smtp_sink: SmtpSink) -> None:
    notice = owe_news(make_employee(), close_on="no day at all")
    owe_news(make_employee(), key="good")
    sweep()
    notice.refresh_from_db()
    assert (notice.state, len(smtp_sink.mails)) == (State.FAILED, 1)


# Reminders --------------------------------------------------------------------------------------------------------


def test_a_reminder_can_be_stopped_with_one_press(smtp_sink: SmtpSink) -> None:
    owe_reminder(make_employee())
    sweep()
    (mail,) = smtp_sink.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/inbox/unsubscribe/" in mail["List-Unsubscribe"]


def test_who_wants_no_reminders_gets_the_news_only(smtp_sink: SmtpSink) -> None:
    person = make_employee(reminders_off=True)
    owe_reminder(person)
    owe_news(person)
    sweep()
    assert [str(mail["Subject"])[:3] for mail in smtp_sink.mails] == ["Tin"]


def test_afterwards_no_reminder_tells_whether_it_went_out_or_when(
    smtp_sink: SmtpSink, caplog: pytest.LogCaptureFixture
) -> None:
    smtp_sink.answers["gone@example.vn"] = "550 5.1.1 no such user"
    answered = make_employee(email="answered@example.vn")
    registry.register_kind(
        "test.reminder",
        template="test/reminder",
        label="Reminder",
        reminder=True,
        still_due=lambda notice: notice.employee_id != answered.pk,
    )
    owe_reminder(answered, "a")
    owe_reminder(make_employee(email="reminded@example.vn"), "b")
    owe_reminder(make_employee(email="gone@example.vn"), "c")
    owe_reminder(make_employee(email=None), "d")
    owe_reminder(make_employee(reminders_off=True), "e")
    with caplog.at_level(logging.DEBUG):
        sweep()
    assert smtp_sink.readers() == ["reminded@example.vn"]
    rows = Notice.objects.values(
        "state", "due_at", "sent_at", "attempts", "reason", "claim_id", "claimed_until", "is_read"
    )
    assert len({tuple(row.items()) for row in rows}) == 1
    assert rows[0]["sent_at"] is None
    assert rows[0]["due_at"] is None
    assert "outbox" not in caplog.text


def test_a_kind_may_keep_no_sent_time(smtp_sink: SmtpSink) -> None:
    registry.register_kind("test.news", template="test/news", label="News", keeps_sent_time=False)
    notice = owe_news(make_employee())
    sweep()
    notice.refresh_from_db()
    assert (notice.state, notice.sent_at, notice.due_at) == (State.SENT, None, None)


# Several workers --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_send_each_message_once(smtp_sink: SmtpSink) -> None:
    owe_many("test.news", [(make_employee().pk, f"k{n}", CONTEXT) for n in range(250)])

    def work() -> None:
        try:
            sweep()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(smtp_sink.copies()) == 250
    assert set(smtp_sink.copies().values()) == {1}
    assert Notice.objects.filter(state=State.SENT).count() == 250


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_lease_ran_out_leaves_the_message_to_the_other(smtp_sink: SmtpSink, noon: datetime) -> None:
    """The first worker hangs in its first mail; a second one takes over what the first still holds, save that mail."""
    owe_many("test.news", [(make_employee().pk, f"k{n}", CONTEXT) for n in range(4)])
    hangs, goes_on = threading.Event(), threading.Event()
    registry.register_kind("test.news", template="test/news", label="News", secret=lambda notice: hang())

    def hang() -> dict[str, object]:
        if not hangs.is_set():
            hangs.set()
            goes_on.wait(10)
        return {}

    def work() -> None:
        try:
            sweep()
        finally:
            connection.close()

    first = threading.Thread(target=work)
    first.start()
    assert hangs.wait(10)
    with clock.at(noon + LEASE + timedelta(seconds=1)):
        sweep()
        goes_on.set()
        first.join()
    assert len(smtp_sink.copies()) == 4
    assert sum(smtp_sink.copies().values()) == 5
    assert not Notice.objects.exclude(state=State.SENT).exists()

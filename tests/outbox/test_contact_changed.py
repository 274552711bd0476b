"""An address or a sign-in changed by somebody else: the address before is told, once, and then forgotten."""

import logging
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from diary.models import Fact
from outbox import registry
from outbox.actions import owe, owe_elsewhere
from outbox.delivery import sweep
from outbox.models import Notice
from people.actions.codes import print_codes
from people.actions.contact import set_email
from people.actions.imports import confirm_import, match_columns, run_import, start_import
from people.models import Employee, StaffImport
from people.roles import Role
from portal.lib import clock
from tests.make import make_employee
from tests.outbox.smtp_sink import SmtpSink, html_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
State = Notice.State
KIND = "people.contact_changed"


@pytest.fixture
def hr() -> Employee:
    return make_employee("Trần Thị Hòa", number="HR1", email="hoa@example.vn", roles=(Role.HR,))


def person(language: str = "en", *, mail_on: bool = True) -> Employee:
    return make_employee("Lê Văn Đạt", number="NV2", email="dat@example.vn", language=language, mail_on=mail_on)


def import_list(hr: Employee, *rows: str) -> StaffImport:
    """HR's own row, and these."""
    text = "\n".join(["number,full name,email", "HR1,Trần Thị Hòa,hoa@example.vn", *rows])
    made = start_import(started_by=hr, file_name="staff.csv", content=f"{text}\n".encode())
    match_columns(staff_import=made, mapping=made.mapping)
    checked = run_import(made.pk)
    assert checked is not None
    confirm_import(staff_import=checked, leavers_confirmed=checked.result["left"])
    done = run_import(made.pk)
    assert done is not None
    assert done.state == StaffImport.State.APPLIED
    return done


def facts() -> list[Fact]:
    return list(Fact.objects.filter(verb="people.contact_changed").order_by("subject"))


def test_the_address_before_is_told_that_the_staff_list_changed_it(smtp_sink: SmtpSink, hr: Employee) -> None:
    person()
    import_list(hr, "NV2,Lê Văn Đạt,le.dat@example.vn")
    sweep()
    (mail,) = smtp_sink.mails
    assert mail["To"] == "dat@example.vn"
    assert mail["Subject"] == "Your email address in Bearing was changed"
    for part in (text_of(mail), html_of(mail)):
        assert "On 14 September 2026 HR's staff list changed your email address in Bearing" in part
        assert "If that is wrong, tell HR." in part
        assert "le.dat@example.vn" not in part


def test_the_only_link_is_the_address_of_the_portal(smtp_sink: SmtpSink, hr: Employee, settings: Settings) -> None:
    settings.BASE_URL = "https://bearing.example.vn"
    set_email(employee=person(), email="le.dat@example.vn", actor=hr)
    sweep()
    (mail,) = smtp_sink.mails
    assert [word for word in text_of(mail).split() if "://" in word] == ["https://bearing.example.vn"]
    assert html_of(mail).count("href=") == html_of(mail).count('href="https://bearing.example.vn"') == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_mail_speaks_the_language_of_the_person(smtp_sink: SmtpSink, hr: Employee, language: str) -> None:
    day = {"vi": "14/09/2026", "en": "14 September 2026"}[language]
    set_email(employee=person(language), email="le.dat@example.vn", actor=hr)
    sweep()
    (mail,) = smtp_sink.mails
    assert day in text_of(mail)


def test_the_same_list_twice_tells_once(smtp_sink: SmtpSink, hr: Employee) -> None:
    person()
    for _ in range(2):
        import_list(hr, "NV2,Lê Văn Đạt,le.dat@example.vn")
    sweep()
    assert smtp_sink.readers() == ["dat@example.vn"]
    assert len(facts()) == 1


def test_each_change_is_a_fact_about_that_person_that_holds_no_address(hr: Employee) -> None:
    dat, anh = person(), make_employee("Phạm Ngọc Anh", number="NV3", email=None)
    import_list(hr, "NV2,Lê Văn Đạt,le.dat@example.vn", "NV3,Phạm Ngọc Anh,anh@example.vn")
    assert {fact.subject for fact in facts()} == {f"people.employee:{dat.pk}", f"people.employee:{anh.pk}"}
    assert [(fact.actor_id, fact.data) for fact in facts()] == [(hr.pk, {"cause": "list"})] * 2
    assert "@" not in str(list(Fact.objects.values()))


def test_who_had_no_address_is_marked_and_nobody_is_told(smtp_sink: SmtpSink, hr: Employee) -> None:
    make_employee("Phạm Ngọc Anh", number="NV3", email=None)
    import_list(hr, "NV3,Phạm Ngọc Anh,anh@example.vn")
    sweep()
    assert smtp_sink.mails == []
    assert Employee.objects.get(number="NV3").contact_changed_at is not None


def test_who_loses_the_address_is_told_there_for_the_last_time(smtp_sink: SmtpSink, hr: Employee) -> None:
    person()
    import_list(hr, "NV2,Lê Văn Đạt,")
    sweep()
    assert smtp_sink.readers() == ["dat@example.vn"]


def test_two_who_swap_addresses_are_each_told_at_the_one_they_had(smtp_sink: SmtpSink, hr: Employee) -> None:
    person()
    make_employee("Phạm Ngọc Anh", number="NV3", email="anh@example.vn", language="en")
    import_list(hr, "NV2,Lê Văn Đạt,anh@example.vn", "NV3,Phạm Ngọc Anh,dat@example.vn")
    sweep()
    told = {str(mail["To"]): text_of(mail) for mail in smtp_sink.mails}
    assert "Hello Lê Văn Đạt" in told["dat@example.vn"]
    assert "Hello Phạm Ngọc Anh" in told["anh@example.vn"]


def test_other_capitals_are_the_same_address(smtp_sink: SmtpSink, hr: Employee) -> None:
    dat = person()
    Employee.objects.filter(pk=dat.pk).update(email="Dat@Example.vn")
    assert set_email(employee=dat, email="DAT@example.VN ", actor=hr) is False
    import_list(hr, "NV2,Lê Văn Đạt,dAt@example.vn")
    sweep()
    dat.refresh_from_db()
    assert (dat.email, dat.contact_changed_at) == ("dat@example.vn", None)
    assert (smtp_sink.mails, facts()) == ([], [])


def test_a_leaver_whose_address_passes_on_is_told_nothing(smtp_sink: SmtpSink, hr: Employee) -> None:
    person()
    import_list(hr, "NV9,Lê Văn Đạt,dat@example.vn")
    sweep()
    assert smtp_sink.mails == []


def test_who_has_an_address_is_told_that_a_code_was_printed(smtp_sink: SmtpSink, hr: Employee) -> None:
    guard = make_employee("Nguyễn Văn Tám", email=None)
    print_codes(employees=[person(), guard], actor=hr)
    sweep()
    (mail,) = smtp_sink.mails
    assert (mail["To"], mail["Subject"]) == ("dat@example.vn", "Your sign-in to Bearing was reset")
    assert "HR printed a one-time code for you" in text_of(mail)
    assert [fact.data for fact in facts()] == [{"cause": "code"}] * 2


def test_who_wants_no_mail_is_told_all_the_same(smtp_sink: SmtpSink, hr: Employee) -> None:
    set_email(employee=person(mail_on=False), email="le.dat@example.vn", actor=hr)
    sweep()
    assert smtp_sink.readers() == ["dat@example.vn"]


def test_the_address_before_is_kept_until_the_mail_has_gone_and_no_longer(smtp_sink: SmtpSink, hr: Employee) -> None:
    set_email(employee=person(), email="le.dat@example.vn", actor=hr)
    assert Notice.objects.get(kind=KIND).to_address == "dat@example.vn"
    sweep()
    notice = Notice.objects.get(kind=KIND)
    assert (notice.state, notice.to_address) == (State.SENT, "")
    assert "dat@" not in str(list(Notice.objects.values()))


def test_the_address_before_survives_a_refusal_for_the_moment(
    smtp_sink: SmtpSink, hr: Employee, noon: datetime
) -> None:
    set_email(employee=person(), email="le.dat@example.vn", actor=hr)
    smtp_sink.answers["dat@example.vn"] = "451 later"
    sweep()
    assert Notice.objects.get(kind=KIND).to_address == "dat@example.vn"
    smtp_sink.answers.clear()
    with clock.at(noon + timedelta(minutes=2)):
        sweep()
    assert smtp_sink.readers() == ["dat@example.vn"]


def test_an_address_that_takes_no_mail_any_more_is_forgotten_and_gives_hr_no_work(
    smtp_sink: SmtpSink, hr: Employee
) -> None:
    set_email(employee=person(), email="le.dat@example.vn", actor=hr)
    smtp_sink.answers["dat@example.vn"] = "550 no such mailbox"
    sweep()
    notice = Notice.objects.get(kind=KIND)
    assert (notice.state, notice.to_address, notice.reason) == (State.INBOX_ONLY, "", "")
    assert not Notice.objects.set_aside_visible_to(hr).exists()


def test_the_message_never_goes_to_the_new_address_when_the_old_one_is_gone(smtp_sink: SmtpSink, hr: Employee) -> None:
    set_email(employee=person(), email="le.dat@example.vn", actor=hr)
    Notice.objects.filter(kind=KIND).update(to_address="")
    sweep()
    assert smtp_sink.mails == []


def test_a_message_that_has_ended_cannot_keep_an_address(hr: Employee) -> None:
    set_email(employee=person(), email="le.dat@example.vn", actor=hr)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(kind=KIND).update(state=State.SENT)


def test_no_log_names_an_address(smtp_sink: SmtpSink, hr: Employee, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="bearing"):
        set_email(employee=person(), email="le.dat@example.vn", actor=hr)
        sweep()
    assert "outbox swept" in caplog.text
    assert "@" not in caplog.text


def test_a_kind_goes_either_to_the_person_or_elsewhere(hr: Employee) -> None:
    with pytest.raises(ValueError, match="owe_elsewhere"):
        owe(KIND, employee=hr, key="a", context={})
    with pytest.raises(ValueError, match="own address"):
        owe_elsewhere("people.invitation", [(hr.pk, "a", {}, "x@example.vn")])
    assert [kind.name for kind in registry.kinds() if kind.elsewhere] == [KIND]

"""The invitation of the entrance, carried by the outbox: the link is made when the mail leaves, and stored nowhere."""

import re
from typing import Any

import pytest
from django.test import Client

from outbox.delivery import sweep
from outbox.models import Notice
from people.actions.employees import invite
from people.models import Employee
from people.roles import Role
from tests.make import make_employee
from tests.outbox.smtp_sink import SmtpSink, html_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_an_invited_person_gets_a_link_that_sets_a_password(smtp_sink: SmtpSink, client: Client) -> None:
    person = make_employee("Nguyễn Văn Tám", email="tam@example.vn", language="en")
    invite(employees=Employee.objects.filter(pk=person.pk), actor=make_employee(roles=(Role.HR,)))
    sweep()
    (mail,) = smtp_sink.mails
    (link,) = re.findall(r"https?://\S+", text_of(mail))
    assert link in html_of(mail).replace("&amp;", "&")
    assert link not in str(list(Notice.objects.values()))
    page = client.get("/" + link.split("/", 3)[3], follow=True)
    assert page.status_code == 200
    assert "password1" in page.content.decode()


def test_who_has_set_a_password_meanwhile_gets_no_invitation(smtp_sink: SmtpSink) -> None:
    person = make_employee(password="con-cá-bơi-trong-hồ")
    invite(employees=Employee.objects.filter(pk=person.pk), actor=make_employee(roles=(Role.HR,)))
    sweep()
    assert smtp_sink.mails == []


@pytest.mark.parametrize(
    ("company", "subject"),
    [("An Nhiên Retail", "Your access to Bearing at An Nhiên Retail"), ("Bearing", "Your access to Bearing")],
)
def test_the_subject_names_the_company_only_when_it_is_known(
    smtp_sink: SmtpSink, settings: Any, company: str, subject: str
) -> None:
    settings.COMPANY_NAME = company
    person = make_employee(language="en")
    invite(employees=Employee.objects.filter(pk=person.pk), actor=make_employee(roles=(Role.HR,)))
    sweep()
    (mail,) = smtp_sink.mails
    assert mail["Subject"] == subject
    assert ("where An Nhiên Retail listens" in text_of(mail)) == (company != "Bearing")

"""The demo's post office: mails are found by a part of an address or a name, and shown as mail programs show them."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.make import make_employee

pytestmark = pytest.mark.django_db

NOON = 1_788_760_800_000_000_000  # 7 September 2026, 13:00 in Vietnam


@pytest.fixture
def office(settings: Any, tmp_path: Path) -> Path:
    settings.DEMO, settings.DEMO_DIR = True, tmp_path
    folder = tmp_path / "mails"
    folder.mkdir()
    for number, to in enumerate(["an0009@annhien.example", "an0010@annhien.example"]):
        mail = EmailMessage()
        mail["To"], mail["Subject"] = to, f"Thư {number}"
        mail.set_content("Chữ thường")
        mail.add_alternative("<p style='color:red'>Chữ <b>đậm</b></p>", subtype="html")
        (folder / f"{NOON:020d}-{number:06d}.eml").write_bytes(mail.as_bytes())
    make_employee("Nguyễn Văn Tám", number="AN0009", email="an0009@annhien.example")
    return folder


@pytest.mark.parametrize("words", ["an0009", "AN0009@ANNHIEN", "Tám", "van tam", "Nguyễn Văn Tám"])
def test_a_part_of_an_address_or_a_name_finds_a_mail(client: Client, office: Path, words: str) -> None:
    page = client.get(reverse("demo_mails"), {"to": words}).content.decode()
    assert "an0009@annhien.example" in page
    assert "an0010@annhien.example" not in page


def test_the_list_shows_the_hour(client: Client, office: Path) -> None:
    assert "13:00" in client.get(reverse("demo_mails")).content.decode()


def test_the_html_of_a_mail_is_shut_in(client: Client, office: Path) -> None:
    name = next(office.glob("*.eml")).stem
    address = reverse("demo_mail_html", args=[name])
    assert address in client.get(reverse("demo_mail", args=[name])).content.decode()
    answer = client.get(address)
    assert "<b>đậm</b>" in answer.content.decode()
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy


def test_outside_the_demo_there_are_no_mails(client: Client, office: Path, settings: Any) -> None:
    settings.DEMO = False
    name = next(office.glob("*.eml")).stem
    assert client.get(reverse("demo_mail_html", args=[name])).status_code == 404

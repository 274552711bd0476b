"""What every page has: the menu for this person, the language, the colours, help when something is wrong."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from people.models import Employee
from people.roles import Role
from tests.make import PASSWORD, make_employee, make_unit

pytestmark = pytest.mark.django_db
MENU = re.compile(r'<nav aria-label="[^"]*">(.*?)</nav>', re.DOTALL)
TABS = re.compile(r'<nav class="tabs".*?</nav>', re.DOTALL)
ACCOUNT_PAGES = [
    "account_login",
    "account_request_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_inactive",
]
OWN_ACCOUNT_PAGES = [
    "account_change_password",
    "account_email",
    "account_logout",
    "mfa_index",
    "usersessions_list",
]


def in_english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def menu_of(client: Client, employee: Employee) -> str:
    client.force_login(employee, backend="allauth.account.auth_backends.AuthenticationBackend")
    found = MENU.search(in_english(client).get(reverse("help")).content.decode())
    assert found
    return found.group(1)


def test_an_employee_sees_the_pages_of_an_employee(client: Client) -> None:
    menu = menu_of(client, make_employee())
    assert ">Home<" in menu
    assert ">Results<" in menu
    assert ">Inbox<" in menu
    assert "Employees" not in menu
    assert "Surveys" not in menu
    assert "Activity record" not in menu


def test_hr_sees_people_and_surveys_and_internal_audit_the_record(client: Client) -> None:
    menu = menu_of(client, make_employee(roles=(Role.HR,)))
    for word in ("Employees", "Import", "Surveys"):
        assert f">{word}<" in menu
    assert ">Activity record<" not in menu
    assert ">Activity record<" in menu_of(client, make_employee(roles=(Role.AUDITOR,)))


def test_the_cx_team_sees_surveys_but_no_staff_list(client: Client) -> None:
    menu = menu_of(client, make_employee(roles=(Role.CX,)))
    assert ">Surveys<" in menu
    assert "Employees" not in menu
    assert "Import" not in menu


def test_an_auditor_sees_the_record(client: Client) -> None:
    menu = menu_of(client, make_employee(roles=(Role.AUDITOR,)))
    assert ">Activity record<" in menu
    assert "Surveys" not in menu


def test_a_leader_sees_the_people_led(client: Client) -> None:
    leader = make_employee()
    make_unit(leader=leader)
    assert ">Employees<" in menu_of(client, leader)


def test_every_entry_of_the_menu_opens(client: Client) -> None:
    menu = menu_of(client, make_employee(roles=(Role.HR, Role.AUDITOR), unit=make_unit()))
    addresses = re.findall(r'href="([^"]+)"', menu)
    assert len(addresses) >= 6
    for address in addresses:
        assert client.get(address).status_code in (200, 302), address


def test_a_phone_has_at_most_four_tabs(client: Client) -> None:
    client.force_login(
        make_employee(roles=(Role.HR, Role.CX, Role.AUDITOR)),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    tabs = TABS.search(client.get(reverse("help")).content.decode())
    assert tabs
    assert 2 <= tabs.group(0).count("<a ") <= 4


def test_a_guest_reads_the_help_without_a_menu(client: Client) -> None:
    page = in_english(client).get(reverse("help"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Who can see what I answer?" in text
    assert not MENU.search(text)
    assert 'lang="en"' in text


def test_the_help_costs_a_fixed_number_of_queries(client: Client, django_assert_max_num_queries: object) -> None:
    client.force_login(make_employee(roles=(Role.HR,)), backend="allauth.account.auth_backends.AuthenticationBackend")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get(reverse("help"))


@pytest.mark.parametrize(("language", "word"), [("en", "Help"), ("vi", "Trợ giúp")])
def test_the_language_is_switched_by_a_plain_form(client: Client, language: str, word: str) -> None:
    switched = client.post(reverse("language"), {"language": language, "next": reverse("help")})
    assert switched.status_code == 302
    assert switched["Location"] == reverse("help")
    text = client.get(reverse("help")).content.decode()
    assert f'<html lang="{language}"' in text
    assert word in text


def test_a_language_nobody_speaks_here_changes_nothing(client: Client) -> None:
    client.post(reverse("language"), {"language": "xx"})
    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies


@pytest.mark.parametrize(
    ("theme", "attribute"), [("dark", 'data-bs-theme="dark"'), ("light", 'data-bs-theme="light"'), ("system", "")]
)
def test_colours_are_chosen_on_the_server(client: Client, theme: str, attribute: str) -> None:
    client.post(reverse("theme"), {"theme": theme, "next": reverse("help")})
    opening = re.search(r"<html[^>]*>", client.get(reverse("help")).content.decode())
    assert opening
    assert attribute in opening.group(0)
    assert ("data-bs-theme" in opening.group(0)) is bool(attribute)


def test_colours_nobody_knows_change_nothing(client: Client) -> None:
    client.post(reverse("theme"), {"theme": 'dark" onload="x'})
    assert "theme" not in client.cookies
    client.cookies["theme"] = 'x"><script>'
    assert b"<script>" not in client.get(reverse("help")).content


@pytest.mark.parametrize("switch", ["language", "theme"])
@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_a_switch_never_leads_to_another_site(client: Client, switch: str, to: str) -> None:
    assert client.post(reverse(switch), {"next": to, "language": "en", "theme": "dark"})["Location"] == "/"


@pytest.mark.parametrize("switch", ["language", "theme"])
def test_a_switch_is_not_a_link(client: Client, switch: str) -> None:
    assert client.get(reverse(switch)).status_code == 405


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_sign_in_pages_wear_the_same_clothes(client: Client, name: str, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    text = client.get(reverse(name)).content.decode()
    assert "portal/css/components.css" in text
    assert text.count("<h1") == 1
    assert " style=" not in text


@pytest.mark.parametrize("name", OWN_ACCOUNT_PAGES)
def test_account_pages_wear_the_same_clothes(client: Client, name: str) -> None:
    employee = make_employee(password=PASSWORD)
    client.login(username=employee.number, password=PASSWORD)
    page = client.get(reverse(name))
    text = page.content.decode()
    assert page.status_code == 200
    assert "portal/css/components.css" in text
    assert text.count("<h1") == 1
    assert " style=" not in text


def test_the_sign_in_field_asks_for_email_or_number(client: Client) -> None:
    assert "Email or employee number" in in_english(client).get(reverse("account_login")).content.decode()


def test_a_wrong_password_says_so_beside_the_form(client: Client) -> None:
    employee = make_employee(password=PASSWORD)
    page = in_english(client).post(reverse("account_login"), {"login": employee.number, "password": "wrong"})
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()


def test_a_missing_page_says_what_to_do(client: Client) -> None:
    page = in_english(client).get("/no-such-page/")
    assert page.status_code == 404
    assert "Go to the home page" in page.content.decode()


def test_a_form_without_its_proof_is_refused_in_plain_words() -> None:
    client = in_english(Client(enforce_csrf_checks=True))
    page = client.post(reverse("theme"), {"theme": "dark"})
    assert page.status_code == 403
    assert "Nothing has been saved" in page.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_error_page_needs_no_request_and_no_database(name: str, language: str) -> None:
    with translation.override(language):
        text = render_to_string(f"{name}.html")
    assert text.count("<h1") == 1
    assert 'class="btn go" href="/"' in text
    assert f'<html lang="{language}"' in text


@pytest.mark.parametrize(("language", "said"), [("en", "Chrome on Android"), ("vi", "Chrome trên Android")])
def test_devices_are_named_in_words(client: Client, language: str, said: str) -> None:
    chrome = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
    person = make_employee()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    key = client.session.session_key
    UserSession.objects.create(user=person, ip="10.0.0.9", session_key=key, user_agent=chrome)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(reverse("usersessions_list")).content.decode()
    assert said in page
    assert "Mozilla" not in page

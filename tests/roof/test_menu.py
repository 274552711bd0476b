"""One door to assessments for each role, in a menu that stays short."""

import re

import pytest
from django.urls import reverse

from tests.roof.conftest import Stage

pytestmark = pytest.mark.django_db

DOORS = {
    "employee": ("results", "Assessment"),
    "leader": ("results", "Assessment"),
    "hr": ("cycle_list", "Assessments"),
    "cx": ("cycle_list", "Assessments"),
    "board": ("results", "Assessment"),
    "reviewer": ("evidence_review", "Evidence"),
    "auditor": ("results", "Assessment"),
}


def page_of(stage: Stage, role: str) -> str:
    browser = stage.browser(role)
    browser.cookies["django_language"] = "en"
    return browser.get(reverse("help")).content.decode()


def links_of(part: str) -> dict[str, str]:
    """What each link of a part of the page says, and where it leads."""
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', part, re.DOTALL)
    return {" ".join(re.sub(r"<[^>]+>", " ", text).split()): href for href, text in found}


@pytest.mark.parametrize("role", list(DOORS))
def test_each_role_has_a_door_to_what_it_does_most_and_it_opens(stage: Stage, role: str) -> None:
    name, label = DOORS[role]
    menu = re.search(r'<nav aria-label="[^"]*">(.*?)</nav>', page_of(stage, role), re.DOTALL)
    assert menu
    doors = links_of(menu[1])
    assert doors[label] == reverse(f"assessments:{name}")
    assert stage.browser(role).get(doors[label]).status_code == 200
    assert len(doors) <= 9


@pytest.mark.parametrize(
    ("role", "tabs"),
    [
        ("employee", ["Home", "Results", "Actions", "Inbox"]),
        ("leader", ["Home", "Results", "Actions", "Inbox"]),
        ("cx", ["Home", "Results", "Surveys", "Inbox"]),
        ("board", ["Home", "Results", "Assessment", "Inbox"]),
        ("reviewer", ["Home", "Results", "Evidence", "Inbox"]),
    ],
)
def test_a_phone_has_four_tabs_and_the_third_is_what_the_role_does_most(
    stage: Stage, role: str, tabs: list[str]
) -> None:
    shown = re.search(r'<nav class="tabs".*?</nav>', page_of(stage, role), re.DOTALL)
    assert shown
    assert list(links_of(shown[0])) == tabs

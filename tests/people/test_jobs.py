"""Role families and shifts: a word where the value is a known one, else what HR imported."""

import re

import pytest
from django.test import Client
from django.utils import translation

from people.jobs import ROLE_FAMILIES, role_family_word, shift_word
from portal.demo.company import PLANS
from tests.make import make_employee
from tests.people.test_pages import signed_in


@pytest.mark.parametrize(("language", "words"), [("en", ["Shop", "Night"]), ("vi", ["Cửa hàng", "Đêm"])])
def test_known_values_are_said_in_the_language_of_the_reader(language: str, words: list[str]) -> None:
    with translation.override(language):
        assert [role_family_word("shop"), shift_word("đêm")] == words


def test_other_values_stand_as_hr_imported_them() -> None:
    assert [role_family_word("Thợ điện 3/7"), shift_word("Ca gãy"), shift_word("")] == ["Thợ điện 3/7", "Ca gãy", ""]


def test_every_role_family_of_the_demo_is_known() -> None:
    assert {plan.role for plan in PLANS} <= set(ROLE_FAMILIES)


@pytest.mark.django_db
def test_the_own_page_shows_the_word() -> None:
    client: Client = signed_in(make_employee(language="en", role_family="shop", shift="sáng"))
    page = client.get("/me/").content.decode()
    assert re.search(r"<dd>\s*Shop\s*</dd>", page)
    assert "<dd>Morning</dd>" in page

"""Who may open which page of the entrance."""

import pytest
from django.test import Client
from django.urls import reverse

from people.actions.employees import give_grant
from people.actions.imports import start_import
from people.models import Employee, Unit
from people.roles import Role
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

LISTS = ["employee_list", "import_list", "import_new", "code_list", "me"]


@pytest.fixture
def company() -> dict[str, Employee]:
    root = make_unit("CTY", name_vi="Công ty An Nhiên")
    south = make_unit("MN", name_vi="Miền Nam", parent=root)
    store = make_unit("KHO", name_vi="Kho", parent=south)
    cast = {
        "hr": make_employee("Trần Thị Hòa", roles=(Role.HR,), unit=root),
        "cx": make_employee("Lê Văn Cường", roles=(Role.CX,), unit=root),
        "auditor": make_employee("Đỗ Thị Kiểm", roles=(Role.AUDITOR,), unit=root),
        "leader": make_employee("Phạm Văn Long", unit=south),
        "staff": make_employee("Nguyễn Văn Tám", unit=store),
        "stranger": make_employee("Đặng Thị Xa", unit=root),
    }
    Unit.objects.filter(pk=south.pk).update(leader=cast["leader"])
    return cast


def signed_in(employee: Employee) -> Client:
    client = Client()
    client.force_login(employee, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("hr", [200, 200, 200, 200, 200]),
        ("leader", [200, 403, 403, 403, 200]),
        ("cx", [403, 403, 403, 403, 200]),
        ("auditor", [403, 403, 403, 403, 200]),
        ("staff", [403, 403, 403, 403, 200]),
    ],
)
def test_each_role_opens_its_own_pages(company: dict[str, Employee], who: str, expected: list[int]) -> None:
    client = signed_in(company[who])

    assert [client.get(reverse(f"people:{name}")).status_code for name in LISTS] == expected


def test_nobody_opens_a_page_without_signing_in(company: dict[str, Employee]) -> None:
    assert [Client().get(reverse(f"people:{name}")).status_code for name in LISTS] == [302] * 5


@pytest.mark.parametrize(
    ("who", "expected"), [("hr", 200), ("leader", 200), ("staff", 200), ("stranger", 404), ("cx", 404)]
)
def test_a_person_is_seen_by_hr_by_the_leader_and_by_oneself(
    company: dict[str, Employee], who: str, expected: int
) -> None:
    page = signed_in(company[who]).get(reverse("people:employee", args=[company["staff"].pk]))

    assert page.status_code == expected


@pytest.mark.parametrize(
    "act", ["employee_email", "employee_language", "employee_leave", "employee_grants", "employee_invite"]
)
@pytest.mark.parametrize(("who", "expected"), [("leader", 403), ("staff", 403), ("cx", 404)])
def test_only_hr_changes_a_person(company: dict[str, Employee], act: str, who: str, expected: int) -> None:
    address = reverse(f"people:{act}", args=[company["staff"].pk])

    assert signed_in(company[who]).post(address, {"roles": ["hr"], "language": "en"}).status_code == expected
    assert not company["staff"].grants.exists()


def test_hr_gives_access_rights_to_others_and_not_to_oneself(company: dict[str, Employee]) -> None:
    client = signed_in(company["hr"])

    client.post(reverse("people:employee_grants", args=[company["staff"].pk]), {"roles": ["auditor", "cx"]})
    own = client.post(reverse("people:employee_grants", args=[company["hr"].pk]), {"roles": ["auditor"]})

    assert set(company["staff"].grants.values_list("role", flat=True)) == {"auditor", "cx"}
    assert own.status_code == 403


def test_every_right_is_offered_and_what_is_not_ticked_is_taken_back(company: dict[str, Employee]) -> None:
    give_grant(employee=company["staff"], role=Role.BOARD)
    client = signed_in(company["hr"])
    address = reverse("people:employee_grants", args=[company["staff"].pk])

    page = client.get(reverse("people:employee", args=[company["staff"].pk])).content.decode()
    refused = client.post(address, {"roles": ["king"]})
    client.post(address, {"roles": ["reviewer", "cx"]})

    assert all(f'value="{role}"' in page for role in Role)
    assert refused.status_code == 200
    assert set(company["staff"].grants.values_list("role", flat=True)) == {"reviewer", "cx"}


def test_leave_that_ends_before_it_begins_is_refused(company: dict[str, Employee]) -> None:
    address = reverse("people:employee_leave", args=[company["staff"].pk])
    client = signed_in(company["hr"])

    refused = client.post(address, {"away_from": "2026-12-10", "away_until": "2026-12-01"})
    client.post(address, {"away_from": "2026-12-01", "away_until": "2026-12-10"})

    assert refused.status_code == 200
    assert str(Employee.objects.get(pk=company["staff"].pk).away_until) == "2026-12-10"


def test_a_leader_finds_the_people_led_and_nobody_else(company: dict[str, Employee]) -> None:
    page = signed_in(company["leader"]).get(reverse("people:employee_list"), {"q": "nguyen tam"})
    other = signed_in(company["leader"]).get(reverse("people:employee_list"), {"q": "dang xa"})

    assert "Nguyễn Văn Tám" in page.content.decode()
    assert "Đặng Thị Xa" not in other.content.decode()


def test_the_list_costs_the_same_queries_for_many_people(
    company: dict[str, Employee], django_assert_max_num_queries: object
) -> None:
    for _ in range(30):
        make_employee(unit=company["staff"].unit)
    client = signed_in(company["hr"])
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(reverse("people:employee_list"))


def test_people_choose_language_and_channels_on_their_own_page(company: dict[str, Employee]) -> None:
    client = signed_in(company["staff"])

    client.post(reverse("people:me"), {"language": "en", "reminders_off": "on"})

    staff = Employee.objects.get(pk=company["staff"].pk)
    assert (staff.language, staff.mail_on, staff.reminders_off) == ("en", False, True)


def test_people_download_their_own_data(company: dict[str, Employee]) -> None:
    data = signed_in(company["staff"]).post(reverse("people:me_data")).json()

    assert (data["number"], data["full_name"], data["unit"]) == (company["staff"].number, "Nguyễn Văn Tám", "KHO")


@pytest.mark.parametrize("act", ["import_detail", "import_map", "import_apply", "import_abandon", "import_rows"])
def test_only_hr_sees_an_import(company: dict[str, Employee], act: str) -> None:
    made = start_import(started_by=company["hr"], file_name="x.csv", content=b"number,full name\n1,A\n")
    address = reverse(f"people:{act}", args=[made.pk])
    posts = act in {"import_apply", "import_abandon"}

    client = signed_in(company["leader"])

    assert (client.post(address) if posts else client.get(address)).status_code == 403


@pytest.mark.parametrize("words", ["mien nam", "MN", "Unit MN"])
def test_the_staff_list_finds_everybody_of_a_unit(company: dict[str, Employee], words: str) -> None:
    page = signed_in(company["hr"]).get(reverse("people:employee_list"), {"q": words}).content.decode()
    assert "Phạm Văn Long" in page
    assert "Nguyễn Văn Tám" not in page

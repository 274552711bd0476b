"""The way of a file through the pages: upload, columns, trial run, rows to fix, import."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from diary.models import Fact
from people import tasks
from people.models import Employee, StaffImport, Unit
from people.roles import Role
from tests.make import make_employee, make_unit
from tests.people.test_import import HEAD, STAFF
from tests.people.test_pages import signed_in

pytestmark = pytest.mark.django_db

HR_ROW = "HR01,Trần Thị Hòa,hoa@annhien.vn,CTY,,,\n"


@pytest.fixture
def hr() -> Client:
    person = make_employee("Trần Thị Hòa", number="HR01", email="hoa@annhien.vn", roles=(Role.HR,), language="en")
    return signed_in(person)


def upload(hr: Client, text: str | bytes) -> StaffImport:
    content = text.encode() if isinstance(text, str) else text
    hr.post(reverse("people:import_new"), {"staff": SimpleUploadedFile("nhan-vien.csv", content)})
    return StaffImport.objects.latest("pk")


def start(hr: Client, made: StaffImport) -> None:
    chosen = {f"staff-{place}": name for name, place in made.mapping.items()}
    assert hr.post(reverse("people:import_map", args=[made.pk]), chosen).status_code == 302


def test_a_file_goes_all_the_way(hr: Client) -> None:
    made = upload(hr, STAFF + HR_ROW)
    assert "Trần Thị Bình" in hr.get(reverse("people:import_map", args=[made.pk])).content.decode()
    start(hr, made)
    page = reverse("people:import_detail", args=[made.pk])
    assert "Trial run" in hr.get(page).content.decode()

    tasks.sweep_imports()
    assert "This is what would change" in hr.get(page).content.decode()
    hr.post(reverse("people:import_apply", args=[made.pk]))
    tasks.sweep_imports()

    assert "has been imported" in hr.get(page).content.decode()
    assert Employee.objects.filter(number="NV002").exists()


def test_bad_rows_are_said_in_words_and_can_be_downloaded_safely(hr: Client) -> None:
    make_unit("CTY")
    made = upload(hr, HEAD + HR_ROW + 'NV001,"=cmd|x",a@b.vn,,,,\nNV002,B,lan.nguyen@cty,,,,\n')
    start(hr, made)
    tasks.sweep_imports()

    page = hr.get(reverse("people:import_detail", args=[made.pk])).content.decode()
    rows = b"".join(hr.get(reverse("people:import_rows", args=[made.pk]))).decode()

    assert "Nothing has been imported. 2 of 3 rows need fixing." in page
    assert "Row 4, column “Email”: “lan.nguyen@cty” is not a complete email address." in page
    assert "'=cmd|x" in rows
    assert ",=cmd" not in rows
    assert not Employee.objects.filter(number="NV002").exists()


def test_the_box_must_name_the_number_of_leavers(hr: Client) -> None:
    for _ in range(5):
        make_employee()
    made = upload(hr, STAFF + HR_ROW)
    start(hr, made)
    tasks.sweep_imports()
    apply = reverse("people:import_apply", args=[made.pk])

    hr.post(apply)
    hr.post(apply, {"leavers": "4"})
    hr.post(apply, {"leavers": "9" * 40})
    hr.post(apply, {"leavers": "٥"})
    made.refresh_from_db()
    assert made.state == StaffImport.State.CHECKED

    hr.post(apply, {"leavers": "5"})
    made.refresh_from_db()
    assert made.state == StaffImport.State.APPLY_DUE


def test_two_columns_cannot_be_the_same_field(hr: Client) -> None:
    made = upload(hr, STAFF)

    page = hr.post(reverse("people:import_map", args=[made.pk]), {"staff-0": "number", "staff-1": "number"})

    assert "Another column has been matched to this field." in page.content.decode()


def test_columns_that_are_needed_are_asked_for(hr: Client) -> None:
    made = upload(hr, STAFF)

    page = hr.post(reverse("people:import_map", args=[made.pk]), {"staff-0": "number"})

    assert "No column for: Full name." in page.content.decode()


def test_a_file_in_another_encoding_is_refused_with_the_way_out(hr: Client) -> None:
    content = STAFF.encode("utf-16")
    page = hr.post(reverse("people:import_new"), {"staff": SimpleUploadedFile("x.csv", content)})

    assert "CSV UTF-8" in page.content.decode()
    assert not StaffImport.objects.exists()


def test_progress_is_polled_until_the_work_is_done(hr: Client) -> None:
    made = upload(hr, STAFF + HR_ROW)
    start(hr, made)
    page = reverse("people:import_detail", args=[made.pk])

    waiting = hr.get(page, headers={"HX-Request": "true"})
    tasks.sweep_imports()
    done = hr.get(page, headers={"HX-Request": "true"})

    assert "<html" not in waiting.content.decode()
    assert done.headers["HX-Refresh"] == "true"


def test_an_import_set_aside_keeps_no_file(hr: Client) -> None:
    made = upload(hr, STAFF)

    hr.post(reverse("people:import_abandon", args=[made.pk]))

    made.refresh_from_db()
    assert made.state == StaffImport.State.ABANDONED
    assert hr.get(reverse("people:import_map", args=[made.pk])).status_code == 404


def test_the_present_list_comes_back_unchanged(hr: Client) -> None:
    made = upload(hr, STAFF + HR_ROW)
    start(hr, made)
    tasks.sweep_imports()
    hr.post(reverse("people:import_apply", args=[made.pk]))
    tasks.sweep_imports()
    store = Unit.objects.get(code="KHO-03")
    store.leader, store.name_en = Employee.objects.get(number="NV002"), "Warehouse 3"
    store.tidy_keys()
    store.save()
    Employee.objects.filter(number="NV003").update(
        frontline=True, gender="male", shift="đêm", hired_on=date(2024, 5, 1), away_from=date(2026, 1, 1), site="Huế"
    )
    people, units = list(Employee.objects.order_by("pk").values()), list(Unit.objects.order_by("pk").values())

    answer = hr.post(reverse("people:import_present"))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="staff-')
    back = upload(hr, b"".join(answer))
    assert len(back.mapping) == len(back.columns)
    start(hr, back)
    tasks.sweep_imports()
    back.refresh_from_db()
    names = ("added", "changed", "moved", "left", "returned", "unchanged", "units_added", "units_changed")
    assert [back.result[name] for name in names] == [0, 0, 0, 0, 0, 4, 0, 0]
    hr.post(reverse("people:import_apply", args=[back.pk]))
    tasks.sweep_imports()
    assert list(Employee.objects.order_by("pk").values()) == people
    assert list(Unit.objects.order_by("pk").values()) == units


def test_the_present_list_is_safe_to_open_and_leaves_out_who_has_left(hr: Client) -> None:
    make_employee("=1+1", number="NV007", left_on=date(2020, 1, 1), is_active=False)
    make_employee("=cmd|x", number="NV008")
    rows = b"".join(hr.post(reverse("people:import_present"))).decode()
    assert "'=cmd|x" in rows
    assert ",=cmd" not in rows
    assert "NV007" not in rows
    said = Fact.objects.get(verb="people.staff_downloaded")
    assert (said.actor and said.actor.number, said.data) == ("HR01", {"people": 2})


def test_each_change_names_units_and_details_and_each_person_once(hr: Client) -> None:
    made = upload(hr, STAFF + HR_ROW)
    start(hr, made)
    tasks.sweep_imports()
    hr.post(reverse("people:import_apply", args=[made.pk]))
    tasks.sweep_imports()
    text = STAFF.replace(
        "NV002,Lê Văn Đạt,dat@annhien.vn,KHO-03,Kho số 3,CTY,NV001", "NV002,Lê Văn Đạt,d@annhien.vn,CTY,,,HR01"
    )
    again = upload(hr, text.replace("NV003,Nguyễn Văn Tám,", "NV003,Nguyễn Văn Tâm,") + HR_ROW)
    assert again.total == 4
    start(hr, again)
    tasks.sweep_imports()
    page = re.sub(r"<[^>]+>", " ", hr.get(reverse("people:import_detail", args=[again.pk])).content.decode())
    page = re.sub(r"\s+", " ", unescape(page))
    assert page.count("Lê Văn Đạt") == 1
    assert "Lê Văn Đạt NV002 Kho số 3 → Công ty An Nhiên · Email, Employee number of the line manager" in page
    assert "Nguyễn Văn Tâm NV003 Kho số 3 · Full name" in page
    assert "KHO-03" not in page

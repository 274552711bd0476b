"""The import of the staff list: what the trial run says, all or nothing, twice, at once."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from people.actions.imports import LeaversNotConfirmed, confirm_import, match_columns, run_import, start_import
from people.models import Employee, StaffImport, StaffImportFile, Unit
from portal.lib import clock
from portal.lib.csvfiles import CannotRead, Trouble
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db

HEAD = "Mã nhân viên,Họ và tên,Email,Mã đơn vị,Tên đơn vị,Đơn vị cấp trên,Quản lý trực tiếp\n"
STAFF = (
    HEAD + "NV001,Trần Thị Bình,binh@annhien.vn,CTY,Công ty An Nhiên,,\n"
    "NV002,Lê Văn Đạt,dat@annhien.vn,KHO-03,Kho số 3,CTY,NV001\n"
    "NV003,Nguyễn Văn Tám,,KHO-03,,,NV002\n"
)


def check(text: str | bytes, *, units: str | None = None, by: Employee | None = None) -> StaffImport:
    content = text.encode() if isinstance(text, str) else text
    made = start_import(
        started_by=by,
        file_name="nhan-vien.csv",
        content=content,
        units_content=units.encode() if units is not None else None,
    )
    match_columns(staff_import=made, mapping=made.mapping)
    done = run_import(made.pk)
    assert done is not None
    return done


def apply(
    text: str, *, units: str | None = None, by: Employee | None = None, leavers: int | None = None
) -> StaffImport:
    checked = check(text, units=units, by=by)
    assert checked.state == StaffImport.State.CHECKED, checked.result
    confirm_import(staff_import=checked, leavers_confirmed=leavers)
    done = run_import(checked.pk)
    assert done is not None
    assert done.state == StaffImport.State.APPLIED
    return done


def faults(staff_import: StaffImport) -> list[tuple[str, int]]:
    assert staff_import.state == StaffImport.State.REFUSED, staff_import.result
    return [(problem["fault"], problem["line"]) for problem in staff_import.result["problems"]]


def test_a_first_file_brings_in_units_people_managers_and_addresses() -> None:
    done = apply(STAFF)

    assert (done.result["added"], done.result["units_added"], done.result["left"]) == (3, 2, 0)
    store = Unit.objects.get(code="KHO-03")
    assert (store.parent and store.parent.code, store.name_vi) == ("CTY", "Kho số 3")
    dat = Employee.objects.get(number="NV002")
    assert (dat.full_name, dat.email, dat.unit, dat.manager and dat.manager.number) == (
        "Lê Văn Đạt",
        "dat@annhien.vn",
        store,
        "NV001",
    )
    assert not dat.has_usable_password()
    assert list(EmailAddress.objects.filter(user=dat).values_list("email", "verified", "primary")) == [
        ("dat@annhien.vn", True, True)
    ]
    assert Employee.objects.get(number="NV003").email is None


def test_the_trial_run_writes_nothing() -> None:
    checked = check(STAFF)

    assert checked.result["added"] == 3
    assert not Employee.objects.exists()
    assert not Unit.objects.exists()


def test_applying_the_same_file_twice_changes_nothing() -> None:
    apply(STAFF)
    before = list(Employee.objects.order_by("pk").values())

    again = apply(STAFF)

    assert [again.result[name] for name in ("added", "changed", "moved", "left", "unchanged")] == [0, 0, 0, 0, 3]
    assert list(Employee.objects.order_by("pk").values()) == before


def test_the_trial_run_tells_added_changed_moved_and_left_apart() -> None:
    apply(STAFF)
    text = (
        HEAD + "NV001,Trần Thị Bình,binh@annhien.vn,KHO-03,,,\n"
        "NV002,Lê Văn Đạt,dat.le@annhien.vn,KHO-03,,,NV001\n"
        "NV004,Phạm Ngọc Anh,anh@annhien.vn,CTY,,,NV001\n"
    )
    checked = check(text)

    assert [checked.result[name] for name in ("added", "changed", "moved", "left")] == [1, 1, 1, 1]
    samples = checked.result["samples"]
    assert samples["left"][0]["number"] == "NV003"
    moved = samples["moved"][0]
    assert (moved["before"]["vi"], moved["after"]["vi"]) == ("Công ty An Nhiên", "Kho số 3")
    assert samples["changed"][0]["fields"] == ["email"]


def test_more_than_one_in_ten_leaving_asks_again() -> None:
    apply(STAFF)
    checked = check(HEAD + "NV001,Trần Thị Bình,binh@annhien.vn,CTY,,,\n")

    assert checked.result["asks_again"] is True
    with pytest.raises(LeaversNotConfirmed):
        confirm_import(staff_import=checked, leavers_confirmed=None)
    with pytest.raises(LeaversNotConfirmed):
        confirm_import(staff_import=checked, leavers_confirmed=1)
    confirm_import(staff_import=checked, leavers_confirmed=2)
    run_import(checked.pk)

    dat = Employee.objects.get(number="NV002")
    assert (dat.left_on, dat.is_active) == (timezone.localdate(), False)
    assert Employee.objects.count() == 3


def test_leavers_who_were_not_counted_when_confirmed_stop_the_import() -> None:
    apply(STAFF)
    checked = check(STAFF)
    confirm_import(staff_import=checked, leavers_confirmed=None)
    make_employee(number="NV900")

    done = run_import(checked.pk)

    assert done is not None
    assert done.state == StaffImport.State.CHECKED
    assert done.result["left"] == 1
    assert Employee.objects.get(number="NV900").is_active


def test_whoever_comes_back_is_on_the_list_again_and_counts_after_thirty_days() -> None:
    apply(STAFF)
    apply(HEAD + "NV001,Trần Thị Bình,binh@annhien.vn,CTY,,,\n", leavers=2)

    done = apply(STAFF)

    dat = Employee.objects.get(number="NV002")
    assert done.result["returned"] == 2
    assert (dat.left_on, dat.is_active) == (None, True)
    assert dat.counts_from == timezone.localdate() + timedelta(days=30)


def test_the_first_import_counts_at_once_and_later_newcomers_after_thirty_days() -> None:
    today = timezone.localdate()
    apply(STAFF)
    apply(STAFF + "NV004,Phạm Ngọc Anh,anh@annhien.vn,CTY,,,NV001\n")

    assert Employee.objects.get(number="NV001").counts_from == today
    assert Employee.objects.get(number="NV004").counts_from == today + timedelta(days=30)


def test_an_address_changed_by_the_file_is_marked_and_a_name_is_not() -> None:
    apply(STAFF)
    apply(STAFF.replace("dat@", "le.dat@").replace("Trần Thị Bình", "Trần Thị Thanh Bình"))

    assert Employee.objects.get(number="NV002").contact_changed_at is not None
    assert Employee.objects.get(number="NV001").contact_changed_at is None


def test_two_people_may_swap_their_addresses() -> None:
    apply(STAFF)
    apply(STAFF.replace("binh@", "x@").replace("dat@", "binh@").replace("x@", "dat@"))

    assert Employee.objects.get(number="NV001").email == "dat@annhien.vn"
    assert Employee.objects.get(number="NV002").email == "binh@annhien.vn"
    assert EmailAddress.objects.get(user__number="NV002").email == "binh@annhien.vn"


def test_an_address_passes_from_a_leaver_to_a_newcomer() -> None:
    apply(STAFF)
    apply(STAFF.replace("NV002", "NV902"), leavers=1)

    assert Employee.objects.get(number="NV902").email == "dat@annhien.vn"
    assert Employee.objects.get(number="NV002").email is None


def test_columns_that_are_not_in_the_file_are_left_alone() -> None:
    make_employee("Trần Thị Bình", number="NV001", site="Hà Nội", email="binh@annhien.vn", language="en")

    apply("number,full name\nNV001,Trần Thị Thanh Bình\n")

    binh = Employee.objects.get(number="NV001")
    assert (binh.full_name, binh.site, binh.email, binh.language) == (
        "Trần Thị Thanh Bình",
        "Hà Nội",
        "binh@annhien.vn",
        "en",
    )


def test_a_technical_account_never_leaves() -> None:
    make_employee(number="ADMIN", is_superuser=True)

    done = apply(STAFF)

    assert done.result["left"] == 0
    assert Employee.objects.get(number="ADMIN").is_active


def test_whoever_imports_must_be_in_the_file() -> None:
    hr = make_employee(number="HR01")

    assert faults(check(STAFF, by=hr)) == [("not_yourself", 1)]


def test_units_may_come_in_a_file_of_their_own() -> None:
    units = "code,name vi,name en,parent,leader\nCTY,Công ty,Company,,NV001\nMN,Miền Nam,South,CTY,NV002\n"
    staff = "number,full name,unit\nNV001,Trần Thị Bình,CTY\nNV002,Lê Văn Đạt,mn\n"

    apply(staff, units=units)

    south = Unit.objects.get(code="MN")
    assert (south.name_en, south.parent and south.parent.code) == ("South", "CTY")
    assert south.leader == Employee.objects.get(number="NV002")
    assert Employee.objects.get(number="NV002").unit == south


def test_a_fact_says_how_many_and_names_nobody() -> None:
    apply(STAFF)
    done = StaffImport.objects.get()

    assert "samples" not in done.result
    assert not StaffImportFile.objects.exists()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("NV001,A,lan.nguyen@cty,,,,\n", [("bad_email", 2)]),
        (",A,a@b.vn,,,,\n", [("missing", 2)]),
        ("NV001,,a@b.vn,,,,\n", [("missing", 2)]),
        ("NV001,A,a@b.vn,,,,\nnv001,B,b@b.vn,,,,\n", [("number_twice", 3)]),
        ("NV001,A,a@b.vn,,,,\nNV002,B,A@B.vn,,,,\n", [("email_twice", 3)]),
        ("NV001,A,,KHO-9,,,\n", [("unknown_unit", 2)]),
        ("NV001,A,,K,Kho,TRÊN,\n", [("unknown_parent", 2)]),
        ("NV001,A,,,,,NV777\n", [("unknown_person", 2)]),
        ("NV001,A,,,,,NV001\n", [("own_manager", 2)]),
        ("NV001,A,,,,,NV002\nNV002,B,,,,,NV001\n", [("manager_circle", 2)]),
        ("NV001,A,,K1,Kho,K2,\nNV002,B,,K2,Quầy,K1,\n", [("unit_circle", 2)]),
        ("NV001,A,,K1,Kho,K1,\n", [("unit_circle", 2)]),
        ("NV001,A,,K1,Kho,,\nNV002,B,,K1,Quầy,,\n", [("unit_differs", 3)]),
        ('NV001,"=HYPERLINK(""http://x"",""y"")",,,,,\n', [("formula", 2)]),
        ("NV001,@SUM(A1),,,,,\n", [("formula", 2)]),
        ("NV001,+84 rồi,,,,,\n", [("formula", 2)]),
        ("NV001,A\u202eB,,,,,\n", [("invisible", 2)]),
        ("NV\u200b001,A,,,,,\n", [("invisible", 2)]),
        ("NV001," + "A" * 201 + ",,,,,\n", [("too_long", 2)]),
        ("NV001,A,,,,,,,,thừa\n", [("too_many_cells", 2)]),
        ("", [("no_rows", 1)]),
        ('NV001,"A,,,,,\n', [("cannot_read", 2)]),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(rows: str, expected: list[tuple[str, int]]) -> None:
    assert faults(check(HEAD + rows)) == expected
    assert not Employee.objects.exists()


def test_the_sentence_offers_what_may_have_been_meant() -> None:
    make_unit("KHO-03")

    refused = check(HEAD + "NV001,A,,KHO-3,,,\n")

    assert refused.result["problems"][0]["meant"] == "KHO-03"


def test_dates_are_read_day_first_and_impossible_ones_refused() -> None:
    text = "number,full name,hired on\nNV001,A,05/09/2026\nNV002,B,2026-09-14\nNV003,C,14.9.2026\n"
    apply(text)

    hired = list(Employee.objects.order_by("number").values_list("hired_on", flat=True))
    assert hired == [date(2026, 9, 5), date(2026, 9, 14), date(2026, 9, 14)]
    assert faults(check(text + "NV004,D,31/02/2026\nNV005,E,soon\n")) == [("bad_date", 5), ("bad_date", 6)]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_three_delimiters_are_read_with_and_without_a_byte_order_mark(mark: str, bom: bytes) -> None:
    checked = check(bom + STAFF.replace(",", mark).encode())

    assert checked.result["added"] == 3


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", Trouble.EMPTY),
        (STAFF.encode("utf-16"), Trouble.UTF16),
        ("Mã,Họ tên\n1,Lê Đạt\n".encode("cp1258", "replace"), Trouble.NOT_UTF8),
        (b"PK\x03\x04rest", Trouble.SPREADSHEET),
        (b"number,name\n1,\x00a\n", Trouble.NOT_TEXT),
        (b"just one column\nA\n", Trouble.NO_DELIMITER),
    ],
)
def test_a_file_that_is_not_csv_in_utf8_is_refused_by_name(content: bytes, trouble: Trouble) -> None:
    with pytest.raises(CannotRead) as refused:
        start_import(started_by=None, file_name="x.csv", content=content)
    assert refused.value.trouble == trouble


def test_a_claimed_import_is_left_to_its_worker_until_the_lease_ends() -> None:
    made = start_import(started_by=None, file_name="x.csv", content=STAFF.encode())
    match_columns(staff_import=made, mapping=made.mapping)
    StaffImport.objects.filter(pk=made.pk).update(claimed_until=clock.now() + timedelta(minutes=1))

    assert run_import(made.pk) is None
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert run_import(made.pk) is not None


def test_the_file_with_mistakes_in_the_documents_has_one_of_each() -> None:
    content = (Path(__file__).parents[2] / "docs/operating/staff-list-with-mistakes.csv").read_bytes()
    found = {fault for fault, _line in faults(check(content))}
    assert found == {
        "number_twice", "bad_email", "email_twice", "bad_date", "missing", "formula", "unknown_unit", "unknown_person"
    }  # fmt: skip

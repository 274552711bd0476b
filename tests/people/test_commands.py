"""manage.py import_people and give_role."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from people.models import Employee, StaffImport
from tests.make import make_employee
from tests.people.test_import import HEAD, STAFF

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "nhan-vien.csv"
    path.write_text(STAFF, encoding="utf-8")
    return path


def test_a_dry_run_says_what_would_happen_and_writes_nobody(file: Path) -> None:
    said = StringIO()

    call_command("import_people", file, dry_run=True, stdout=said)

    assert "3" in said.getvalue()
    assert not Employee.objects.exists()


def test_the_command_imports(file: Path) -> None:
    call_command("import_people", file, stdout=StringIO())

    assert Employee.objects.count() == 3
    assert StaffImport.objects.get().state == StaffImport.State.APPLIED


def test_bad_rows_are_said_one_by_one(file: Path) -> None:
    file.write_text(HEAD + "NV001,A,lan@cty,,,,\n", encoding="utf-8")
    said = StringIO()

    with pytest.raises(CommandError):
        call_command("import_people", file, stdout=StringIO(), stderr=said)
    assert "lan@cty" in said.getvalue()
    assert not Employee.objects.exists()


def test_many_leavers_must_be_named(file: Path) -> None:
    for _ in range(3):
        make_employee()

    with pytest.raises(CommandError, match="--confirm-leavers 3"):
        call_command("import_people", file, stdout=StringIO())
    call_command("import_people", file, confirm_leavers=3, stdout=StringIO())

    assert Employee.objects.filter(is_active=True).count() == 3


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"only one column\n", b"x,y\n1,2\n"])
def test_files_that_cannot_be_used_are_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    with pytest.raises(CommandError):
        call_command("import_people", file, stdout=StringIO())


@pytest.mark.parametrize(("name", "said"), [("missing.csv", "no file"), (".", "folder"), ("x" * 300, "cannot be read")])
def test_a_file_that_cannot_be_opened_is_named_with_the_reason(tmp_path: Path, name: str, said: str) -> None:
    with translation.override("en"), pytest.raises(CommandError, match=said):
        call_command("import_people", str(tmp_path / name))


def test_the_first_right_is_given_from_the_command_line() -> None:
    person = make_employee(number="NV77")

    call_command("give_role", "nv77", "hr")

    assert person.roles == {"hr"}
    with pytest.raises(CommandError):
        call_command("give_role", "NOBODY", "hr")

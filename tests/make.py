"""Makers of the cast: each makes one saved noun, sensible unless told otherwise."""

from datetime import date
from itertools import count
from typing import Any

from people.models import Employee, Grant, Unit
from people.roles import Role

_numbers = count(1)

PASSWORD = "con-cá-bơi-trong-hồ"


def make_unit(code: str = "", *, name_vi: str = "", name_en: str = "", **fields: Any) -> Unit:
    """A unit; without a parent it is the company."""
    code = code or f"U-{next(_numbers)}"
    unit = Unit(code=code, name_vi=name_vi or f"Đơn vị {code}", name_en=name_en or f"Unit {code}", **fields)
    unit.tidy_keys()
    unit.save()
    return unit


def make_employee(
    full_name: str = "", *, roles: tuple[Role, ...] = (), password: str | None = None, **fields: Any
) -> Employee:
    """An employee who has been here for years, with an email address; `email=None` makes one without."""
    n = next(_numbers)
    fields.setdefault("number", f"NV{n:06d}")
    fields.setdefault("email", f"nv{n}@example.vn")
    fields.setdefault("first_seen_on", date(2020, 1, 1))
    fields.setdefault("counts_from", date(2020, 1, 1))
    employee = Employee(full_name=full_name or f"Nguyễn Văn {n}", **fields)
    if password is None:
        employee.set_unusable_password()
    else:
        employee.set_password(password)
    employee.tidy_keys()
    employee.save()
    Grant.objects.bulk_create([Grant(employee=employee, role=role) for role in roles])
    return employee

"""Imports a generated staff list: the first time, unchanged, and with one person in ten changed.

    python -m benchmarks.staff_import [PEOPLE]

Prints seconds and the peak memory of the process. Runs on throw-away servers.
"""

import os
import random
import resource
import sys
import time
from collections.abc import Iterator

import django

from portal import embedded

os.environ["PRODUCTION"] = "no"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
]
MIDDLE = ["Văn", "Thị", "Hữu", "Đức", "Ngọc", "Minh", "Thanh", "Quốc", "Kim", "Thu"]
GIVEN = [
    "An",
    "Anh",
    "Bình",
    "Châu",
    "Đạt",
    "Dung",
    "Hà",
    "Hải",
    "Hương",
    "Huy",
    "Khánh",
    "Lan",
    "Linh",
    "Mai",
    "Nam",
    "Oanh",
    "Phúc",
    "Quân",
    "Tám",
    "Thảo",
    "Uyên",
    "Yến",
]
HEAD = "number;full name;email;unit;unit name;parent unit;line manager;role;front line;site;shift;gender;hired on"


def staff_file(people: int, *, seed: int = 7, changed: float = 0.0) -> bytes:
    """A company of units of twenty on four levels; every seventh person has no e-mail."""
    return "\n".join([HEAD, *_rows(people, random.Random(seed), random.Random(seed + 1), changed)]).encode()


def _rows(people: int, draw: random.Random, change: random.Random, changed: float) -> Iterator[str]:
    for n in range(people):
        unit = n // 20
        parent = "" if unit == 0 else f"U{(unit - 1) // 8:05d}"
        name = f"{draw.choice(FAMILY)} {draw.choice(MIDDLE)} {draw.choice(GIVEN)}"
        site = "Hà Nội" if change.random() >= changed else "Đà Nẵng"
        email = "" if n % 7 == 3 else f"nv{n}@example.vn"
        manager = "" if n == 0 else f"NV{unit * 20 if n % 20 else ((unit - 1) // 8) * 20:06d}"
        yield (
            f"NV{n:06d};{name};{email};U{unit:05d};Đơn vị {unit};{parent};{manager};bán hàng;{n % 2};{site};"
            f"{'sáng' if n % 3 else 'chiều'};{'nữ' if n % 2 else 'nam'};{1 + n % 28:02d}/03/2021"
        )


def main(people: int) -> None:
    embedded.ensure(throwaway=True)
    django.setup()
    # These need Django to be ready.
    from django.core.management import call_command  # noqa: PLC0415

    from people.actions.imports import confirm_import, match_columns, run_import, start_import  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    for title, content in (
        ("first import", staff_file(people)),
        ("the same file", staff_file(people)),
        ("one in ten changed", staff_file(people, changed=0.1)),
    ):
        begun = time.perf_counter()
        made = start_import(started_by=None, file_name="staff.csv", content=content)
        match_columns(staff_import=made, mapping=made.mapping)
        checked = run_import(made.pk)
        tried = time.perf_counter()
        assert checked is not None
        confirm_import(staff_import=checked, leavers_confirmed=None)
        done = run_import(made.pk)
        assert done is not None
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{title}: {people:,} rows, {len(content) / 1e6:.1f} MB; trial run {tried - begun:.1f} s, import "
            f"{time.perf_counter() - tried:.1f} s, peak {peak:.0f} MB; added {done.result['added']:,}, changed "
            f"{done.result['changed']:,}, unchanged {done.result['unchanged']:,}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

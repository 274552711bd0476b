"""Launching a wave for a large company, beside COPY of the very rows it writes."""

import io
import time
from datetime import timedelta

from django.db import connection, transaction

from benchmarks.report import Row
from people import days
from people.models import Employee, Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions
from surveys.models import Round
from surveys.questionnaire import Item, Questionnaire, Scale

UNITS = 5_000
WANTED = 4.0
TABLES = ["surveys_roundunit", "surveys_block", "surveys_invitation"]


def found_company(people: int) -> None:
    """A root, 20 divisions, 4,979 teams, and people spread over them."""

    def make(code: str, parent: Unit | None) -> Unit:
        unit = Unit(code=code, name_vi=f"Đơn vị {code}", name_en=f"Unit {code}", parent=parent)
        unit.tidy_keys()
        return unit

    root = make("R", None)
    root.save()
    divisions = Unit.objects.bulk_create([make(f"D{number}", root) for number in range(20)])
    teams = Unit.objects.bulk_create([make(f"T{n}", divisions[n % 20]) for n in range(UNITS - 21)], batch_size=1000)
    since = days.today() - timedelta(days=400)
    staff = []
    for number in range(people):
        staff.append(
            Employee(
                number=f"N{number}",
                full_name=f"Nguyễn Văn {number}",
                search_key=f"nguyen van {number}",
                sort_key=f"{number}",
                unit=teams[number % len(teams)],
                first_seen_on=since,
                counts_from=since,
            )
        )
    Employee.objects.bulk_create(staff, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def questionnaire(items: int = 10) -> Questionnaire:
    """So many agreement items, two a pillar."""
    pillars = list(Pillar)
    made = tuple(
        Item(f"Q{number}", pillars[number // 2 % 5], f"d{number}", Scale.AGREE, {"vi": "Câu hỏi", "en": "Question"})
        for number in range(items)
    )
    return Questionnaire({"vi": "Đo", "en": "Measured"}, made, (tuple(item.code for item in made),))


def launch(key: str) -> Round:
    """A round of the whole company."""
    actions.stock_keys(2)
    now = clock.now()
    return actions.launch_round(
        kind="bench",
        key=key,
        units=None,
        questionnaire=questionnaire(),
        opens_at=now,
        closes_at=now + timedelta(days=7),
    )


def forget_rounds() -> None:
    """Empty the tables of all rounds, without measuring how."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE surveys_round CASCADE")


def measure(people: int) -> list[Row]:
    """Launch once, then COPY the same rows into the same tables."""
    found_company(people)
    launch("warm")
    forget_rounds()
    started = time.perf_counter()
    round_ = launch("bench:launch")
    took = time.perf_counter() - started
    copied = copy_same_rows(round_)
    ratio = took / copied
    return [
        Row(
            f"launch for {people:,} people in {UNITS:,} units",
            f"{took:.2f} s",
            f"COPY of the same rows {copied:.2f} s",
            ratio,
            f"<= {WANTED}",
            ratio <= WANTED,
        )
    ]


def copy_same_rows(round_: Round) -> float:
    """Seconds to COPY the rows of a launched round back into emptied tables, foreign keys and indexes in place."""
    contents = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            data = io.BytesIO()
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                for chunk in copy:
                    data.write(chunk)
            contents[table] = data.getvalue()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table} WHERE true")
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(contents[table])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return time.perf_counter() - started

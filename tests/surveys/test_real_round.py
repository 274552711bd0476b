"""A leadership survey of 2,042 people in 49 companies (Lang & Bliese 2002), answered through Bearing's own pages.

What Bearing publishes is what the file says: for every group that stands, n and means to the last digit.
"""

import csv
import re
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from people.models import Employee, Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions, closing
from surveys.models import Block, Cell, Invitation, RoundUnit
from surveys.questionnaire import Item, Questionnaire, Scale
from tests.make import make_unit
from tests.surveys.stage import launch, words

ITEMS = [f"LEAD{number:02}" for number in range(1, 12)]
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def read(folder: Path) -> dict[str, list[dict[str, int]]]:
    """Company -> one dict of item -> answer for each person; 0 or blank is no answer."""
    people = defaultdict(list)
    with (folder / "lq2002.csv").open() as stream:
        for row in csv.DictReader(stream):
            given = {code: int(row[code]) for code in ITEMS if row[code] not in ("", "NA", "0")}
            people[row["COMPID"]].append(given)
    return dict(people)


def settle(companies: dict[str, list[dict[str, int]]]) -> dict[str, Unit]:
    """One unit per company under one root, with as many people as the file has."""
    root = make_unit(code="ROOT")
    units, staff = {}, []
    for name, answers in companies.items():
        units[name] = make_unit(code=f"C{name}", parent=root)
        for number in range(len(answers)):
            person = Employee(number=f"C{name}-{number}", full_name=f"Người Số {name} {number}", unit=units[name])
            person.first_seen_on = person.counts_from = clock.now().date() - timedelta(days=400)
            person.tidy_keys()
            staff.append(person)
    Employee.objects.bulk_create(staff)
    return units


def answer_in_a_browser(client: Client, host: str, invitation: Invitation, given: dict[str, int]) -> None:
    """Press and send over the answer pages."""
    token = actions.new_link(invitation.pk)
    sheet = client.post("/vi/start", {"token": token}, headers={"host": host})
    assert sheet.status_code == 200
    fields = dict(HIDDEN.findall(sheet.content.decode()))
    sent = client.post(
        "/vi/send",
        {"ballot": fields["ballot"], **{f"a.{code}": str(value) for code, value in given.items()}},
        headers={"host": host},
    )
    assert sent.status_code in (200, 302, 303), sent.content.decode()


@pytest.mark.realdata
@pytest.mark.django_db
def test_a_real_leadership_survey_is_published_exactly_as_its_file_says(
    realdata: Path, settings: Settings, tmp_path: Path
) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    companies = read(realdata)
    assert sum(map(len, companies.values())) == 2042
    units = settle(companies)
    items = tuple(Item(code, Pillar.LEADERSHIP, "example", Scale.AGREE, words(code)) for code in ITEMS)
    round_ = launch(Questionnaire(words("Leadership"), items, (tuple(ITEMS),)))
    client = Client()
    answered: dict[str, list[dict[str, int]]] = defaultdict(list)
    rows = {unit.pk: iter(companies[name]) for name, unit in units.items()}
    names = {unit.pk: name for name, unit in units.items()}
    for invitation in Invitation.objects.filter(round=round_).select_related("employee"):
        company = invitation.employee.unit_id
        assert company is not None
        given = next(rows[company])
        answer_in_a_browser(client, settings.SURVEY_HOST, invitation, given)
        answered[names[company]].append(given)
    with clock.at(round_.closes_at + timedelta(minutes=1)):
        assert closing.close_round(round_.pk)
    published = {cell.unit_id: cell for cell in Cell.objects.filter(round=round_, measure="pillar")}
    assert Block.objects.filter(round=round_).count() == len([unit for unit in companies.values() if len(unit) >= 5])
    apart = detailed = 0
    for name, unit in units.items():
        complete = [row for row in answered[name] if len(row) == len(ITEMS)]
        partial = len(answered[name]) - len(complete)
        if unit.pk not in published:
            place = RoundUnit.objects.get(round=round_, unit=unit)
            assert place.shown_at is not None
            assert place.shown_at.code == "ROOT"
            continue
        apart += 1
        cell = published[unit.pk]
        if not partial:
            means = [sum(row.values()) / len(ITEMS) for row in complete]
            assert cell.n == len(means)
            assert cell.mean is None or cell.mean == pytest.approx(sum(means) / len(means), abs=1e-12)
        if len(complete) >= 10 and not partial:
            for code in ITEMS:
                item = Cell.objects.filter(round=round_, unit=unit, measure="item", code=code).first()
                if item is not None:
                    detailed += 1
                    values = [row[code] for row in complete]
                    assert item.n == len(values)
                    assert item.mean == pytest.approx(sum(values) / len(values), abs=1e-12)
                    assert item.histogram == [values.count(step) for step in range(1, 6)]
    assert apart >= 40
    assert detailed >= 35 * len(ITEMS)

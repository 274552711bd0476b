"""A company whose pulse has closed, and the people who read what came of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape

from django.test import Client

from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions
from surveys.models import Cell, Round
from surveys.querysets import STAFF_READ_AFTER
from surveys.questionnaire import Item
from tests.make import make_employee, make_unit
from tests.surveys.stage import close, everybody_answers, make_questionnaire

PILLARS = (Pillar.LEADERSHIP, Pillar.UNDERSTANDING, Pillar.MEASUREMENT)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class Stage:
    """The cast: units by their codes, who leads A and B, somebody in A, HR and the CX team."""

    root: Unit
    units: dict[str, Unit]
    lead_a: Employee
    lead_b: Employee
    member: Employee
    small: Employee
    hr: Employee
    cx: Employee


def make_stage(sizes: Mapping[str, int] | None = None) -> Stage:
    """Units below the company, each with a leader who counts at the company; C is too small for results of its own."""
    sizes = sizes or {"A": 13, "B": 16, "C": 3}
    root = make_unit("ROOT", name_vi="Công ty An Nhiên", name_en="An Nhien Company")
    units, people = {}, {}
    for code, size in sizes.items():
        units[code] = make_unit(code, parent=root)
        people[code] = [make_employee(unit=units[code]) for _ in range(size)]
        units[code].leader = people[code][0]
        units[code].save()
    for _ in range(6):
        make_employee(unit=root)
    first, second, *_, last = sizes
    return Stage(
        root,
        units,
        lead_a=people[first][0],
        lead_b=people[second][0],
        member=people[first][1],
        small=people[last][-1],
        hr=make_employee(unit=root, roles=(Role.HR,)),
        cx=make_employee(unit=root, roles=(Role.CX,)),
    )


def launch(key: str = "pulse:1", *, comment: bool = False, series: str = "", also: Sequence[Item] = ()) -> Round:
    """A pulse that opened an hour ago and stays open for a week; `also` are questions asked besides."""
    actions.stock_keys(2)
    now = clock.now()
    usual_ones = make_questionnaire(PILLARS, comment=comment)
    items = (*usual_ones.items, *also)
    return actions.launch_round(
        kind="pulse",
        key=key,
        units=None,
        questionnaire=replace(usual_ones, items=items, forms=(tuple(item.code for item in items),)),
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=7),
        series=series,
    )


def usual(person: Employee, n: int) -> dict[str, int | str]:
    """Answers that differ from person to person and are high in Understanding, low in Measurement."""
    return {"L1": 2 + n % 3, "L2": 3 + n % 2, "U1": 3 + n % 3, "U2": 4 + n % 2, "M1": 1 + n % 3, "M2": 1 + n % 2}


def played(stage: Stage, key: str = "pulse:1", *, comment: bool = False, series: str = "") -> Round:
    """A round that everybody answered and that has closed."""
    round_ = launch(key, comment=comment, series=series)
    everybody_answers(round_, usual)
    return close(round_)


def publish(round_: Round, unit: Unit, code: str, measure: str = "pillar", **fields: object) -> None:
    """Let a cell of a closed round hold what the engine publishes for other answers."""
    nothing = {"mean": None, "low": None, "high": None, "sd": None, "df": None, "histogram": None}
    found = Cell.objects.filter(round=round_, unit=unit, measure=measure, code=code)
    assert found.update(**{**nothing, **fields}) == 1


def signed_in(employee: Employee, language: str = "en") -> Client:
    """A browser of this person's."""
    client = Client()
    client.force_login(employee, backend=BACKEND)
    client.cookies["django_language"] = language
    return client


def reading(employee: Employee, address: str, at: datetime, language: str = "en") -> tuple[int, str]:
    """Status and page as this person sees it at that moment."""
    client = signed_in(employee, language)
    with clock.at(at):
        answer = client.get(address, follow=True)
    return answer.status_code, answer.content.decode()


def words(page: str) -> str:
    """What a reader sees, without marks and with single spaces."""
    body = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", page[page.index("<main") : page.index("</main>")], flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def at_once(round_: Round) -> datetime:
    """An hour after the close: leaders, HR and CX read."""
    assert round_.closed_at is not None
    return round_.closed_at + timedelta(hours=1)


def later(round_: Round) -> datetime:
    """When everybody reads."""
    return at_once(round_) + STAFF_READ_AFTER

"""A company on a small stage, and what its people do: open a round, press, answer, wait for the close."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta

from django.db import connection

from people.models import Employee, Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions, closing
from surveys.models import Invitation, Round
from surveys.questionnaire import Item, Questionnaire, Scale
from tests.make import make_employee, make_unit


def words(text: str) -> dict[str, str]:
    """The same words in both languages."""
    return {"vi": text, "en": text}


def make_questionnaire(pillars: Sequence[Pillar] = (Pillar.LEADERSHIP,), comment: bool = False) -> Questionnaire:
    """Two agreement items a pillar, each of its own driver, and a comment if wanted."""
    items = [
        Item(f"{pillar.value[0].upper()}{number}", pillar, f"driver_{number}", Scale.AGREE, words(f"{pillar} {number}"))
        for pillar in pillars
        for number in (1, 2)
    ]
    if comment:
        items.append(Item("C1", None, "", Scale.COMMENT, words("What helps?"), counts="comment"))
    return Questionnaire(words("Pulse"), tuple(items), (tuple(item.code for item in items),))


def make_company(sizes: Mapping[str, int]) -> tuple[Unit, dict[str, Unit]]:
    """A root without people of its own, and a unit below it for each name, with so many people."""
    root = make_unit(code="ROOT")
    units = {name: make_unit(code=name, parent=root) for name in sizes}
    for name, size in sizes.items():
        for _ in range(size):
            make_employee(unit=units[name])
    return root, units


def launch(
    questionnaire: Questionnaire | None = None, *, key: str = "test:1", kind: str = "test", **kwargs: object
) -> Round:
    """A round that opened an hour ago and stays open for a week."""
    actions.stock_keys(2)
    now = clock.now()
    return actions.launch_round(
        kind=kind,
        key=key,
        units=kwargs.pop("units", None),  # type: ignore[arg-type]
        questionnaire=questionnaire or make_questionnaire(),
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=7),
        **kwargs,  # type: ignore[arg-type]
    )


def answer(
    round_: Round,
    employee: Employee,
    answers: Mapping[str, int | str],
    comments: Mapping[str, str] | None = None,
) -> None:
    """Press the link and send answers, as a browser does."""
    invitation = Invitation.objects.get(round=round_, employee=employee)
    started = actions.press_start(actions.new_link(invitation.pk))
    actions.submit_ballot(
        started.ballot, {code: str(value) for code, value in answers.items()}, comments or {}, employee.language
    )


def everybody_answers(round_: Round, choose: Callable[[Employee, int], Mapping[str, int | str]]) -> None:
    """All invited people answer what `choose(employee, number)` says."""
    invited = Invitation.objects.filter(round=round_).select_related("employee").order_by("employee_id")
    for number, invitation in enumerate(invited):
        answer(round_, invitation.employee, choose(invitation.employee, number))


def until_it_waits(other: "Future[object]") -> None:
    """Until what runs in another thread waits for an advisory lock, or is through."""
    patience = time.monotonic() + 20
    while not other.done() and time.monotonic() < patience:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            (waiting,) = cursor.fetchone()
        if waiting:
            return
        time.sleep(0.02)


def close(round_: Round) -> Round:
    """Let the window pass and close."""
    with clock.at(round_.closes_at + timedelta(minutes=1)):
        assert closing.close_round(round_.pk)
    round_.refresh_from_db()
    return round_

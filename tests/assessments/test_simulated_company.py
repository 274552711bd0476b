"""A company whose truth is known, played through two whole cycles: what is there is found, what is not is not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assessments.models import Cycle, Gap, MaturityModel, Scorecard
from people.models import Employee
from portal.lib import clock
from surveys.models import Cell
from tests.assessments.close_cast import Answers, finish, found_company, opened, rate
from tests.assessments.cycle_cast import MONDAY, unit
from tests.stats.teams import answer, culture

CENTRES = {"T0": 0.5, "T1": 0.30, "T2": 0.40, "T3": 0.45, "T4": 0.60, "T5": 0.50, "T6": 0.35, "T7": 0.70}
CAMPS, BOASTS, HONEST = "T0", "T1", "T2"
OTHERS = [code for code in CENTRES if code != CAMPS]


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"


def play(model: MaturityModel, seed: int, months: int) -> Cycle:
    """One cycle: everybody answers around what they experience, two leaders rate their teams."""
    rng = np.random.default_rng(seed)
    pillars = [[one.code for one in dimension.practices] for dimension in model.said.dimensions]

    def choose(employee: Employee, number: int) -> Answers:
        assert employee.unit is not None
        code = employee.unit.code
        centre = CENTRES.get(code, 0.5) if code != CAMPS else (0.15, 0.9)[number % 2]
        said: dict[str, int | str] = {}
        for codes in pillars:
            experience = rng.normal(centre, 0.1 if code == CAMPS else 0.18)
            said |= dict(zip(codes, answer(rng, np.array([experience]))[0].astype(int).tolist(), strict=True))
        return said

    with clock.at(MONDAY + timedelta(days=30 * months)):
        cycle = opened(model)
        for code, above in ((BOASTS, 1.5), (HONEST, 0.0)):
            mean = culture(np.random.default_rng(1), CENTRES[code]) + above
            rate(cycle, unit(code), _rating(pillars, mean))
        return finish(cycle, choose)


def _rating(pillars: list[list[str]], score: float) -> dict[str, int | None]:
    """Answers whose score is as near to this as six practices of four anchors allow."""
    points = round((score - 1) * 3 / 4 * 6)
    return {code: min(3, points // 6 + (place < points % 6)) for codes in pillars for place, code in enumerate(codes)}


@pytest.mark.django_db
def test_what_was_planted_is_found_and_nothing_else_is_called(five: MaturityModel) -> None:
    found_company(dict.fromkeys(CENTRES, 15))
    first = play(five, 11, 0)
    cards = Scorecard.objects.filter(cycle=first)

    torn = cards.filter(view="two_realities")
    assert torn.filter(unit=unit(CAMPS)).count() >= 4
    assert torn.exclude(unit=unit(CAMPS)).count() <= 1
    company = cards.get(unit=unit("CTY"), pillar="people")
    assert (company.teams or 0) >= len(CENTRES)
    assert company.teams_apart == cards.filter(view="two_realities", pillar="people").count()

    gaps = Gap.objects.filter(cycle=first)
    assert gaps.filter(unit=unit(BOASTS), verdict__in=["higher", "overrates"]).count() >= 4
    assert not gaps.filter(unit=unit(HONEST), verdict="overrates").exists()
    assert gaps.filter(unit=unit(HONEST), verdict__in=["alike", "cannot_tell"]).count() >= 4

    truth = {code: culture(np.random.default_rng(2), CENTRES[code]) for code in OTHERS}
    cells = Cell.objects.filter(round=first.round, measure="pillar", unit__code__in=OTHERS).select_related("unit")
    covered = [(cell.low or 9) <= truth[cell.unit.code] <= (cell.high or 0) for cell in cells]
    assert len(covered) == 5 * len(OTHERS)
    assert sum(covered) / len(covered) >= 0.8  # nine in ten

    second = play(five, 12, 8)
    verdicts = Cell.objects.filter(round=second.round, measure="pillar").values_list("verdict", flat=True)
    assert len(verdicts) >= 40
    assert sum(verdict in ("up", "down") for verdict in verdicts) <= 2

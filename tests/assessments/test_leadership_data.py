"""2,042 people of 49 companies rate their leaders (Bliese, Halverson & Schriesheim 2002): replayed as a cycle.

A model of one pillar and eleven practices of five answers, opened, answered over the answer pages, sealed, closed.
Scorecards say what the file says by the formulas of docs/domain.md, computed here by themselves.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from assessments import actions
from assessments.models import Cycle, MaturityModel, Scorecard
from portal.lib import clock
from stats.icc import icc_of_samples
from stats.intervals import Sample
from surveys import closing
from surveys.actions import stock_keys
from surveys.models import Cell, Invitation
from tests.assessments.cycle_cast import MONDAY, make_cycle
from tests.surveys.test_real_round import ITEMS, answer_in_a_browser, read, settle

BOTH = {"vi": "Lãnh đạo", "en": "Leadership"}
Rows = list[list[int]]  # a person each, answers 1 to 5


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


def leadership_model() -> MaturityModel:
    """One pillar, eleven practices of five answers each."""
    places = [{"vi": f"Mức {place}", "en": f"Step {place}"} for place in range(1, 6)]
    practices = [
        {"code": code, "name": BOTH, "question": {"vi": code, "en": code}, "weight": 1, "anchors": places}
        for code in ITEMS
    ]
    content = {
        "about": BOTH,
        "scale": {"anchors": 5},
        "pillars": [{"code": "leadership", "name": BOTH, "practices": practices}],
    }
    return MaturityModel.objects.create(
        code="leaders", version=1, state="published", title=BOTH, content=content,
        changed_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip


def replay(folder: Path, settings: Settings) -> tuple[Cycle, dict[str, Rows]]:
    """Every person of the file answers in a browser; the cycle closes."""
    companies = read(folder)
    names = {unit.pk: name for name, unit in settle(companies).items()}
    stock_keys(2)
    cycle = actions.open_cycle(cycle_id=make_cycle(leadership_model(), asks_comments=False).pk)
    assert cycle.round is not None
    waiting = {name: iter(people) for name, people in companies.items()}
    said: dict[str, Rows] = defaultdict(list)
    client = Client()
    with clock.at(cycle.round.opens_at + timedelta(days=1)):
        for invitation in Invitation.objects.filter(round=cycle.round).select_related("employee"):
            name = names[invitation.employee.unit_id or 0]
            given = next(waiting[name])
            anchors = {code: value - 1 for code, value in given.items()}
            answer_in_a_browser(client, settings.SURVEY_HOST, invitation, anchors)
            said[name].append([given[code] for code in ITEMS])
    with clock.at(cycle.round.closes_at + timedelta(minutes=1)):
        assert closing.close_round(cycle.round.pk)
        assert actions.close_cycle(cycle_id=cycle.pk)
    return cycle, said


def r_wg_j(people: Rows) -> float:
    """James, Demaree & Wolf 1984, with variance 2 for five answers at random."""
    v: float = statistics.mean(statistics.variance(column) for column in zip(*people, strict=True)) / 2
    return 11 * (1 - v) / (11 * (1 - v) + v)


def ad_m(people: Rows) -> float:
    """Burke, Finkelstein & Dusig 1999."""
    columns = [list(column) for column in zip(*people, strict=True)]
    found: float = statistics.mean(abs(value - statistics.mean(column)) for column in columns for value in column)
    return found


def icc(groups: list[Rows]) -> tuple[float, float]:
    """ICC(1) and ICC(2) by one-way analysis of variance with the mean group size (Bliese 2000)."""
    scores = [[statistics.mean(person) for person in people] for people in groups]
    every = [score for group in scores for score in group]
    grand = statistics.mean(every)
    between = sum(len(group) * (statistics.mean(group) - grand) ** 2 for group in scores) / (len(scores) - 1)
    within = sum((len(group) - 1) * statistics.variance(group) for group in scores) / (len(every) - len(scores))
    size = len(every) / len(scores)
    return (between - within) / (between + (size - 1) * within), (between - within) / between


@pytest.mark.realdata
@pytest.mark.django_db
def test_scorecards_of_a_real_leadership_survey_say_what_its_file_says(
    realdata: Path, settings: Settings, tmp_path: Path
) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    cycle, said = replay(realdata, settings)
    assert (len(said), sum(map(len, said.values()))) == (49, 2042)
    cards = Scorecard.objects.filter(cycle=cycle).select_related("cell", "unit")
    by_name = {card.unit.code[1:]: card for card in cards if card.unit.code != "ROOT"}
    assert set(by_name) == set(said)
    for name, card in by_name.items():
        people = said[name]
        scores = [statistics.mean(person) for person in people]
        assert card.cell.n == len(people)
        assert card.cell.mean == pytest.approx(statistics.mean(scores), abs=1e-12)
        assert card.cell.sd == pytest.approx(statistics.stdev(scores), abs=1e-9)
        assert card.r_wg == pytest.approx(r_wg_j(people), abs=1e-12)
        assert card.ad_m == pytest.approx(ad_m(people), abs=1e-12)
    found = icc_of_samples([Sample(card.cell.n or 0, card.cell.mean or 0, card.cell.sd) for card in by_name.values()])
    assert found is not None
    assert (found.icc1, found.icc2) == pytest.approx(icc(list(said.values())), abs=1e-9)
    assert (found.icc1, found.icc2) == pytest.approx((0.0880, 0.8008), abs=0.00005)
    assert statistics.mean(r_wg_j(people) for people in said.values()) == pytest.approx(0.8678, abs=0.00005)
    views = [card.view for card in by_name.values()]  # .70 alone would pass all 49; chance leaves 32 untold
    assert (views.count("shared"), views.count("apart")) == (0, 17)
    assert Cell.objects.filter(round=cycle.round, measure="pillar").count() == len(cards)

"""Cells that hold no mean: a verdict alone, a word for yes and no, or no cell at all."""

import re
from pathlib import Path
from typing import Any

import pytest

from portal.lib.pillars import Pillar
from surveys.models import Cell, Round
from surveys.questionnaire import Item, Scale
from tests.pulses.results_stage import (
    Stage,
    at_once,
    launch,
    make_stage,
    played,
    reading,
    signed_in,
    usual,
    words,
)
from tests.surveys.stage import close, everybody_answers

pytestmark = pytest.mark.django_db

KNOWS = Item("Y1", Pillar.PEOPLE, "driver_1", Scale.YES_NO, {"vi": "Bạn biết chứ?", "en": "Do you know?"})
YES_WORDS = [
    (4, "most", "Most said yes.", "Phần lớn trả lời “Có”."),
    (2, "mixed", "About as many said yes as said no.", "Số người trả lời “Có” và “Không” gần ngang nhau."),
    (1, "few", "Most said no.", "Phần lớn trả lời “Không”."),
]


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def stage(db: None) -> Stage:
    return make_stage()


@pytest.fixture
def mixed(stage: Stage) -> Round:
    """A: one score and two pillars not shown apart. The company: none in Measurement."""
    round_ = played(stage)
    kept_back = ["understanding", "U1", "U2", "measurement", "M1", "M2"]
    Cell.objects.filter(round=round_, unit=stage.units["A"], code__in=kept_back).delete()
    Cell.objects.filter(round=round_, unit=stage.root, code="measurement").delete()
    return round_


def page_of(round_: Round, unit_id: int, page: str = "") -> str:
    return f"/pulses/results/{round_.pk}/{unit_id}/{page}"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_page_stands_whatever_a_cell_holds(stage: Stage, mixed: Round, language: str) -> None:
    pages = [f"/pulses/results/heat-map/{mixed.pk}/"]
    for unit in (stage.root, *stage.units.values()):
        pages += [page_of(mixed, unit.pk), page_of(mixed, unit.pk, "questions/")]
    for where in pages:
        status, page = reading(stage.hr, where, at_once(mixed), language)
        assert status == 200
        assert not re.search(r"\bNone\b|\bnan\b| – \(|\(\s*\)", words(page)), where


def test_a_pillar_without_a_score_is_never_called_the_highest_or_the_lowest(stage: Stage, mixed: Round) -> None:
    text = words(reading(stage.lead_a, page_of(mixed, stage.units["A"].pk), at_once(mixed))[1])
    assert "in Leadership, the highest of the pillars shown." in text
    assert "the highest pillar" not in text
    assert "the lowest" not in text
    assert "not shown apart" in text
    company = words(reading(stage.hr, page_of(mixed, stage.root.pk), at_once(mixed))[1])
    assert "in Understanding, the highest of the pillars shown." in company
    assert "in Leadership, the lowest of the pillars shown." in company


def test_a_score_without_a_mean_is_not_compared_on_the_heat_map(stage: Stage, mixed: Round) -> None:
    page = reading(stage.hr, f"/pulses/results/heat-map/{mixed.pk}/", at_once(mixed))[1]
    rows = {
        name: row
        for row in re.findall(r"<tr.*?</tr>", page[: page.index('<table class="twin">')], flags=re.S)
        for name in stage.units
        if f"Unit {name}<" in row
    }
    of_a = re.findall(r"<td.*?</td>", rows["A"], flags=re.S)
    assert ["≈" in cell for cell in of_a] == [True, False, False]
    assert ["not shown apart" in cell for cell in of_a] == [False, True, True]
    of_b = re.findall(r"<td.*?</td>", rows["B"], flags=re.S)
    assert ["≈" in cell for cell in of_b] == [True, True, False]  # the company shows no mean in Measurement
    twin = words("<main" + page[page.index('<table class="twin">') :])
    assert re.search(r"Unit A \d\.\d \(\d\.\d–\d\.\d; 12\) ≈ not shown apart not shown apart", twin)


def test_the_questions_say_what_may_be_said(stage: Stage, mixed: Round) -> None:
    text = words(reading(stage.lead_a, page_of(mixed, stage.units["A"].pk, "questions/"), at_once(mixed))[1])
    assert "understanding 1 not shown apart" in text
    assert "measurement 1 not shown apart" in text


def test_the_interface_has_no_row_where_nothing_is_shown(stage: Stage, mixed: Round) -> None:
    rows = signed_in(stage.hr).get(f"/api/v1/cells/?round={mixed.pk}&unit=A&measure=pillar").json()["results"]
    assert [row["code"] for row in rows] == ["leadership"]


@pytest.mark.parametrize(("yes_of_five", "share", "english", "vietnamese"), YES_WORDS)
def test_few_yes_and_no_answers_are_told_in_words_with_their_n(
    stage: Stage, yes_of_five: int, share: str, english: str, vietnamese: str
) -> None:
    round_ = launch(also=[KNOWS])
    everybody_answers(round_, lambda person, n: usual(person, n) | {"Y1": int(n % 5 < yes_of_five)})
    close(round_)
    a = stage.units["A"]
    assert Cell.objects.get(round=round_, unit=a, code="Y1").share == share
    for language, sentence in (("en", english), ("vi", vietnamese)):
        text = words(reading(stage.lead_a, page_of(round_, a.pk, "questions/"), at_once(round_), language)[1])
        assert f"{sentence} n 12" in text
        assert "%" not in text[text.index(sentence) - 40 : text.index(sentence) + 40]

"""A question asked below one unit changes nothing on the results pages of a pulse, and breaks none of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surveys.models import Cell, Round
from surveys.questionnaire import Item, Scale
from surveys.registry import item_sources, register_items
from tests.pulses.results_stage import Stage, at_once, launch, make_stage, reading, signed_in, usual, words
from tests.surveys.stage import close, everybody_answers

pytestmark = pytest.mark.django_db

ASKED = "I see this promise being kept."


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def stage(db: None) -> Stage:
    return make_stage()


@pytest.fixture
def promised(stage: Stage) -> Iterator[Round]:
    """A pulse that also asked A about a promise."""
    before = dict(item_sources)
    item_sources.clear()
    item = Item("kept:7", None, "", Scale.AGREE, {"vi": ASKED, "en": ASKED})
    register_items("promises", lambda kind, units, opens_at: {stage.units["A"].pk: [item]})
    round_ = launch(comment=True)
    asked = set(round_.invitations.filter(employee__unit=stage.units["A"]).values_list("form", flat=True))
    assert asked == {0, 1}  # the leader stands above and is asked the usual questions
    leader = stage.lead_a.pk
    everybody_answers(
        round_,
        lambda person, n: (
            usual(person, n)
            | ({"kept:7": 1 + n % 5} if person.unit == stage.units["A"] and person.pk != leader else {})
        ),
    )
    close(round_)
    yield round_
    item_sources.clear()
    item_sources.update(before)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_page_stands_and_lists_the_questions_of_pillars_alone(
    stage: Stage, promised: Round, language: str
) -> None:
    pages = [f"/pulses/results/heat-map/{promised.pk}/"]
    for unit in (stage.root, *stage.units.values()):
        pages += [f"/pulses/results/{promised.pk}/{unit.pk}/{page}" for page in ("", "questions/")]
    for where in pages:
        for reader in (stage.hr, stage.lead_a):
            status, page = reading(reader, where, at_once(promised), language)
            assert status in (200, 404) if reader == stage.lead_a else status == 200
            assert ASKED not in words(page), where


def test_its_cell_is_read_by_those_who_read_the_unit(stage: Stage, promised: Round) -> None:
    assert Cell.objects.filter(round=promised, code="kept:7").values_list("unit", "n").get() == (
        stage.units["A"].pk,
        12,
    )
    where = f"/api/v1/cells/?round={promised.pk}&measure=item"
    for reader, sees in ((stage.hr, True), (stage.lead_a, True), (stage.lead_b, False)):
        codes = {row["code"] for row in signed_in(reader).get(where).json()["results"]}
        assert ("kept:7" in codes) is sees

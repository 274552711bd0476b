"""The heat map: colour only where a difference from the rest of the company is called over all cells shown."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pulses import results_heat
from surveys.models import Cell
from tests.pulses.results_stage import Stage, at_once, later, launch, make_stage, played, reading, usual
from tests.surveys.stage import close, everybody_answers

pytestmark = pytest.mark.django_db

HEAT = "/pulses/results/heat-map/"


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def stage(db: None) -> Stage:
    return make_stage()


def rows(page: str) -> dict[str, list[tuple[str, str]]]:
    """Unit -> (class, words) of each cell of the heat map."""
    table = page[page.index('<table class="heat">') : page.index("</table>")]
    found = {}
    for row in re.findall(r"<tr.*?</tr>", table, flags=re.S)[1:]:
        head = re.search(r"<th.*?</th>", row, flags=re.S)
        assert head is not None
        name = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", head[0])).strip()
        cells = re.findall(r"<td(?: class=\"(\w*)\")?>(.*?)</td>", row, flags=re.S)
        found[name] = [(tone, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()) for tone, text in cells]
    return found


def low_in_b(stage: Stage) -> Any:
    b = stage.units["B"].pk
    return lambda person, n: (
        usual(person, n) | ({"L1": 1 + n % 2, "L2": 1} if person.unit_id == b else {"L1": 4 + n % 2, "L2": 4})
    )


def test_a_clear_difference_is_coloured_with_its_sign_and_size_and_the_rest_is_not(stage: Stage) -> None:
    round_ = launch()
    everybody_answers(round_, low_in_b(stage))
    close(round_)
    found = rows(reading(stage.hr, HEAT, at_once(round_))[1])
    below = next(cells for name, cells in found.items() if name.startswith("Unit B"))
    assert below[0][0] == "lo3"
    assert re.match(r"▼ −\d\.\d", below[0][1])
    assert [tone for tone, _text in below[1:]] == ["maybe", "maybe"]
    assert all("≈" in text for _tone, text in below[1:])


def test_the_company_stands_first_and_is_never_coloured(stage: Stage) -> None:
    round_ = launch()
    everybody_answers(round_, low_in_b(stage))
    close(round_)
    found = rows(reading(stage.hr, HEAT, at_once(round_))[1])
    name, cells = next(iter(found.items()))
    assert name.startswith("An Nhien Company")
    assert {tone for tone, _text in cells} == {""}


def test_a_unit_too_small_is_hatched_and_says_where_its_answers_are(stage: Stage) -> None:
    round_ = played(stage)
    found = rows(reading(stage.hr, HEAT, at_once(round_))[1])
    name, cells = next((name, cells) for name, cells in found.items() if "Unit C" in name)
    assert "in the results of An Nhien Company" in name
    assert set(cells) == {("apart", "not shown apart")}


def test_neighbours_not_shown_apart_stand_together_in_one_row() -> None:
    stage = make_stage({"A": 13, "B": 13, "C": 3, "D": 3})
    round_ = played(stage)
    page = reading(stage.hr, HEAT, at_once(round_))[1]
    names = [name for name in rows(page) if "Unit C" in name]
    assert len(names) == 1
    assert "Unit D" in names[0]
    assert 'class="merged"' in page


def test_a_leader_sees_the_subtree_only_and_nothing_compared_until_the_company_may_be_read(stage: Stage) -> None:
    round_ = launch()
    everybody_answers(round_, low_in_b(stage))
    close(round_)
    early = reading(stage.lead_b, HEAT, at_once(round_))[1]
    assert [name.split(" ")[1] for name in rows(early)] == ["B"]
    assert "Until then nothing is compared." in early
    assert "lo3" not in {tone for cells in rows(early).values() for tone, _text in cells}
    found = rows(reading(stage.lead_b, HEAT, later(round_))[1])
    assert not any("Unit A" in name for name in found)
    assert any(tone == "lo3" for cells in found.values() for tone, _text in cells)


def test_the_table_twin_holds_the_same_scores_and_no_more(stage: Stage) -> None:
    round_ = played(stage)
    page = reading(stage.hr, HEAT, at_once(round_))[1]
    twin = page[page.index('<table class="twin">') :]
    printed = set(re.findall(r"<b>(\d\.\d)</b>", page[: page.index('<table class="twin">')]))
    assert printed == set(re.findall(r"<td>\s*(\d\.\d) ", twin[: twin.index("</table>")]))


def test_a_large_company_is_opened_level_by_level(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    round_ = played(stage)
    monkeypatch.setattr(results_heat, "UNITS_AT_ONCE", 2)
    found = rows(reading(stage.hr, HEAT, at_once(round_))[1])
    assert len(found) >= 3
    assert reading(stage.hr, f"{HEAT}{round_.pk}/?under={stage.units['A'].pk}", at_once(round_))[0] == 200


def test_chance_alone_colours_hardly_a_cell(stage: Stage) -> None:
    round_ = played(stage)
    tones = [tone for cells in rows(reading(stage.hr, HEAT, at_once(round_))[1]).values() for tone, _text in cells]
    assert not any(tone.startswith(("lo", "hi")) for tone in tones)
    assert Cell.objects.filter(round=round_).exists()
    assert round_.closed_at is not None
    assert round_.closed_at - round_.opens_at > timedelta(days=6)

"""The heat map: colour only where a difference from the rest of the company is called over all cells of the wave."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from surveys import results_heat
from surveys.models import Cell
from tests.make import make_employee, make_unit
from tests.pulses.results_stage import Stage, at_once, later, launch, make_stage, played, reading, usual, words
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


def test_all_readers_see_the_same_marks_however_many_cells_they_see() -> None:
    """B lies just so far off that it would be called among the three cells its leader sees, but not among all."""
    stage = make_stage({"A": 13, "B": 16, **{f"N{number}": 12 for number in range(8)}})
    round_ = played(stage)
    b = stage.units["B"]
    own = Cell.objects.filter(round=round_, unit=b, measure="pillar")
    own.update(sd=0.8, df=15)
    Cell.objects.filter(round=round_, unit=stage.root, measure="pillar").update(mean=3.0, sd=0.8, df=100)
    Cell.objects.filter(round=round_, measure="pillar").exclude(unit__in=[b, stage.root]).update(mean=3.0)
    seen = []
    for shift, called in ((0.55, False), (1.2, True)):
        own.update(mean=3.0)
        own.filter(code="leadership").update(mean=3.0 + shift)
        tones = []
        for person in (stage.hr, stage.lead_b):
            found = rows(reading(person, f"{HEAT}{round_.pk}/", later(round_))[1])
            tones.append(next(cells for name, cells in found.items() if name.startswith("Unit B"))[0][0])
        assert tones[0] == tones[1]
        assert tones[0].startswith("hi") is called
        seen.append(tones)
    assert seen[0] != seen[1]


def test_answers_that_stand_under_two_names_are_marked_alike_and_counted_once() -> None:
    stage = make_stage()
    round_ = launch()
    everybody_answers(round_, low_in_b(stage))
    close(round_)
    Cell.objects.filter(round=round_, unit=stage.units["A"], measure="pillar").delete()
    for cell in Cell.objects.filter(round=round_, unit=stage.units["B"], measure="pillar"):
        cell.pk, cell.unit, cell.same_as = None, stage.units["A"], stage.units["B"]
        cell.save(force_insert=True)
    found = rows(reading(stage.hr, HEAT, at_once(round_))[1])
    one, other = (
        next(cells for name, cells in found.items() if name.startswith(unit)) for unit in ("Unit A", "Unit B")
    )
    assert one == other
    assert one[0][0] == "lo3"


def test_the_page_says_with_whom_a_unit_is_compared_and_why_a_mark_needs_so_much(stage: Stage) -> None:
    round_ = played(stage)
    said = {
        "en": ("differ from the rest of the company?", "Many cells are compared at once"),
        "vi": ("khác với phần còn lại của công ty?", "Vì so nhiều ô cùng lúc"),
    }
    for language, sentences in said.items():
        text = words(reading(stage.hr, HEAT, at_once(round_), language)[1])
        assert all(sentence in text for sentence in sentences)


def test_a_row_without_its_participation_says_so(stage: Stage) -> None:
    round_ = played(stage)
    Cell.objects.filter(round=round_, unit=stage.units["A"], measure="participation").delete()
    found = rows(reading(stage.hr, HEAT, at_once(round_))[1])
    assert any(name == "Unit A how many took part is not shown apart" for name in found)
    assert any(re.match(r"Unit B .*answered", name) for name in found)


def test_keys_and_answers_stand_only_where_they_are_needed() -> None:
    stage = make_stage({"A": 13, "B": 16, "C": 12})
    round_ = played(stage)
    text = words(reading(stage.hr, HEAT, at_once(round_))[1])
    assert "Why are some cells not shown apart?" not in text
    assert "lower" not in text
    assert "≈ cannot tell yet" in text


def test_the_leader_of_a_unit_too_small_sees_the_row_that_stands_in() -> None:
    stage = make_stage({"A": 13, "B": 16, "C": 12})
    small = make_unit("S", parent=stage.units["A"])
    people = [make_employee(unit=small) for _ in range(3)]
    small.leader = people[0]
    small.save()
    round_ = played(stage)
    page = reading(people[0], HEAT, later(round_))[1]
    found = rows(page)
    assert any(name.startswith("Unit A") for name in found)
    assert any("Unit S" in name and "in the results of Unit A" in name for name in found)
    assert not any("Unit B" in name for name in found)
    assert f"/{stage.units['A'].pk}/" not in page  # it may be read here, but is not the leader's to open


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

"""Results of one unit: five sentences, pillars with their ranges, and only for those who may read them."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from portal.lib import clock
from portal.templatetags.bearing import figure
from surveys import results_sight
from surveys.models import Cell, Round
from tests.make import make_employee, make_unit
from tests.pulses.results_stage import (
    Stage,
    at_once,
    later,
    launch,
    make_stage,
    played,
    publish,
    reading,
    signed_in,
    usual,
    words,
)
from tests.surveys.stage import answer, close, everybody_answers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.KEY_DIR = tmp_path / "keys"


@pytest.fixture
def stage(db: None) -> Stage:
    return make_stage()


def address(round_id: object, unit_id: int, page: str = "") -> str:
    return f"/pulses/results/{round_id}/{unit_id}/{page}"


def test_a_leader_reads_the_unit_led_as_soon_as_the_wave_has_closed(stage: Stage) -> None:
    round_ = played(stage)
    status, page = reading(stage.lead_a, "/pulses/results/", at_once(round_))
    assert status == 200
    assert "Unit A" in words(page)
    assert "The pillars, as 12 people answered" in words(page)


def test_five_sentences_say_who_answered_the_highest_the_change_the_lowest_and_what_next(stage: Stage) -> None:
    round_ = played(stage)
    text = words(reading(stage.lead_a, "/pulses/results/", at_once(round_))[1])
    assert "12 people answered. That is nearly all of those invited." in text
    assert "in Understanding, the highest pillar." in text
    assert "These questions were asked here for the first time" in text
    assert "in Measurement, the lowest pillar." in text
    assert "Next: Measurement. Its lowest question is “measurement 2”" in text


def test_below_twenty_invited_no_share_is_printed(stage: Stage) -> None:
    round_ = played(stage)
    assert "% of those invited" not in reading(stage.lead_a, "/pulses/results/", at_once(round_))[1]
    assert "100% of those invited" in reading(stage.hr, "/pulses/results/", at_once(round_))[1]


def test_another_leader_does_not_find_the_unit(stage: Stage) -> None:
    round_ = played(stage)
    for page in ("", "questions/", "comments/"):
        assert reading(stage.lead_b, address(round_.pk, stage.units["A"].pk, page), later(round_))[0] == 404
        assert reading(stage.lead_b, address(round_.pk, stage.units["B"].pk, page), later(round_))[0] == 200


def test_an_employee_reads_the_own_unit_and_the_company_two_days_after_the_leader(stage: Stage) -> None:
    round_ = played(stage)
    for unit in (stage.units["A"], stage.root):
        assert reading(stage.member, address(round_.pk, unit.pk), at_once(round_))[0] == 404
        assert reading(stage.member, address(round_.pk, unit.pk), later(round_))[0] == 200
    assert reading(stage.member, address(round_.pk, stage.units["B"].pk), later(round_))[0] == 404


def test_until_then_the_employee_is_told_the_day(stage: Stage) -> None:
    round_ = played(stage)
    status, page = reading(stage.member, "/pulses/results/", at_once(round_))
    assert status == 200
    assert "No results yet." in words(page)
    assert "two days after the unit leaders" in words(page)


def test_while_the_wave_is_open_nobody_reads_anything(stage: Stage) -> None:
    round_ = launch()
    everybody_answers(round_, usual)
    for person in (stage.lead_a, stage.hr, stage.member):
        status, page = reading(person, "/pulses/results/", round_.opens_at + timedelta(hours=2))
        assert status == 200
        assert "Results appear only after it closes" in words(page)
        assert reading(person, address(round_.pk, stage.root.pk), round_.opens_at + timedelta(hours=2))[0] == 404


def test_a_small_team_sees_its_ancestor_and_is_told_so(stage: Stage) -> None:
    round_ = played(stage)
    text = words(reading(stage.small, "/pulses/results/", later(round_))[1])
    assert "Unit C has no results of its own." in text
    assert "together with its neighbours in An Nhien Company, from 40 people who answered" in text
    assert "The pillars, as 40 people in An Nhien Company answered" in text


def test_hr_and_the_cx_team_read_the_same_numbers_as_the_leader(stage: Stage) -> None:
    round_ = played(stage)
    where = address(round_.pk, stage.units["A"].pk)
    tables = [
        re.findall(r"<table class=\"pillars\">.*?</table>", reading(person, where, at_once(round_))[1], flags=re.S)
        for person in (stage.lead_a, stage.hr, stage.cx)
    ]
    assert tables[0]
    assert tables[0] == tables[1] == tables[2]


def test_no_number_stands_on_the_page_that_is_not_a_cell_of_that_unit(stage: Stage) -> None:
    round_ = played(stage)
    text = words(reading(stage.lead_a, address(round_.pk, stage.units["A"].pk), at_once(round_))[1])
    cells = list(Cell.objects.filter(round=round_, unit=stage.units["A"]))
    numbers = [value for cell in cells for value in (cell.mean, cell.low, cell.high) if value is not None]
    with translation.override("en"):
        allowed = {figure(value) for value in numbers}
    printed = set(re.findall(r"\d+\.\d", text))
    assert printed
    assert printed <= allowed
    assert set(re.findall(r"n (\d+)", text)) <= {str(cell.n) for cell in cells}


def test_no_probability_is_ever_printed_as_certain(stage: Stage) -> None:
    round_ = played(stage)
    for person in (stage.lead_a, stage.hr):
        text = words(reading(person, "/pulses/results/", at_once(round_))[1])
        shares = [int(share) for share in re.findall(r"probability (\d+)%", text)]
        assert shares
        assert max(shares) <= 99


def test_a_pillar_that_gives_people_away_is_hatched_and_not_shown_apart(stage: Stage) -> None:
    round_ = launch()
    a = stage.units["A"].pk
    everybody_answers(round_, lambda person, n: usual(person, n) | ({"M1": 2, "M2": 2} if person.unit_id == a else {}))
    close(round_)
    page = reading(stage.lead_a, "/pulses/results/", at_once(round_))[1]
    assert "not shown apart" in words(page)
    assert "in Measurement" not in words(page)


def test_two_waves_with_the_same_questions_are_compared_and_drawn(stage: Stage) -> None:
    first = played(stage, "pulse:1", series="p")
    with clock.at(later(first) + timedelta(days=28)):
        second = launch("pulse:2", series="p")
        everybody_answers(second, lambda person, n: usual(person, n) | {"M1": 4 + n % 2, "M2": 3 + n % 3})
        close(second)
    page = reading(stage.hr, "/pulses/results/", at_once(second))[1]
    assert "in Measurement since the same questions were asked before. Changed" in words(page)
    assert 'class="trends"' in page
    assert "Show as table" in words(page)
    earlier = reading(stage.hr, address(first.pk, stage.root.pk), at_once(second))[1]
    assert 'class="trends"' not in earlier  # a wave is shown with what was known when it closed


@pytest.fixture
def unsure(stage: Stage) -> Round:
    """The second of two waves that hardly differ."""
    first = played(stage, "pulse:1", series="p")
    with clock.at(later(first) + timedelta(days=28)):
        second = launch("pulse:2", series="p")
        everybody_answers(second, lambda person, n: usual(person, n + 1))
        return close(second)


def test_what_cannot_be_told_is_said_with_what_more_it_would_need(stage: Stage, unsure: Round) -> None:
    cells = Cell.objects.filter(round=unsure, unit=stage.root, measure="pillar")
    assert cells.update(n=30, verdict="cannot_tell", verdict_difference=0.2, verdict_needed=32) == 3
    text = words(reading(stage.hr, "/pulses/results/", at_once(unsure))[1])
    assert "Cannot tell yet: this may be chance alone. About 32 answers in each wave would most likely show it." in text
    assert "about 32 answers in each wave would most likely show it" in text


def test_a_unit_with_people_enough_for_the_answers_needed_is_not_told_that_it_is_too_small(
    stage: Stage, unsure: Round
) -> None:
    a = stage.units["A"]
    cells = Cell.objects.filter(round=unsure, unit=a, measure="pillar")
    assert cells.update(verdict="cannot_tell", verdict_difference=0.2, verdict_needed=12) == 3  # as many as its people
    text = words(reading(stage.lead_a, address(unsure.pk, a.pk), at_once(unsure))[1])
    assert "About 12 answers in each wave" in text
    cells.update(verdict_needed=13)
    text = words(reading(stage.lead_a, address(unsure.pk, a.pk), at_once(unsure))[1])
    assert "This unit alone cannot show so small a change" in text


def test_more_answers_than_the_unit_has_people_are_not_asked_for(stage: Stage, unsure: Round) -> None:
    a = stage.units["A"]
    cells = Cell.objects.filter(round=unsure, unit=a, measure="pillar")
    assert cells.update(verdict="cannot_tell", verdict_difference=0.2, verdict_needed=667) == 3
    said = {
        "en": "This unit alone cannot show so small a change; look at the unit above, or over several waves.",
        "vi": "Chênh lệch nhỏ như vậy thì riêng đơn vị này chưa đủ để thấy rõ. "
        "Mời bạn xem ở đơn vị cấp trên hoặc qua nhiều đợt.",
    }
    for language, sentence in said.items():
        text = words(reading(stage.lead_a, address(unsure.pk, a.pk), at_once(unsure), language)[1])
        assert sentence in text
        assert "667" not in text


def test_the_company_has_no_unit_above_to_look_at(stage: Stage, unsure: Round) -> None:
    text = words(reading(stage.hr, "/pulses/results/", at_once(unsure))[1])
    assert "One wave cannot show so small a change; look over several waves." in text
    assert "unit above, or over" not in text


def test_the_number_who_answered_names_its_group_when_a_pillar_rests_on_more(stage: Stage) -> None:
    round_ = played(stage)
    a = stage.units["A"]
    publish(round_, a, "all", "participation", n=9, share="most")
    said = {
        "en": "9 people answered, in the part of the unit that has results for every pillar. "
        "That is most of those invited there. A single pillar can cover more of the unit: up to 12 answers.",
        "vi": "9 người trả lời, tính ở phần đơn vị có kết quả cho mọi trụ cột. "
        "Tức là phần lớn những người được mời ở phần này. "
        "Xét riêng từng trụ cột thì có thể gồm nhiều hơn: đến 12 lượt trả lời.",
    }
    for language, sentences in said.items():
        text = words(reading(stage.lead_a, address(round_.pk, a.pk), at_once(round_), language)[1])
        assert sentences in text
        assert "9 people answered." not in text
    heat = words(reading(stage.hr, "/pulses/results/heat-map/", at_once(round_))[1])
    assert "most answered · for all pillars" in heat
    assert "“For all pillars” counts those who answered in the part of the unit" in heat
    home = words(reading(stage.lead_a, "/", at_once(round_))[1])
    assert "in the part that has results for every pillar; a single pillar can cover more, up to 12 answers" in home


def test_where_other_people_were_asked_before_there_is_no_ring_and_it_is_said_why(stage: Stage, unsure: Round) -> None:
    compared = reading(stage.hr, "/pulses/results/", at_once(unsure))[1]
    assert 'class="was"' in compared
    cells = Cell.objects.filter(round=unsure, unit=stage.root, measure="pillar")
    assert cells.update(verdict="", verdict_difference=None, verdict_needed=None, breaks_line=True) == 3
    page = reading(stage.hr, "/pulses/results/", at_once(unsure))[1]
    assert 'class="was"' not in page
    assert "when last asked the same" not in words(page)
    assert "other people were asked before: not compared" in words(page)
    assert "These questions were asked before, but of other people" in words(page)
    assert "for the first time" not in words(page)
    cells = Cell.objects.filter(unit=stage.root, measure="pillar").exclude(round=unsure)
    assert cells.update(mean=None, low=None, high=None, sd=None, df=None) == 3
    text = words(reading(stage.hr, "/pulses/results/", at_once(unsure))[1])
    assert "There is no earlier result of the same questions and the same people." in text


def test_home_says_of_a_change_what_the_results_say(stage: Stage, unsure: Round) -> None:
    cells = Cell.objects.filter(round=unsure, unit=stage.units["A"], measure="pillar")
    cells.filter(code="measurement").update(verdict="up", verdict_difference=0.7, verdict_needed=None)
    cells.exclude(code="measurement").update(verdict="", verdict_difference=None, verdict_needed=None)
    for language, said in {"en": "+0.7 · Changed", "vi": "+0,7 · Có thay đổi"}.items():
        for where in ("/", address(unsure.pk, stage.units["A"].pk)):
            text = words(reading(stage.lead_a, where, at_once(unsure), language)[1])
            assert said in text
            assert {"en": "Change, same questions", "vi": "Thay đổi (cùng câu hỏi)"}[language] in text


def test_home_says_that_questions_were_asked_for_the_first_time(stage: Stage) -> None:
    round_ = played(stage)
    assert "first time asked" in words(reading(stage.lead_a, "/", at_once(round_))[1])
    assert "hỏi lần đầu" in words(reading(stage.lead_a, "/", at_once(round_), "vi")[1])


def test_a_stand_in_is_named_wherever_its_figures_are_told(stage: Stage) -> None:
    round_ = played(stage)
    lead = stage.units["C"].leader
    assert lead is not None
    page = reading(lead, "/pulses/results/", at_once(round_))[1]
    assert re.search(r"<title>\s*Results: An Nhien Company \(with Unit C\)", page)
    text = words(page)
    assert re.search(r"people answered in An Nhien Company\.", text)
    assert re.search(r"The pillars, as \d+ people in An Nhien Company answered", text)
    home = words(reading(lead, "/", at_once(round_))[1])
    assert "What An Nhien Company (with Unit C) answered together" in home


def test_the_form_leads_to_another_unit_and_refuses_what_is_out_of_sight(stage: Stage) -> None:
    round_ = played(stage)
    there = f"/pulses/results/?unit={stage.units['B'].pk}&round={round_.pk}"
    assert "Unit B" in words(reading(stage.hr, there, at_once(round_))[1])
    assert reading(stage.lead_a, there, at_once(round_))[0] == 404
    assert reading(stage.hr, "/pulses/results/?unit=99999999999999999999&round=x", at_once(round_))[0] == 200


def test_questions_show_how_answers_are_spread_with_the_same_figures_as_a_table(stage: Stage) -> None:
    round_ = played(stage)
    page = reading(stage.lead_a, address(round_.pk, stage.units["A"].pk, "questions/"), at_once(round_))[1]
    text = words(page)
    assert "leadership 1" in text
    assert page.count("Show as table") == 6
    cell = Cell.objects.get(round=round_, unit=stage.units["A"], measure="item", code="L1")
    assert cell.histogram is not None
    assert f"Disagree {cell.histogram[1]} " in text


def test_the_page_says_how_many_comments_there_are(stage: Stage) -> None:
    round_ = launch(comment=True)
    a = stage.units["A"]
    for unit in (a, stage.units["B"], stage.units["C"], stage.root):
        for number, person in enumerate(unit.people.order_by("pk")):
            written = f"Kho {number}" if unit == a and number < 6 else ("Văn phòng" if number < 5 else "")
            answer(round_, person, usual(person, number), {"C1": written})
    close(round_)
    text = words(reading(stage.lead_a, address(round_.pk, a.pk, "comments/"), at_once(round_))[1])
    assert "5 comments" in text


def test_the_key_of_agreement_stands_only_where_answers_of_agreement_are_spread(stage: Stage) -> None:
    round_ = played(stage)
    where = address(round_.pk, stage.units["A"].pk, "questions/")
    assert "Bars of agreement, from left to right:" in words(reading(stage.lead_a, where, at_once(round_))[1])
    Cell.objects.filter(round=round_, measure="item").delete()
    assert "Bars of agreement" not in words(reading(stage.lead_a, where, at_once(round_))[1])


def test_a_radar_always_shows_the_whole_scale(stage: Stage) -> None:
    round_ = played(stage)
    page = reading(stage.lead_a, address(round_.pk, stage.units["A"].pk), at_once(round_))[1]
    radar = page[page.index('class="card radar"') :]
    assert re.findall(r'class="lev"[^>]*>(\d)<', radar[: radar.index("</figure>")]) == ["1", "2", "3", "4", "5"]


def test_the_foot_leads_to_how_numbers_are_read_and_speaks_of_ranges_only_where_they_are(stage: Stage) -> None:
    round_ = played(stage)
    page = reading(stage.lead_a, "/pulses/results/", at_once(round_))[1]
    assert re.search(r'href="/help/#numbers"', page)
    assert "Likely range: 90%." in page
    inbox = reading(stage.lead_a, "/inbox/", at_once(round_))[1]
    assert "Likely range: 90%." not in inbox
    assert "Answers are anonymous" in inbox
    assert 'id="numbers"' in reading(stage.lead_a, "/help/", at_once(round_))[1]


def test_comments_are_for_leaders_of_the_unit_hr_and_the_cx_team_and_are_plain_text(stage: Stage) -> None:
    round_ = launch(comment=True)
    a = stage.units["A"]
    said = {a.pk: "<b>Kho</b> 1", stage.units["B"].pk: "Quầy"}
    for unit in (a, stage.units["B"], stage.units["C"], stage.root):
        for number, person in enumerate(unit.people.order_by("pk")):
            text = said.get(unit.pk, "Văn phòng") if number < 5 else ""
            answer(round_, person, usual(person, number), {"C1": text})
    close(round_)
    where = address(round_.pk, a.pk, "comments/")
    assert reading(stage.member, where, later(round_))[0] == 404
    for person in (stage.lead_a, stage.hr, stage.cx):
        status, page = reading(person, where, at_once(round_))
        assert status == 200
        assert "&lt;b&gt;Kho&lt;/b&gt; 1" in page
        assert "Quầy" not in page
    assert "comments/" not in reading(stage.member, address(round_.pk, a.pk), later(round_))[1]


def test_pages_are_vietnamese_with_a_comma_for_readers_of_vietnamese(stage: Stage) -> None:
    round_ = played(stage)
    text = words(reading(stage.lead_a, "/pulses/results/", at_once(round_), language="vi")[1])
    assert re.search(r"\d,\d–\d,\d", text)
    assert not re.search(r"\d\.\d", text)


def test_fifty_units_cost_as_many_queries_as_five() -> None:
    stage = make_stage({f"N{number}": 6 for number in range(5)})
    first = played(stage, "pulse:1", comment=True)
    few = costs_for(stage, first)
    for number in range(45):
        unit = make_unit(f"M{number}", parent=stage.root)
        for _ in range(6):
            make_employee(unit=unit)
    with clock.at(later(first) + timedelta(days=28)):
        second = played(stage, "pulse:2", comment=True)
    many = costs_for(stage, second)
    assert few == many
    assert max(many) <= 12


def costs_for(stage: Stage, round_: Round) -> list[int]:
    """How many queries HR's look at each of the four pages costs."""
    whole = address(round_.pk, stage.root.pk)
    client, costs = signed_in(stage.hr), []
    for where in (whole, f"{whole}questions/", f"{whole}comments/", f"/pulses/results/heat-map/{round_.pk}/"):
        with clock.at(at_once(round_)), CaptureQueriesContext(connection) as queries:
            assert client.get(where).status_code == 200
        costs.append(len(queries))
    return costs


def test_a_reader_without_a_unit_reads_the_company(stage: Stage) -> None:
    assert results_sight.sight_of(stage.hr).first == stage.root.pk

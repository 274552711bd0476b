"""Results of a cycle: the company, a unit, its practices, and only for those who may read them."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import LevelChange, MaturityModel, Scorecard
from assessments.results_board import board_of
from assessments.results_unit import unit_of
from people.models import Employee
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys.models import Cell, Round, RoundUnit
from surveys.querysets import STAFF_READ_AFTER
from tests.assessments.published import Found, Published
from tests.assessments.results_cast import Cast, address, closed, make_cast, usual
from tests.make import make_unit
from tests.pulses.results_stage import reading, signed_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def read(person: Employee, where: str, *, later: bool = False, language: str = "en") -> tuple[int, str]:
    """Status and page, now or once everybody reads."""
    return reading(person, where, clock.now() + (STAFF_READ_AFTER if later else timedelta(0)), language)


def said(person: Employee, where: str) -> str:
    """The words of a page."""
    status, page = read(person, where)
    assert status == 200
    return words(page)


# Who reads


def test_a_leader_reads_the_unit_led_as_soon_as_the_cycle_has_closed(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    for page in ("", "practices/"):
        assert read(cast.lead, address(cycle, cast.branches[0], page))[0] == 200
        assert read(cast.lead, address(cycle, cast.branches[1], page))[0] == 404
        assert read(cast.lead, address(cycle, cast.branches[1], page), later=True)[0] == 404


def test_an_employee_reads_the_own_unit_and_the_company_two_days_later(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    for unit in (cast.branches[0], cast.company):
        assert read(cast.member, address(cycle, unit))[0] == 404
        assert read(cast.member, address(cycle, unit), later=True)[0] == 200
    assert read(cast.member, address(cycle))[0] == 404
    assert read(cast.member, address(cycle), later=True)[0] == 200
    assert read(cast.member, address(cycle, cast.branches[1]), later=True)[0] == 404


def test_hr_the_cx_team_and_the_board_read_every_unit_at_once(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    for person in (cast.hr, cast.cx, cast.board):
        for unit in (cast.company, *cast.branches, cast.small):
            assert read(person, address(cycle, unit))[0] == 200
        assert read(person, address(cycle))[0] == 200


def test_without_a_cycle_the_page_says_when_there_will_be_one(cast: Cast) -> None:
    for person in cast.everybody.values():
        assert "Results stand here after the first assessment" in said(person, "/assessments/results/")


def test_a_leader_is_told_from_when_the_company_can_be_read(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    text = said(cast.lead, address(cycle))
    assert "You can read the company's results here from" in text
    assert "To the scorecard of Branch 0" in text
    assert "Level" not in text


def test_the_first_page_is_the_company_for_those_who_read_all_and_the_own_unit_for_others(
    cast: Cast, five: MaturityModel
) -> None:
    closed(cast, five)
    assert "How far do we put customers first" in said(cast.board, "/assessments/results/")
    assert "Where do we stand, and which way next?" in said(cast.lead, "/assessments/results/")


def test_a_form_leads_to_another_unit_cycle_and_page(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    where = f"/assessments/results/?page=practices&unit={cast.branches[1].pk}&cycle={cycle.pk}"
    assert "Practices: Branch 1" in read(cast.hr, where)[1]
    assert read(cast.lead, where)[0] == 404
    assert read(cast.lead, "/assessments/results/?unit=nonsense")[0] == 200


# The same for all readers


def figures(page: str) -> list[str]:
    """The tables of pillars, as written."""
    return re.findall(r"<table class=\"(?:twin|heat)\">.*?</table>", page, flags=re.S)


def test_everybody_who_reads_a_unit_reads_the_same_figures(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    where = address(cycle, cast.branches[0])
    seen = {name: figures(read(person, where, later=True)[1]) for name, person in cast.everybody.items()}
    assert seen.pop("other") == []
    assert all(tables == seen["hr"] for tables in seen.values())
    assert seen["hr"]


def test_what_is_not_shown_apart_is_shown_to_nobody(cast: Cast, five: MaturityModel) -> None:
    nearly: Mapping[Pillar, Found] = {pillar: one for pillar, one in usual().items() if pillar != Pillar.PROCESS}
    cycle = closed(cast, five, of={cast.branches[0]: nearly}).cycle
    for person in (cast.head, cast.lead, cast.hr, cast.cx, cast.board):
        page = read(person, address(cycle, cast.branches[0]))[1]
        row = page[page.index("Process</th>") :]
        assert "not shown apart" in row[: row.index("</tr>")]


def test_a_small_team_reads_the_unit_above_and_is_told_so(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    text = said(cast.hr, address(cycle, cast.small))
    assert "Guards has no results of its own." in text
    assert "together with its neighbours in An Nhien Company" in text


def test_a_colour_needs_a_called_difference_and_the_reader_sees_only_units_within_sight(
    cast: Cast, five: MaturityModel
) -> None:
    far = usual(0.9, n=40)
    cycle = closed(cast, five, of={cast.branches[2]: far, cast.company: usual(n=400, sd=0.9)}).cycle
    page = read(cast.cx, address(cycle))[1]
    assert 'class="hi' in page
    own = words(read(cast.member, address(cycle), later=True)[1])
    assert "Branch 0" in own
    assert "Branch 2" not in own


# What it says


def test_the_board_reads_level_strength_change_and_the_next_step_in_sentences(cast: Cast, five: MaturityModel) -> None:
    company = usual(n=200, evidenced=0.5)
    company[Pillar.UNDERSTANDING] = Found(3.7, n=200, sd=0.6, evidenced=0.3, verdict="up", was=3.2)
    company[Pillar.PROCESS] = Found(2.8, n=200, sd=0.6, evidenced=0.5, verdict="cannot_tell", was=2.7)
    cycle = closed(cast, five, of={cast.company: company}).cycle
    text = said(cast.board, address(cycle))
    assert "The company stands at Level 3 – Defined in Leadership, Understanding, People and Process." in text
    assert "Measurement: Level 2." in text
    assert "in Understanding, the surest strength." in text
    assert "Level 3 The company stands" in text
    assert "Understanding: the answers reach Level 4, the evidence Level 3." in text
    assert "+0.5 in Understanding since the last cycle." in text
    assert "Process: cannot tell yet whether they have changed." in text
    assert "Next: Measurement, 2.2." in text
    assert "It is clearly the lowest pillar." in text


def test_evidence_caps_the_level_and_both_levels_are_said(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five, of={cast.branches[0]: usual(evidenced=0.1)}).cycle
    text = said(cast.lead, address(cycle, cast.branches[0]))
    assert "The score lies in Level 4 – Managed, but the evidence is enough only for Level 2 – Aware." in text
    assert "capped by evidence; the score lies in Level 4" in text
    assert "Evidence 17%: up to Level 2" in text


def test_where_two_camps_answered_the_mean_is_not_called_the_way_of_working(cast: Cast, five: MaturityModel) -> None:
    split = usual()
    split[Pillar.PEOPLE] = Found(3.1, n=20, sd=1.3, view="two_realities")
    cycle = closed(cast, five, of={cast.branches[0]: split}).cycle
    text = said(cast.lead, address(cycle, cast.branches[0]))
    assert "2 realities in one pillar: People." in text
    assert "it is not called the way of working here" in text
    assert "Two realities: some see it practised, others do not." in text


def test_a_level_that_moved_says_when_and_why(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    card = Scorecard.objects.get(cycle=cycle, unit=cast.branches[0], pillar="understanding")
    LevelChange.objects.create(
        scorecard=card,
        round=card.round,
        unit=cast.branches[0],
        day=clock.now().date(),
        cap_before=4,
        cap_after=3,
        level_before=4,
        level_after=3,
        why=LevelChange.Why.EXPIRED,
        practice="U1",
    )
    text = said(cast.lead, address(cycle, cast.branches[0]))
    assert "Understanding: the level fell from 4 to 3. Evidence has expired. The score itself has not changed." in text
    assert "the level fell" not in said(cast.hr, address(cycle, cast.branches[1]))


def test_a_trend_shows_the_level_held_at_each_cycle(cast: Cast, five: MaturityModel) -> None:
    closed(cast, five, closed_at=clock.now() - timedelta(days=370), seed=2)
    cycle = closed(cast, five).cycle
    page = read(cast.lead, address(cycle, cast.branches[0]))[1]
    assert page.count('class="lev below"') == 2 * 5
    assert "The same practices, cycle after cycle" in words(page)


def test_a_unit_that_moved_in_mid_cycle_is_told_so(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    region = make_unit("MIEN", parent=cast.company, name_en="Region")
    cast.branches[0].parent = region
    cast.branches[0].save()
    text = said(cast.hr, address(cycle, cast.branches[0]))
    assert "Branch 0 has moved from An Nhien Company to Region since this cycle opened." in text


def test_where_everybody_says_i_do_not_know_there_is_a_sentence_and_no_score(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    Cell.objects.filter(round=cycle.round, unit=cast.branches[0]).exclude(measure="participation").delete()
    text = said(cast.lead, address(cycle, cast.branches[0]))
    assert "People answered, but no pillar has a score." in text
    assert "“I do not know” is an answer too" in text


def test_where_nothing_could_be_published_there_is_a_sentence(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five, of={cast.company: {}}).cycle
    RoundUnit.objects.filter(round=cycle.round, unit=cast.company).update(shown_at=None)
    text = said(cast.hr, address(cycle, cast.company))
    assert "Nothing was published from this assessment." in text


def test_below_sixty_in_a_hundred_the_page_says_what_ranges_do_not_speak_of(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    Cell.objects.filter(round=cycle.round, measure="participation").update(share="part", mean=41.0)
    assert "speak of chance, not of those who did not answer" in said(cast.cx, address(cycle))
    assert "speak of chance, not of those who did not answer" in said(cast.lead, address(cycle, cast.branches[0]))


# How it was computed


def test_every_pillar_opens_its_formula_with_its_own_figures(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    text = said(cast.lead, address(cycle, cast.branches[0]))
    assert text.count("How was this computed?") >= 5
    assert "3.00 ± 1.73 · 0.60 / √20 = 3.00 ± 0.23" in text
    assert "with 19 degrees of freedom" in text
    page = read(cast.lead, address(cycle, cast.branches[0]), language="vi")[1]
    assert "3,00 ± 1,73 · 0,60 / √20 = 3,00 ± 0,23" in words(page)
    assert "Số này tính thế nào?" in words(page)


def test_a_small_units_estimate_and_those_now_here_stand_in_the_details(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    Scorecard.objects.filter(cycle=cycle, unit=cast.branches[0], pillar="leadership").update(
        shrunk=2.95, shrunk_low=2.8, shrunk_high=3.1, shrunk_weight=0.7, shrunk_prior=2.83, here_low=2.9, here_high=3.1
    )
    text = said(cast.lead, address(cycle, cast.branches[0]))
    assert "Read beside other units: 2.95 (2.80 to 3.10)" in text
    assert "0.70 · 3.00 + (1 − 0.70) · 2.83" in text
    assert "Of those now here: 2.90 to 3.10" in text


# Only of the company


def test_reliability_is_for_the_cx_team_and_what_people_cannot_see_for_all(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    practice = next(five.said.practices)
    Round.objects.filter(cycle=cycle).update(
        company_statistics={"leadership": {"maturity:alpha": 0.84, f"unknown:{practice.code}": 31}}
    )
    assert "Cronbach's alpha" in said(cast.cx, address(cycle))
    for person in (cast.hr, cast.board):
        text = said(person, address(cycle))
        assert "Cronbach's alpha" not in text
        assert f"31% {practice.name.en}" in text


def test_the_weighted_mean_stands_beside_the_plain_one(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    Scorecard.objects.filter(cycle=cycle, unit=cast.company, pillar="process").update(
        weighted=2.71, weighted_low=2.6, weighted_high=2.82, effective_n=51.4
    )
    text = said(cast.board, address(cycle))
    assert "Process 2.80 2.62–2.98 · n 69 2.71 2.60–2.82 −0.09 51" in text


# Constant queries


def test_more_units_ask_no_more_of_the_database(five: MaturityModel) -> None:
    counts, cast = [], make_cast(4)
    closed(cast, five, closed_at=clock.now() - timedelta(days=370))  # what came before is read as well
    for branches in (4, 12):
        cast = more(cast, branches)
        published = closed(cast, five, seed=branches, closed_at=clock.now() - timedelta(days=16))  # gaps are read too
        counts.append([queries(cast, published, page) for page in ("board", "unit", "practices")])
    assert counts[0] == counts[1]
    board, unit, practices = counts[0]
    assert (board, unit, practices) == (22, 16, 14)


def more(cast: Cast, branches: int) -> Cast:
    """The same company with more branches."""
    for number in range(len(cast.branches), branches):
        branch = make_unit(f"CN-{number:02}", parent=cast.company, name_en=f"Branch {number}")
        branch.leader = cast.lead
        branch.save()
        cast.branches.append(branch)
    return cast


def queries(cast: Cast, published: Published, page: str) -> int:
    """How many statements a page costs the CX team."""
    where = {
        "board": address(published.cycle),
        "unit": address(published.cycle, cast.branches[0]),
        "practices": address(published.cycle, cast.branches[0], "practices/"),
    }[page]
    browser = signed_in(cast.cx)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(where).status_code == 200
    return len(seen)


def test_the_values_behind_the_pages_begin_at_the_gate(cast: Cast, five: MaturityModel) -> None:
    cycle = closed(cast, five).cycle
    assert board_of(cast.member, cycle) is None
    assert unit_of(cast.other, cycle, cast.branches[0].pk) is None
    found = unit_of(cast.lead, cycle, cast.branches[0].pk)
    assert found is not None
    assert [line.mean for line in found.lines] == pytest.approx([3.0, 3.7, 3.1, 2.8, 2.2])

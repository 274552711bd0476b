"""Walk the talk: what a leader says less what the team experiences; when nothing may be said, the reason."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assessments.models import Cycle, Gap, LeaderRating, MaturityModel
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from stats import maturity
from stats.intervals import Sample
from tests.assessments.close_cast import Answers, alike, card, finish, found_company, gap, opened, rate
from tests.assessments.cycle_cast import MONDAY, leader_of, unit
from tests.make import make_employee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"


def around(model: MaturityModel, low: int) -> Any:
    """Everybody says `low` or one step more, in turns of three."""

    def choose(employee: Employee, number: int) -> Answers:
        return {code: low + ((number + place) % 3 == 0) for place, code in enumerate(model.said.by_code)}

    return choose


def play(model: MaturityModel, low: int, *, months: int = 0, **says: dict[str, int | None]) -> Cycle:
    """A cycle so many months from now, in which leaders say these answers of their units."""
    with clock.at(MONDAY + timedelta(days=30 * months)):
        cycle = opened(model)
        for code, answers in says.items():
            rate(cycle, unit(code), answers)
        return finish(cycle, around(model, low))


def all_of(model: MaturityModel, answer: int | None) -> dict[str, int | None]:
    return dict.fromkeys(model.said.by_code, answer)


def test_the_gap_is_the_leaders_score_less_the_teams_with_its_interval(ten: MaturityModel) -> None:
    found_company({"A": 14, "B": 12})
    cycle = play(ten, 1, A=all_of(ten, 2))
    row, cell = gap(cycle, "A"), card(cycle, "A").cell
    assert row.score == pytest.approx(1 + 4 * 2 / 3)
    assert cell.n == 14
    assert cell.mean is not None
    expected = maturity.gap(row.score or 0, Sample(14, cell.mean, cell.sd), None)
    assert expected is not None
    assert (row.difference, row.limit, row.chance) == pytest.approx(
        (expected.difference, expected.limit, expected.chance)
    )
    assert row.low is not None
    assert row.low <= expected.low  # the wider of the own and the pooled spread
    assert (row.leader, row.superior) == (leader_of("A"), leader_of("CTY"))
    assert row.why_not == ""


def test_only_leaders_who_sent_a_rating_have_gaps(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12})
    cycle = play(ten, 1, A=all_of(ten, 3))
    assert set(Gap.objects.filter(cycle=cycle).values_list("unit__code", flat=True)) == {"A"}
    assert Gap.objects.filter(cycle=cycle).count() == 5


def test_a_leader_who_rates_everything_at_the_top_overrates_and_one_in_a_single_pillar_does_not(
    ten: MaturityModel,
) -> None:
    found_company({"A": 14, "B": 14})
    codes = list(ten.said.by_code)
    single = {code: 3 if code in ("TL1", "TL2") else 0 for code in codes}
    cycle = play(ten, 0, A=all_of(ten, 3), B=dict(single))
    assert set(Gap.objects.filter(cycle=cycle, unit=unit("A")).values_list("verdict", flat=True)) == {"overrates"}
    assert gap(cycle, "B").verdict == "higher"
    assert gap(cycle, "B", "people").verdict in ("lower", "alike", "cannot_tell")


def test_one_pillar_in_two_cycles_overrates(ten: MaturityModel) -> None:
    found_company({"A": 14, "B": 14})
    single: dict[str, int | None] = {code: 3 if code in ("TL1", "TL2") else 0 for code in ten.said.by_code}
    first = play(ten, 0, A=dict(single))
    second = play(ten, 0, months=8, A=dict(single))
    assert (gap(first, "A").verdict, gap(second, "A").verdict) == ("higher", "overrates")


def test_another_leaders_cycle_before_does_not_count(ten: MaturityModel) -> None:
    found_company({"A": 24, "B": 14})
    single: dict[str, int | None] = {code: 3 if code in ("TL1", "TL2") else 0 for code in ten.said.by_code}
    play(ten, 0, A=dict(single))
    Unit.objects.filter(code="A").update(leader=make_employee("Người mới", unit=unit("A")))
    assert gap(play(ten, 0, months=8, A=dict(single)), "A").verdict == "higher"


def test_a_leader_who_sees_it_as_the_team_does_is_told_so_or_cannot_tell(ten: MaturityModel) -> None:
    found_company({"A": 60, "B": 12})
    cycle = play(ten, 1, A={code: 1 + (code == "TL2") * 1 for code in ten.said.by_code})
    assert gap(cycle, "A").verdict in ("alike", "higher", "cannot_tell")
    assert gap(cycle, "A", "people").verdict == "lower"


# The reasons


def test_a_rating_of_less_than_half_of_a_pillar_is_no_score(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12})
    answers: dict[str, int | None] = {"TL1": None, "TL2": None, "TU1": 2, "TU2": None}
    cycle = play(ten, 1, A=answers)
    left = gap(cycle, "A")
    assert (left.score, left.difference, left.why_not, left.verdict) == (None, None, "not_rated", "cannot_tell")
    assert gap(cycle, "A", "understanding").score == pytest.approx(1 + 4 * 2 / 3)


def test_a_leader_without_a_team_is_told_so(ten: MaturityModel) -> None:
    found_company({"A": 12, "N": 0})
    cycle = opened(ten)
    LeaderRating.objects.create(
        cycle=cycle, unit=unit("N"), leader=leader_of("N"), answers=all_of(ten, 3), sent_at=clock.now()
    )
    cycle = finish(cycle, around(ten, 1))
    assert {(row.why_not, row.difference) for row in Gap.objects.filter(cycle=cycle)} == {("no_team", None)}


def test_a_team_too_small_to_be_shown_has_no_gap(ten: MaturityModel) -> None:
    found_company({"A": 12, "S": 3})
    cycle = play(ten, 1, S=all_of(ten, 3))
    assert set(Gap.objects.filter(cycle=cycle).values_list("why_not", flat=True)) == {"not_shown"}


def test_where_most_of_the_team_is_shown_elsewhere_there_is_no_gap(ten: MaturityModel) -> None:
    found_company({"A": 0, "C": 12, "B": 12}, parents={"C": "A"})
    cycle = play(ten, 1, A=all_of(ten, 3))
    row = gap(cycle, "A")
    assert (row.why_not, row.difference) in {("stands_in", None), ("not_shown", None)}


def test_a_few_at_desks_do_not_speak_for_the_many_at_the_kiosk(ten: MaturityModel) -> None:
    found_company({"A": 14, "B": 14})
    for _ in range(60):
        make_employee(unit=unit("A"), kiosk=True)
    with clock.at(MONDAY):
        cycle = opened(ten)
        for code in "AB":
            rate(cycle, unit(code), all_of(ten, 2))
        cycle = finish(cycle, lambda employee, number: alike(ten, 3 * (number % 2)))
    assert card(cycle, "A").cell.n == 14
    assert (card(cycle, "A").cell.covers_part, card(cycle, "B").cell.covers_part) == (True, False)
    assert (gap(cycle, "A").why_not, gap(cycle, "A").difference) == ("covers_part", None)
    assert gap(cycle, "B").why_not == ""
    assert (card(cycle, "A").view, card(cycle, "B").view) == ("apart", "two_realities")


# Place


def test_the_place_among_the_team_is_a_third_from_twenty_answers_on(ten: MaturityModel) -> None:
    found_company({"A": 24, "B": 12})
    cycle = play(ten, 1, A=all_of(ten, 3), B=all_of(ten, 3))
    assert gap(cycle, "A").place == "upper"
    assert gap(cycle, "B").place == ""


# Who reads


def test_a_gap_is_the_leaders_own_for_fourteen_days_then_also_the_superiors_and_hrs(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12})
    cycle = play(ten, 1, A=all_of(ten, 3))
    assert cycle.closed_at is not None
    hr, cx, board = (make_employee(roles=(role,)) for role in (Role.HR, Role.CX, Role.BOARD))
    others = [hr, leader_of("CTY"), cx, board, leader_of("B"), make_employee(unit=unit("A"))]

    def seen(moment: datetime) -> list[int]:
        with clock.at(moment):
            return [Gap.objects.visible_to(each).count() for each in (leader_of("A"), *others)]

    assert seen(cycle.closed_at + timedelta(days=13, hours=23)) == [5, 0, 0, 0, 0, 0, 0]
    assert seen(cycle.closed_at + timedelta(days=14)) == [5, 5, 5, 0, 0, 0, 0]


def test_ratings_moved_to_a_newer_version_are_scored_by_it(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12})
    content = {**ten.content}
    pillars = [{**one, "practices": [dict(each) for each in one["practices"]]} for one in content["pillars"]]
    pillars[0]["practices"][0]["weight"] = 3
    newer = MaturityModel.objects.create(
        code=ten.code, version=2, state="published", title=ten.title, content={**content, "pillars": pillars},
        changed_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip
    cycle = opened(ten)
    rate(cycle, unit("A"), {**all_of(ten, 0), "TL1": 3})
    Cycle.objects.filter(pk=cycle.pk).update(moved_to=newer, moved_by="clamp")
    cycle = finish(cycle, around(ten, 1))
    assert gap(cycle, "A").score == pytest.approx(1 + 4 * 0.75)


def test_answers_that_are_all_alike_are_no_trap(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12})
    cycle = opened(ten)
    rate(cycle, unit("A"), all_of(ten, 3))
    cycle = finish(cycle, lambda employee, number: alike(ten, 2))
    assert set(Gap.objects.filter(cycle=cycle).values_list("why_not", flat=True)) == {"not_shown"}

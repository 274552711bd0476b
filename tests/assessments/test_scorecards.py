"""What a scorecard says: everything from published cells, by the formulas of docs/domain.md."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db.models import F

from assessments.models import Cycle, MaturityModel, Scorecard
from people.models import Employee
from people.roles import Role
from portal.lib import clock
from stats.agreement import agreement
from stats.intervals import Sample, Spread, level, level_probabilities, rest_of
from stats.maturity import two_intervals
from stats.shrinkage import Peer, shrink
from surveys.models import Cell, Invitation
from tests.assessments.close_cast import LEADERSHIP, STAFF, Answers, alike, card, finish, found_company, opened
from tests.assessments.cycle_cast import MONDAY, leader_of, unit
from tests.assessments.evidence_cast import make_evidence
from tests.make import make_employee
from tests.surveys.stage import answer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"


class Poll:
    """Random answers around a middle for each unit, remembered so that a test can compute with them."""

    def __init__(self, model: MaturityModel, **middles: float) -> None:
        self.codes, self.middles = list(model.said.by_code), middles
        self.rng = np.random.default_rng(7)
        self.said: dict[str, list[list[int]]] = {}

    def __call__(self, employee: Employee, number: int) -> Answers:
        assert employee.unit is not None
        leads = employee.leads_any_unit
        place = "CTY" if leads else employee.unit.code
        middle = self.middles.get(place, 1.5)
        given = np.clip(np.round(self.rng.normal(middle, 0.8, len(self.codes))), 0, 3).astype(int).tolist()
        self.said.setdefault(place, []).append(given)
        return dict(zip(self.codes, given, strict=True))

    def of(self, code: str, practices: tuple[str, ...] = LEADERSHIP) -> np.ndarray[Any, np.dtype[np.float64]]:
        columns = [self.codes.index(each) for each in practices]
        return np.array(self.said[code], dtype=float)[:, columns]


def camps(model: MaturityModel, *codes: str) -> Callable[[Employee, int], Answers]:
    """In these teams one half says never and the other always; elsewhere people differ by a step."""

    def choose(employee: Employee, number: int) -> Answers:
        assert employee.unit is not None
        if employee.unit.code in codes and not employee.leads_any_unit:
            return alike(model, 3 * (number % 2))
        return alike(model, 1 + number % 2)

    return choose


# Score and level


def test_the_level_is_that_of_the_unrounded_score_and_its_chances_sum_to_one(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 7})
    cycle = finish(opened(ten), Poll(ten, A=2.4, B=0.6))
    for code in ("A", "B"):
        one = card(cycle, code)
        assert one.cell.mean is not None
        assert one.cell.estimate is not None
        assert one.level == level(one.cell.mean)
        assert one.chances == pytest.approx(level_probabilities(one.cell.estimate))
        assert sum(one.chances) == pytest.approx(1)
    assert (card(cycle, "A").level or 0) > (card(cycle, "B").level or 9)


def test_a_model_with_three_bands_has_three_levels(ten: MaturityModel) -> None:
    words = {"vi": "Mức", "en": "Stage"}
    cuts = [(1, 2), (2, 3.5), (3.5, 5)]
    levels = [{"level": place, "from": low, "to": high, "name": words} for place, (low, high) in enumerate(cuts, 1)]
    three = MaturityModel.objects.create(
        code="three", version=1, state="published", title=ten.title, content={**ten.content, "levels": levels},
        changed_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip
    found_company({"A": 12})
    one = card(finish(opened(three), Poll(three, A=2.6)), "A")
    assert (one.level, len(one.chances)) == (3, 3)
    assert (one.cap, one.stands_at) == (2, 2)  # no evidence: no higher than the scores below 2.6


def test_without_evidence_no_unit_stands_above_two_and_with_all_of_it_the_score_decides(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12})
    today = clock.now().date()
    dates = {"dated_on": today, "expires_on": today + timedelta(days=365)}
    for code in LEADERSHIP:
        make_evidence(unit("A"), code, model_code=ten.code, **dates)
    cycle = finish(opened(ten), Poll(ten, A=2.4, B=2.4))
    a, b = card(cycle, "A"), card(cycle, "B")
    assert (a.cap, a.evidence_share, a.evidenced, a.practices) == (5, 1, 2, ["TL1", "TL2"])
    assert a.stands_at == a.level
    assert (b.cap, b.evidence_share, b.practices, b.stands_at) == (2, 0, [], 2)
    assert b.level is not None
    assert b.level > 2


# Two intervals


def test_the_interval_of_those_now_here_is_there_from_twenty_invited_on(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 24})
    cycle, poll = opened(ten), Poll(ten)
    assert cycle.round is not None
    silent = list(Employee.objects.filter(unit=unit("B")).exclude(pk=leader_of("B").pk)[:4])
    for number, invitation in enumerate(Invitation.objects.exclude(employee__in=silent).order_by("pk")):
        answer(cycle.round, invitation.employee, poll(invitation.employee, number))
    cycle = finish_sealed(cycle)
    b = card(cycle, "B")
    assert b.cell.n == 20
    scores = 1 + 4 * poll.of("B").mean(axis=1) / 3
    both = two_intervals(Sample(20, float(scores.mean()), float(scores.std(ddof=1))), 24)
    assert both.here is not None
    assert both.way is not None
    assert (b.here_low, b.here_high) == pytest.approx((both.here.low, both.here.high))
    assert (b.cell.low, b.cell.high) == pytest.approx((both.way.low, both.way.high))
    assert card(cycle, "A").here_low is None


def test_where_everybody_answered_those_now_here_are_known_exactly(ten: MaturityModel) -> None:
    found_company({"B": 24, "C": 7})  # beside C and the leaders twenty people work at the top
    one = card(finish(opened(ten), Poll(ten)), "B")
    assert one.here_low == one.here_high == pytest.approx(one.cell.mean)


def invited_by_ratio(one: Scorecard) -> float | None:
    """What a reader reckons of those invited: the second interval is the first times the root of 1 - n/N."""
    cell = one.cell
    if one.here_low is None or one.here_high is None or cell.low is None or cell.high is None or cell.n is None:
        return None
    ratio = (one.here_high - one.here_low) / (cell.high - cell.low)
    return cell.n / (1 - ratio**2)


def test_no_team_below_twenty_gets_its_share_by_subtracting_the_second_interval_of_others(ten: MaturityModel) -> None:
    found_company({"R": 0, "A": 26, "S": 8, "B": 30}, parents={"A": "R", "S": "R"})
    cycle, poll = opened(ten), Poll(ten)
    assert cycle.round is not None
    silent = set(
        Employee.objects.filter(pk__in=[
            each.pk for code, few in (("A", 4), ("S", 2), ("B", 5))
            for each in Employee.objects.filter(unit=unit(code)).exclude(pk=leader_of(code).pk)[:few]
        ])
    )  # fmt: skip
    for number, invitation in enumerate(Invitation.objects.exclude(employee__in=silent).order_by("pk")):
        answer(cycle.round, invitation.employee, poll(invitation.employee, number))
    cycle = finish_sealed(cycle)
    found = {code: invited_by_ratio(card(cycle, code)) for code in ("CTY", "R", "A", "S", "B")}
    assert card(cycle, "S").cell.n == 6
    assert found == {
        "CTY": pytest.approx(80, abs=0.01), "R": pytest.approx(34, abs=0.01), "A": None, "S": None,
        "B": None,
    }  # fmt: skip
    percents = Cell.objects.filter(round=cycle.round, measure="participation", mean__isnull=False)
    assert set(percents.values_list("unit__code", flat=True)) == {"CTY", "R"}


# Agreement


def test_agreement_is_that_of_the_teams_answers(ten: MaturityModel) -> None:
    found_company({"A": 14, "B": 12, "C": 7})
    poll = Poll(ten)
    cycle = finish(opened(ten), poll)
    for code in ("A", "B"):
        one, found = card(cycle, code), agreement(poll.of(code), 4)
        assert found is not None
        assert (one.r_wg, one.ad_m, one.chance_r_wg) == pytest.approx((found.r_wg, found.ad_m, found.chance))
    small = card(cycle, "C")
    assert (small.r_wg, small.ad_m, small.view) == (None, None, "")


def test_a_team_that_sees_the_same_shares_a_view(ten: MaturityModel) -> None:
    found_company({"A": 24, "B": 24})

    def choose(employee: Employee, number: int) -> Answers:
        spread = [2, 2, 2, 1, 2, 3] if employee.unit == unit("A") else [0, 3, 1, 2, 3, 0]
        return {code: spread[(number + 5 * place) % 6] for place, code in enumerate(ten.said.by_code)}

    cycle = finish(opened(ten), choose)
    assert (card(cycle, "A").view, card(cycle, "B").view) == ("shared", "apart")


def test_two_camps_are_two_realities_and_the_company_counts_such_teams(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12, "C": 16})
    cycle = finish(opened(ten), camps(ten, "A"))
    assert card(cycle, "A").view == "two_realities"
    assert {card(cycle, code).view for code in "BC"} <= {"shared", "apart", ""}
    company = card(cycle, "CTY")
    assert company.view != "two_realities"
    assert (company.teams_apart, company.teams) == (1, 3)
    assert card(cycle, "A").teams is None


def test_a_unit_shown_with_its_only_part_has_no_two_realities_of_its_own(ten: MaturityModel) -> None:
    found_company({"A": 0, "C": 12, "B": 12}, parents={"C": "A"})
    cycle = finish(opened(ten), camps(ten, "C"))
    assert card(cycle, "C").view == "two_realities"
    above = Scorecard.objects.filter(cycle=cycle, unit=unit("A"), pillar="leadership").first()
    if above is not None and above.cell.same_as_id is not None:
        assert above.view != "two_realities"
        assert above.shrunk_why_not == "same"


# Small units


def test_small_teams_are_drawn_towards_the_unit_above(ten: MaturityModel) -> None:
    sizes = {f"T{number:02}": 7 for number in range(20)} | {"L": 24}
    found_company(sizes)
    poll = Poll(ten, **{code: 0.9 + 0.06 * place for place, code in enumerate(sizes)})
    cycle = finish(opened(ten), poll)
    cells = {each.unit.code: each for each in Cell.objects.filter(round=cycle.round, code="leadership")}
    whole, pooled_in = cells["CTY"], cells["T00"]
    assert pooled_in.sd is not None
    assert pooled_in.df is not None
    samples = {
        code: Sample(cell.n or 0, cell.mean or 0, cell.sd if code in ("L", "CTY") else None)
        for code, cell in cells.items()
    }
    peers = {
        code: Peer(sample, rest_of(samples["CTY"], sample), len(cells) - 2)
        for code, sample in samples.items()
        if code != "CTY"
    }
    expected = shrink(peers, Spread(pooled_in.sd, pooled_in.df))
    assert len(peers) >= 17
    for code in peers:
        one, wanted = card(cycle, code), expected[code]
        if code == "L":
            assert (one.shrunk, one.shrunk_why_not) == (None, "large")
            continue
        assert wanted is not None
        assert (one.shrunk, one.shrunk_weight, one.shrunk_prior) == pytest.approx(
            (wanted.value, wanted.weight, wanted.prior)
        )
        assert one.cell.mean is not None
        assert one.shrunk is not None
        assert one.shrunk_prior is not None
        assert min(one.cell.mean, one.shrunk_prior) <= one.shrunk <= max(one.cell.mean, one.shrunk_prior)
    assert whole.n == 20 * 7 + 24 + STAFF + 21


def test_fewer_than_fifteen_units_of_a_level_are_not_drawn_together(ten: MaturityModel) -> None:
    found_company({f"T{number}": 7 for number in range(5)})
    cycle = finish(opened(ten), Poll(ten))
    assert {one.shrunk_why_not for one in Scorecard.objects.filter(cycle=cycle, cell__n__lt=20)} == {"few_units"}


# The company


def test_the_company_is_weighted_to_its_people(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 30})
    cycle, poll = opened(ten), Poll(ten, A=2.4, B=0.8)
    assert cycle.round is not None
    silent = list(Employee.objects.filter(unit=unit("B")).exclude(pk=leader_of("B").pk)[:20])
    for number, invitation in enumerate(Invitation.objects.exclude(employee__in=silent).order_by("pk")):
        answer(cycle.round, invitation.employee, poll(invitation.employee, number))
    cycle = finish_sealed(cycle)
    company = card(cycle, "CTY")
    means = {code: float((1 + 4 * poll.of(code).mean(axis=1) / 3).mean()) for code in ("A", "B", "CTY")}
    rest = (12 * means["A"] + 14 * means["CTY"]) / 26  # fewer than twenty in A: its weight would tell its share
    assert company.weighted == pytest.approx((30 * means["B"] + 26 * rest) / 56)
    assert company.cell.mean == pytest.approx((12 * means["A"] + 10 * means["B"] + 14 * means["CTY"]) / 36)
    assert company.weighted_low is not None
    assert company.weighted_high is not None
    assert company.weighted is not None
    assert company.weighted_low < company.weighted < company.weighted_high
    assert company.effective_n == pytest.approx(56**2 / (26 + 10 * 9))
    assert not company.weight_trimmed
    assert card(cycle, "A").weighted is None


def test_weights_tell_no_share_of_a_few(ten: MaturityModel) -> None:
    """Two parts and their weighted mean give both numbers of invited."""
    found_company({"B": 24})  # beside it only thirteen
    cycle, poll = opened(ten), Poll(ten, B=0.8)
    assert cycle.round is not None
    silent = list(Employee.objects.filter(unit__code="CTY").exclude(pk=leader_of("CTY").pk)[:4])
    for number, invitation in enumerate(Invitation.objects.exclude(employee__in=silent).order_by("pk")):
        answer(cycle.round, invitation.employee, poll(invitation.employee, number))
    company = card(finish_sealed(cycle), "CTY")
    assert company.cell.n == 33
    assert (company.weighted, company.effective_n) == (None, None)


# Who reads


def test_scorecards_are_read_by_whoever_reads_the_cells(ten: MaturityModel) -> None:
    found_company({"A": 12, "B": 12})
    cycle = finish(opened(ten), Poll(ten))
    member = Employee.objects.filter(unit=unit("A")).exclude(pk=leader_of("A").pk)[0]
    board, hr, cx = (make_employee(roles=(role,)) for role in (Role.BOARD, Role.HR, Role.CX))
    auditor = make_employee(roles=(Role.AUDITOR,))
    assert cycle.round is not None
    assert cycle.round.closed_at is not None

    def seen(employee: Employee) -> set[str]:
        return set(Scorecard.objects.visible_to(employee).values_list("unit__code", flat=True))

    with clock.at(cycle.round.closed_at + timedelta(hours=2)):
        assert [seen(each) for each in (board, hr, cx)] == [{"CTY", "A", "B"}] * 3
        assert [seen(each) for each in (leader_of("A"), member, auditor)] == [{"A"}, set(), set()]
    with clock.at(cycle.round.closed_at + timedelta(days=2, hours=1)):
        assert seen(member) == {"CTY", "A"}
        assert seen(leader_of("A")) == {"CTY", "A"}


def test_a_scorecard_says_nothing_of_a_cell_that_is_not_published(ten: MaturityModel) -> None:
    found_company({"A": 12, "S": 4})
    cycle = finish(opened(ten), Poll(ten))
    assert not Scorecard.objects.filter(unit=unit("S")).exists()
    assert not Scorecard.objects.exclude(unit=F("cell__unit")).exists()
    assert set(Scorecard.objects.values_list("cell__measure", flat=True)) == {"pillar"}
    assert cycle.has_results


def finish_sealed(cycle: Cycle) -> Cycle:
    """Those who wanted to have answered."""
    return finish(cycle, None)

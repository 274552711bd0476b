"""A cycle played to its end: opened, answered by everybody, sealed boxes opened, scorecards made."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from assessments import actions
from assessments.models import Cycle, Gap, LeaderRating, MaturityModel, Scorecard
from people.models import Employee, Unit
from portal.lib import clock
from surveys import closing
from surveys.actions import stock_keys
from surveys.models import Round
from tests.assessments.cycle_cast import make_cycle
from tests.make import make_employee, make_unit
from tests.surveys.stage import everybody_answers

Answers = Mapping[str, int | str]
LEADERSHIP = ("TL1", "TL2")
STAFF = 12


def found_company(sizes: Mapping[str, int], parents: Mapping[str, str] | None = None) -> Unit:
    """A company of named units with so many people each, led by somebody; below the root unless a parent is named.

    Twelve people work at the root, so that whoever leads a unit is no remainder that takes a team along.
    """
    root = make_unit("CTY", name_vi="Công ty", name_en="Company")
    root.leader = make_employee("Trần Thị Giám Đốc", unit=root, language="en")
    root.save()
    units = {"CTY": root}
    for _ in range(STAFF):
        make_employee(unit=root)
    for code, size in sizes.items():
        above = units[(parents or {}).get(code, "CTY")]
        units[code] = make_unit(code, parent=above, name_vi=f"Nhóm {code}", name_en=f"Team {code}")
        units[code].leader = make_employee(f"Trưởng {code}", unit=units[code], language="en")
        units[code].save()
        for _ in range(size):
            make_employee(unit=units[code])
    return root


def opened(model: MaturityModel, *units: Unit, **plan: object) -> Cycle:
    """A cycle that is open now."""
    stock_keys(2)
    return actions.open_cycle(cycle_id=make_cycle(model, *units, asks_comments=False, **plan).pk)


def alike(model: MaturityModel, answer: int | str) -> Answers:
    """The same answer to every practice."""
    return dict.fromkeys(model.said.by_code, answer)


def rate(cycle: Cycle, unit: Unit, answers: Mapping[str, int | None]) -> LeaderRating:
    """The unit's leader sends a self-rating."""
    rating = LeaderRating.objects.select_related("leader").get(cycle=cycle, unit=unit)
    return actions.send_rating(rating=rating, answers=answers, comments={}, seen=rating.edition, by=rating.leader)


def seal(cycle: Cycle, choose: Callable[[Employee, int], Answers] | None = None) -> Round:
    """Everybody invited answers what `choose(employee, number)` says, and the round is closed."""
    assert cycle.round is not None
    if choose is not None:
        everybody_answers(cycle.round, choose)
    with clock.at(cycle.round.closes_at + timedelta(minutes=1)):
        assert closing.close_round(cycle.round.pk)
    return Round.objects.get(pk=cycle.round.pk)


def finish(cycle: Cycle, choose: Callable[[Employee, int], Answers] | None) -> Cycle:
    """Answered, sealed, closed: an hour after its window."""
    round_ = seal(cycle, choose)
    with clock.at(round_.closes_at + timedelta(hours=1)):
        assert actions.close_cycle(cycle_id=cycle.pk)
    return Cycle.objects.select_related("model", "round").get(pk=cycle.pk)


def card(cycle: Cycle, code: str, pillar: str = "leadership") -> Scorecard:
    return Scorecard.objects.select_related("cell").get(cycle=cycle, unit__code=code, pillar=pillar)


def gap(cycle: Cycle, code: str, pillar: str = "leadership") -> Gap:
    return Gap.objects.get(cycle=cycle, unit__code=code, pillar=pillar)

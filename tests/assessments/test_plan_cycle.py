"""A plan: stored, changed, thrown away; how much people are asked is looked at before it opens."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assessments import actions, questions
from assessments.models import Cycle, CycleUnit, LeaderRating, MaturityModel
from diary.models import Fact
from outbox.models import Notice
from people.models import Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from portal.lib.zones import local_instant, months_later
from surveys import burden
from surveys.actions import launch_round, stock_keys
from surveys.models import Round
from surveys.questionnaire import Item, Questionnaire, Scale
from tests.assessments.cycle_cast import MONDAY, leader_of, make_company, make_cycle, make_planned, plan_of, unit


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def keys(settings: Any, tmp_path: Path, db: None) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    stock_keys()


@pytest.fixture
def company(db: None) -> Unit:
    return make_company()


def test_a_plan_is_a_draft_and_tells_nobody(company: Unit, ten: MaturityModel) -> None:
    cycle = make_cycle(ten, unit("CN-1"))
    assert (cycle.state, cycle.round, list(cycle.units.all())) == ("draft", None, [unit("CN-1")])
    assert not Notice.objects.exists()
    assert Fact.objects.get(verb="assessments.cycle_planned").subject == f"assessments.cycle:{cycle.pk}"


def test_a_change_names_the_fields_that_changed(company: Unit, ten: MaturityModel) -> None:
    cycle = make_cycle(ten)
    plan = plan_of(ten, unit("CN-1"), window_days=14)
    changed = actions.change_cycle(cycle=cycle, seen=1, plan=plan)
    assert changed.edition == 2
    assert Fact.objects.get(verb="assessments.cycle_changed").data == {"fields": ["units", "window_days"]}


def test_a_plan_somebody_else_saved_is_not_overwritten(company: Unit, ten: MaturityModel) -> None:
    cycle = make_cycle(ten)
    actions.change_cycle(cycle=cycle, seen=1, plan=plan_of(ten, window_days=14))
    with pytest.raises(actions.PlanChanged):
        actions.change_cycle(cycle=cycle, seen=1, plan=plan_of(ten, window_days=30))


def test_a_changed_plan_forgets_why_it_was_refused(company: Unit, ten: MaturityModel) -> None:
    cycle = make_planned(ten)
    Cycle.objects.update(refusal="window")
    changed = actions.change_cycle(cycle=cycle, seen=2, plan=plan_of(ten, opens_on=date(2026, 10, 5)))
    assert (changed.state, changed.refusal) == (Cycle.State.PLANNED, "")


def test_a_plan_that_is_gone_is_not_changed(company: Unit, ten: MaturityModel) -> None:
    cycle = make_cycle(ten)
    actions.delete_plan(cycle=cycle)
    cycle.pk = cycle.pk or 1
    with pytest.raises(actions.AlreadyMoved):
        actions.schedule_cycle(cycle=cycle)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"window_days": 6}, "cycle_is_open_for_weeks"),
        ({"k": 4}, "cycle_bounds_protect_people"),
        ({"reminders": 3}, "two_cycle_reminders_at_most"),
        ({"repeats": 3}, "cycle_repeats_half_yearly_or_yearly"),
    ],
)
def test_the_database_keeps_the_rules(company: Unit, ten: MaturityModel, changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make_cycle(ten, **changes)


def test_cancelling_destroys_what_was_given_and_tells_everybody_once(
    keys: None, company: Unit, ten: MaturityModel
) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert actions.cancel_cycle(cycle=cycle, by=leader_of("CTY"))
    assert not actions.cancel_cycle(cycle=cycle, by=leader_of("CTY"))
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.CANCELLED
    assert Round.objects.get().state == Round.State.CANCELLED
    assert not LeaderRating.objects.exists()
    assert not CycleUnit.objects.filter(is_open=True).exists()
    told = Notice.objects.all()
    assert {notice.kind for notice in told} == {"assessments.cancellation"}
    assert told.count() == told.values("employee").distinct().count() == 27  # 26 invited, and who leads the company
    assert Fact.objects.get(verb="assessments.cycle_cancelled").data == {"told": 27}


def test_after_a_cancelled_cycle_the_same_units_can_be_asked_anew(
    keys: None, company: Unit, ten: MaturityModel
) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    actions.cancel_cycle(cycle=cycle, by=leader_of("CTY"))
    assert actions.open_cycle(cycle_id=make_cycle(ten).pk).is_open


@pytest.mark.parametrize("state", ["lost", "cancelled"])
def test_a_round_that_ends_otherwise_ends_the_cycle_once(
    keys: None, company: Unit, ten: MaturityModel, state: str
) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert not actions.end_without_results(cycle_id=cycle.pk)
    Round.objects.update(state=state, closed_at=MONDAY)
    assert actions.end_without_results(cycle_id=cycle.pk)
    assert not actions.end_without_results(cycle_id=cycle.pk)
    told = Notice.objects.filter(kind="assessments.cancellation")
    assert {notice.context["lost"] for notice in told} == {state == "lost"}
    assert told.count() == 27


# How much people are asked


def ask(number: int, day: datetime, *units: Unit, key: str = "pulse") -> Round:
    """A pulse of so many questions, sent that day."""
    text = {"vi": "Câu", "en": "Question"}
    items = tuple(Item(f"Q{n}", Pillar.PEOPLE, "", Scale.AGREE, text) for n in range(number))
    asked = Questionnaire(text, items, (tuple(item.code for item in items),))
    with clock.at(day):
        return launch_round(
            kind="pulse",
            key=key,
            units=units or None,
            questionnaire=asked,
            opens_at=day,
            closes_at=day + timedelta(days=7),
        )


def test_thirty_practices_and_ten_questions_are_the_most_of_a_month(
    keys: None, company: Unit, five: MaturityModel
) -> None:
    ask(11, MONDAY - timedelta(days=10), unit("CN-1"))
    cycle = make_cycle(five)
    with pytest.raises(actions.AskedTooMuch) as refused:
        actions.open_cycle(cycle_id=cycle.pk)
    assert refused.value.questions == 41
    assert refused.value.first == date(2026, 9, 27), "thirty days after the pulse of 28 August"
    assert "The first possible day is 27 September 2026." in questions.sentence(refused.value)
    for day, is_free in ((26, False), (27, True)):
        plan = make_cycle(five, opens_on=date(2026, 9, day))
        reach = actions.reach(plan, actions.audience_of(plan))
        hindered = actions.hindrance(plan, actions.audience_of(plan), reach.people, reach.window)
        assert (hindered is None) is is_free
    assert actions.open_cycle(cycle_id=make_cycle(five, unit("CN-2")).pk).is_open


def test_ten_questions_beside_thirty_practices_may_be(keys: None, company: Unit, five: MaturityModel) -> None:
    ask(10, MONDAY - timedelta(days=10))
    assert actions.open_cycle(cycle_id=make_cycle(five).pk).is_open


def long_model(five: MaturityModel) -> MaturityModel:
    """Thirty-one practices."""
    content = five.content
    first = content["pillars"][0]
    more = dict(first["practices"][0], code="L99")
    content["pillars"][0] = {**first, "practices": [*first["practices"], more]}
    return MaturityModel.objects.create(
        code="long",
        version=1,
        state="published",
        title=five.title,
        content=content,
        changed_at=MONDAY,
        published_at=MONDAY,
    )


def test_a_long_model_stands_alone_and_once_a_year(keys: None, company: Unit, five: MaturityModel) -> None:
    long = long_model(five)
    ask(3, MONDAY - timedelta(days=10))
    with pytest.raises(actions.AskedTooMuch):
        actions.open_cycle(cycle_id=make_cycle(long).pk)
    with clock.at(MONDAY + timedelta(days=25)):
        first = actions.open_cycle(cycle_id=make_cycle(long, repeats=12).pk)
    with clock.at(MONDAY + timedelta(days=200)), pytest.raises(actions.LongTooOften):
        actions.open_cycle(cycle_id=make_cycle(long_twin(long)).pk)
    follower = Cycle.objects.get(follows=first)
    CycleUnit.objects.update(is_open=False)
    Round.objects.filter(cycle=first).update(state="closed", closed_at=MONDAY + timedelta(days=46))
    day = local_instant(follower.opens_on, 9, "Asia/Ho_Chi_Minh")
    with clock.at(day):
        opened = actions.open_due_cycle(cycle_id=follower.pk, now=day)
    assert opened is not None
    assert opened.is_open, opened.refusal


def long_twin(model: MaturityModel) -> MaturityModel:
    """The same under another name."""
    return MaturityModel.objects.create(
        code="long-too",
        version=1,
        state="published",
        title=model.title,
        content=model.content,
        changed_at=MONDAY,
        published_at=MONDAY,
    )


def test_a_planned_cycle_counts_before_it_opens(keys: None, company: Unit, five: MaturityModel) -> None:
    make_planned(five, unit("CN-1"), opens_on=date(2026, 9, 21))
    at = MONDAY + timedelta(days=10)
    assert burden.asked_within([unit("CN-1")], around=at) == 30
    assert burden.asked_within([unit("CN-2")], around=at) == 0


def test_a_draft_counts_for_nothing(company: Unit, five: MaturityModel) -> None:
    make_cycle(five, opens_on=date(2026, 9, 21))
    assert burden.asked_within(None, around=MONDAY) == 0


def test_half_a_year_later_is_the_same_day_or_the_last_of_its_month() -> None:
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 9, 7), 12) == date(2027, 9, 7)
    assert months_later(date(2028, 2, 29), 12) == date(2029, 2, 28)


def test_of_two_planned_cycles_the_later_is_hindered(keys: None, company: Unit, five: MaturityModel) -> None:
    first = make_planned(five, opens_on=date(2026, 9, 21))
    later = make_planned(long_twin(five), opens_on=date(2026, 10, 5))
    reaches = [actions.reach(each, actions.audience_of(each)) for each in (first, later)]
    hindered = [
        actions.hindrance(each, actions.audience_of(each), reach.people, reach.window)
        for each, reach in zip((first, later), reaches, strict=True)
    ]
    assert hindered[0] is None
    assert isinstance(hindered[1], actions.AskedTooMuch)
    assert hindered[1].questions == 60

"""Opening a cycle: a round for the teams, a rating for each leader, the units of the day; once, or not at all."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from assessments import actions, notices, questions
from assessments.models import Cycle, CycleUnit, LeaderRating, MaturityModel
from assessments.tasks import sweep_cycles
from diary.models import Fact
from outbox.models import Notice
from people.models import Employee, Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys.actions import NoKeyInStock, stock_keys
from surveys.burden import hold_launches
from surveys.models import Invitation, Round
from surveys.questionnaire import Item, Questionnaire, Scale
from tests.assessments.cycle_cast import MONDAY, leader_of, make_company, make_cycle, make_planned, unit
from tests.make import make_employee, make_unit
from tests.surveys.stage import launch, until_it_waits, words
from tests.worker import work_off


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


def sweep_at(moment: datetime) -> list[tuple[str, str]]:
    with clock.at(moment):
        sweep_cycles()
        return work_off("default")


# What a model asks


def test_each_practice_becomes_a_question_and_each_pillar_a_comment(five: MaturityModel) -> None:
    asked = actions.questionnaire_of(five, asks_comments=True)
    practices = [item for item in asked.items if item.scale is Scale.ANCHORS]
    assert [item.code for item in practices] == list(five.said.by_code)
    assert {item.driver for item in practices} == {""}
    comments = [item for item in asked.items if item.scale is Scale.COMMENT]
    assert [item.code for item in comments] == [f"comment-{pillar}" for pillar in asked.pillars]
    assert comments[0].text["en"] != comments[0].text["vi"]
    assert asked.forms[0].index("comment-leadership") == 6
    assert asked.minutes == 12


def test_without_comments_a_cycle_asks_practices_alone(ten: MaturityModel) -> None:
    asked = actions.questionnaire_of(ten, asks_comments=False)
    assert [item.code for item in asked.items] == list(ten.said.by_code)


def test_dimensions_of_a_models_own_are_drivers_of_their_pillar(ten: MaturityModel) -> None:
    content = ten.content
    content["pillars"][4] = {**content["pillars"][4], "code": "governance", "pillar": "leadership"}
    ten.content = content
    asked = actions.questionnaire_of(ten, asks_comments=True)
    led = [item for item in asked.items if item.pillar == "leadership" and item.scale is Scale.ANCHORS]
    assert {item.driver for item in led} == {"leadership", "governance"}
    assert set(asked.drivers) == {"leadership", "governance"}
    assert [item.code for item in asked.items].count("comment-leadership") == 1
    assert asked.items[-1].code == "comment-leadership"


# What an opening does


def test_opening_freezes_units_leaders_and_superiors(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert cycle.round is not None
    assert (cycle.state, cycle.round.kind, cycle.round.series) == ("open", "assessment", "assessments:bearing-ten")
    assert cycle.round.key == f"assessments.cycle:{cycle.pk}"
    covered = {each.unit.code: each for each in CycleUnit.objects.select_related("unit")}
    assert set(covered) == {"CTY", "CN-1", "CN-2"}
    assert all(each.is_open and each.model_code == "bearing-ten" for each in covered.values())
    assert covered["CN-1"].leader == leader_of("CN-1")
    assert covered["CN-1"].superior == leader_of("CTY")
    assert covered["CTY"].superior is None
    assert {rating.leader for rating in LeaderRating.objects.all()} == {
        leader_of("CTY"),
        leader_of("CN-1"),
        leader_of("CN-2"),
    }
    ten.refresh_from_db()
    assert ten.first_used_at == MONDAY


def test_everybody_gets_one_link_and_each_leader_one_word(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert cycle.round is not None
    assert Invitation.objects.count() == cycle.round.invited == 26  # everybody but whoever leads the company
    invited = Notice.objects.filter(kind="assessments.invitation")
    assert invited.count() == invited.values("employee").distinct().count() == 26
    assert {notice.about for notice in invited} == {f"surveys.round:{cycle.round.pk}"}
    context = invited[0].context
    assert set(context) == {"invitation", "cycle", "title", "practices", "minutes", "close_on", "k", "sender"}
    assert (context["practices"], context["minutes"], context["close_on"]) == (10, 10, "2026-09-27")
    leaders = Notice.objects.filter(kind="assessments.rating")
    assert leaders.count() == 3
    assert {notice.about for notice in leaders} == {f"assessments.cycle:{cycle.pk}"}
    fact = Fact.objects.get(verb="assessments.cycle_opened")
    assert (fact.data["invited"], fact.data["units"], fact.data["leaders"]) == (26, 3, 3)


def test_whoever_leads_several_levels_rates_each_and_gets_one_letter(
    keys: None, company: Unit, ten: MaturityModel
) -> None:
    Unit.objects.filter(code="CN-1").update(leader=leader_of("CTY"))
    actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert LeaderRating.objects.filter(leader=leader_of("CTY")).count() == 2
    notice = Notice.objects.get(kind="assessments.rating", employee=leader_of("CTY"))
    assert notice.context["units"] == 2
    assert CycleUnit.objects.get(unit=unit("CN-1")).superior is None


def test_a_window_lasts_to_the_end_of_its_last_day(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten, opens_on=date(2026, 12, 1)).pk)
    assert cycle.round is not None
    assert cycle.round.opens_at == MONDAY
    assert cycle.round.closes_at == datetime(2026, 9, 27, 17, 0, tzinfo=UTC)  # midnight after day 21
    assert cycle.opens_on == date(2026, 9, 7)


def test_opened_twice_it_is_opened_once(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = make_cycle(ten)
    first = actions.open_cycle(cycle_id=cycle.pk)
    second = actions.open_cycle(cycle_id=cycle.pk)
    assert first.round == second.round
    assert Round.objects.count() == 1
    assert Notice.objects.filter(kind="assessments.invitation").count() == 26


@pytest.mark.django_db(transaction=True)
def test_four_workers_side_by_side_open_once(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = make_cycle(ten)

    def press(_: int) -> object:
        try:
            return actions.open_cycle(cycle_id=cycle.pk).round_id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        rounds = set(threads.map(press, range(4)))
    assert len(rounds) == Round.objects.count() == 1
    assert CycleUnit.objects.count() == LeaderRating.objects.count() == 3
    assert Notice.objects.filter(kind="assessments.invitation").count() == 26


@pytest.mark.django_db(transaction=True)
def test_of_two_cycles_at_once_for_the_same_units_one_opens(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycles = [make_cycle(ten).pk, make_cycle(ten, unit("CN-1")).pk]

    def press(pk: int) -> str:
        try:
            return actions.open_cycle(cycle_id=pk).state
        except actions.AnotherOpen:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(press, cycles)) == ["open", "refused"]


# What refuses it


def test_another_open_cycle_with_the_model_is_named_by_its_units(
    keys: None, company: Unit, ten: MaturityModel, five: MaturityModel
) -> None:
    actions.open_cycle(cycle_id=make_cycle(ten, unit("CN-1")).pk)
    with pytest.raises(actions.AnotherOpen) as refused:
        actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert refused.value.units == ["Branch CN-1"]
    assert actions.open_cycle(cycle_id=make_cycle(ten, unit("CN-2")).pk).is_open
    assert Round.objects.count() == 2


def test_the_database_holds_a_unit_for_one_open_cycle_with_a_model(
    keys: None, company: Unit, ten: MaturityModel
) -> None:
    actions.open_cycle(cycle_id=make_cycle(ten).pk)
    other = make_cycle(ten)
    with pytest.raises(IntegrityError, match="one_open_cycle_per_unit_and_model"), transaction.atomic():
        CycleUnit.objects.create(cycle=other, unit=company, model_code="bearing-ten")


def test_too_few_people_are_told_how_many_are_missing(keys: None, company: Unit, ten: MaturityModel) -> None:
    small = make_unit("NHO", parent=company)
    for _ in range(3):
        make_employee(unit=small)
    cycle = make_cycle(ten, small)
    with pytest.raises(actions.TooFewInvited) as refused:
        actions.open_cycle(cycle_id=cycle.pk)
    assert refused.value.missing == 2
    assert not CycleUnit.objects.exists()
    assert not Notice.objects.exists()


def test_a_retired_version_and_a_draft_open_nothing(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = make_cycle(ten)
    MaturityModel.objects.filter(pk=ten.pk).update(state="retired")
    with pytest.raises(actions.NotPublished):
        actions.open_cycle(cycle_id=cycle.pk)


def test_a_version_with_weights_of_before_says_so_and_opens_nothing(
    keys: None, company: Unit, ten: MaturityModel
) -> None:
    plain = ten.plain()
    plain["pillars"][0]["practices"][0]["weight"] = 30
    content = {name: said for name, said in plain.items() if name not in ("code", "version", "title")}
    now = clock.now()
    older = MaturityModel.objects.create(
        code="own", version=1, title=ten.title, content=content, state="published", changed_at=now, published_at=now
    )
    cycle = make_planned(older)
    sweep_at(MONDAY)
    cycle.refresh_from_db()
    assert (cycle.state, cycle.refusal) == (Cycle.State.PLANNED, "weights")
    assert "weight is 1 or 2" in questions.refusal(cycle.refusal)
    with pytest.raises(actions.WeightsTooFine):
        actions.open_cycle(cycle_id=cycle.pk)


def test_without_a_key_nothing_happens_and_it_can_be_tried_again(
    settings: Any, tmp_path: Path, company: Unit, ten: MaturityModel
) -> None:
    cycle = make_cycle(ten)
    with pytest.raises(NoKeyInStock):
        actions.open_cycle(cycle_id=cycle.pk)
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.DRAFT
    assert not CycleUnit.objects.exists()


def test_what_has_ended_is_not_opened_again(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert actions.cancel_cycle(cycle=cycle, by=leader_of("CTY"))
    with pytest.raises(actions.AlreadyMoved):
        actions.open_cycle(cycle_id=cycle.pk)


# People and units of the day


def test_a_leader_without_a_team_is_asked_for_nothing(keys: None, company: Unit, ten: MaturityModel) -> None:
    alone = make_employee("Một Mình", unit=unit("CN-1"))
    make_unit("RONG", parent=unit("CN-1"), leader=alone)
    actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert CycleUnit.objects.get(unit__code="RONG").leader == alone
    assert not LeaderRating.objects.filter(leader=alone).exists()
    assert Invitation.objects.filter(employee=alone).exists()


def test_a_leader_who_has_left_is_nobodys_leader(keys: None, company: Unit, ten: MaturityModel) -> None:
    Employee.objects.filter(pk=leader_of("CN-1").pk).update(left_on=date(2026, 9, 1))
    actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert CycleUnit.objects.get(unit=unit("CN-1")).leader is None
    assert LeaderRating.objects.count() == 2


def test_a_unit_moved_while_the_cycle_is_open_stays_where_it_was(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten, unit("CN-1"), unit("CN-2")).pk)
    assert cycle.round is not None
    Unit.objects.filter(code="CN-2").update(parent=unit("CN-1"), leader=leader_of("CN-1"))
    held = cycle.round.units.get(unit=unit("CN-2"))
    assert (held.parent, held.leader) == (company, CycleUnit.objects.get(unit=unit("CN-2")).leader)
    assert held.leader != leader_of("CN-1")


def test_closed_units_are_not_covered(keys: None, company: Unit, ten: MaturityModel) -> None:
    make_unit("CU", parent=company, closed_on=date(2026, 1, 1))
    cycle = actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert not cycle.covered.filter(unit__code="CU").exists()


# By itself


def test_a_planned_cycle_opens_at_its_hour_and_not_before(keys: None, company: Unit, ten: MaturityModel) -> None:
    with clock.at(MONDAY - timedelta(days=2)):
        cycle = make_planned(ten)
    sweep_at(MONDAY - timedelta(seconds=1))
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.PLANNED
    sweep_at(MONDAY)
    sweep_at(MONDAY)
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.OPEN
    assert Round.objects.count() == 1


def test_a_draft_never_opens_by_itself(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = make_cycle(ten)
    sweep_at(MONDAY + timedelta(days=1))
    cycle.refresh_from_db()
    assert cycle.state == Cycle.State.DRAFT


def test_a_late_clock_does_not_move_the_end(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = make_planned(ten)
    sweep_at(MONDAY + timedelta(days=3))
    cycle.refresh_from_db()
    assert cycle.round is not None
    assert cycle.round.opens_at == MONDAY + timedelta(days=3)
    assert cycle.round.closes_at == datetime(2026, 9, 27, 17, 0, tzinfo=UTC)


def test_a_window_that_is_over_is_refused_and_says_so(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = make_planned(ten)
    sweep_at(MONDAY + timedelta(days=30))
    cycle.refresh_from_db()
    assert (cycle.state, cycle.refusal) == (Cycle.State.PLANNED, "window")
    sweep_at(MONDAY + timedelta(days=31))
    assert Fact.objects.filter(verb="assessments.cycle_refused").count() == 1


def test_what_is_refused_is_kept_and_tried_again_only_when_asked(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = make_planned(ten)
    MaturityModel.objects.filter(pk=ten.pk).update(state="retired")
    sweep_at(MONDAY)
    sweep_at(MONDAY + timedelta(minutes=1))
    cycle.refresh_from_db()
    assert (cycle.state, cycle.refusal) == (Cycle.State.PLANNED, "model")
    assert Fact.objects.get(verb="assessments.cycle_refused").data == {"why": "model"}
    assert not Round.objects.exists()


def test_whoever_planned_it_is_told_once_that_it_waits(
    keys: None, company: Unit, ten: MaturityModel, cx: Employee
) -> None:
    planner = make_employee("Người Lên Kế Hoạch")
    cycle = make_planned(ten)
    Cycle.objects.update(created_by=planner)
    MaturityModel.objects.filter(pk=ten.pk).update(state="retired")
    sweep_at(MONDAY)
    sweep_at(MONDAY + timedelta(minutes=1))
    told = Notice.objects.get(kind="assessments.refused")
    assert told.employee == planner
    assert notices.cycle_page(told) == cycle.get_absolute_url()
    assert notices.still_waits(told)
    Cycle.objects.update(refusal="")
    assert not notices.still_waits(told)


def test_when_the_planner_has_gone_the_cx_team_is_told(
    keys: None, company: Unit, ten: MaturityModel, cx: Employee
) -> None:
    make_planned(ten)
    MaturityModel.objects.filter(pk=ten.pk).update(state="retired")
    sweep_at(MONDAY)
    assert Notice.objects.get(kind="assessments.refused").employee == cx


def test_a_missing_key_is_no_refusal(settings: Any, tmp_path: Path, company: Unit, ten: MaturityModel) -> None:
    cycle = make_planned(ten)
    sweep_at(MONDAY)
    settings.KEY_DIR = tmp_path / "keys"
    stock_keys()
    sweep_at(MONDAY + timedelta(minutes=1))
    cycle.refresh_from_db()
    assert cycle.is_open


def test_one_that_is_refused_holds_back_no_other(keys: None, company: Unit, ten: MaturityModel) -> None:
    broken = make_planned(ten, unit("CN-1"))
    make_planned(ten, unit("CN-1"))
    whole = make_planned(ten, unit("CN-2"))
    sweep_at(MONDAY)
    whole.refresh_from_db()
    broken.refresh_from_db()
    assert whole.is_open
    assert Cycle.objects.filter(refusal="another_open").count() == 1


# The next one


def test_a_cycle_that_repeats_plans_the_next_one(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten, unit("CN-1"), repeats=6, asks_comments=False).pk)
    follower = Cycle.objects.get(follows=cycle)
    assert (follower.state, follower.opens_on, follower.repeats) == ("planned", date(2027, 3, 7), 6)
    assert (follower.model, list(follower.units.all()), follower.asks_comments) == (ten, [unit("CN-1")], False)
    assert Fact.objects.get(verb="assessments.cycle_followed").subject == f"assessments.cycle:{follower.pk}"


def test_a_yearly_cycle_keeps_its_day_and_its_month_in_the_title(keys: None, company: Unit, ten: MaturityModel) -> None:
    usual = actions.usual_title(ten, date(2026, 9, 7))
    assert (usual.en, usual.vi) == (f"{ten.words.en}, September 2026", f"{ten.words.vi}, tháng 9/2026")
    cycle = actions.open_cycle(cycle_id=make_cycle(ten, title=usual, repeats=12).pk)
    follower = Cycle.objects.get(follows=cycle)
    assert follower.opens_on == date(2027, 9, 7)
    assert follower.words.en == f"{ten.words.en}, September 2027"


def test_a_cycle_that_runs_once_is_followed_by_none(keys: None, company: Unit, ten: MaturityModel) -> None:
    actions.open_cycle(cycle_id=make_cycle(ten).pk)
    assert Cycle.objects.count() == 1


def newer(model: MaturityModel) -> MaturityModel:
    return MaturityModel.objects.create(
        code=model.code,
        version=model.version + 1,
        state="published",
        title=model.title,
        content=model.content,
        changed_at=MONDAY,
        published_at=MONDAY,
    )


def test_with_a_newer_version_the_next_one_waits_for_a_choice(keys: None, company: Unit, ten: MaturityModel) -> None:
    cycle = make_cycle(ten, repeats=6)
    newer(ten)
    actions.open_cycle(cycle_id=cycle.pk)
    follower = Cycle.objects.get(follows=cycle)
    assert (follower.state, follower.refusal, follower.model) == ("draft", "newer", ten)


def test_a_version_published_before_its_day_holds_the_next_one_back(
    keys: None, company: Unit, ten: MaturityModel
) -> None:
    cycle = actions.open_cycle(cycle_id=make_cycle(ten, unit("CN-1"), repeats=6).pk)
    newer(ten)
    CycleUnit.objects.update(is_open=False)
    sweep_at(datetime(2027, 3, 7, 3, 0, tzinfo=UTC))
    follower = Cycle.objects.get(follows=cycle)
    assert (follower.state, follower.refusal, follower.round) == ("draft", "newer", None)


@pytest.mark.django_db(transaction=True)
def test_a_cycle_opened_while_a_pulse_is_sent_counts_its_questions(
    company: Unit, five: MaturityModel, keys: None
) -> None:
    def open_it() -> object:
        try:
            return actions.open_cycle(cycle_id=cycle.pk)
        finally:
            connections.close_all()

    cycle = make_cycle(five)
    stock_keys(3)
    items = tuple(Item(f"P{n}", Pillar.PEOPLE, "", Scale.AGREE, words(str(n))) for n in range(11))
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            hold_launches()
            launch(Questionnaire(words("Pulse"), items, (tuple(item.code for item in items),)))
            opening = threads.submit(open_it)
            until_it_waits(opening)
        with pytest.raises(actions.AskedTooMuch):
            opening.result()
    assert Cycle.objects.get(pk=cycle.pk).is_plan


def test_where_every_unit_chosen_has_closed_nobody_is_asked(company: Unit, five: MaturityModel, keys: None) -> None:
    cycle = make_cycle(five, unit("CN-1"))
    below = make_unit("CN-1-1", parent=unit("CN-1"))
    for _ in range(12):
        make_employee(unit=below)
    Unit.objects.filter(code="CN-1").update(closed_on=date(2026, 9, 1))
    with pytest.raises(actions.TooFewInvited):
        actions.open_cycle(cycle_id=cycle.pk)
    assert not Round.objects.exists()
    assert Cycle.objects.get(pk=cycle.pk).is_plan

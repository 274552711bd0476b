"""Three assessments of An Nhiên Retail: about a year and half a year ago, closed and reviewed, and one open now.

What they let one discover: a warehouse of two realities, a head of region who sees his region a full point higher than
his people do, a branch whose level fell when evidence expired, practices that moved where something was done.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import timedelta
from random import Random

from assessments import actions, results_actions
from assessments.content import Practice, Text
from assessments.models import Cycle, LeaderRating, MaturityModel
from improvement.actions import ActionPlan, finish_action, start_action
from improvement.models import Action
from people.days import today
from people.models import Employee, Unit
from people.roles import Role
from portal.demo.chapters import days_ago
from portal.demo.company import REGION
from portal.demo.moods import COMMENTS, Temper, mood, place_on
from portal.demo.showing import give, judge, sort_out
from portal.lib import clock
from portal.lib.pillars import Pillar
from surveys import actions as surveys
from surveys import closing
from surveys.models import Invitation
from surveys.questionnaire import Scale

SEED = 20260902
MODEL = "bearing-five"
CYCLES_AGO = (410, 228, 12)  # days, each beyond a month of the nearest wave but one
WINDOW = 21
TITLES = (
    Text("Mức trưởng thành: lần đầu", "Maturity: the first time"),
    Text("Mức trưởng thành: nửa năm sau", "Maturity: half a year on"),
    Text("Mức trưởng thành: năm nay", "Maturity: this year"),
)
RESPONSE = (0.66, 0.7, 0.2)
GROWTH = 0.12  # how much better things went in the whole company from one cycle to the next
SPLIT, SPLIT_PILLARS = "VH-KHO", (Pillar.PEOPLE, Pillar.PROCESS)  # the warehouse of the day, and that of the night
PROUD = 0.95  # how many answers of four the head of the region sees it higher
DONE = {("BL-DN-HC", "M2"): 1.1, ("KH-TT", "R5"): 0.9}  # what moved where an action was done after the first cycle
TELLS_NOTHING = 0.03


def chapters(tempers: Mapping[int, Temper], say: Callable[[str], None]) -> Iterator[int]:
    """Each chapter waits until it is asked for; what is yielded is how many days ago it plays."""
    chance = Random(SEED)
    first = yield from first_cycle(CYCLES_AGO[0], tempers, chance)
    say("  assessment 1 of 3: rated, answered, sealed")
    yield from what_was_done(first)
    second = yield from second_cycle(CYCLES_AGO[1], tempers, chance)
    say("  assessment 2 of 3: rated, answered, sealed")
    yield from half_a_year(second)
    yield from third_cycle(CYCLES_AGO[2], tempers, chance)


def first_cycle(ago: int, tempers: Mapping[int, Temper], chance: Random) -> Generator[int, None, Cycle]:
    """Evidence is given and checked while the cycle is open; then it is closed and reviewed."""
    yield ago
    with days_ago(ago):
        cycle = open_and_answer(0, tempers, chance)
    yield ago - WINDOW + 3
    with days_ago(ago - WINDOW + 3):
        for pieces in ("company", "first"):
            give(pieces)
            judge(pieces)
    yield from ended(cycle, ago)
    return cycle


def what_was_done(cycle: Cycle) -> Iterator[int]:
    """Two units start an action from a weak practice, and finish it well before the next cycle."""
    yield 370
    with days_ago(370):
        calls = begin(cycle, "BL-DN-HC", "M2", "Gọi lại mọi khách chưa hài lòng trong hai ngày", 60)
        handed = begin(cycle, "KH-TT", "R5", "Mỗi vụ việc có một người theo đến khi xong", 70)
    yield 300
    with days_ago(300):
        end(calls, "Sổ gọi lại: 58 trên 61 khách được gọi trong hai ngày.")
        end(handed, "Phần mềm ghi tên người theo vụ việc; không vụ nào đổi người giữa chừng trong tháng qua.")


def second_cycle(ago: int, tempers: Mapping[int, Temper], chance: Random) -> Generator[int, None, Cycle]:
    """The same again, with more to show."""
    yield ago
    with days_ago(ago):
        cycle = open_and_answer(1, tempers, chance)
    yield ago - WINDOW + 2
    with days_ago(ago - WINDOW + 2):
        give("second")
        judge("second")
    yield from ended(cycle, ago)
    return cycle


def half_a_year(cycle: Cycle) -> Iterator[int]:
    """One more action done, another begun; the evidence of a branch expires piece by piece."""
    yield 150
    with days_ago(150):
        root = begin(cycle, "KH-TT", "M3", "Mỗi tháng sửa tận gốc một nguyên nhân khách phàn nàn", 45)
    yield 135
    with days_ago(135):
        actions.age_levels(day=today())
    yield 108
    with days_ago(108):
        end(root, "Bốn nguyên nhân đã sửa; phàn nàn về giao trễ giảm từ 23 xuống 9 lượt một tháng.")
    yield 100
    with days_ago(100):
        actions.age_levels(day=today())
    yield 20
    with days_ago(20):
        begin(cycle, REGION, "P4", "Mỗi tháng ba chi nhánh cùng tập một tình huống khó", 50)


def third_cycle(ago: int, tempers: Mapping[int, Temper], chance: Random) -> Iterator[int]:
    """Open now; some have answered, and what was given lately waits for its reviewer."""
    yield ago
    with days_ago(ago):
        open_and_answer(2, tempers, chance)
    yield 5
    with days_ago(5):
        give("third")
    yield 3
    with days_ago(3):
        sort_out()


def ended(cycle: Cycle, ago: int) -> Iterator[int]:
    """Closed on its day, reviewed a fortnight later."""
    yield ago - WINDOW
    with days_ago(ago - WINDOW):
        close(cycle)
    yield ago - WINDOW - 14
    with days_ago(ago - WINDOW - 14):
        review(cycle)


def open_and_answer(number: int, tempers: Mapping[int, Temper], chance: Random) -> Cycle:
    """The CX team opens a cycle for the whole company; three hours later leaders have rated and teams answered."""
    cx = Employee.objects.holding(Role.CX).get()
    model = MaturityModel.objects.of_code(MODEL).published().latest("version")
    plan = actions.CyclePlan(
        title=TITLES[number], model=model, units=(), opens_on=today(), window_days=WINDOW, reminders=0
    )
    surveys.stock_keys()
    cycle = actions.open_cycle(cycle_id=actions.plan_cycle(plan=plan, by=cx).pk, by=cx)
    with clock.at(clock.now() + timedelta(hours=3)):
        rate_as_leaders(cycle, number, chance)
        answer_as_teams(cycle, number, tempers, chance)
    return cycle


def close(cycle: Cycle) -> None:
    """The window is over: the seal worker opens the boxes, and the scorecards are made."""
    assert cycle.round_id is not None
    closing.close_round(cycle.round_id)
    actions.close_cycle(cycle_id=cycle.pk)


def review(cycle: Cycle) -> None:
    """All that was given has been looked at, and the CX team ends the review."""
    cycle.refresh_from_db()
    actions.finish_review(cycle=cycle, by=Employee.objects.holding(Role.CX).get())


def answer_as_teams(cycle: Cycle, number: int, tempers: Mapping[int, Temper], chance: Random) -> None:
    """Those who feel like it press their link and choose what they see."""
    said = cycle.model.said.by_code
    invited = Invitation.objects.filter(round=cycle.round_id).select_related("employee__unit")
    for invitation in invited.order_by("employee__number"):
        person, temper = invitation.employee, tempers[invitation.employee_id]
        if temper.keenness + chance.gauss(0, 0.15) > RESPONSE[number]:
            continue
        unit = person.unit.code if person.unit else ""
        started = surveys.press_start(surveys.new_link(invitation.pk))
        answers, comments = {}, {}
        for item in started.items:
            if item.scale is Scale.COMMENT:
                if chance.random() < 0.03:
                    comments[item.code] = chance.choice(COMMENTS)
            elif chance.random() > TELLS_NOTHING and item.pillar is not None:
                own = 0.35 * temper.general + chance.gauss(0, 0.65) + side(unit, item.pillar, int(person.number[2:]))
                answers[item.code] = str(seen(said[item.code], item.pillar, unit, number, own))
        surveys.submit_ballot(started.ballot, answers, comments, person.language)


def side(unit: str, pillar: Pillar, number: int) -> float:
    """In one unit the people of the day and those of the night live in different worlds."""
    if unit != SPLIT or pillar not in SPLIT_PILLARS:
        return 0.0
    return 2.3 if number % 2 else -1.3


def latent(code: str, pillar: Pillar, unit: str, number: int) -> float:
    """How far a unit has come with a practice."""
    moved = DONE.get((unit, code), 0.0) if number else 0.0
    return mood(unit, pillar) + GROWTH * number + (sum(map(ord, code)) % 7 - 3) * 0.1 + moved


def seen(practice: Practice, pillar: Pillar, unit: str, number: int, own: float) -> int:
    """Which of the described answers somebody chooses."""
    return place_on(len(practice.anchors), latent(practice.code, pillar, unit, number) + own)


def rate_as_leaders(cycle: Cycle, number: int, chance: Random) -> None:
    """Leaders say by name how they see their units, most of them nearly as their people do."""
    content = cycle.model.said
    waiting = LeaderRating.objects.filter(cycle=cycle).select_related("unit", "leader").order_by("unit__code")
    for place, rating in enumerate(waiting):
        late = number == len(RESPONSE) - 1 and (place % 3 == 0 or rating.unit.code == REGION)
        if late or rating.unit.code == "HT-PC":
            continue
        proud = PROUD if rating.unit.code == REGION else 0.1
        answers = {}
        for dimension in content.dimensions:
            for practice in dimension.practices:
                usual = expected(practice, dimension.pillar, rating.unit.code, number)
                answers[practice.code] = max(0, min(3, round(usual + proud + chance.gauss(0, 0.35))))
        actions.send_rating(rating=rating, answers=answers, comments={}, seen=rating.edition, by=rating.leader)


def expected(practice: Practice, pillar: Pillar, unit: str, number: int) -> float:
    """About the answer most people of a unit choose, between 0 and 3."""
    feelings = (-0.8, -0.4, 0.0, 0.4, 0.8)
    return sum(seen(practice, pillar, unit, number, own) for own in feelings) / len(feelings)


def begin(cycle: Cycle, code: str, practice: str, title: str, days: int) -> Action:
    """The unit's leader starts an action from a weak practice, as the page proposes it."""
    unit = Unit.objects.select_related("leader").get(code=code)
    assert unit.leader is not None
    proposal = results_actions.proposal_for(cycle=cycle, unit=unit, practice=practice, usual=1)
    plan = ActionPlan(
        title=title,
        what="",
        pillar=proposal.pillar.value,
        owner=unit.leader,
        due_on=today() + timedelta(days=days),
    )
    return start_action(unit=unit, plan=plan, cause=proposal.cause, by=unit.leader)


def end(action: Action, evidence: str) -> None:
    """Done, and what shows it."""
    finish_action(action=action, evidence=evidence, by=action.owner)

"""What a leader says beside the team: the leader's alone for fourteen days; the company sees only a distribution."""

from datetime import datetime, timedelta

import pytest

from assessments.models import Gap, LeaderRating, MaturityModel
from people.models import Employee
from portal.lib.pillars import Pillar
from tests.assessments.published import Found, Published
from tests.assessments.results_cast import Cast, address, closed, make_cast, usual
from tests.pulses.results_stage import reading, words

pytestmark = pytest.mark.django_db

CLOSED_AT = datetime.fromisoformat("2026-09-01T10:00:00+07:00")
DAY_14 = CLOSED_AT + timedelta(days=13, hours=23)
DAY_15 = CLOSED_AT + timedelta(days=14, minutes=1)
PANEL = 'id="gap"'


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def published(cast: Cast, five: MaturityModel) -> Published:
    """The leader of the first branch rates Leadership 4.2; twenty people gave 3.0."""
    team = usual()
    team[Pillar.LEADERSHIP] = Found(3.0, n=20, sd=0.6, leader=4.2)
    team[Pillar.PROCESS] = Found(2.8, n=20, sd=0.6, leader=2.9)
    return closed(cast, five, of={cast.branches[0]: team}, closed_at=CLOSED_AT)


def page_of(person: Employee, published: Published, cast: Cast, at: datetime, language: str = "en") -> str:
    return reading(person, address(published.cycle, cast.branches[0]), at, language)[1]


@pytest.mark.parametrize("moment", [DAY_14, DAY_15])
def test_only_the_leader_and_later_the_superior_and_hr_see_the_gap(
    cast: Cast, published: Published, moment: datetime
) -> None:
    seen = {name for name, person in cast.everybody.items() if PANEL in page_of(person, published, cast, moment)}
    assert seen == ({"lead"} if moment == DAY_14 else {"lead", "head", "hr"})


def test_the_leader_reads_until_when_the_numbers_what_they_mean_and_what_to_do(
    cast: Cast, published: Published
) -> None:
    text = words(page_of(cast.lead, published, cast, DAY_14))
    assert "Until the end of 14 September 2026, only you can see this part" in text
    assert "On the Leadership pillar you gave 4.2; your team gave 3.0 (20 people answered;" in text
    assert "likely range 2.8 to 3.2)." in text
    assert "A difference of 1.2 is unlikely to be chance alone." in text
    assert "It does not mean that one side is right." in text
    assert "“What could I do so that customers come first more often?”" in text
    assert "Do not try to find out who gave which score." in text
    assert "After that day Nguyễn Minh Châu and HR can see these differences" in text


def test_the_leader_reads_it_in_vietnamese(cast: Cast, published: Published) -> None:
    text = words(page_of(cast.lead, published, cast, DAY_14, "vi"))
    assert "Đến hết 14/09/2026, chỉ bạn thấy phần này" in text
    assert (
        "Ở trụ cột Lãnh đạo, bạn chấm 4,2; đội ngũ chấm 3,0 (20 người trả lời; nhiều khả năng từ 2,8 đến 3,2)." in text
    )
    assert "Chênh lệch 1,2 khó có thể chỉ là ngẫu nhiên." in text


def test_the_last_private_day_is_over_before_anybody_else_reads(cast: Cast, published: Published) -> None:
    """The day named on the page is a whole one: at its last minute nobody else sees anything."""
    midnight = datetime.fromisoformat("2026-09-14T23:59:00+07:00")
    assert PANEL not in page_of(cast.hr, published, cast, midnight)
    assert PANEL not in page_of(cast.head, published, cast, midnight)


def test_practices_apart_and_coaching_are_the_leaders_alone(
    cast: Cast, published: Published, five: MaturityModel
) -> None:
    practices = [each.code for each in five.said.dimensions[0].practices]
    LeaderRating.objects.create(
        cycle=published.cycle,
        unit=cast.branches[0],
        leader=cast.lead,
        answers=dict.fromkeys(practices, 3),
        sent_at=CLOSED_AT,
    )
    assert "You differ most on:" in words(page_of(cast.lead, published, cast, DAY_14))
    for person in (cast.head, cast.hr):
        text = words(page_of(person, published, cast, DAY_15))
        assert "You differ most on:" not in text
        assert "One question for your team" not in text
        assert "Ask first what the leader makes of it." in text


def test_where_no_gap_can_be_said_the_panel_says_why(cast: Cast, published: Published) -> None:
    Gap.objects.filter(cycle=published.cycle, unit=cast.branches[0]).update(
        difference=None, low=None, high=None, verdict="cannot_tell", why_not=Gap.WhyNot.COVERS_PART
    )
    text = words(page_of(cast.lead, published, cast, DAY_14))
    assert "covers less than two thirds of this team" in text


def test_who_leads_a_small_team_is_told_why_nothing_is_compared(cast: Cast, published: Published) -> None:
    cast.small.leader = cast.other
    cast.small.save()
    Gap.objects.create(
        cycle=published.cycle,
        unit=cast.small,
        pillar="process",
        leader=cast.other,
        score=3.0,
        why_not=Gap.WhyNot.NOT_SHOWN,
    )
    text = words(reading(cast.other, address(published.cycle, cast.small), DAY_15)[1])
    assert "This team has no score of its own" in text


# The distribution


def test_below_ten_leaders_there_is_no_distribution(cast: Cast, published: Published) -> None:
    for person in (cast.board, cast.cx, cast.hr):
        text = words(reading(person, address(published.cycle), DAY_15)[1])
        assert "A distribution is shown from ten leaders on" in text


def test_from_ten_leaders_on_everybody_sees_the_same_columns_and_nobody_a_name(five: MaturityModel) -> None:
    cast = make_cast(11)
    published = closed(cast, five, closed_at=CLOSED_AT)
    charts = {}
    for name in ("board", "cx", "hr", "member", "lead"):
        page = reading(cast.everybody[name], address(published.cycle), DAY_14)[1]
        part = page[page.index('id="gaps"') : page.index('id="trend"')]
        assert "11 leaders" in words(f"<main{part}</main>")
        assert not any(str(branch.leader) in part for branch in cast.branches)
        charts[name] = part.count('class="mine"')
        assert part.count("<rect") == charts.setdefault("columns", part.count("<rect"))
    charts.pop("columns")
    assert charts == {"board": 0, "cx": 0, "hr": 0, "member": 0, "lead": 5}


def test_on_day_fifteen_the_distribution_still_marks_nobody_elses_place(five: MaturityModel) -> None:
    cast = make_cast(11)
    published = closed(cast, five, closed_at=CLOSED_AT)
    for person in (cast.hr, cast.head):
        assert 'class="mine"' not in reading(person, address(published.cycle), DAY_15)[1]

"""What a leader says beside the team: the leader's alone for fourteen days; the company sees only a distribution."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from scipy import stats as scipy_stats

from assessments.models import Cycle, Gap, LeaderRating, MaturityModel
from assessments.results_gaps import GapSpread, gap_spreads, joined_ends
from people.models import Employee, Unit
from portal.lib import clock
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
    assert "The team's mean is known well enough to see a difference of 1.2." in text
    assert "about one colleague in 30 would rate as high or higher." in text
    assert "chance alone" not in text
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
    assert "Trung bình của đội ngũ đủ chắc để thấy được chênh lệch từ 1,2." in text
    assert "cứ khoảng 30 đồng nghiệp thì có một người chấm cao bằng hoặc cao hơn thế." in text
    assert "ngẫu nhiên" not in text[text.index("Đến hết 14/09/2026") : text.index("Trung bình của đội ngũ") + 200]


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


@pytest.mark.parametrize("verdict", ["overrates", "higher", "lower"])
def test_only_who_overrates_is_told_that_chance_alone_is_unlikely(
    cast: Cast, published: Published, verdict: str
) -> None:
    gaps = Gap.objects.filter(cycle=published.cycle, unit=cast.branches[0])
    gaps.exclude(pillar="leadership").update(verdict="alike")
    gaps.filter(pillar="leadership").update(verdict=verdict, chance=0.88 if verdict == "lower" else 0.12)
    for person, moment in ((cast.lead, DAY_14), (cast.hr, DAY_15)):
        page = page_of(person, published, cast, moment)
        text = words(f"<main {page[page.index(PANEL) :]}")
        text = text[: text.index("Details")]
        assert ("unlikely to be chance alone" in text) == (verdict == "overrates")
        assert ("about one colleague in 8 would rate as high or higher" in text) == (verdict == "higher")
        assert ("about one colleague in 8 would rate as low or lower" in text) == (verdict == "lower")


def test_what_hardly_any_colleague_would_rate_is_said_as_fewer_than_one_in_a_hundred(
    cast: Cast, published: Published
) -> None:
    Gap.objects.filter(cycle=published.cycle, pillar="leadership").update(verdict="higher", chance=0.0004)
    assert "Fewer than one colleague in 100 would rate as high or higher." in words(
        page_of(cast.lead, published, cast, DAY_14)
    )


# The distribution


def apart(branches: int = 11, calm: int = 4) -> tuple[Cast, dict[Unit, dict[Pillar, Found]]]:
    """Branches whose leaders rate half a point higher, but the last few see it as their teams do."""
    cast = make_cast(branches)
    same = {pillar: replace(one, leader=one.mean) for pillar, one in usual().items()}
    return cast, dict.fromkeys(cast.branches[-calm:], same) if calm else {}


def distribution(person: Employee, published: Published, moment: datetime = DAY_15, language: str = "en") -> str:
    page = reading(person, address(published.cycle), moment, language)[1]
    return page[page.index('id="gaps"') : page.index('id="trend"')]


def said(part: str) -> str:
    return words(f"<main{part}</main>")


def test_below_ten_leaders_there_is_no_distribution(cast: Cast, published: Published) -> None:
    for person in (cast.board, cast.cx, cast.hr):
        text = said(distribution(person, published))
        assert "A distribution is shown where ten leaders or more" in text


def test_ten_units_of_nine_leaders_are_nine(five: MaturityModel) -> None:
    cast, of = apart(10)
    first = cast.branches[0]
    cast.branches[1].leader = first.leader
    cast.branches[1].save()
    published = closed(cast, five, of=of, closed_at=CLOSED_AT)
    assert Gap.objects.filter(cycle=published.cycle, pillar="process").count() == 10
    assert "<svg" not in distribution(cast.board, published)


def test_who_leads_two_units_is_counted_once_by_the_team_known_best(five: MaturityModel) -> None:
    cast, of = apart(11)
    cast.branches[1].leader = cast.lead
    cast.branches[1].save()
    of[cast.branches[1]] = {pillar: replace(one, n=80, leader=one.mean) for pillar, one in usual().items()}
    published = closed(cast, five, of=of, closed_at=CLOSED_AT)
    spread = spreads(cast.lead, published)[Pillar.LEADERSHIP]
    assert (spread.leaders, spread.mine) == (10, 0.0)
    assert "10 leaders" in said(distribution(cast.board, published))


def spreads(person: Employee, published: Published) -> dict[Pillar, GapSpread]:
    """What this person reads on day fifteen."""
    cycle = Cycle.objects.select_related("round").get(pk=published.cycle.pk)
    with clock.at(DAY_15):
        return {each.pillar: each for each in gap_spreads(person, cycle)}


def test_from_ten_leaders_on_everybody_sees_the_same_columns_and_nobody_a_name(five: MaturityModel) -> None:
    cast, of = apart()
    published = closed(cast, five, of=of, closed_at=CLOSED_AT)
    charts = {}
    for name in ("board", "cx", "hr", "member", "lead"):
        part = distribution(cast.everybody[name], published)
        assert "11 leaders" in said(part)
        assert not any(str(branch.leader) in part for branch in cast.branches)
        charts[name] = part.count('class="mine"')
        assert part.count("<rect") == charts.setdefault("columns", part.count("<rect"))
    charts.pop("columns")
    assert charts == {"board": 0, "cx": 0, "hr": 0, "member": 0, "lead": 5}


def test_until_day_fifteen_the_distribution_and_its_counts_are_nobodys(five: MaturityModel) -> None:
    cast, of = apart()
    published = closed(cast, five, of=of, closed_at=CLOSED_AT)
    for person in cast.everybody.values():
        part = distribution(person, published, DAY_14)
        assert "<svg" not in part
        assert "The distribution is shown from 15 September 2026 on" in said(part)
        assert "rate Leadership higher" not in words(reading(person, address(published.cycle), DAY_14)[1])
    assert "Phân bố được hiện từ 15/09/2026" in said(distribution(cast.lead, published, DAY_14, "vi"))


def test_on_day_fifteen_the_distribution_still_marks_nobody_elses_place(five: MaturityModel) -> None:
    cast, of = apart()
    published = closed(cast, five, of=of, closed_at=CLOSED_AT)
    for person in (cast.hr, cast.head):
        assert 'class="mine"' not in distribution(person, published)


@pytest.mark.parametrize(("calm", "shown"), [(0, False), (1, False), (2, True)])
def test_where_all_but_one_stand_alike_nothing_is_shown(five: MaturityModel, calm: int, shown: bool) -> None:
    """Whoever knew of the one would know of all others, and the one of nobody but all others alike."""
    cast, of = apart(12, calm)
    published = closed(cast, five, of=of, closed_at=CLOSED_AT)
    part = distribution(cast.board, published)
    assert ("<svg" in part) == shown
    assert ("two or more of them lie elsewhere than most" in said(part)) != shown


def test_whoever_would_stand_alone_at_an_end_is_counted_in_the_next_column(five: MaturityModel) -> None:
    cast, of = apart(12)
    of[cast.branches[0]] = {pillar: replace(one, leader=min(5.0, one.mean + 2)) for pillar, one in usual().items()}
    published = closed(cast, five, of=of, closed_at=CLOSED_AT)
    spread = spreads(cast.lead, published)[Pillar.MEASUREMENT]
    assert [column.n for column in spread.columns] == [0, 0, 0, 0, 4, 8, 0, 0, 0]
    assert [column.is_mine for column in spread.columns].index(True) == 8  # the reader's own mark stays where it is
    assert joined_ends([1, 0, 1, 5, 4, 1, 0, 0, 1]) == [0, 0, 2, 5, 4, 2, 0, 0, 0]
    assert sum(joined_ends([0, 0, 0, 0, 1, 0, 0, 0, 0])) == 1


def test_beside_a_count_stands_what_chance_would_bring(five: MaturityModel) -> None:
    cast, of = apart(21, calm=13)
    published = closed(cast, five, of=of, closed_at=CLOSED_AT)
    spread = spreads(cast.board, published)[Pillar.LEADERSHIP]
    each = scipy_stats.t(19).sf(scipy_stats.t(19).ppf(0.975) / 21**0.5)  # teams of twenty, their own spread
    assert spread.higher == 8
    assert spread.expected == pytest.approx(21 * each, abs=0.2)
    assert spread.surprise > 0.05
    part = said(distribution(cast.board, published))
    assert "8 higher than the team experiences" in part
    assert f"about {spread.expected:.1f} would be higher and as many lower" in part


@pytest.mark.parametrize(("calm", "named"), [(13, False), (3, True)])
def test_in_short_names_leaders_only_where_clearly_more_are_higher_than_chance_brings(
    five: MaturityModel, calm: int, named: bool
) -> None:
    cast, of = apart(21, calm)
    published = closed(cast, five, of=of, closed_at=CLOSED_AT)
    text = words(reading(cast.board, address(published.cycle), DAY_15)[1])
    assert ("higher than their teams experience it." in text) == named
    assert ("Were each just a random colleague of the own team, about" in text) == named

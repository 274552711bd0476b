"""The arithmetic of programmes: when a wave is due, and what it asks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pulses import scoring
from pulses.banks import CATALOGUE
from stats.disclosure import BankItem

MONDAY = date(2026, 9, 7)
BANK = yaml.safe_load((CATALOGUE / "bearing-pulse-40.yaml").read_text(encoding="utf-8"))["questions"]
SCORED = [BankItem(each["code"], each["pillar"], each["driver"]) for each in BANK if each.get("counts") == "score"]
ENPS = [each["code"] for each in BANK if each.get("counts") == "enps"]
PILLAR = {item.code: item.pillar for item in SCORED}
WEEKS = [0, 1, 2, 4, 13]


def due(
    now: datetime, zone: str = "Asia/Ho_Chi_Minh", weeks: int = 4, hour: int = 9, starts_on: date = MONDAY
) -> scoring.Period | None:
    return scoring.due_period(starts_on=starts_on, weeks=weeks, send_hour=hour, zone=zone, window_days=7, now=now)


def at(zone: str, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(zone))  # type: ignore[misc,arg-type]


def test_the_first_wave_is_due_at_its_hour_and_not_before() -> None:
    assert due(at("Asia/Ho_Chi_Minh", 2026, 9, 7, 8, 59)) is None
    period = due(at("Asia/Ho_Chi_Minh", 2026, 9, 7, 9, 0))
    assert period is not None
    assert period.index == 0
    assert period.opens_at == datetime(2026, 9, 7, 2, tzinfo=UTC)


def test_the_window_ends_with_its_last_day() -> None:
    assert due(at("Asia/Ho_Chi_Minh", 2026, 9, 13, 23, 59)) is not None
    assert due(at("Asia/Ho_Chi_Minh", 2026, 9, 14, 0, 0)) is None


def test_only_the_latest_period_is_ever_due() -> None:
    period = due(at("Asia/Ho_Chi_Minh", 2026, 12, 1, 12), weeks=4)
    assert period is not None
    assert period.index == 3


def test_before_the_hour_of_a_weekly_wave_the_last_one_is_over() -> None:
    assert due(at("Asia/Ho_Chi_Minh", 2026, 9, 14, 3), weeks=1) is None
    period = due(at("Asia/Ho_Chi_Minh", 2026, 9, 14, 9), weeks=1)
    assert period is not None
    assert period.index == 1


def test_a_programme_that_runs_once_is_due_once() -> None:
    assert due(at("Asia/Ho_Chi_Minh", 2026, 9, 8, 9), weeks=0) is not None
    assert due(at("Asia/Ho_Chi_Minh", 2026, 10, 5, 9), weeks=0) is None


@pytest.mark.parametrize(("first", "hours"), [(date(2026, 10, 19), 169), (date(2027, 3, 22), 167)])
def test_waves_keep_their_wall_clock_over_both_switches_in_berlin(first: date, hours: int) -> None:
    before = scoring.period_at(0, starts_on=first, weeks=1, send_hour=9, zone="Europe/Berlin", window_days=7)
    after = scoring.period_at(1, starts_on=first, weeks=1, send_hour=9, zone="Europe/Berlin", window_days=7)
    assert after.opens_at - before.opens_at == timedelta(hours=hours)
    assert after.opens_at.astimezone(ZoneInfo("Europe/Berlin")).hour == 9


@pytest.mark.parametrize(("day", "utc"), [(date(2027, 3, 28), 1), (date(2026, 10, 25), 0)])
def test_an_hour_that_is_missing_or_comes_twice_is_one_instant(day: date, utc: int) -> None:
    assert scoring.local_instant(day, 2, "Europe/Berlin") == datetime(day.year, day.month, day.day, utc, tzinfo=UTC)


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    weeks=st.sampled_from(WEEKS),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe"]),
)
def test_what_is_due_is_always_open_now(minutes: int, weeks: int, hour: int, zone: str) -> None:
    now = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    period = due(now, zone=zone, weeks=weeks, hour=hour)
    following = scoring.next_period(starts_on=MONDAY, weeks=weeks, send_hour=hour, zone=zone, window_days=7, now=now)
    if period is not None:
        assert period.opens_at <= now < period.closes_at
    if following is not None:
        assert following.opens_at > now
        assert period is None or following.index == period.index + 1
    else:
        assert weeks == 0


@pytest.mark.parametrize(("weeks", "size"), [(0, 10), (1, 3), (2, 6), (4, 10), (13, 10)])
def test_the_shipped_bank_gives_as_many_questions_as_the_form_says(weeks: int, size: int) -> None:
    assert scoring.items_each_wave(len(SCORED), weeks, 10) == size
    for period in range(24):
        for form in scoring.draw_wave(SCORED, weeks=weeks, period=period, at_most=10).forms:
            assert len(form) == size


@pytest.mark.parametrize("weeks", WEEKS)
def test_nothing_is_asked_twice_in_twelve_weeks(weeks: int) -> None:
    count = scoring.slice_count(weeks)
    drawn = [
        {
            code
            for form in scoring.draw_wave(SCORED, weeks=weeks, period=at, at_most=10, alone=ENPS).forms
            for code in form
            if code != "P8" or weeks
        }
        for at in range(3 * count)
    ]
    for start in range(len(drawn) - count + 1):
        window = drawn[start : start + count]
        assert sum(len(codes) for codes in window) == len(set().union(*window))


@pytest.mark.parametrize("weeks", [0, 4, 13])
def test_ten_questions_are_two_for_each_pillar_and_enps_comes_on_top(weeks: int) -> None:
    for period in range(6):
        for form in scoring.draw_wave(SCORED, weeks=weeks, period=period, at_most=10, alone=ENPS).forms:
            pillars = [PILLAR[code] for code in form if code in PILLAR]
            assert all(pillars.count(pillar) == 2 for pillar in set(PILLAR.values()))


def test_every_two_weeks_every_pillar_is_asked_and_in_time_every_question() -> None:
    asked = [scoring.draw_wave(SCORED, weeks=2, period=at, at_most=10).forms[0] for at in range(6 * 6)]
    assert all(len({PILLAR[code] for code in form}) == 5 for form in asked)
    assert set().union(*asked) == set(PILLAR)


def test_enps_is_asked_once_in_each_turn_and_comments_close_every_form() -> None:
    forms = [
        scoring.draw_wave(SCORED, weeks=4, period=at, at_most=10, alone=ENPS, comments=["C1", "C2"]).forms
        for at in range(3)
    ]
    assert [sum("P8" in form for form in wave) for wave in forms] == [1, 0, 0]
    assert all(form[-2:] == ("C1", "C2") for wave in forms for form in wave)


def test_forms_of_a_full_wave_share_no_scored_question() -> None:
    forms = scoring.draw_wave(SCORED, weeks=13, period=0, at_most=10).forms
    assert len(forms) == 3
    assert len(set().union(*forms)) == 30


def test_a_bank_smaller_than_its_turn_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be cut"):
        scoring.draw_wave(SCORED[:10], weeks=1, period=0, at_most=10)


def test_the_heaviest_month_counts_every_plan_once() -> None:
    four_weekly = [(MONDAY + timedelta(weeks=4 * turn), 13) for turn in range(6)]
    weekly = [(MONDAY + timedelta(weeks=turn), 5) for turn in range(26)]
    assert scoring.heaviest_month([four_weekly]) == 26
    assert scoring.heaviest_month([weekly]) == 25
    assert scoring.heaviest_month([four_weekly, weekly]) == 51
    assert scoring.heaviest_month([]) == 0

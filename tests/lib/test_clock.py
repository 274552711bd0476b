"""The clock business rules read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from portal.lib import clock


def test_the_clock_can_be_held_and_let_go() -> None:
    held = datetime(2026, 9, 14, 8, tzinfo=timezone(timedelta(hours=7)))

    with clock.at(held):
        assert clock.now() == held
        assert clock.now().tzinfo is UTC
    assert clock.now() > held


def test_a_clock_without_a_zone_is_refused() -> None:
    with clock.at(datetime(2026, 9, 14)), pytest.raises(ValueError, match="aware"):  # noqa: DTZ001
        clock.now()

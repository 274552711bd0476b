"""Days and instants by the wall clocks of a time zone. Pure: the zone is told, the clock is not read."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def is_time_zone(name: str) -> bool:
    """Whether the name is a time zone of the IANA list, such as Asia/Ho_Chi_Minh."""
    return name in _names()


def local_instant(day: date, hour: int, zone: str) -> datetime:
    """The instant at which the wall clocks of a zone show this hour.

    Where the clocks jump over the hour, the instant of the jump's other side (02:00 becomes 03:00); where they show
    it twice, the first time.
    """
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local_day(moment: datetime, zone: str) -> date:
    """The day the calendars of a zone show at an instant."""
    return moment.astimezone(ZoneInfo(zone)).date()


def last_day(closes_at: datetime, zone: str) -> date:
    """The last day of a window that closes at this instant."""
    return local_day(closes_at - timedelta(seconds=1), zone)


def months_later(day: date, months: int) -> date:
    """The same day some months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

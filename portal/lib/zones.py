"""Names of time zones."""

from functools import cache
from zoneinfo import available_timezones


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def is_time_zone(name: str) -> bool:
    """Whether the name is a time zone of the IANA list, such as Asia/Ho_Chi_Minh."""
    return name in _names()

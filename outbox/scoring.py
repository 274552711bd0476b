"""The arithmetic of the outbox: waking hours, the pauses between tries, and what a refusal may tell."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WAKES_AT = time(8)
SLEEPS_AT = time(20)
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
MOST_TRIES = 8

# An address, a link, or anything long enough to be a token.
TELLING = re.compile(r"<?[^\s<>]+@[^\s<>]+>?|\w+://\S+|\S{40,}")


def zone_named(name: str) -> ZoneInfo:
    """The time zone of this name; an unknown name counts as Vietnam's, so that no message waits for ever."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("Asia/Ho_Chi_Minh")


def waking(moment: datetime, zone: str) -> datetime:
    """The moment itself when it falls into waking hours there, else the next morning at eight."""
    local = moment.astimezone(zone_named(zone))
    if WAKES_AT <= local.time() < SLEEPS_AT:
        return moment
    day = local.date() if local.time() < WAKES_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, WAKES_AT, tzinfo=zone_named(zone))


def next_try(moment: datetime, tries: int) -> datetime | None:
    """When to try again after this many tries, or None when it has been tried often enough."""
    if tries >= MOST_TRIES:
        return None
    return moment + PAUSES[min(max(tries, 1), len(PAUSES)) - 1]


def masked(reason: str) -> str:
    """A server's answer without addresses, links and tokens, short enough to show."""
    return TELLING.sub("…", " ".join(reason.split()))[:200]

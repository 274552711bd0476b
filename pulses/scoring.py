"""Arithmetic of programmes: when a wave is due, and what it asks. Pure: no database, no clock."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from portal.lib.pillars import Pillar
from portal.lib.zones import last_day as last_day
from portal.lib.zones import local_instant as local_instant
from stats.disclosure import BankItem, draw_forms, slice_bank, slice_yield

ROTATION_WEEKS = 12  # within rotation nobody is asked the same question twice in this time
BURDEN_DAYS = 30
BURDEN_ITEMS = 40
REMINDER_DAYS = (3, 5)
SEND_HOURS = (8, 19)  # the first and the last full hour at which mails leave
PILLARS = len(Pillar)


@dataclass(frozen=True)
class Period:
    """One turn of a programme: which one, and the instants between which its wave is open."""

    index: int
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class Drawn:
    """What one wave asks: a slice of the bank, and the forms drawn from it (codes in the order they are asked)."""

    slice_number: int
    forms: tuple[tuple[str, ...], ...]


def period_at(index: int, *, starts_on: date, weeks: int, send_hour: int, zone: str, window_days: int) -> Period:
    """The period of that number: open from the send hour to the end of the last day of the window."""
    first = starts_on + timedelta(weeks=weeks * index)
    return Period(index, local_instant(first, send_hour, zone), local_instant(first + timedelta(window_days), 0, zone))


def due_period(
    *, starts_on: date, weeks: int, send_hour: int, zone: str, window_days: int, now: datetime
) -> Period | None:
    """The period that is due now: the latest that has begun, as long as its window is open; else None.

    `weeks` is the distance between two periods, 0 for a programme that runs once. Periods that were missed are
    skipped, never piled up, and a late start does not move the end of the window.
    """
    days = (now.astimezone(ZoneInfo(zone)).date() - starts_on).days
    index = days // (7 * weeks) if weeks else 0
    for candidate in (index, index - 1):
        if candidate < 0:
            return None
        period = period_at(
            candidate, starts_on=starts_on, weeks=weeks, send_hour=send_hour, zone=zone, window_days=window_days
        )
        if period.opens_at <= now:
            return period if now < period.closes_at else None
    return None


def next_period(
    *, starts_on: date, weeks: int, send_hour: int, zone: str, window_days: int, now: datetime
) -> Period | None:
    """The first period that has not begun; None when a programme that runs once has had its turn."""
    days = (now.astimezone(ZoneInfo(zone)).date() - starts_on).days
    index = max(0, days // (7 * weeks)) if weeks else 0
    for candidate in (index, index + 1) if weeks else (0,):
        period = period_at(
            candidate, starts_on=starts_on, weeks=weeks, send_hour=send_hour, zone=zone, window_days=window_days
        )
        if period.opens_at > now:
            return period
    return None


def slice_count(weeks: int) -> int:
    """Into how many slices the bank is cut: one for each wave of twelve weeks."""
    return max(1, ROTATION_WEEKS // weeks) if weeks else 1


def items_each_wave(bank_size: int, weeks: int, at_most: int) -> int:
    """How many scored questions one form asks: at most as many as its slice holds."""
    return min(at_most, bank_size // slice_count(weeks))


def draw_wave(
    items: Sequence[BankItem],
    *,
    weeks: int,
    period: int,
    at_most: int,
    alone: Sequence[str] = (),
    comments: Sequence[str] = (),
) -> Drawn:
    """Draw the forms of a wave from its slice of the bank.

    `items` are the scored questions. Those in `alone` (eNPS) enter no pillar: they are asked beside the others, each
    in one slice. `comments` close every form. Raises ValueError when the bank has fewer items than slices.
    """
    count = slice_count(weeks)
    slices = slice_bank(items, count)
    number, turn = period % count, period // count
    codes = set(slices[number])
    sliced = [item for item in items if item.code in codes]
    size = items_each_wave(len(items), weeks, at_most)
    per_pillar = max(1, at_most // PILLARS)
    beside = [code for place, code in enumerate(sorted(alone)) if place % count == number]
    place = {item.code: position for position, item in enumerate(items)}
    pillars = {item.code: item.pillar for item in items}
    forms = []
    for form in draw_forms(sliced, slice_yield(sliced, per_pillar), per_pillar, turn):
        kept = sorted(_thinned(form, pillars, size, turn), key=place.__getitem__)
        forms.append((*kept, *beside, *comments))
    return Drawn(number, tuple(forms))


def _thinned(form: Sequence[str], pillars: Mapping[str, str], size: int, turn: int) -> list[str]:
    """As many codes of a form as may be asked: the pillar with most gives one up first, another one each turn."""
    kept = list(form)
    while len(kept) > size:
        held = Counter(pillars[code] for code in kept)
        spare = [code for code in kept if held[pillars[code]] == max(held.values())]
        kept.remove(spare[turn % len(spare)])
    return kept


def heaviest_month(plans: Iterable[Iterable[tuple[date, int]]]) -> int:
    """The most questions that any 30 days hold, over plans of (day, questions) that reach the same people."""
    asked = sorted(wave for plan in plans for wave in plan)
    return max(
        (sum(size for day, size in asked if first <= day < first + timedelta(BURDEN_DAYS)) for first, _ in asked),
        default=0,
    )

"""How a report prints numbers, dates, levels and ranges: as the pages do, in the language that is active."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import date_format, number_format
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _

from assessments.content import Level, tidy_number
from assessments.results_words import here

MINUS, EN_DASH, NO_BREAK = "\u2212", "\u2013", "\u00a0"


def figure(value: float | None, places: int = 1) -> str:
    """A number rounded half up, grouped, with a true minus; a dash where there is none."""
    if value is None:
        return EN_DASH
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + Decimal(0)
    text = number_format(abs(exact), decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if exact < 0 else text


def count(value: int | None) -> str:
    return figure(value, 0)


def difference(value: float | None) -> str:
    """A difference with its sign."""
    text = figure(value)
    return text if value is None or text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def percent(share: float) -> str:
    """A share between 0 and 1."""
    return f"{figure(100 * share, 0)}%"


def likely_range(low: float | None, high: float | None) -> str:
    """The likely range of a score."""
    return EN_DASH if low is None or high is None else f"{figure(low)}{EN_DASH}{figure(high)}"


def level_name(level: Level | None) -> str:
    """A level by number and name: never the one without the other."""
    if level is None:
        return EN_DASH
    return _("Level %(number)s – %(name)s") % {"number": level.number, "name": here(level.name)}


def cuts_said(bands: Sequence[Level]) -> str:
    """The scores at which a model's levels begin."""
    return "; ".join(number_format(tidy_number(band.low), use_l10n=True) for band in bands)


def day(moment: datetime | date | None) -> str:
    """The day of the company's calendar, in words."""
    if moment is None:
        return EN_DASH
    if isinstance(moment, datetime):
        moment = localtime(moment, get_default_timezone()).date()
    return date_format(moment, "DATE_FORMAT")


def month(moment: datetime | None) -> str:
    return "" if moment is None else date_format(localtime(moment, get_default_timezone()), "m/Y")


def listed(words: list[str]) -> str:
    """A list as a sentence holds it: "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(all_but_last)s and %(last)s") % {"all_but_last": ", ".join(words[:-1]), "last": words[-1]}

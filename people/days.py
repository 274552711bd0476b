"""Which day it is: the company's own, whatever the server's clock or a reader's zone says."""

from datetime import date, datetime

from django.utils import timezone

from portal.lib import clock


def today() -> date:
    """The day the company's calendar shows now. Every date of the staff list is such a day."""
    return day_of(clock.now())


def day_of(moment: datetime) -> date:
    """The day the company's calendar showed at a moment."""
    return timezone.localdate(moment, timezone.get_default_timezone())

"""Reminders of an open cycle: at equal distances in its window, at the send hour, each of them once."""

from datetime import datetime, timedelta

from django.db import transaction

from assessments import facts
from assessments.actions.owing import owe_reminders
from assessments.models import Cycle, CycleReminder
from diary.actions import record
from portal.lib import clock
from portal.lib.zones import local_day, local_instant


def reminder_instants(cycle: Cycle) -> list[datetime]:
    """When reminders go out: two after a third and two thirds of the window, one in its middle."""
    if cycle.round is None:
        return []
    first, zone = local_day(cycle.round.opens_at, cycle.time_zone), cycle.time_zone
    length = (local_day(cycle.round.closes_at, zone) - first).days
    days = [round(length * number / (cycle.reminders + 1)) for number in range(1, cycle.reminders + 1)]
    instants = [local_instant(first + timedelta(day), cycle.send_hour, zone) for day in days]
    return [at for at in instants if cycle.round.opens_at < at < cycle.round.closes_at]


def remind_if_due(*, cycle_id: int, now: datetime) -> CycleReminder | None:
    """Send the reminder that is due, once; of several missed ones only the latest goes out."""
    found = Cycle.objects.to_remind(now).filter(pk=cycle_id).select_related("model", "round").first()
    if found is None or found.round is None:
        return None
    instants = reminder_instants(found)
    number = sum(at <= now for at in instants)
    if not number or found.reminded.filter(number=number).exists():
        return None
    today = local_day(clock.now(), found.time_zone)
    with transaction.atomic():
        reminder, is_mine = CycleReminder.objects.get_or_create(cycle=found, number=number, defaults={"day": today})
        if not is_mine:  # another sweep was quicker
            return None
        owe_reminders(found, found.round, number=number, last=number == len(instants))
        record(
            facts.CYCLE_REMINDED,
            subject=f"assessments.cycle:{found.pk}",
            key=f"{facts.CYCLE_REMINDED}:{found.pk}:{number}",
            data={"number": number},
        )
    return reminder

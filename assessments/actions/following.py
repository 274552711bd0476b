"""A cycle that repeats plans the next one when it opens."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments import facts
from assessments.actions.asking import in_both
from assessments.actions.owing import owe_refusal
from assessments.actions.planning import newer_version
from assessments.content import Text
from assessments.models import Cycle, MaturityModel, title_of
from diary.actions import record
from portal.lib.zones import months_later


def usual_title(model: MaturityModel, opens_on: date) -> Text:
    """What a cycle is called unless somebody gives it another name: its model and the month it opens in."""
    words = model.words
    said = in_both(
        lambda: _("%(model)s, %(month)s") % {"model": "{}", "month": date_format(opens_on, "YEAR_MONTH_FORMAT")}
    )
    return Text(vi=said["vi"].replace("{}", words.vi), en=said["en"].replace("{}", words.en))


def plan_follower(cycle: Cycle, *, after: date, usual: bool) -> Cycle | None:
    """The next turn of a cycle that repeats, half a year or a year after a day; None when it runs once.

    Where a newer version of its model has been published, it waits as a draft: somebody has to choose.
    """
    if not cycle.repeats or Cycle.objects.filter(follows=cycle).exists():
        return None
    opens_on = months_later(after, cycle.repeats)
    why = "newer" if newer_version(cycle.model) is not None else ""
    follower = Cycle.objects.create(
        title=title_of(usual_title(cycle.model, opens_on) if usual else cycle.words),
        model=cycle.model,
        opens_on=opens_on,
        send_hour=cycle.send_hour,
        time_zone=cycle.time_zone,
        window_days=cycle.window_days,
        asks_comments=cycle.asks_comments,
        reminders=cycle.reminders,
        repeats=cycle.repeats,
        k=cycle.k,
        k_detail=cycle.k_detail,
        state=Cycle.State.DRAFT if why else Cycle.State.PLANNED,
        refusal=why,
        follows=cycle,
        created_by_id=cycle.created_by_id,
    )
    follower.units.set(cycle.units.all())
    record(
        facts.CYCLE_FOLLOWED,
        subject=f"assessments.cycle:{follower.pk}",
        key=f"{facts.CYCLE_FOLLOWED}:{follower.pk}",
        data={"follows": cycle.pk},
    )
    if why:
        owe_refusal(follower)
    return follower

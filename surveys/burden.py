"""How much people are asked, over all rounds: what a room looks at before it launches another.

Questions that enter a score are counted, as in "ten questions a wave" and "thirty practices"; what stands beside them
(eNPS, commitments, open questions) is not. A round asks its longest form, on the day it opens and as long as it is
open. Cancelled and lost rounds do not count: what people said there is gone.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from people.models import Unit
from surveys.models import Round
from surveys.questionnaire import Questionnaire
from surveys.registry import Planned, plans

ITEMS_AT_MOST = 40  # in 30 days, over pulses and assessments
DAYS = 30
LONG_FROM = 31  # practices: nobody is asked for 30 days before and after such an assessment

MOST_ASKED = """
SELECT unit_id, max(items)
FROM (SELECT person.unit_id, sum(asked.items) AS items
      FROM unnest(%s::uuid[], %s::int[]) AS asked(round, items)
      JOIN surveys_invitation invitation ON invitation.round_id = asked.round
      JOIN people_employee person ON person.id = invitation.employee_id
      WHERE person.unit_id = ANY(%s::bigint[])
      GROUP BY person.id) AS people
GROUP BY unit_id
"""


ASKED_TOGETHER = """
SELECT DISTINCT person.unit_id, array_agg(invitation.round_id ORDER BY invitation.round_id)
FROM surveys_invitation invitation
JOIN people_employee person ON person.id = invitation.employee_id
WHERE invitation.round_id = ANY(%s::uuid[]) AND person.unit_id = ANY(%s::bigint[])
GROUP BY person.id
"""


def hold_launches() -> None:
    """Let one room at a time look at the burden and launch, until the transaction ends: the next one sees its round."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('surveys.burden', 0))")


def scored_items(questionnaire: Questionnaire) -> int:
    """The questions of the longest form that enter a score."""
    scored = {item.code for item in questionnaire.items if item.scores}
    return max((len(scored.intersection(form)) for form in questionnaire.forms), default=0)


def asked_within(units: Iterable[Unit] | None, *, around: datetime, days: int = DAYS, leave_out: str = "") -> int:
    """The most questions that anybody in these units (None: the company) is asked so many days before and after.

    By rounds launched, whoever sent them, and by those that are planned (`register_plans`); `leave_out` is the key of
    a round not to be counted.
    """
    since, until = around - timedelta(days), around + timedelta(days)
    asked = Q(opens_at__gt=since, opens_at__lt=until) | Q(opens_at__lte=around, closes_at__gt=around)
    audience = _audience(units)
    most = dict.fromkeys(audience, 0) | _most_asked(audience, Round.objects.launched().filter(asked), leave_out)
    for plan in _planned(since, until, leave_out):
        if since < plan.opens_at < until:
            for unit in _reached(plan, audience):
                most[unit] += plan.items
    return max(most.values(), default=0)


def most_before(units: Iterable[Unit] | None, *, moments: Sequence[datetime], leave_out: str = "") -> Iterator[int]:
    """The most questions that anybody in these units is asked in the 30 days before each moment, one after the other.

    It says what `asked_within` says of each, in a number of queries that does not grow with the moments.
    """
    audience = _audience(units)
    since, until = min(moments) - timedelta(days=DAYS), max(moments)
    near = Round.objects.launched().filter(opens_at__lt=until, closes_at__gt=since)
    rounds = {each.pk: (each, scored_items(each.questions)) for each in near if each.key != leave_out}
    with connection.cursor() as cursor:
        cursor.execute(ASKED_TOGETHER, [list(rounds), list(audience)])
        together = cursor.fetchall()
    planned = [(plan, _reached(plan, audience)) for plan in _planned(since, until, leave_out)]
    for at in moments:
        around, begin = at - timedelta(days=DAYS // 2), at - timedelta(days=DAYS)
        counted = {
            key: items
            for key, (each, items) in rounds.items()
            if begin < each.opens_at < at or each.opens_at <= around < each.closes_at
        }
        most = dict.fromkeys(audience, 0)
        for unit, asked in together:
            most[unit] = max(most[unit], sum(counted.get(key, 0) for key in asked))
        for plan, reached in planned:
            if begin < plan.opens_at < at:
                for unit in reached:
                    most[unit] += plan.items
        yield max(most.values(), default=0)


def near_long_assessment(
    units: Iterable[Unit] | None, *, around: datetime, days: int = DAYS, leave_out: str = ""
) -> bool:
    """Whether anybody in these units is asked more than 30 practices at once, so many days before or after."""
    since, until = around - timedelta(days), around + timedelta(days)
    audience = _audience(units)
    near = Round.objects.launched().filter(kind="assessment", opens_at__lt=until, closes_at__gt=since)
    long = [each.pk for each in near if scored_items(each.questions) >= LONG_FROM]
    if any(_most_asked(audience, near.filter(pk__in=long), leave_out).values()):
        return True
    return any(
        plan.items >= LONG_FROM and plan.kind == "assessment" and _reached(plan, audience)
        for plan in _planned(since, until, leave_out)
    )


def _audience(units: Iterable[Unit] | None) -> set[int]:
    chosen = None if units is None else [unit.pk for unit in units]
    asked = Unit.objects.open() if chosen is None else Unit.objects.under(*chosen)
    return set(asked.values_list("pk", flat=True))


def _reached(plan: Planned, audience: set[int]) -> set[int]:
    """The units of an audience that a plan asks."""
    if plan.units is None:
        return audience
    return audience.intersection(Unit.objects.under(*plan.units).values_list("pk", flat=True))


def _most_asked(audience: Iterable[int], rounds: Iterable[Round], leave_out: str) -> dict[int, int]:
    """Unit -> the most questions these rounds asked somebody who is there today."""
    items = {each.pk: scored_items(each.questions) for each in rounds if each.key != leave_out}
    with connection.cursor() as cursor:
        cursor.execute(MOST_ASKED, [list(items), list(items.values()), list(audience)])
        return {unit: int(most) for unit, most in cursor.fetchall()}


def _planned(since: datetime, until: datetime, leave_out: str) -> Iterator[Planned]:
    """What rooms will launch: open at some time between, and not launched yet."""
    found = [plan for source in plans.values() for plan in source(since, until)]
    launched = set(Round.objects.filter(key__in=[plan.key for plan in found]).values_list("key", flat=True))
    for plan in found:
        if plan.key not in launched | {leave_out} and plan.opens_at < until and plan.closes_at > since:
            yield plan

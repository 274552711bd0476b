"""What people see of their leaders' promises: pulses ask it below the unit, and the answers stand beside the promise.

A promise is asked about in the first pulse that opens two weeks after it was made, then once a quarter until its
leader has said how it went. The words of the promise are asked as they were written; only the frame is translated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from improvement.models import Commitment
from improvement.registry import Look, Seen
from people.days import day_of
from people.models import Employee, Unit
from people.policies import leads_any, sees_all_results
from portal.lib import clock
from surveys.models import Cell, Round
from surveys.querysets import STAFF_READ_AFTER
from surveys.questionnaire import Item, Scale

KIND = "pulse"
SETTLES_IN = timedelta(days=14)  # before people can have seen anything of it
AGAIN_AFTER = timedelta(days=84)  # twelve weeks, as for any question of a pulse
ASKED_AT_MOST = 3  # of one unit at a time, which is how many promises a unit has
LANGUAGES = ("vi", "en")
A_MOMENT = timedelta(seconds=1)  # what closes at midnight was open on the day before


def code_of(promise: int) -> str:
    """The code its question has in every round."""
    return f"commitment-{promise}"


# Asking -------------------------------------------------------------------------------------------------------------


def asked_about(kind: str, units: frozenset[int], opens_at: datetime) -> Mapping[int, Sequence[Item]]:
    """What a pulse asks below each of these units: the promises whose turn it is. Two queries."""
    if kind != KIND:
        return {}
    ripe = Commitment.objects.current().filter(unit__in=units, promised_on__lte=day_of(opens_at) - SETTLES_IN)
    resting = asked_since(opens_at - AGAIN_AFTER)
    found: dict[int, list[Item]] = {}
    for promise in ripe.order_by("promised_on", "pk"):
        if code_of(promise.pk) not in resting and len(found.setdefault(promise.unit_id, [])) < ASKED_AT_MOST:
            found[promise.unit_id].append(question_about(promise))
    return found


def asked_since(moment: datetime) -> frozenset[str]:
    """The questions about promises in pulses that opened after that moment."""
    lately = Round.objects.launched().filter(kind=KIND, opens_at__gt=moment)
    return frozenset(code for asked in lately.values_list("questionnaire__places", flat=True) for code in asked or ())


def question_about(promise: Commitment) -> Item:
    """On the usual scale of agreement, as the other questions of a pulse."""
    words = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = gettext("I see this promise being kept: “%(promise)s”") % {"promise": promise.what}
    return Item(code=code_of(promise.pk), pillar=None, driver="", scale=Scale.AGREE, text=words)


# Reading ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asking:
    """A pulse that asks about promises."""

    pk: UUID
    closed_at: datetime | None
    last_day: date
    codes: frozenset[str]


@dataclass(frozen=True)
class Within:
    """Of which units somebody reads what people answered, and from when."""

    all_at_once: bool
    led: frozenset[int]
    own: frozenset[int]

    def reads(self, unit: int, asking: Asking) -> bool:
        if asking.closed_at is None:
            return False
        late = asking.closed_at <= clock.now() - STAFF_READ_AFTER
        return self.all_at_once or unit in self.led or (late and unit in self.own)


def seen_by_people(reader: Employee, promises: Sequence[Commitment]) -> dict[int, Seen]:
    """What people see of these promises, as far as this person may read it: five queries, however many there are."""
    rounds = rounds_asking({code_of(each.pk) for each in promises}, min(each.promised_on for each in promises))
    closed = [each.pk for each in rounds if each.closed_at is not None]
    published = Cell.objects.visible_to(reader).details().filter(round__in=closed, code__startswith="commitment-")
    cells = {(cell.round_id, cell.unit_id, cell.code): cell for cell in published}
    within = within_sight(reader)
    found = {}
    for promise in promises:
        seen = look_at(promise, rounds, cells, within)
        if seen is not None:
            found[promise.pk] = seen
    return found


def rounds_asking(codes: set[str], since: date) -> list[Asking]:
    """Pulses that ask one of these questions, the newest first."""
    stored = Round.objects.launched().filter(kind=KIND, opens_at__date__gte=since).order_by("-opens_at")
    rows = stored.values_list("pk", "closed_at", "closes_at", "questionnaire__places")
    found = [
        Asking(pk, closed, day_of(ends - A_MOMENT), frozenset(codes.intersection(places or ())))
        for pk, closed, ends, places in rows
    ]
    return [each for each in found if each.codes]


def within_sight(reader: Employee) -> Within:
    """The units somebody leads, and the own one and the company."""
    led = Unit.objects.led_by(reader).values_list("pk", flat=True) if leads_any(reader) else ()
    own = Unit.objects.filter(parent=None).values_list("pk", flat=True)
    mine = {reader.unit_id} if reader.unit_id is not None else set()
    return Within(sees_all_results(reader), frozenset(led), frozenset(own) | mine)


def look_at(
    promise: Commitment,
    rounds: Sequence[Asking],
    cells: Mapping[tuple[UUID, int, str], Cell],
    within: Within,
) -> Seen | None:
    """The newest answers this person may read; before there are any, when people are asked. None: nothing to say."""
    code = code_of(promise.pk)
    asking = [each for each in rounds if code in each.codes]
    for each in asking:
        if within.reads(promise.unit_id, each):
            cell = cells.get((each.pk, promise.unit_id, code))
            return answered(each, cell)
    if not promise.is_current:
        return None
    if asking:
        return Seen(Look.ASKING, asking[0].last_day) if asking[0].closed_at is None else None
    return Seen(Look.WAITING, promise.promised_on + SETTLES_IN)


def answered(asking: Asking, cell: Cell | None) -> Seen:
    """What was published, or that it is not shown apart."""
    if cell is None:
        return Seen(Look.ANSWERED, asking.last_day)
    return Seen(Look.ANSWERED, asking.last_day, cell.n, cell.mean, cell.low, cell.high, cell.covers_part)

"""What assessments put on a home page: what waits for a leader or a reviewer, and how far open cycles have come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Count, Q

from assessments.models import Cycle, CycleUnit, Evidence, LeaderRating
from assessments.policies import can_review_evidence
from people import days, policies
from people.models import Employee
from people.querysets import led_unit_ids
from portal.context import way_to
from portal.lib import clock
from surveys.models import Participation
from surveys.promise import Terms

SHOWN = 5
READY_FOR = timedelta(days=30)  # a scorecard is news for so long
SOON = timedelta(days=30)


@dataclass(frozen=True)
class ToRate:
    """The leader's own ratings of one open cycle that have not been sent."""

    cycle: Cycle
    ratings: Sequence[LeaderRating]

    @property
    def unit(self) -> str:
        return self.ratings[0].unit.name

    @property
    def href(self) -> str:
        one = self.ratings[0]
        return way_to("assessments:rating", one.cycle_id, one.unit_id) if len(self.ratings) == 1 else self.all_href

    @property
    def all_href(self) -> str:
        return way_to("assessments:rating_list")

    @property
    def terms(self) -> Terms:
        assert self.cycle.round is not None
        return Terms(self.cycle.round)


@dataclass(frozen=True)
class Ready:
    """A scorecard the leader of a unit may read since lately."""

    place: CycleUnit

    @property
    def href(self) -> str:
        return way_to("assessments:results_unit", self.place.cycle_id, self.place.unit_id)


@dataclass(frozen=True)
class Progress:
    """An open cycle: leaders by number, links used as far as may be told; nobody by name."""

    cycle: Cycle
    participation: Participation | None
    asked: int
    sent: int

    @property
    def terms(self) -> Terms:
        assert self.cycle.round is not None
        return Terms(self.cycle.round)


@dataclass(frozen=True)
class Running:
    """What those who run assessments look after."""

    cycles: list[Progress]
    to_check: int  # pieces of evidence that nobody has checked yet
    may_check: bool


@dataclass(frozen=True)
class Assessing:
    """Everything of assessments on one home page."""

    to_rate: list[ToRate]
    ready: list[Ready]
    ending: list[Evidence]
    to_review: int
    running: Running | None
    newest: Ready | None = None  # the newest scorecard of a unit led, however old

    @property
    def rows(self) -> int:
        """How many lines of things to do stand on the page."""
        return len(self.to_rate) + len(self.ready) + len(self.ending) + bool(self.to_review)

    @property
    def waits(self) -> bool:
        return bool(self.to_rate or self.ready or self.ending or self.to_review)


def assessing_of(person: Employee) -> Assessing:
    """A fixed number of queries: three for leaders, one for reviewers, three for those who run cycles."""
    leads, now = policies.leads_any(person), clock.now()
    runs = policies.is_hr(person) or policies.is_cx(person)
    cards = scorecards(person, now) if leads else []
    return Assessing(
        to_rate=to_rate(person, now) if leads else [],
        ready=[each for each in cards if is_news(each, now)],
        newest=cards[0] if cards else None,
        ending=ending(person) if leads else [],
        to_review=Evidence.objects.visible_to(person).to_review_by(person).count()
        if policies.is_reviewer(person)
        else 0,
        running=running(person) if runs else None,
    )


def to_rate(person: Employee, now: datetime) -> list[ToRate]:
    """Own ratings that wait, by cycle, the one that closes first on top."""
    waiting = LeaderRating.objects.visible_to(person).waiting().filter(cycle__round__closes_at__gt=now)
    rows = waiting.select_related("cycle__round", "unit").order_by("cycle__round__closes_at", "cycle", "unit__sort_key")
    return [ToRate(cycle, list(ratings)) for cycle, ratings in groupby(rows, key=lambda rating: rating.cycle)]


def is_news(card: Ready, now: datetime) -> bool:
    """Whether the scorecard has been there for less than a month."""
    closed_at = card.place.cycle.closed_at
    return closed_at is not None and closed_at >= now - READY_FOR


def scorecards(person: Employee, now: datetime) -> list[Ready]:
    """Units this person led in a cycle that was closed, the newest cycle first."""
    places = CycleUnit.objects.visible_to(person).ended(before=now).filter(leader=person)
    newest = places.select_related("cycle", "unit").order_by("-cycle__closed_at", "unit__sort_key")
    return [Ready(place) for place in newest[:SHOWN]]


def ending(person: Employee) -> list[Evidence]:
    """Evidence of the units led that soon counts no longer, the first to end on top."""
    today = days.today()
    ours = Evidence.objects.visible_to(person).filter(Q(unit__in=led_unit_ids(person)) | Q(added_by=person))
    near = ours.valid_on(today).filter(expires_on__lte=today + SOON)
    return list(near.select_related("unit").order_by("expires_on", "pk")[:SHOWN])


def running(person: Employee) -> Running:
    """Open cycles and how far they have come; evidence that waits for a reviewer."""
    cycles = Cycle.objects.visible_to(person).open()
    counted = {"asked": Count("ratings"), "sent": Count("ratings", filter=Q(ratings__sent_at__isnull=False))}
    found = list(cycles.annotate(**counted).select_related("round").order_by("round__closes_at", "pk"))
    used = links_used(found)
    rows = [Progress(each, used.get(each.pk), *(vars(each)[name] for name in counted)) for each in found]
    return Running(rows, Evidence.objects.visible_to(person).to_review().count(), can_review_evidence(person))


def links_used(cycles: Iterable[Cycle]) -> dict[int, Participation]:
    """Cycle -> the share of links used of everybody it asks, where that may be told."""
    rounds = {each.round_id: each.pk for each in cycles}
    told = Participation.objects.filter(round__in=list(rounds), unit__parent=None)
    return {rounds[row.round_id]: row for row in told}

"""What each person's home page shows first: what waits for them, then what is new. A fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import get_language

from outbox.models import Notice
from people import days, policies
from people.models import Employee, StaffImport, Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from pulses.models import Programme
from surveys.models import Cell, Invitation, Participation, Round, RoundUnit
from surveys.promise import Terms
from surveys.querysets import STAFF_READ_AFTER

INVITATION = "pulses.invitation"


def title_of(round_: Round) -> str:
    """What the survey is called, in the reader's language."""
    return round_.questions.title["en" if get_language() == "en" else "vi"]


@dataclass(frozen=True)
class ToAnswer:
    """An open survey this person is invited to; whether it was answered is nowhere known."""

    round: Round
    notice: Notice | None

    @property
    def terms(self) -> Terms:
        return Terms(self.round)

    @property
    def title(self) -> str:
        return title_of(self.round)


@dataclass(frozen=True)
class Results:
    """The newest published results of one unit, or of the unit that stands in for it."""

    round: Round
    unit: RoundUnit
    shown: RoundUnit | None
    pillars: list[Cell]
    participation: Cell | None

    @property
    def stands_in(self) -> bool:
        """Whether the figures are those of a unit above."""
        return self.shown is not None and self.shown.unit_id != self.unit.unit_id

    @property
    def title(self) -> str:
        return title_of(self.round)


@dataclass(frozen=True)
class OpenRound:
    """A survey that is open, and how many links of the company have been used by yesterday."""

    round: Round
    participation: Participation | None

    @property
    def terms(self) -> Terms:
        return Terms(self.round)

    @property
    def title(self) -> str:
        return title_of(self.round)


@dataclass(frozen=True)
class ForHR:
    """What HR looks after."""

    open_rounds: list[OpenRound]
    set_aside: int
    last_import: StaffImport | None
    people: int


@dataclass(frozen=True)
class Plan:
    """A programme and when it asks next."""

    programme: Programme
    next_at: datetime | None


@dataclass(frozen=True)
class Home:
    """The whole page."""

    to_answer: list[ToAnswer]
    results: Results | None
    leads: bool
    hr: ForHR | None = None
    plans: list[Plan] | None = None


def home_of(person: Employee) -> Home:
    """What this person reads first."""
    now = clock.now()
    leads = policies.leads_any(person)
    plans_pulses = policies.is_hr(person) or policies.is_cx(person)
    return Home(
        to_answer=to_answer(person, now),
        results=newest_results(person, now, leads=leads),
        leads=leads,
        hr=for_hr(person) if policies.is_hr(person) else None,
        plans=plans(person, now) if plans_pulses else None,
    )


def to_answer(person: Employee, now: datetime) -> list[ToAnswer]:
    """Open surveys with the message whose button opens them."""
    invitations = Invitation.objects.visible_to(person).answerable(now).select_related("round__wave")
    rounds = [invitation.round for invitation in invitations.order_by("round__closes_at")]
    mine = Notice.objects.visible_to(person).filter(kind=INVITATION, about__startswith="surveys.round:")
    notices = {notice.about: notice for notice in mine}
    return [ToAnswer(round_, notices.get(f"surveys.round:{round_.pk}")) for round_ in rounds]


def unit_to_read(person: Employee, *, leads: bool) -> int | None:
    """The unit whose results come first: the one led, the company for HR and CX, else one's own."""
    if leads:
        first = Unit.objects.filter(Q(leader=person) | Q(deputy=person)).order_by("pk").first()
    elif policies.sees_all_results(person):
        first = Unit.objects.filter(parent=None).first()
    else:
        return person.unit_id
    return first.pk if first else None


def newest_results(person: Employee, now: datetime, *, leads: bool) -> Results | None:
    """The newest closed round this person may read for the unit that comes first, or nothing yet."""
    unit_id = unit_to_read(person, leads=leads)
    closed = Round.objects.visible_to(person).closed().select_related("wave").order_by("-closed_at")
    if not leads and not policies.sees_all_results(person):
        closed = closed.filter(closed_at__lte=now - STAFF_READ_AFTER)
    newest = closed.first()
    if newest is None or unit_id is None:
        return None
    units = {each.unit_id: each for each in RoundUnit.objects.filter(round=newest).filter(near(newest, unit_id))}
    unit = units.get(unit_id)
    if unit is None:
        return None
    shown = units.get(unit.shown_at_id) if unit.shown_at_id else None
    cells = list(
        Cell.objects.visible_to(person).filter(
            round=newest, unit=unit.shown_at_id, measure__in=[Cell.Measure.PILLAR, Cell.Measure.PARTICIPATION]
        )
    )
    order = {pillar.value: place for place, pillar in enumerate(Pillar)}
    pillars = [cell for cell in cells if cell.measure == Cell.Measure.PILLAR]
    return Results(
        round=newest,
        unit=unit,
        shown=shown,
        pillars=sorted(pillars, key=lambda cell: order.get(cell.code, len(order))),
        participation=next((cell for cell in cells if cell.measure == Cell.Measure.PARTICIPATION), None),
    )


def near(newest: Round, unit_id: int) -> Q:
    """The unit of that day and the one that stands in for it."""
    stands_in = RoundUnit.objects.filter(round=newest, unit=unit_id).values("shown_at")
    return Q(unit=unit_id) | Q(unit__in=stands_in)


def for_hr(person: Employee) -> ForHR:
    """Open surveys with the share of links used, mails set aside, the last import."""
    company = {
        row.round_id: row for row in Participation.objects.filter(round__state=Round.State.OPEN, unit__parent=None)
    }
    rounds = Round.objects.visible_to(person).open().select_related("wave").order_by("closes_at")
    return ForHR(
        open_rounds=[OpenRound(round_, company.get(round_.pk)) for round_ in rounds],
        set_aside=Notice.objects.set_aside_visible_to(person).count(),
        last_import=StaffImport.objects.visible_to(person).order_by("-created_at").first(),
        people=Employee.objects.visible_to(person).active_on(days.today()).count(),
    )


def plans(person: Employee, now: datetime) -> list[Plan]:
    """Running programmes and when each asks next."""
    running = Programme.objects.visible_to(person).active().newest_first()
    found = [(programme, programme.next_period(now)) for programme in running]
    return [Plan(programme, period.opens_at if period else None) for programme, period in found]

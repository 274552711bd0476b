"""What each person's home page shows first: what waits for them, then what is new. A fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from assessments.actions import INVITATION as ASSESSMENT_INVITATION
from assessments.models import Cycle
from improvement.models import Action, Commitment, Note
from outbox.models import Notice
from people import days, policies
from people.models import Employee, StaffImport
from people.querysets import led_unit_ids
from portal.home_assessments import Assessing, assessing_of
from portal.lib import clock
from pulses.actions import INVITATION
from pulses.models import Programme
from pulses.results_sight import readings_of
from pulses.results_unit import UnitResults, unit_results
from surveys.models import Invitation, Participation, Round
from surveys.promise import ASSESSMENT, Terms
from surveys.results_sight import Reading, sight_of
from surveys.results_words import said

OVERDUE_SHOWN = 5
TOLD_LATELY = timedelta(days=30)
INVITATIONS = (INVITATION, ASSESSMENT_INVITATION)


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
        """The name of the assessment cycle, or what the survey is called."""
        cycle: Cycle | None = getattr(self.round, "cycle", None)
        return said(self.round.questions.title) if cycle is None else str(cycle.title)


@dataclass(frozen=True)
class Results:
    """The newest results of the reader's own place, as the results pages read them."""

    reading: Reading
    shown: UnitResults
    leads_here: bool

    @property
    def title(self) -> str:
        return said(self.reading.round.questions.title)


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
        return said(self.round.questions.title)


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
class Care:
    """What is past its date, which promises wait for a word, and the newest thing people were told."""

    overdue: list[Action]
    promises: list[Commitment]
    told: Note | None


@dataclass(frozen=True)
class Home:
    """The whole page."""

    to_answer: list[ToAnswer]
    results: Results | None
    care: Care
    assessing: Assessing
    hr: ForHR | None = None
    plans: list[Plan] | None = None

    @property
    def waiting(self) -> int:
        """How many things there are to do: as many as lines below say so."""
        return len(self.to_answer) + self.assessing.rows + len(self.care.overdue) + len(self.care.promises)


def home_of(person: Employee) -> Home:
    """What this person reads first."""
    now = clock.now()
    leads = policies.leads_any(person)
    plans_pulses = policies.is_hr(person) or policies.is_cx(person)
    return Home(
        to_answer=to_answer(person, now),
        results=newest_results(person),
        care=care_of(person, leads=leads),
        assessing=assessing_of(person),
        hr=for_hr(person) if policies.is_hr(person) else None,
        plans=plans(person, now) if plans_pulses else None,
    )


def to_answer(person: Employee, now: datetime) -> list[ToAnswer]:
    """Open surveys with the message whose button opens them."""
    invitations = Invitation.objects.visible_to(person).answerable(now).select_related("round__wave", "round__cycle")
    rounds = [invitation.round for invitation in invitations.order_by("round__closes_at")]
    mine = Notice.objects.visible_to(person).filter(kind__in=INVITATIONS, about__startswith="surveys.round:")
    notices = {notice.about: notice for notice in mine}
    return [ToAnswer(round_, notices.get(f"surveys.round:{round_.pk}")) for round_ in rounds]


def newest_results(person: Employee) -> Results | None:
    """The wave and the unit that the results pages open with, or nothing yet."""
    sight = sight_of(person)
    readings = readings_of(sight, sight.first) if sight.first is not None else []
    if not readings:
        return None
    newest = readings[0]
    return Results(newest, unit_results(sight, newest, readings), newest.unit.unit_id in sight.led)


def care_of(person: Employee, *, leads: bool) -> Care:
    """Overdue actions one owns or leads, promises whose day has come, and what one's unit was told this month."""
    mine = Q(owner=person) | (Q(unit__in=led_unit_ids(person)) if leads else Q())
    overdue = Action.objects.visible_to(person).overdue(days.today()).filter(mine).select_related("unit", "owner")
    promises = Commitment.objects.visible_to(person).led_by(person).to_answer(days.today()).select_related("unit")
    told = Note.objects.since(person.unit_id, clock.now() - TOLD_LATELY).select_related("unit", "published_by")
    return Care(
        overdue=list(overdue.soonest_first()[:OVERDUE_SHOWN]),
        promises=list(promises.order_by("due_on", "pk")[:OVERDUE_SHOWN]) if leads else [],
        told=told.first(),
    )


def for_hr(person: Employee) -> ForHR:
    """Open pulses with the share of links used, mails set aside, the last import."""
    company = {
        row.round_id: row for row in Participation.objects.filter(round__state=Round.State.OPEN, unit__parent=None)
    }
    rounds = (
        Round.objects.visible_to(person).open().exclude(kind=ASSESSMENT).select_related("wave").order_by("closes_at")
    )
    return ForHR(
        open_rounds=[OpenRound(round_, company.get(round_.pk)) for round_ in rounds.order_by("closes_at")],
        set_aside=Notice.objects.set_aside_visible_to(person).count(),
        last_import=StaffImport.objects.visible_to(person).order_by("-created_at").first(),
        people=Employee.objects.visible_to(person).active_on(days.today()).count(),
    )


def plans(person: Employee, now: datetime) -> list[Plan]:
    """Running programmes and when each asks next."""
    running = Programme.objects.visible_to(person).active().newest_first()
    found = [(programme, programme.next_period(now)) for programme in running]
    return [Plan(programme, period.opens_at if period else None) for programme, period in found]

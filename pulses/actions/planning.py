"""What a programme asks of whom: the forms of each wave, and whether people are asked too much."""

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from people.models import Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from pulses import scoring
from pulses.actions.refusals import AskedEnough, AskedTooMuch, BankInRotation, BankTooSmall, PeopleRest
from pulses.models import Programme, Question, Wave
from pulses.scoring import Period
from stats.disclosure import BankItem
from surveys.burden import asked_within, near_long_assessment, scored_items
from surveys.questionnaire import Item, Questionnaire, Scale

COMMENTS_A_WAVE = 2
PLANNED_AHEAD = timedelta(weeks=26)


def refuse_plan(programme: Programme, run_early: Period | None = None) -> None:
    """Raise when this programme would ask somebody too much, the same too soon, or has too few questions to turn."""
    try:
        draw(programme, 0)
    except ValueError as error:
        raise BankTooSmall from error
    others = [
        other
        for other in Programme.objects.exclude(pk=programme.pk).prefetch_related("units").select_related("bank")
        if other.state in (Programme.State.ACTIVE, Programme.State.PAUSED) or _asked_lately(other)
    ]
    reached = _units_reached([programme, *others])
    mine = reached.pop(programme.pk)
    for other in others:
        running = other.state in (Programme.State.ACTIVE, Programme.State.PAUSED)
        if (
            running
            and other.bank_id == programme.bank_id
            and other.weeks
            and programme.weeks
            and mine & reached[other.pk]
        ):
            raise BankInRotation(other)
    plans = {other.pk: _planned(other) for other in others}
    own = _planned(programme, run_early)
    together = {frozenset(pk for pk, units in reached.items() if unit in units) for unit in mine}
    heaviest = max((scoring.heaviest_month([own, *(plans[pk] for pk in pks)]) for pks in together), default=0)
    if heaviest > scoring.BURDEN_ITEMS:
        raise AskedTooMuch(heaviest)


def refuse_burden(programme: Programme, asked: Questionnaire) -> None:
    """Raise when a wave sent now, with all other rounds of these weeks, would ask somebody too much."""
    units, now = list(programme.units.all()) or None, clock.now()
    if near_long_assessment(units, around=now):
        raise PeopleRest
    questions = asked_within(units, around=now) + scored_items(asked)
    if questions > scoring.BURDEN_ITEMS:
        raise AskedEnough(questions)


def _asked_lately(programme: Programme) -> bool:
    since = clock.now() - timedelta(days=scoring.BURDEN_DAYS)
    return Wave.objects.filter(programme=programme, round__opens_at__gte=since).exists()


def _units_reached(programmes: Iterable[Programme]) -> dict[int, set[int]]:
    everything = set(Unit.objects.values_list("pk", flat=True))
    reached = {}
    for programme in programmes:
        chosen = [unit.pk for unit in programme.units.all()]
        reached[programme.pk] = set(Unit.objects.under(*chosen).values_list("pk", flat=True)) if chosen else everything
    return reached


def _planned(programme: Programme, run_early: Period | None = None) -> list[tuple[date, int]]:
    """What a programme has asked in the last 30 days and will ask in the next half year: (day, questions)."""
    now = clock.now()
    zone = ZoneInfo(programme.time_zone)
    asked = []
    sent = Wave.objects.filter(programme=programme, round__opens_at__gte=now - timedelta(days=scoring.BURDEN_DAYS))
    for wave in sent.select_related("round"):
        if wave.round is not None:
            asked.append((wave.round.opens_at.astimezone(zone).date(), longest(wave.round.questions.forms)))
    if run_early is not None:
        asked.append((now.astimezone(zone).date(), longest(draw(programme, run_early.index).forms)))
    if programme.state == Programme.State.ENDED:
        return asked
    taken = set(Wave.objects.filter(programme=programme).values_list("period", flat=True))
    taken |= {run_early.index} if run_early is not None else set()
    due = programme.due_period(now)
    coming = due or programme.next_period(now)
    index = coming.index if coming is not None else None
    while index is not None and (period := programme.period(index)).opens_at < now + PLANNED_AHEAD:
        if index not in taken:
            day = max(period.opens_at, now).astimezone(zone).date()
            asked.append((day, longest(draw(programme, index).forms)))
        index = index + 1 if programme.weeks else None
    return asked


def longest(forms: Iterable[Iterable[str]]) -> int:
    """How many questions the longest form asks."""
    return max((len(list(form)) for form in forms), default=0)


# What a wave asks


def draw(programme: Programme, period: int) -> scoring.Drawn:
    """The slice and the forms of the wave of this period."""
    questions = list(programme.bank.questions.all())
    comments = [question.code for question in questions if question.scale == Scale.COMMENT]
    return scoring.draw_wave(
        [
            BankItem(question.code, question.pillar, question.driver)
            for question in questions
            if question.counts == Question.Counts.SCORE
        ],
        weeks=programme.weeks,
        period=period,
        at_most=programme.items,
        alone=[question.code for question in questions if question.counts == Question.Counts.ENPS],
        comments=comments[:COMMENTS_A_WAVE] if programme.asks_comments else (),
    )


def questionnaire(programme: Programme, period: int) -> Questionnaire:
    """What the wave of this period asks, as it is frozen at launch."""
    forms = draw(programme, period).forms
    asked = {code for form in forms for code in form}
    questions = [question for question in programme.bank.questions.all() if question.code in asked]
    return Questionnaire(
        title=programme.words,
        items=tuple(
            Item(
                code=question.code,
                pillar=Pillar(question.pillar) if question.pillar else None,
                driver=question.driver,
                scale=Scale(question.scale),
                text=question.words,
                low=question.low,
                high=question.high,
                counts=question.counts,
            )
            for question in questions
        ),
        forms=forms,
        drivers={question.driver: programme.bank.drivers[question.driver] for question in questions},
    )

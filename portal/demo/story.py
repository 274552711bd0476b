"""What happened at An Nhiên Retail so far: waves and assessments asked, answered and closed by a moved clock.

Six waves are closed and a seventh is open; two assessments are closed and a third is open, for which the pulse rested.

Everything goes through the same actions people and the clock use; no cell is ever written by hand.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

from people import days
from people.models import Employee
from people.roles import Role
from portal.demo import assessing, improving
from portal.demo.chapters import Told
from portal.demo.company import SEED
from portal.demo.moods import COMMENTS, TREND, Temper, mood, place_on
from portal.lib import clock
from portal.lib.pillars import Pillar
from pulses import actions as pulses
from pulses.banks import load_bank
from pulses.models import Programme, QuestionBank
from surveys import actions as surveys
from surveys import closing
from surveys.models import Invitation, Round
from surveys.questionnaire import Item, Scale

BANK = "bearing-pulse"
SEALED_WAVES = 6
OPENED_DAYS_AGO = 2
RESTED = timedelta(days=28)  # one wave was left out, so that nobody is asked too much beside an assessment
BEGAN = timedelta(days=assessing.CYCLES_AGO[0] + 10)  # so long ago Bearing came into the company
SECOND_BANK = Path(__file__).parent / "handover-bank.yaml"  # small and unused: a new programme may ask from it
RESPONSE = 0.78
RESPONSE_SO_FAR = 0.35


def play(say: Callable[[str], None] = print, sealed_waves: int = SEALED_WAVES) -> Programme:
    """Play the whole story, or its end alone (without assessments); call it once, on a company just founded."""
    surveys.stock_keys()
    today = days.today()
    rested = RESTED if sealed_waves else timedelta()
    first_day = today - timedelta(days=OPENED_DAYS_AGO + 28 * sealed_waves) - rested
    chance = Random(SEED)
    tempers = {pk: Temper(chance.gauss(0, 0.75), chance.random()) for pk in _people()}
    told = Told(*([assessing.chapters(tempers, say)] if sealed_waves else []), improving.chapters())
    told.play_until(_morning(first_day) - timedelta(days=3))
    programme = _programme(first_day)
    for number in range(sealed_waves + 1):
        is_last = number == sealed_waves
        moment = _morning(first_day + timedelta(days=28 * number) + (rested if is_last else timedelta()))
        if is_last and rested:
            _rest(programme, told, moment)
        told.play_until(moment)
        with clock.at(moment):
            surveys.stock_keys()
            wave = pulses.launch_due_wave(programme_id=programme.pk, now=moment)
        assert wave is not None
        assert wave.round is not None
        with clock.at(moment + timedelta(hours=4)):
            _answer(wave.round, chance, tempers, RESPONSE_SO_FAR if is_last else RESPONSE, number)
        if not is_last:
            told.play_until(wave.round.closes_at)
            with clock.at(wave.round.closes_at + timedelta(minutes=1)):
                closing.close_round(wave.round.pk)
            say(f"  wave {number + 1} of {sealed_waves + 1}: asked, answered, sealed")
    closing.count_participation()
    told.play_until(clock.now())
    load_bank(SECOND_BANK)
    return programme


def _programme(first_day: date) -> Programme:
    """The CX team plans a programme for the whole company and starts it, three days before its first wave."""
    cx = Employee.objects.holding(Role.CX).get()
    bank = QuestionBank.objects.filter(code=BANK).latest("version")
    with clock.at(_morning(first_day) - timedelta(days=3)):
        programme = pulses.create_programme(
            plan=pulses.Plan(
                title={"vi": "Khảo sát nhanh: Vì khách hàng", "en": "Customers first: pulse survey"},
                bank=bank,
                units=(),
                cadence=Programme.Cadence.FOUR_WEEKLY,
                starts_on=first_day,
                send_hour=8,
                time_zone=settings.TIME_ZONE,
                window_days=7,
                items=10,
                asks_comments=True,
                reminders=2,
            ),
            by=cx,
        )
        pulses.start(programme=programme, by=cx)
    return programme


def _rest(programme: Programme, told: Told, moment: datetime) -> None:
    """The CX team lets the pulse rest while an assessment opens, and goes on with it the day before the next wave."""
    cx = Employee.objects.holding(Role.CX).get()
    paused, resumed = moment - RESTED - timedelta(days=5), moment - timedelta(days=1)
    told.play_until(paused)
    with clock.at(paused):
        pulses.pause(programme=programme, by=cx)
    told.play_until(resumed)
    with clock.at(resumed):
        pulses.resume(programme=programme, by=cx)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8, 5), ZoneInfo(settings.TIME_ZONE))


def _people() -> list[int]:
    return list(Employee.objects.order_by("number").values_list("pk", flat=True))


def _answer(round_: Round, chance: Random, tempers: dict[int, Temper], response: float, number: int) -> None:
    """Those who feel like it press their link and send what they think."""
    invited = Invitation.objects.filter(round=round_).select_related("employee__unit").order_by("employee__number")
    for invitation in invited:
        person = invitation.employee
        temper = tempers[person.pk]
        if temper.keenness + chance.gauss(0, 0.15) > response:
            continue
        started = surveys.press_start(surveys.new_link(invitation.pk))
        answers, comments = {}, {}
        mood = chance.gauss(0, 0.3)
        for item in started.items:
            if item.scale is Scale.COMMENT:
                if chance.random() < 0.12:
                    comments[item.code] = chance.choice(COMMENTS)
            elif chance.random() > 0.02:
                code = person.unit.code if person.unit else ""
                answers[item.code] = str(_value(item, code, temper.general + mood, number, chance))
        surveys.submit_ballot(started.ballot, answers, comments, person.language)


def _value(item: Item, unit: str, temper: float, number: int, chance: Random) -> int:
    """An answer by a person of this temper."""
    pillar = item.pillar or Pillar.PEOPLE
    trend = TREND.get((unit, pillar), 0.0) * number
    if item.pillar is None and unit == improving.BRANCH:
        trend += 0.7  # its leader keeps promises
    latent = mood(unit, pillar) + trend + (sum(map(ord, item.code)) % 7 - 3) * 0.08 + 0.6 * temper
    return item.values[place_on(len(item.values), latent + chance.gauss(0, 0.8))]

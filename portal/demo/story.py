"""What happened at An Nhiên Retail so far: six waves launched, answered and closed by a moved clock, a seventh open.

Everything goes through the same actions people and the clock use; no cell is ever written by hand.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

from people import days
from people.models import Employee
from people.roles import Role
from portal.demo.company import SEED
from portal.demo.improving import Improvement
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
BEGAN = timedelta(days=OPENED_DAYS_AGO + 28 * SEALED_WAVES + 10)  # so long ago Bearing came into the company
SECOND_BANK = Path(__file__).parent / "handover-bank.yaml"  # small and unused: a new programme may ask from it
RESPONSE = 0.78
RESPONSE_SO_FAR = 0.35

# How strongly a unit lives each pillar, in standard deviations from the company: what the demo lets one discover.
UNIT_MOOD = {
    "BL-DN-HC": {Pillar.UNDERSTANDING: 0.5, Pillar.MEASUREMENT: -0.7, Pillar.PROCESS: -0.3},
    "BL-DN-ST": {Pillar.LEADERSHIP: 0.8, Pillar.PEOPLE: 0.6},
    "KH-TT": {Pillar.UNDERSTANDING: 1.1, Pillar.MEASUREMENT: 0.8, Pillar.PROCESS: 0.5},
    "HT-KT": {Pillar.UNDERSTANDING: -0.9},
    "VH-KHO": dict.fromkeys(Pillar, -0.6),
    "VH-GN": {Pillar.PROCESS: -0.9, Pillar.PEOPLE: -0.5},
    "BL-HCM-Q1": {Pillar.LEADERSHIP: -0.5},
    "HT-CN": {Pillar.UNDERSTANDING: -0.7, Pillar.PROCESS: 0.6},
}
COMPANY_MOOD = {
    Pillar.LEADERSHIP: 0.25,
    Pillar.UNDERSTANDING: 0.35,
    Pillar.PEOPLE: 0.1,
    Pillar.PROCESS: 0.0,
    Pillar.MEASUREMENT: -0.25,
}
TREND = {("BL-DN-HC", Pillar.UNDERSTANDING): 0.16, ("VH-KHO", Pillar.LEADERSHIP): 0.12}
COMMENTS = [
    "Đổi hàng dưới 500.000 đồng vẫn phải xin hai chữ ký, khách đợi lâu.",
    "Cuối tuần quầy thiếu người, khách phải xếp hàng.",
    "Nên cho nhân viên mới đi cùng người cũ một tuần.",
    "Kho trả lời nhanh hơn trước, tôi báo khách được ngay.",
    "Máy quét mã hay hỏng, mất thời gian của khách.",
    "Họp giao ca có nói về khách, tôi thấy hữu ích.",
    "Quy định trả hàng mỗi chi nhánh giải thích một kiểu.",
    "Customers like it when we call back the same day.",
    "Khách hỏi giá trên mạng khác giá tại quầy.",
    "Muốn biết kết quả khảo sát khách hàng của tháng trước.",
]


@dataclass(frozen=True)
class Temper:
    """How one invented person tends to answer."""

    general: float
    keenness: float


def play(say: Callable[[str], None] = print, sealed_waves: int = SEALED_WAVES) -> Programme:
    """Play the whole story, or its end alone; call it once, on a company just founded."""
    surveys.stock_keys()
    today = days.today()
    first_day = today - timedelta(days=OPENED_DAYS_AGO + 28 * sealed_waves)
    programme = _programme(first_day)
    chance = Random(SEED)
    tempers = {pk: Temper(chance.gauss(0, 0.75), chance.random()) for pk in _people()}
    improvement = Improvement()
    for number in range(sealed_waves + 1):
        moment = _morning(first_day + timedelta(days=28 * number))
        is_last = number == sealed_waves
        improvement.play_until(moment)
        with clock.at(moment):
            surveys.stock_keys()
            wave = pulses.launch_due_wave(programme_id=programme.pk, now=moment)
        assert wave is not None
        assert wave.round is not None
        with clock.at(moment + timedelta(hours=4)):
            _answer(wave.round, chance, tempers, RESPONSE_SO_FAR if is_last else RESPONSE, number)
        if not is_last:
            improvement.play_until(wave.round.closes_at)
            with clock.at(wave.round.closes_at + timedelta(minutes=1)):
                closing.close_round(wave.round.pk)
            say(f"  wave {number + 1} of {sealed_waves + 1}: asked, answered, sealed")
    closing.count_participation()
    improvement.play_until(clock.now())
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
    """An answer by a person of this temper: a latent normal, cut into the scale's steps."""
    pillar = item.pillar or Pillar.PEOPLE
    latent = (
        COMPANY_MOOD[pillar]
        + UNIT_MOOD.get(unit, {}).get(pillar, 0.0)
        + TREND.get((unit, pillar), 0.0) * number
        + (sum(map(ord, item.code)) % 7 - 3) * 0.08
        + 0.6 * temper
        + chance.gauss(0, 0.8)
    )
    share = 1 / (1 + math.exp(-1.35 * latent))
    steps = item.values
    return steps[min(len(steps) - 1, int(share * len(steps)))]

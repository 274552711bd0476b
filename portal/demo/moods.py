"""How the invented people and units of the demo answer: what the pages then let one discover."""

import math
from dataclasses import dataclass

from portal.lib.pillars import Pillar

# How strongly a unit lives each pillar, in standard deviations from the company.
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
TREND = {("BL-DN-HC", Pillar.UNDERSTANDING): 0.16, ("VH-KHO", Pillar.LEADERSHIP): 0.12}  # a wave
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


def mood(unit: str, pillar: Pillar) -> float:
    """How a unit lives a pillar."""
    return COMPANY_MOOD[pillar] + UNIT_MOOD.get(unit, {}).get(pillar, 0.0)


def place_on(steps: int, latent: float) -> int:
    """Which of so many answers somebody gives who feels like this: a latent normal, cut into steps."""
    return min(steps - 1, int(steps / (1 + math.exp(-1.35 * latent))))

"""An Nhiên Retail: 480 invented people in four levels and three sites, the same at every start."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import transaction

from people import days
from people.models import Employee, Grant, StaffImport, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.folding import fold

SEED = 20260901
FOUNDED = timedelta(days=430)  # so long ago
WITHOUT_MAIL = 60
REGION = "BL-DN"  # three branches: its head, who is offered as the leader, has a heat map with rows
FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đinh",
    "Mai",
    "Tô",
    "Trịnh",
]
# Middle and given names that people give to daughters and to sons; which of them go together is a matter of ear.
WOMEN = (
    "Thị Thu Ngọc Thanh Minh Kim Phương Khánh Hồng Bích Mỹ Thùy",
    "An Anh Ánh Châu Chi Dung Duyên Hà Hạnh Hiền Hoa Huệ Hương Lan Linh Loan Ly Mai My Nga Ngân Nhi Nhung Oanh "
    "Quyên Quỳnh Thảo Thủy Trang Trinh Tuyết Uyên Vân Vy Yến",
)
MEN = (
    "Văn Hữu Đức Quốc Gia Minh Bảo Hải Tuấn Anh Xuân Thanh",
    "Bình Cường Dũng Duy Đạt Hiếu Hòa Hoàng Hùng Huy Khoa Khôi Kiên Lâm Long Nam Nghĩa Phong Phúc Quân "
    "Quang Sang Sơn Tài Tâm Thái Thắng Thành Thịnh Toàn Trí Trung Tùng Việt Vinh",
)


@dataclass(frozen=True)
class Plan:
    """One unit of the demo company: how many people it has besides its leader, and what sort of work it does."""

    code: str
    vi: str
    en: str
    parent: str
    people: int
    site: str = "Đà Nẵng"
    role: str = "office"


PLANS = [
    Plan("AN", "An Nhiên Retail", "An Nhiên Retail", "", 0),
    Plan("BL", "Khối Bán lẻ", "Retail", "AN", 2),
    Plan("VH", "Khối Vận hành", "Operations", "AN", 2),
    Plan("KH", "Khối Khách hàng", "Customer", "AN", 2),
    Plan("HT", "Khối Hỗ trợ", "Support", "AN", 2),
    Plan("BL-DN", "Vùng Đà Nẵng", "Đà Nẵng region", "BL", 3),
    Plan("BL-HU", "Vùng Huế", "Huế region", "BL", 2, "Huế"),
    Plan("BL-HCM", "Vùng TP.HCM", "HCMC region", "BL", 3, "TP.HCM"),
    Plan("BL-DN-HC", "Chi nhánh Hải Châu", "Hải Châu branch", "BL-DN", 46, role="shop"),
    Plan("BL-DN-ST", "Chi nhánh Sơn Trà", "Sơn Trà branch", "BL-DN", 42, role="shop"),
    Plan("BL-DN-LC", "Chi nhánh Liên Chiểu", "Liên Chiểu branch", "BL-DN", 28, role="shop"),
    Plan("BL-HU-VD", "Chi nhánh Vỹ Dạ", "Vỹ Dạ branch", "BL-HU", 26, "Huế", "shop"),
    Plan("BL-HU-KS", "Quầy Ga Huế", "Huế station kiosk", "BL-HU", 3, "Huế", "shop"),
    Plan("BL-HCM-Q1", "Chi nhánh Bến Nghé", "Bến Nghé branch", "BL-HCM", 34, "TP.HCM", "shop"),
    Plan("BL-HCM-TD", "Chi nhánh Thủ Đức", "Thủ Đức branch", "BL-HCM", 36, "TP.HCM", "shop"),
    Plan("BL-HCM-SB", "Quầy sân bay", "Airport counter", "BL-HCM", 4, "TP.HCM", "shop"),
    Plan("VH-KHO", "Kho trung tâm", "Central warehouse", "VH", 38, role="warehouse"),
    Plan("VH-GN", "Đội giao nhận", "Delivery team", "VH", 34, role="delivery"),
    Plan("VH-BV", "Đội bảo vệ", "Guards", "VH", 18, role="guard"),
    Plan("VH-BT", "Tổ bảo trì", "Maintenance", "VH", 4, role="maintenance"),
    Plan("KH-TT", "Trung tâm chăm sóc khách hàng", "Customer care centre", "KH", 52, role="care"),
    Plan("KH-TDT", "Phòng Thương mại điện tử", "E-commerce", "KH", 16),
    Plan("KH-CX", "Đội CX", "CX team", "KH", 5),
    Plan("HT-NS", "Phòng Nhân sự", "Human resources", "HT", 11),
    Plan("HT-KT", "Phòng Kế toán", "Accounting", "HT", 14),
    Plan("HT-CN", "Phòng Công nghệ", "Technology", "HT", 14),
    Plan("HT-PC", "Tổ Pháp chế", "Legal", "HT", 2),
    Plan("HT-KTNB", "Ban Kiểm toán nội bộ", "Internal audit", "HT", 3),
]
FRONTLINE = {"shop", "care", "delivery", "guard"}
# People with a part in the demo, by employee number.
SIGN_INS = {
    "employee": "AN0010",
    "leader": "AN0009",
    "hr": "AN0004",
    "cx": "AN0005",
    "auditor": "AN0006",
    "board": "AN0007",
    "reviewer": "AN0008",
}


def exists() -> bool:
    """Whether the demo company has been founded in this database."""
    return Employee.objects.filter(number="AN0001").exists()


@transaction.atomic
def found() -> None:
    """Write the company: units, people, leaders and grants, as its first import would."""
    chance = Random(SEED)
    units: dict[str, Unit] = {}
    for plan in PLANS:
        unit = Unit(code=plan.code, name_vi=plan.vi, name_en=plan.en, parent=units.get(plan.parent))
        unit.tidy_keys()
        unit.save()
        units[plan.code] = unit
    people = _people(chance, units)
    Employee.objects.bulk_create(people)
    by_number = {person.number: person for person in people}
    for number, (plan, unit) in enumerate(zip(PLANS, units.values(), strict=True), start=101):
        unit.leader = by_number[_leader_of(plan, number)]
        unit.save(update_fields=["leader"])
    by_id = {unit.pk: unit for unit in units.values()}
    for person in people:
        unit = by_id[person.unit_id or 0]
        leads_it = unit.leader_id == person.pk
        person.manager = (unit.parent.leader if unit.parent else None) if leads_it else unit.leader
    Employee.objects.bulk_update(people, ["manager"], batch_size=500)
    _note_import(len(people), by_number[SIGN_INS["hr"]])
    roles = (("hr", Role.HR), ("cx", Role.CX), ("auditor", Role.AUDITOR), ("board", Role.BOARD))
    for name, role in (*roles, ("reviewer", Role.REVIEWER)):
        Grant.objects.create(employee=by_number[SIGN_INS[name]], role=role)


def _note_import(number: int, hr: Employee) -> None:
    """The file this company came from, as HR sees it among the imports."""
    nothing = dict.fromkeys(("changed", "moved", "left", "returned", "unchanged", "units_changed", "active_before"), 0)
    StaffImport.objects.create(
        state=StaffImport.State.APPLIED,
        file_name="an-nhien-retail.csv",
        done=number,
        total=number,
        result={"rows": number, "added": number, "units_added": len(PLANS), "asks_again": False, **nothing},
        created_at=clock.now() - FOUNDED,
        applied_at=clock.now() - FOUNDED,
        started_by=hr,
    )


def _leader_of(plan: Plan, number: int) -> str:
    """The employee number of a unit's leader."""
    if plan.code == "AN":
        return "AN0001"
    return SIGN_INS["leader"] if plan.code == REGION else f"AN0{number}"


def _people(chance: Random, units: dict[str, Unit]) -> list[Employee]:
    """Named roles first, then a leader for every unit, then everybody else, as the plan says."""
    made: list[Employee] = []
    unusable = make_password(None)
    founded = days.today() - FOUNDED

    def add(number: str, name: str, plan: Plan, mail: bool = True) -> None:
        person = Employee(
            number=number,
            full_name=name,
            email=f"{number.lower()}@annhien.example" if mail else None,
            password=unusable,
            language="en" if number == "AN0005" else "vi",
            unit=units[plan.code],
            role_family=plan.role,
            frontline=plan.role in FRONTLINE,
            site=plan.site,
            shift=chance.choice(["sáng", "chiều", "đêm"]) if plan.role in FRONTLINE else "",
            hired_on=date(2018, 1, 1) + timedelta(days=chance.randrange(2500)),
            first_seen_on=founded,
            counts_from=founded,
        )
        person.tidy_keys()
        made.append(person)

    plans = {plan.code: plan for plan in PLANS}
    add("AN0001", "Lê Thị Thu An", plans["AN"])
    add(SIGN_INS["hr"], "Trần Minh Hà", plans["HT-NS"])
    add(SIGN_INS["cx"], "Đỗ Thị Mai", plans["KH-CX"])
    add(SIGN_INS["auditor"], "Phạm Quốc Bảo", plans["HT-KTNB"])
    add(SIGN_INS["board"], "Võ Quang Khải", plans["AN"])
    add(SIGN_INS["reviewer"], "Đinh Thị Loan", plans["HT-KT"])
    add(SIGN_INS["leader"], "Nguyễn Văn Tám", plans[REGION])
    add(SIGN_INS["employee"], "Phạm Ngọc Anh", plans["BL-DN-HC"])
    for number, plan in enumerate(PLANS, start=101):
        if plan.code not in ("AN", REGION):
            add(f"AN0{number}", _name(chance), plan)
    number = 1001
    for plan in PLANS:
        for _ in range(plan.people):
            add(f"AN{number}", _name(chance), plan)
            number += 1
    hourly = [person for person in made if person.role_family in ("guard", "warehouse", "delivery")]
    for person in chance.sample(hourly, min(WITHOUT_MAIL, len(hourly))):
        person.email = None
    return made


def _name(chance: Random) -> str:
    """A family name, and a middle and a given name that one and the same child could have been given."""
    middle, given = chance.choice((WOMEN, MEN))
    before = f"{chance.choice(FAMILY)} {chance.choice(middle.split())}"
    taken = fold(before).split()
    return f"{before} {chance.choice([name for name in given.split() if fold(name) not in taken])}"

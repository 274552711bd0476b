"""Which column of a staff list is which field, as people head them in Vietnamese and English."""

import re
from collections.abc import Mapping, Sequence

from portal.lib.folding import fold

LONGEST = {"number": 64, "full_name": 200, "email": 254, "role_family": 64, "site": 100, "shift": 50}
LONGEST |= {"unit_code": 64, "unit_name_vi": 200, "unit_name_en": 200, "unit_parent": 64}
LONGEST |= {"code": 64, "name_vi": 200, "name_en": 200, "parent": 64}

STAFF_FIELDS: tuple[str, ...] = (
    "number",
    "full_name",
    "email",
    "unit_code",
    "unit_name_vi",
    "unit_name_en",
    "unit_parent",
    "unit_leader",
    "unit_deputy",
    "manager",
    "language",
    "time_zone",
    "role_family",
    "frontline",
    "site",
    "shift",
    "gender",
    "kiosk",
    "hired_on",
    "left_on",
    "away_from",
    "away_until",
)
UNIT_FIELDS: tuple[str, ...] = ("code", "name_vi", "name_en", "parent", "leader", "deputy")
REQUIRED = {"staff": ("number", "full_name"), "units": ("code", "name_vi")}

# Headers as people write them, folded; the first field that claims a header gets it.
_HEADERS: dict[str, tuple[str, ...]] = {
    "number": ("number", "employee number", "employee id", "employee no", "staff number", "staff id", "id", "ma nv",
               "ma nhan vien", "manv", "ma so nhan vien", "ma so", "msnv"),
    "full_name": ("full name", "name", "employee name", "ho ten", "ho va ten", "ten nhan vien", "ten"),
    "email": ("email", "e mail", "mail", "email address", "work email", "dia chi email", "thu dien tu"),
    "unit_code": ("unit code", "unit", "department code", "department", "team", "org unit", "ma don vi", "don vi",
                  "ma phong ban", "phong ban", "bo phan"),
    "unit_name_vi": ("unit name", "unit name vi", "unit name vietnamese", "department name", "ten don vi",
                     "ten don vi vi", "ten don vi tieng viet", "ten phong ban", "ten bo phan"),
    "unit_name_en": ("unit name en", "unit name english", "department name en", "ten don vi en",
                     "ten don vi tieng anh", "ten phong ban tieng anh"),
    "unit_parent": ("unit parent", "parent unit", "parent unit code", "unit parent code", "parent department",
                    "unit above", "don vi cap tren", "ma don vi cap tren", "don vi cha", "ma don vi cha"),
    "unit_leader": ("unit leader", "unit leader number", "leader", "leader number", "truong don vi",
                    "ma truong don vi", "truong phong"),
    "unit_deputy": ("unit deputy", "deputy", "deputy number", "pho don vi", "ma pho don vi"),
    "manager": ("manager", "manager number", "line manager", "line manager number", "manager id", "reports to",
                "quan ly", "ma quan ly", "quan ly truc tiep", "ma quan ly truc tiep", "cap tren truc tiep"),
    "language": ("language", "lang", "ngon ngu"),
    "time_zone": ("time zone", "timezone", "mui gio"),
    "role_family": ("role family", "role", "job family", "job", "position", "title", "nhom chuc danh", "chuc danh",
                    "nhom nghe", "vi tri", "chuc vu"),
    "frontline": ("front line", "frontline", "is frontline", "tuyen dau"),
    "site": ("site", "location", "work place", "workplace", "office", "noi lam viec", "dia diem", "chi nhanh"),
    "shift": ("shift", "ca", "ca lam viec"),
    "gender": ("gender", "sex", "gioi tinh"),
    "kiosk": ("kiosk", "printed codes", "uses printed codes", "dung ma in"),
    "hired_on": ("hired on", "hire date", "hired", "start date", "joined on", "ngay vao lam", "ngay vao"),
    "left_on": ("left on", "leave date", "termination date", "end date", "left", "ngay nghi viec", "ngay nghi"),
    "away_from": ("away from", "leave from", "nghi tu", "vang tu", "vang mat tu"),
    "away_until": ("away until", "away to", "leave until", "nghi den", "vang den", "vang mat den"),
    "code": ("code", "unit code", "unit", "department code", "ma don vi", "ma", "ma phong ban"),
    "name_vi": ("name vi", "name", "unit name", "unit name vi", "name vietnamese", "ten", "ten don vi",
                "ten don vi tieng viet", "ten tieng viet"),
    "name_en": ("name en", "unit name en", "name english", "ten tieng anh", "ten don vi tieng anh"),
    "parent": ("parent", "parent code", "parent unit", "parent unit code", "unit parent", "unit above", "don vi cha",
               "don vi cap tren", "ma don vi cap tren", "ma don vi cha"),
    "leader": ("leader", "leader number", "unit leader", "unit leader number", "truong don vi", "ma truong don vi"),
    "deputy": ("deputy", "deputy number", "unit deputy", "pho don vi", "ma pho don vi"),
}  # fmt: skip
NOT_WORD = re.compile(r"[^0-9a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def guess_mapping(headers: Sequence[str], kind: str) -> dict[str, int]:
    """Which column holds which field, as far as the headers tell, in Vietnamese or English."""
    fields = STAFF_FIELDS if kind == "staff" else UNIT_FIELDS
    folded = [NOT_WORD.sub(" ", fold(_CAMEL.sub(" ", header))).strip() for header in headers]
    mapping: dict[str, int] = {}
    taken: set[int] = set()
    deepest = max(len(_HEADERS[name]) for name in fields)
    for rank in range(deepest):
        for name in fields:
            words = _HEADERS[name]
            if name in mapping or rank >= len(words):
                continue
            place = next((i for i, header in enumerate(folded) if header == words[rank] and i not in taken), None)
            if place is not None:
                mapping[name] = place
                taken.add(place)
    return mapping


def usual_header(name: str) -> str:
    """The header by which a field of a staff list is known first."""
    return _HEADERS[name][0]


def missing_fields(mapping: Mapping[str, int], kind: str) -> list[str]:
    """The fields a file cannot do without that no column has been matched to."""
    return [name for name in REQUIRED[kind] if name not in mapping]

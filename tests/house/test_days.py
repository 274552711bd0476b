"""Which day it is, is asked in one place."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted({folder.parent.name for folder in ROOT.glob("*/apps.py")} | {"portal", "stats", "benchmarks"})
OWN_DAY = re.compile(r"\bnow(?:\(\))?\.date\(\)|\blocaldate\(|\bdate\.today\(|\bdatetime\.today\(")
ONE_PLACE = ROOT / "people" / "days.py"


def test_nobody_works_out_the_day_but_the_calendar_of_the_company() -> None:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path != ONE_PLACE]
    found = [str(path.relative_to(ROOT)) for path in files if OWN_DAY.search(path.read_text(encoding="utf-8"))]

    assert OWN_DAY.search("clock.now().date()")
    assert OWN_DAY.search(ONE_PLACE.read_text(encoding="utf-8"))
    assert found == [], "ask people.days.today()"

"""The invented company: names as people give them."""

import pytest

from people import days
from people.models import Employee, StaffImport, Unit
from portal.demo.company import MEN, PLANS, SIGN_INS, WITHOUT_MAIL, WOMEN, found
from portal.demo.story import SECOND_BANK
from portal.lib.folding import fold
from pulses.banks import CATALOGUE, load_bank
from tests.pulses.conftest import make_running

pytestmark = pytest.mark.django_db


def test_middle_and_given_names_go_together() -> None:
    found()
    only_men = set(MEN[1].split()) - set(WOMEN[1].split())
    only_women = set(WOMEN[1].split()) - set(MEN[1].split())
    assert {"Dũng", "Cường"} <= only_men
    assert "Quyên" in only_women
    names = [name.split() for name in Employee.objects.values_list("full_name", flat=True)]
    assert [name for name in names if "Thị" in name[1:-1] and name[-1] in only_men] == []
    assert [name for name in names if "Văn" in name[1:-1] and name[-1] in only_women] == []
    assert [name for name in names if fold(name[-1]) in {fold(word) for word in name[:-1]}] == []


def test_internal_audit_is_a_department() -> None:
    found()
    assert Unit.objects.get(code="HT-KTNB").name_vi == "Ban Kiểm toán nội bộ"


def test_the_company_has_480_people_and_no_unit_lacks_anybody() -> None:
    found()
    assert Employee.objects.count() == 480
    assert Employee.objects.filter(email=None).count() == WITHOUT_MAIL == 60
    named = dict.fromkeys(("AN", "BL-DN-HC", "HT-NS", "HT-KT", "KH-CX", "HT-KTNB"), 1)  # the sign-in page's people
    there = {unit.code: unit.people.count() for unit in Unit.objects.all()}
    assert there == {plan.code: plan.people + 1 + named.get(plan.code, 0) for plan in PLANS}
    tiny = [code for code, people in there.items() if people <= 5 and not Unit.objects.filter(parent__code=code)]
    assert sorted(tiny) == ["BL-HCM-SB", "BL-HU-KS", "HT-KTNB", "HT-PC", "VH-BT"]


def test_the_leader_of_the_sign_in_page_heads_a_region_of_several_branches() -> None:
    found()
    led = Unit.objects.get(leader__number=SIGN_INS["leader"])
    assert Unit.objects.filter(parent=led).count() == 3


def test_hr_finds_the_file_the_company_came_from() -> None:
    found()
    made = StaffImport.objects.get()
    assert (made.state, made.result["added"]) == ("applied", 480)
    assert made.created_at.date() < days.today()


@pytest.mark.parametrize("cadence", ["once", "four_weekly", "quarterly"])
def test_a_second_bank_lets_a_new_programme_start_beside_the_one_that_runs(cadence: str) -> None:
    make_running(load_bank(CATALOGUE / "bearing-pulse-40.yaml").bank)
    second = load_bank(SECOND_BANK).bank
    assert make_running(second, cadence=cadence, starts_on=days.today()).state == "active"

"""The invented company: names as people give them."""

import pytest

from people.models import Employee, Unit
from portal.demo.company import MEN, WOMEN, found
from portal.lib.folding import fold

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

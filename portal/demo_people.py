"""The people one may sign in as in the demo, without a password. Outside the demo there are none."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Employee, Unit
from people.roles import Role

REGION = "BL-DN"  # has results of its own, branches to compare, and something to do about them

TINY = "HT-PC"  # too few people for results of its own


@dataclass(frozen=True)
class DemoPerson:
    """One button of the sign-in page."""

    employee: Employee
    label: str | Promise
    note: str

    @property
    def action(self) -> str:
        return reverse("demo_sign_in")

    @property
    def number(self) -> str:
        return self.employee.number


def demo_people() -> list[DemoPerson]:
    """One person for each way of looking at the company, always the same ones."""
    if not settings.DEMO:
        return []
    found: list[tuple[Employee | None, str | Promise]] = [
        (somebody_ordinary(), _("Look as an employee")),
        (leader_of(Unit.objects.filter(code=REGION)) or leader_of(below_the_top()), _("Look as a leader")),
        (leader_of(Unit.objects.filter(code=TINY)), _("Look as the leader of a tiny team")),
        (leader_of(Unit.objects.filter(parent=None)), _("Look as the head of the company")),
        (holder(Role.HR), _("Look as HR")),
        (holder(Role.CX), _("Look as the CX team")),
        (holder(Role.BOARD), _("Look as a board member")),
        (holder(Role.REVIEWER), _("Look as an evidence reviewer")),
        (holder(Role.AUDITOR), _("Look as internal audit")),
    ]
    return [DemoPerson(person, label, person.full_name) for person, label in found if person is not None]


def somebody_ordinary() -> Employee | None:
    """Somebody with email, without rights and without a unit to lead, in a unit of ordinary size."""
    ordinary = Employee.objects.filter(
        is_active=True, left_on=None, email__isnull=False, grants=None, units_led=None, units_deputised=None
    )
    in_company: Employee | None = (
        ordinary.annotate(colleagues=Count("unit__people")).filter(colleagues__gte=10).order_by("number").first()
    )
    return in_company or ordinary.order_by("number").first()


def below_the_top() -> QuerySet[Unit]:
    """The units right below the company."""
    return Unit.objects.filter(parent__in=Unit.objects.filter(parent=None))


def leader_of(units: QuerySet[Unit]) -> Employee | None:
    """The leader of the first of these units that has one."""
    led = units.filter(leader__is_active=True).select_related("leader").order_by("sort_key", "code").first()
    return led.leader if led else None


def holder(role: Role) -> Employee | None:
    """The first person with this right."""
    first: Employee | None = Employee.objects.holding(role).filter(is_active=True).order_by("number").first()
    return first

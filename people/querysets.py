"""Questions about people and units. Every read starts with `visible_to(employee)`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from tree_queries.query import TreeQuerySet

from people.roles import SEES_ALL_UNITS, Role
from portal.lib.folding import fold

if TYPE_CHECKING:
    from people.models import Employee, StaffImport, Unit  # noqa: F401

    class _Tree(models.QuerySet["Unit"]):
        """What we use of django-tree-queries, which ships no types."""

        def with_tree_fields(self, tree_fields: bool = True) -> Self: ...
        def order_siblings_by(self, *order_by: str) -> Self: ...
        def ancestors(self, of: Unit, *, include_self: bool = False) -> Self: ...
        def descendants(self, of: Unit, *, include_self: bool = False) -> Self: ...

else:
    _Tree = TreeQuerySet

# The walk starts at the units led, so it costs as much as the subtree and not as much as the company.
_LED_UNITS = """
    WITH RECURSIVE led(id) AS (
        SELECT id FROM people_unit WHERE leader_id = %s OR deputy_id = %s
        UNION
        SELECT child.id FROM people_unit child JOIN led ON child.parent_id = led.id
    )
    SELECT id FROM led
"""
_SUBTREES = """
    WITH RECURSIVE below(id) AS (
        SELECT id FROM people_unit WHERE id = ANY(%s)
        UNION
        SELECT child.id FROM people_unit child JOIN below ON child.parent_id = below.id
    )
    SELECT id FROM below
"""

# `at_work_on` for statements that write many rows at once; they call the table `person` and give `today`.
AT_WORK = """
    person.is_active AND (person.hired_on IS NULL OR person.hired_on <= %(today)s)
    AND (person.left_on IS NULL OR person.left_on > %(today)s)
"""


def led_unit_ids(employee: Employee) -> RawSQL:
    """The ids of every unit in the subtrees this employee leads or deputises for, for use after `__in`."""
    return RawSQL(_LED_UNITS, (employee.pk, employee.pk))


def subtree_ids(unit_ids: list[int]) -> RawSQL:
    """The ids of these units and of every unit below them, for use after `__in`."""
    return RawSQL(_SUBTREES, (unit_ids,))


def ids_in(ids: Sequence[int]) -> RawSQL:
    """These ids as one value, however many they are, for use after `__in`."""
    return RawSQL("SELECT unnest(%s::bigint[])", (list(ids),))


def _every_word(text: str, key: str = "search_key") -> Q:
    found = Q()
    for word in fold(text).split()[:8]:
        found &= Q(**{f"{key}__contains": word})
    return found


class UnitQuerySet(_Tree):
    """Units of the company's tree."""

    def visible_to(self, employee: Employee) -> Self:
        """Whoever has a named right: all units; leaders: the subtrees led; everyone: the own unit and the root."""
        if not employee.is_active:
            return self.none()
        if employee.roles & SEES_ALL_UNITS:
            return self.all()
        return self.filter(Q(pk__in=led_unit_ids(employee)) | Q(pk=employee.unit_id) | Q(parent__isnull=True))

    def led_by(self, employee: Employee) -> Self:
        """The units in the subtrees this employee leads or deputises for."""
        return self.filter(pk__in=led_unit_ids(employee))

    def under(self, *unit_ids: int) -> Self:
        """These units and everything below them."""
        return self.filter(pk__in=subtree_ids(list(unit_ids)))

    def open(self) -> Self:
        """Units that have not been closed."""
        return self.filter(closed_on__isnull=True)

    def search(self, text: str) -> Self:
        """Units whose names or code hold every word of the text, marks ignored."""
        return self.filter(_every_word(text))

    def in_tree_order(self) -> Self:
        """Depth first, siblings in the order of the Vietnamese alphabet; each unit carries tree_depth and tree_path."""
        return self.order_siblings_by("sort_key", "code").with_tree_fields()


_UnitManager = models.Manager.from_queryset(UnitQuerySet)


class UnitManager(_UnitManager["Unit"]):
    """All units; ask `visible_to` first."""


class EmployeeQuerySet(models.QuerySet["Employee"]):
    """People on the staff list."""

    def visible_to(self, employee: Employee) -> Self:
        """HR sees everyone; leaders the people in the subtrees led; everyone oneself."""
        if not employee.is_active:
            return self.none()
        if Role.HR in employee.roles:
            return self.all()
        return self.filter(Q(pk=employee.pk) | Q(unit__in=led_unit_ids(employee)))

    def active_on(self, day: date) -> Self:
        """On the staff list that day: hired, and not yet gone (the day in `left_on` is the first day away)."""
        return self.filter(
            Q(hired_on__isnull=True) | Q(hired_on__lte=day), Q(left_on__isnull=True) | Q(left_on__gt=day)
        )

    def here_on(self, day: date) -> Self:
        """Not gone that day; people hired from a later day on are among them."""
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gt=day))

    def at_work_on(self, day: date) -> Self:
        """People who may be asked and reminded that day: on the staff list, with an account that is open."""
        return self.active_on(day).filter(is_active=True)

    def without_mail(self) -> Self:
        """People who can sign in and have no e-mail address: they are given printed codes."""
        return self.filter(email__isnull=True, is_active=True, is_superuser=False)

    def never_signed_in(self, day: date) -> Self:
        """People on the list who have neither come in nor set a password."""
        unset = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login__isnull=True)
        return self.here_on(day).filter(unset, is_active=True, is_superuser=False)

    def new_since(self, day: date) -> Self:
        """People who came onto the list that day or later."""
        return self.filter(first_seen_on__gte=day)

    def due_for_invitation(self, before: datetime) -> Self:
        """People with an address who have not been invited since that moment."""
        return self.filter(Q(invited_at__isnull=True) | Q(invited_at__lte=before), email__isnull=False)

    def invited_after(self, moment: datetime) -> Self:
        """People with an address who have been invited since that moment."""
        return self.filter(email__isnull=False, invited_at__gt=moment)

    def in_units(self, *unit_ids: int) -> Self:
        """The people of these units and of everything below them."""
        return self.filter(unit__in=subtree_ids(list(unit_ids)))

    def holding(self, role: Role) -> Self:
        """The people who have been given this access right."""
        return self.filter(grants__role=role)

    def search(self, text: str) -> Self:
        """People whose name or number holds every word of the text, marks ignored (đ = d)."""
        return self.filter(_every_word(text))

    def search_in_units(self, text: str) -> Self:
        """The same, and everybody of a unit whose name or code holds every word."""
        return self.filter(_every_word(text) | _every_word(text, "unit__search_key"))

    def sorted(self) -> Self:
        """By the last word of the name, in the order of the Vietnamese alphabet."""
        return self.order_by("sort_key", "number")


class _StaffManager(BaseUserManager["Employee"]):
    """Everyone on the staff list; numbers are compared as they are written."""

    def create_superuser(self, number: str, password: str | None = None, **fields: object) -> Employee:
        """The technical account of `manage.py createsuperuser`; it sees no more results than others."""
        employee: Employee = self.model(number=number, is_staff=True, is_superuser=True, **fields)
        employee.set_password(password)
        employee.tidy_keys()
        employee.save(using=self._db)
        return employee

    def get_by_natural_key(self, username: str | None) -> Employee:
        """Numbers are read without regard to upper and lower case, as at sign-in."""
        found: Employee = self.get(number__iexact=username)
        return found


EmployeeManager = _StaffManager.from_queryset(EmployeeQuerySet)


class StaffImportQuerySet(models.QuerySet["StaffImport"]):
    """Imports of the staff list."""

    def visible_to(self, employee: Employee) -> Self:
        """Imports are for HR alone: a file holds everybody's data."""
        return self.all() if employee.is_active and Role.HR in employee.roles else self.none()

    def with_file(self) -> Self:
        """Those whose file is still kept, and the file with them."""
        return self.filter(file__isnull=False).select_related("file")

    def due(self, states: Sequence[str], now: datetime) -> Self:
        """Waiting for work: in one of these states and not held by a live claim."""
        return self.filter(Q(claimed_until__isnull=True) | Q(claimed_until__lt=now), state__in=states).order_by(
            F("created_at").asc()
        )

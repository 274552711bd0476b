"""Gives the first access right, before anybody in HR can: python manage.py give_role NUMBER hr."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from people.actions.employees import give_grant
from people.models import Employee
from people.roles import Role


class Command(BaseCommand):
    help = "Gives an employee an access right: hr, cx, board, reviewer or auditor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number")
        parser.add_argument("role", choices=Role.values)

    def handle(self, **options: Any) -> None:
        employee = Employee.objects.filter(number__iexact=options["number"], is_active=True).first()
        if employee is None:
            raise CommandError(_("Nobody has the number “%(number)s”.") % {"number": options["number"]})
        give_grant(employee=employee, role=Role(options["role"]))

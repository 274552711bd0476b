"""Tests meet the database as the product does: two aliases, the second as the role of the answer pages."""

import subprocess
import sys

import pytest
from django.db import connections, transaction

from people.models import Unit
from portal.embedded import ROOT, SURVEY_ROLE


def who_am_i(alias: str) -> str:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_the_survey_alias_sees_what_an_uncommitted_test_wrote() -> None:
    unit = Unit.objects.create(code="X1", name_vi="Phòng", name_en="Room")
    with transaction.atomic(using="survey"):
        assert Unit.objects.using("survey").filter(pk=unit.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_survey_alias_is_a_role_that_reads_no_names() -> None:
    assert who_am_i("survey") == SURVEY_ROLE
    assert who_am_i("default") != SURVEY_ROLE
    with connections["survey"].cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("SELECT full_name FROM people_employee")


def test_a_process_of_its_own_gets_a_database_that_commits(own_services: dict[str, str]) -> None:
    program = "import django; django.setup(); from people.models import Unit; print('units', Unit.objects.count())"
    environment = {**own_services, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert said.stdout.strip() == "units 0", said.stderr

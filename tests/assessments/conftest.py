"""The stage of the assessment tests: English sentences, the shipped models, somebody of the CX team."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation

from assessments.modelfiles import CATALOGUE, load_model
from assessments.models import MaturityModel
from people.models import Employee
from people.roles import Role
from tests.make import make_employee


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def five(db: None) -> MaturityModel:
    return load_model(CATALOGUE / "bearing-five.yaml").model


@pytest.fixture
def ten(db: None) -> MaturityModel:
    return load_model(CATALOGUE / "bearing-ten.yaml").model


@pytest.fixture
def cx(db: None) -> Employee:
    return make_employee("Phạm Văn Khách", roles=(Role.CX,), language="en")


def browser(employee: Employee) -> Client:
    """The browser of somebody signed in."""
    client = Client(headers={"host": django_settings.PORTAL_HOST})
    client.force_login(employee)
    return client

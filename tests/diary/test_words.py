"""Every verb any room utters, and every figure it carries, can be read in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from diary import registry
from diary.actions import record
from diary.models import Fact
from diary.sentences import lines_of
from people.actions import employees
from people.actions.imports import Outcome
from people.models import Employee
from people.roles import Role
from tests.make import make_employee

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("people", "diary", "outbox", "improvement", "surveys", "pulses", "assessments", "portal")
SAYS = {"record", "record_many", "utter", "utter_many", "_utter"}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every place in the house that says something to the record."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in SAYS and node.args:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def verb_in(call: ast.Call) -> str | None:
    """The verb of `record(facts.WAVE_SENT, ...)`; None where a verb is only handed on."""
    said = call.args[0]
    if isinstance(said, ast.Attribute):
        return said.attr
    return repr(said.value) if isinstance(said, ast.Constant) else None


def by_name() -> dict[str, str]:
    """The constants of all rooms: WAVE_SENT -> pulses.wave_sent."""
    found: dict[str, str] = {}
    for room in ROOMS:
        path = ROOT / room / "facts.py"
        for node in ast.parse(path.read_text(encoding="utf-8")).body if path.exists() else []:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                found[ast.unparse(node.targets[0])] = str(node.value.value)
    return found


def test_every_verb_of_every_room_has_words() -> None:
    assert set(by_name().values()) == set(registry.verbs())


def test_nothing_is_recorded_but_verbs_that_have_words() -> None:
    said = [(place, verb_in(call)) for place, call in calls()]
    assert len([verb for _, verb in said if verb]) >= 15, "few calls found: has the way of recording changed?"
    assert [(place, verb) for place, verb in said if verb and verb not in by_name()] == []


def test_every_figure_that_is_recorded_has_words() -> None:
    wordless = []
    for place, call in calls():
        verb = by_name().get(verb_in(call) or "")
        data = next((each.value for each in call.keywords if each.arg == "data"), None)
        words = registry.words_of(verb) if verb else None
        if words is None or not isinstance(data, ast.Dict):
            continue
        known = {*words.counts, *words.codes, *words.silent}
        names = {ast.literal_eval(name) for name in data.keys if name is not None}
        wordless += [(place, name) for name in names - known]
    assert wordless == []


def test_every_number_of_an_import_has_words() -> None:
    words = registry.words_of("people.staff_imported")
    assert words is not None
    assert set(Outcome(*range(10)).as_json()) <= {*words.counts, *words.codes, *words.silent}


@pytest.mark.parametrize("verb", registry.verbs())
def test_words_are_said_in_both_languages(verb: str) -> None:
    words = registry.words_of(verb)
    assert words is not None
    heard = {}
    for language in ("en", "vi"):
        with translation.override(language):
            sentences = [say(number) % {"number": "12"} for say in words.counts.values() for number in (1, 12)]
            codes = [str(word) for named in words.codes.values() for word in named.values()]
            heard[language] = [str(words.label), *sentences, *codes]
    said_alike = set(heard["en"]) & set(heard["vi"])
    assert said_alike <= {"HR"}


@pytest.mark.django_db
def test_internal_audit_reads_who_gave_which_right_to_whom(client: Client) -> None:
    auditor = make_employee("Đỗ Thị Kiểm", roles=(Role.AUDITOR,), language="en")
    hr = make_employee("Trần Thị Hòa", roles=(Role.HR,))
    employees.give_grant(employee=make_employee("Lê Văn Cường", number="NV-C"), role=Role.CX, actor=hr)
    client.force_login(auditor)

    page = client.get(reverse("diary:fact_list")).content.decode()

    assert "An access right was given" in page
    assert "Lê Văn Cường (NV-C)" in page
    assert "Trần Thị Hòa" in page
    assert "CX team" in page
    assert ">people.grant_given<" not in page


@pytest.mark.django_db
def test_a_subject_is_a_link_only_where_the_reader_may_open_its_page(client: Client) -> None:
    person, hr = make_employee("Lê Văn Cường"), make_employee(roles=(Role.HR,))
    employees.give_grant(employee=person, role=Role.CX, actor=hr)

    def links(reader: Employee) -> str:
        client.force_login(reader)
        return client.get(reverse("diary:fact_list")).content.decode()

    assert person.get_absolute_url() not in links(make_employee(roles=(Role.AUDITOR,)))
    assert person.get_absolute_url() in links(make_employee(roles=(Role.AUDITOR, Role.HR)))


@pytest.mark.django_db
def test_a_verb_without_words_and_a_subject_that_is_gone_are_shown_as_written() -> None:
    record("past.thing_done", key="one", subject="people.employee:0", data={"colour": 3})
    (line,) = lines_of(Fact.objects.all(), reader=make_employee(roles=(Role.AUDITOR,)))
    assert line.subject is not None
    assert (line.label, line.subject.label, line.figures) == ("past.thing_done", "people.employee:0", ["colour: 3"])

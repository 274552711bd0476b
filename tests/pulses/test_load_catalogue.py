"""Loading question banks: whole or not at all, again without harm, and never over one that is in use."""

from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from diary.models import Fact
from people.models import Unit
from pulses import actions
from pulses.banks import CATALOGUE, BankRefused, load_bank
from pulses.models import Programme, Question, QuestionBank
from tests.pulses.conftest import make_programme, make_running

SHIPPED = CATALOGUE / "bearing-pulse-40.yaml"

pytestmark = pytest.mark.django_db


def changed(folder: Path, old: str, new: str) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = folder / "bank.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def line_of(path: Path, words: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def test_the_shipped_bank_is_loaded_once() -> None:
    said = StringIO()
    call_command("load_catalogue", stdout=said)
    call_command("load_catalogue", stdout=said)
    assert "added" in said.getvalue()
    assert "unchanged" in said.getvalue()
    bank = QuestionBank.objects.get()
    assert bank.questions.exclude(scale="comment").count() == 40
    assert bank.questions.filter(scale="comment").count() == 2
    assert bank.questions.filter(counts="enps").count() == 1
    assert all(question.words["vi"] and question.words["en"] for question in bank.questions.all())


def test_a_bank_that_is_not_in_use_may_be_corrected(tmp_path: Path) -> None:
    load_bank(SHIPPED)
    path = changed(tmp_path, "I know what the company", "I know well what the company")
    assert load_bank(path).outcome == "changed"
    assert Question.objects.get(code="L1").words["en"].startswith("I know well")


def test_a_bank_in_use_never_changes(tmp_path: Path) -> None:
    bank = load_bank(SHIPPED).bank
    QuestionBank.objects.filter(pk=bank.pk).update(first_used_at=timezone.now())
    path = changed(tmp_path, "I know what the company", "I know well what the company")
    with pytest.raises(BankRefused):
        load_bank(path)
    assert load_bank(SHIPPED).outcome == "unchanged"
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Question.objects.filter(code="L1").update(driver="other")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        QuestionBank.objects.filter(pk=bank.pk).update(version=9)
    assert load_bank(changed(tmp_path, "version: 1", "version: 2")).outcome == "added"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pillar: leadership", "pillar: leader", "is not one of"),
        ("driver: direction", "driver: elsewhere", "elsewhere"),
        ("code: L2", "code: L1", "L1"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = changed(tmp_path, old, new)
    lines = [number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if new in line]
    with pytest.raises(BankRefused) as refused:
        load_bank(path)
    line, reason = refused.value.reasons[0]
    assert line in lines
    assert said in reason
    assert not QuestionBank.objects.exists()


def test_a_file_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "bank.yaml"
    path.write_text("bank: x\nversion: [1\ntitle: y\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"bank\.yaml:3:"):
        call_command("load_catalogue", str(path))


def test_a_missing_language_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, "  en: Bearing pulse survey\n", "")
    with pytest.raises(BankRefused, match="'en' is a required property"):
        load_bank(path)


def test_the_database_wants_both_languages_too() -> None:
    with pytest.raises(DatabaseError, match="bank_title_in_both_languages"), transaction.atomic():
        QuestionBank.objects.create(code="half", version=1, title={"vi": "Chỉ tiếng Việt"})


# Questions from which somebody is being asked


def shrunk(folder: Path, scored: int) -> Path:
    content = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    content["questions"] = [each for each in content["questions"] if each["scale"] != "comment"][:scored]
    path = folder / "bank.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("rests", [False, True])
@pytest.mark.parametrize(("language", "said"), [("en", "is running and needs at least 12"), ("vi", "cần ít nhất 12")])
def test_a_change_that_a_running_programme_could_not_draw_from_is_refused(
    tmp_path: Path, company: Unit, language: str, said: str, rests: bool
) -> None:
    programme = make_running(load_bank(SHIPPED).bank, cadence=Programme.Cadence.WEEKLY)
    if rests:
        actions.pause(programme=programme)
    with translation.override(language), pytest.raises(BankRefused, match=said):
        load_bank(shrunk(tmp_path, 11))
    assert Question.objects.count() == 42


def test_a_change_that_leaves_enough_or_concerns_no_running_programme_is_loaded(tmp_path: Path, company: Unit) -> None:
    bank = load_bank(SHIPPED).bank
    programme = make_running(bank, cadence=Programme.Cadence.WEEKLY)
    assert load_bank(shrunk(tmp_path, 13)).outcome == "changed"
    actions.end(programme=programme)
    make_programme(bank, cadence=Programme.Cadence.WEEKLY)
    assert load_bank(shrunk(tmp_path, 11)).outcome == "changed"


def test_each_change_of_a_bank_is_a_fact(tmp_path: Path) -> None:
    load_bank(SHIPPED)
    for scored in (39, 38, 38):
        load_bank(shrunk(tmp_path, scored))
    said = Fact.objects.filter(verb__startswith="pulses.bank").order_by("pk").values_list("verb", "data")
    assert list(said) == [
        ("pulses.bank_loaded", {"version": 1, "questions": 42}),
        ("pulses.bank_changed", {"version": 1, "questions": 39}),
        ("pulses.bank_changed", {"version": 1, "questions": 38}),
    ]

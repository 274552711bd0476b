"""Question banks as files: read, checked to the line, stored once, and never changed once a wave has used them."""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString
from jsonschema import Draft202012Validator

from diary.actions import record
from portal.lib import clock
from portal.lib.catalogues import Catalogue, FileRefused, Unreadable, YamlFile, read_yaml
from pulses import facts, scoring
from pulses.actions import draw
from pulses.models import Question, QuestionBank

CATALOGUE = Path(__file__).parent / "catalogue"
SCHEMA = CATALOGUE / "schema.json"


class BankRefused(FileRefused):
    """A file that cannot be a bank: each reason names the line."""


@dataclass(frozen=True)
class Loaded:
    """What became of one file: "added", "changed" (it was not in use yet) or "unchanged"."""

    bank: QuestionBank
    outcome: str


def read_bank(path: Path) -> dict[str, Any]:
    """The content of a file, or BankRefused with every reason found."""
    try:
        file = read_yaml(path)
    except Unreadable as error:
        raise BankRefused(path, [(error.line, _why(error))]) from error
    content = file.content
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    reasons = [
        (file.line(list(error.absolute_path)), error.message)
        for error in Draft202012Validator(schema).iter_errors(content)
    ]
    if not reasons:
        reasons = _contradictions(file, content)
    if reasons:
        raise BankRefused(path, sorted(reasons))
    return dict(content)


def _contradictions(file: YamlFile, content: dict[str, Any]) -> list[tuple[int, str]]:
    reasons = []
    seen: set[str] = set()
    for place, question in enumerate(content["questions"]):
        code, driver = question["code"], question["driver"]
        if code in seen:
            said = _("The code %(code)s comes twice.") % {"code": code}
            reasons.append((file.line(["questions", place, "code"]), said))
        seen.add(code)
        if driver not in content["drivers"]:
            said = _("The driver %(driver)s of question %(code)s is not described under drivers.")
            line = file.line(["questions", place, "driver"])
            reasons.append((line, said % {"driver": driver, "code": code}))
        for language, text in question["text"].items():
            if not unicodedata.is_normalized("NFC", text):
                said = _("The letters are taken apart: save the file with composed letters (NFC).")
                reasons.append((file.line(["questions", place, "text", language]), said))
    return reasons


def _why(error: Unreadable) -> str:
    """The sentence for a file that is not read at all."""
    sentences = {
        "encoding": _("The file is not UTF-8."),
        "large": _("The file is far too large for a catalogue."),
        "alias": _("Aliases (*name) are not used in catalogues: write the words out."),
        "twice": _("The name %(name)s comes twice here.") % {"name": error.detail},
    }
    return sentences.get(error.kind, error.detail)


@transaction.atomic
def load_bank(path: Path) -> Loaded:
    """Store the bank of a file; loading it again changes nothing.

    Refused are another wording of a version in use, and questions from which a running programme could not draw.
    """
    content = read_bank(path)
    questions = [_question(place, raw) for place, raw in enumerate(content["questions"])]
    bank = (
        QuestionBank.objects.select_for_update(no_key=True)
        .filter(code=content["bank"], version=content["version"])
        .first()
    )
    if bank is None:
        bank = QuestionBank.objects.create(
            code=content["bank"],
            version=content["version"],
            title=LazyI18nString(content["title"]),
            drivers=content["drivers"],
        )
        outcome = "added"
    elif _same(bank, content, questions):
        return Loaded(bank, "unchanged")
    elif bank.first_used_at is not None:
        said = _("Version %(version)s of %(bank)s has been used and never changes. Raise the version.")
        raise BankRefused(path, [(1, said % {"version": bank.version, "bank": bank.code})])
    else:
        bank.questions.all().delete()
        bank.title, bank.drivers = LazyI18nString(content["title"]), content["drivers"]
        bank.save(update_fields=["title", "drivers"])
        outcome = "changed"
    for question in questions:
        question.bank = bank
    Question.objects.bulk_create(questions)
    _refuse_what_stops_a_programme(path, bank)
    _say(bank, outcome, len(questions))
    return Loaded(bank, outcome)


def _say(bank: QuestionBank, outcome: str, questions: int) -> None:
    verb = facts.BANK_LOADED if outcome == "added" else facts.BANK_CHANGED
    when = "" if outcome == "added" else f":{clock.now():%Y%m%dT%H%M%S%f}"
    record(
        verb,
        subject=f"pulses.bank:{bank.pk}",
        key=f"{verb}:{bank.pk}{when}",
        data={"version": bank.version, "questions": questions},
    )


def _refuse_what_stops_a_programme(path: Path, bank: QuestionBank) -> None:
    """Raise when a programme that was started from this bank could not draw its waves from what it holds now."""
    for programme in bank.programmes.started():
        least = scoring.slice_count(programme.weeks)
        try:
            for period in range(least):
                draw(programme, period)
        except ValueError as error:
            said = _(
                "The programme “%(title)s” is running and needs at least %(least)s scored questions. "
                "Keep that many, raise the version, or end the programme first."
            )
            raise BankRefused(path, [(1, said % {"title": programme.title, "least": least})]) from error


def _question(place: int, raw: dict[str, Any]) -> Question:
    ends = raw.get("ends", {})
    return Question(
        position=place,
        code=raw["code"],
        pillar=raw["pillar"],
        driver=raw["driver"],
        scale=raw["scale"],
        counts=raw.get("counts", ""),
        text=raw["text"],
        low=ends.get("low", {}),
        high=ends.get("high", {}),
    )


def _same(bank: QuestionBank, content: dict[str, Any], questions: list[Question]) -> bool:
    def told(question: Question) -> tuple[object, ...]:
        return (
            question.position,
            question.code,
            question.pillar,
            question.driver,
            question.scale,
            question.counts,
            question.words,
            question.low,
            question.high,
        )

    stored = list(bank.questions.all())
    return (
        bank.drivers == content["drivers"]
        and bank.words == content["title"]
        and [told(question) for question in stored] == [told(question) for question in questions]
    )


def _load(path: Path) -> str:
    loaded = load_bank(path)
    return f"{loaded.bank.code} {loaded.bank.version} {loaded.outcome}"


BANKS = Catalogue("question banks", CATALOGUE, "bank", _load)

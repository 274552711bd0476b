"""The documents agree with the code: settings are listed, links lead somewhere, every verb and term has its words."""

import json
import re
import unicodedata
from pathlib import Path

import polib
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# Written by `make screenshots` and `make bench`.
MADE_BY_COMMANDS = ("docs/screenshots/", "docs/benchmarks.md")
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SETTING = re.compile(r"""env\.\w+\(\s*["']([A-Z][A-Z_]+)["']""")
BANKS = sorted((ROOT / "pulses" / "catalogue").glob("*.yaml"))


def test_every_setting_read_from_the_environment_is_documented() -> None:
    read = set(SETTING.findall((ROOT / "portal" / "settings.py").read_text(encoding="utf-8")))
    documented = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs/operating/settings.md").read_text(encoding="utf-8")))

    assert read, "no setting found: has the way of reading them changed?"
    assert read - documented == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_document_leads_to_a_file(document: Path) -> None:
    broken = []
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        found = (document.parent / target).resolve()
        if not found.exists() and not str(found.relative_to(ROOT)).startswith(MADE_BY_COMMANDS):
            broken.append(target)

    assert broken == []


def test_every_document_is_listed_in_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / target).resolve() for target in LINK.findall(index.read_text(encoding="utf-8"))}

    assert {document for document in (ROOT / "docs").rglob("*.md") if document != index} - listed == set()


def test_every_room_stands_in_the_drawing_of_the_house() -> None:
    drawing = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    rooms = {folder.parent.name for folder in ROOT.glob("*/apps.py")}

    assert {room for room in rooms if f" {room}/" not in drawing} == set()


@pytest.mark.parametrize("bank", BANKS, ids=lambda path: path.stem)
def test_a_bank_is_written_composed_and_names_only_drivers_it_describes(bank: Path) -> None:
    text = bank.read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    codes = [question["code"] for question in content["questions"]]

    assert unicodedata.is_normalized("NFC", text)
    assert len(codes) == len(set(codes))
    assert {question["driver"] for question in content["questions"]} == set(content["drivers"])


@pytest.mark.parametrize("bank", BANKS, ids=lambda path: path.stem)
def test_a_bank_asks_short_sentences_in_both_languages(bank: Path) -> None:
    for question in yaml.safe_load(bank.read_text(encoding="utf-8"))["questions"]:
        assert len(question["text"]["vi"].split()) <= 25, question["code"]
        assert len(question["text"]["en"].split()) <= 25, question["code"]


def test_the_shipped_bank_has_eight_scored_questions_for_every_pillar() -> None:
    content = yaml.safe_load((ROOT / "pulses/catalogue/bearing-pulse-40.yaml").read_text(encoding="utf-8"))
    scored = [question["pillar"] for question in content["questions"] if question["scale"] != "comment"]
    schema = json.loads((ROOT / "pulses/catalogue/schema.json").read_text(encoding="utf-8"))
    pillars = schema["$defs"]["question"]["properties"]["pillar"]["enum"]

    assert {pillar: scored.count(pillar) for pillar in pillars} == dict.fromkeys(pillars, 8)


def test_the_words_of_the_libraries_are_whole_in_vietnamese() -> None:
    catalogue = polib.pofile(str(ROOT / "locale/libraries/vi/LC_MESSAGES/django.po"))

    assert catalogue.percent_translated() == 100
    assert len(catalogue) > 600

"""Loading maturity models: whole or not at all, again without harm, two at once, never over a published version."""

import threading
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assessments.content import Content
from assessments.modelfiles import CATALOGUE, ModelRefused, load_model
from assessments.models import MaturityModel
from diary.models import Fact
from portal.lib.pillars import Pillar

FIVE, TEN = CATALOGUE / "bearing-five.yaml", CATALOGUE / "bearing-ten.yaml"

pytestmark = pytest.mark.django_db


def changed(folder: Path, old: str, new: str, source: Path = TEN) -> Path:
    text = source.read_text(encoding="utf-8")
    assert old in text
    path = folder / "model.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def reasons_of(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(ModelRefused) as refused:
        load_model(path)
    assert not MaturityModel.objects.exists()
    return refused.value.reasons


def line_with(path: Path, words: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_the_shipped_models_are_loaded_once_and_published() -> None:
    said = StringIO()
    call_command("load_catalogue", stdout=said)
    call_command("load_catalogue", stdout=said)

    lines = said.getvalue().splitlines()
    assert "bearing-five.yaml: bearing-five 1 added" in lines
    assert "bearing-five.yaml: bearing-five 1 unchanged" in lines
    assert {model.code: model.state for model in MaturityModel.objects.all()} == {
        "bearing-five": "published",
        "bearing-ten": "published",
    }
    assert Fact.objects.filter(verb="assessments.model_loaded").count() == 2


def test_bearing_five_has_six_practices_of_four_answers_for_each_pillar() -> None:
    content = load_model(FIVE).model.said

    assert {one.code: len(one.practices) for one in content.dimensions} == {pillar.value: 6 for pillar in Pillar}
    assert {len(practice.anchors) for practice in content.practices} == {4}
    assert all(len(practice.next_steps) == 3 and practice.evidence for practice in content.practices)
    assert [(level.low, level.high) for level in content.levels] == [
        (1, 1.8),
        (1.8, 2.6),
        (2.6, 3.4),
        (3.4, 4.2),
        (4.2, 5),
    ]


def test_bearing_ten_has_two_practices_for_each_pillar() -> None:
    content = load_model(TEN).model.said

    assert {one.code: len(one.practices) for one in content.dimensions} == {pillar.value: 2 for pillar in Pillar}


@pytest.mark.parametrize("path", [FIVE, TEN], ids=lambda path: path.stem)
def test_what_is_stored_is_what_the_file_says(path: Path) -> None:
    plain = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert load_model(path).model.plain() == plain
    assert Content.read(plain).plain() == {
        name: plain[name] for name in plain if name not in ("code", "version", "title")
    }


@pytest.mark.parametrize("path", [FIVE, TEN], ids=lambda path: path.stem)
def test_the_shipped_texts_are_short_enough_to_read_on_a_phone(path: Path) -> None:
    for practice in Content.read(yaml.safe_load(path.read_text(encoding="utf-8"))).practices:
        for text in (practice.question, *practice.anchors):
            assert len(text.vi.split()) <= 35, (practice.code, text.vi)
            assert len(text.en.split()) <= 25, (practice.code, text.en)


def test_the_coaching_texts_are_whole_for_every_pillar_and_stand() -> None:
    coaching = yaml.safe_load((CATALOGUE / "coaching.yaml").read_text(encoding="utf-8"))

    assert set(coaching["pillars"]) == {pillar.value for pillar in Pillar}
    for stands in coaching["pillars"].values():
        assert set(stands) == {"higher", "alike", "lower"}
        for parts in stands.values():
            assert set(parts) == {"meaning", "ask", "do"}
            assert all(words["vi"].strip() and words["en"].strip() for words in parts.values())


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("  en: Bearing Ten\n", "", "vi: Bearing Mười", "The text in English is missing."),
        ("  en: Bearing Ten\n", "  en: ' '\n", "en: ' '", "The text in English is empty."),
        ("weight: 1", "weight: 0", "weight: 0", "A practice counts once or twice"),
        ("weight: 1", "weight: 50", "weight: 50", "the largest become 2 and the others 1"),
        ("weight: 1", "weight: .nan", "weight: .nan", "its weight is 1 or 2"),
        ("weight: 1", "weight: heavy", "weight: heavy", "its weight is 1 or 2"),
        ("code: TL2", "code: TL1", "vi: Nghĩ đến", "The code TL1 comes twice."),
        ("to: 2.6", "to: 2.5", "from: 2.6", "A hole: scores from 2.5 to 2.6 belong to no level."),
        ("from: 3.4", "from: 3.2", "from: 3.2", "An overlap: scores from 3.2 to 3.4 belong to two levels."),
        ("to: 5.0", "to: 4.9", "to: 4.9", "A hole: scores from 4.9 to 5 belong to no level."),
        ("level: 3", "level: 4", "level: 4", "Levels are counted 1, 2, 3"),
        ("- code: leadership", "- code: our-leaders", "- code: our-leaders", "which of the five pillars"),
        ("- code: leadership", "- code: leadership\n    pillar: sales", "pillar: sales", "none of the five pillars"),
        ("- code: leadership", "- code: leadership\n    pillar: people", "pillar: people", "cannot belong to people"),
        ("minutes: 10", "minutes: 10\nminutes: 11", "minutes: 11", "The name minutes comes twice here."),
        ("minutes: 10", "minute: 10", "code: bearing-ten", "“minute” is not known here."),
        ("vi: Quý nào cũng có.", "vi: Trong phần lớn các quý.", "", "Two answers of this practice say the same."),
        ("minutes: 10", "minutes: &m 10\nversion2: *m", "*m", "Aliases"),
        ("vi: Lãnh đạo\n", "vi: La\u0303nh đạo\n", "vi: La\u0303nh", "composed letters"),
    ],
)
def test_a_broken_file_is_refused_with_its_line_and_a_sentence(
    tmp_path: Path, old: str, new: str, at: str, said: str
) -> None:
    path = changed(tmp_path, old, new)
    reasons = reasons_of(path)

    assert any(said in reason for _, reason in reasons), reasons
    line = next(line for line, reason in reasons if said in reason)
    assert any(at in near for near in path.read_text(encoding="utf-8").splitlines()[line - 2 : line + 2])


def test_a_single_answer_or_an_eighth_is_refused(tmp_path: Path) -> None:
    plain = yaml.safe_load(TEN.read_text(encoding="utf-8"))
    practice = plain["pillars"][0]["practices"][0]
    path = tmp_path / "model.yaml"
    for answers, said in ((1, "at least 2"), (8, "at most 7")):
        practice["anchors"] = [{"vi": f"Mức {n}", "en": f"Step {n}"} for n in range(answers)]
        practice.pop("next", None)
        path.write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")
        assert any(said in reason for _, reason in reasons_of(path))


def test_a_next_step_is_missing_for_an_answer(tmp_path: Path) -> None:
    plain = yaml.safe_load(TEN.read_text(encoding="utf-8"))
    plain["pillars"][0]["practices"][0]["next"].pop()
    path = tmp_path / "model.yaml"
    path.write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")

    assert "A next step stands beside each answer but the highest: 3, not 2." in reasons_of(path)[0][1]


def test_a_file_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text("code: x\nversion: [1\ntitle: y\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"model\.yaml:3:"):
        call_command("load_catalogue", str(path))
    path.write_bytes(b"code: \xff\xfe\n")
    with pytest.raises(CommandError, match="not UTF-8"):
        call_command("load_catalogue", str(path))


def test_a_file_of_no_known_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text("price: 3\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"prices\.yaml:1: none of these names"):
        call_command("load_catalogue", str(path))


def test_one_broken_file_among_several_loads_none(tmp_path: Path) -> None:
    broken = changed(tmp_path, "weight: 1", "weight: -1", source=FIVE)
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_catalogue", str(TEN), str(broken))
    assert not MaturityModel.objects.exists()
    assert not Fact.objects.exists()


def test_a_published_version_never_changes_neither_by_file_nor_in_the_database(tmp_path: Path) -> None:
    model = load_model(TEN).model
    with pytest.raises(ModelRefused, match="has been published and never changes"):
        load_model(changed(tmp_path, "Time with customers", "Hours with customers"))
    models = MaturityModel.objects.filter(pk=model.pk)
    changes: list[dict[str, object]] = [
        {"content": {}},
        {"version": 7},
        {"title": {"vi": "a", "en": "b"}},
        {"state": "draft"},
    ]
    for change in changes:
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            models.update(**change)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        models.delete()
    assert load_model(changed(tmp_path, "version: 1", "version: 2")).outcome == "added"


def test_a_published_version_may_be_used_and_retired(tmp_path: Path) -> None:
    model = load_model(TEN).model
    models = MaturityModel.objects.filter(pk=model.pk)
    assert models.update(first_used_at=timezone.now()) == 1
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        models.update(first_used_at=None)
    assert models.update(state="retired") == 1
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        models.update(state="published")


@pytest.mark.parametrize("half", [{"vi": "Chỉ tiếng Việt"}, {"vi": "Có", "en": " "}, {"vi": "Có", "en": None}])
def test_the_database_wants_both_languages_too(half: dict[str, str]) -> None:
    whole = yaml.safe_load(TEN.read_text(encoding="utf-8"))
    fields = {"code": "half", "version": 1, "changed_at": timezone.now()}
    content = Content.read(whole).plain()
    content["pillars"][0]["practices"][0]["anchors"][1] = half
    with pytest.raises(DatabaseError, match="model_content_in_both_languages"), transaction.atomic():
        MaturityModel.objects.create(title={"vi": "Có", "en": "Both"}, content=content, **fields)
    with pytest.raises(DatabaseError, match="model_title_in_both_languages"), transaction.atomic():
        MaturityModel.objects.create(title=half, content=Content.read(whole).plain(), **fields)


@pytest.mark.django_db(transaction=True)
def test_two_loaders_at_once_load_everything_once() -> None:
    gate = threading.Barrier(2)
    said: list[str] = []

    def go() -> None:
        out = StringIO()
        gate.wait()
        call_command("load_catalogue", stdout=out)
        said.append(out.getvalue())
        connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert MaturityModel.objects.count() == 2
    assert sorted("bearing-five 1 added" in each for each in said) == [False, True]

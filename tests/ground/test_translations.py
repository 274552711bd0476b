"""Translations are compiled without gettext, and refused when a machine can see that they are wrong."""

import gettext
import unicodedata
from pathlib import Path

import polib
import pytest

from portal import translations


def entry(msgid: str, msgstr: str, **kwargs: object) -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **kwargs)


def test_a_good_translation_has_no_fault() -> None:
    good = entry("Reply by %(day)s", "Trả lời trước %(day)s; khóa học, tỷ lệ và kỳ này giữ nguyên")
    assert list(translations.faults_of(good)) == []


@pytest.mark.parametrize(
    ("msgid", "msgstr", "fault"),
    [
        ("Save", "", "no translation"),
        ("Reply by %(day)s", "Trả lời trước %(ngay)s", "placeholders"),
        ("Reply by %(day)s", "Trả lời sớm", "placeholders"),
        ("{count} units", "{so} đơn vị", "placeholders"),
        ("Delete", "Xoá", '"Xoá" is written "xóa"'),
        ("Cancel", "Huỷ", "hủy"),
        ("Course", "Khoá học", "khóa"),
        ("Share", "Tỉ lệ", "tỷ lệ"),
        ("Period", "Kì này", "kỳ"),
        ("You", "Quý vị", "bạn"),
        ("Save", unicodedata.normalize("NFD", "Lưu lại nhé ạ"), "NFC"),
        ("Save\n", "Lưu", "line break"),
    ],
)
def test_a_fault_is_named(msgid: str, msgstr: str, fault: str) -> None:
    assert fault in " ".join(translations.faults_of(entry(msgid, msgstr)))


def test_a_fuzzy_entry_is_a_fault() -> None:
    assert "fuzzy" in " ".join(translations.faults_of(entry("Save", "Lưu", flags=["fuzzy"])))


def test_the_one_plural_form_of_vietnamese_keeps_the_placeholders() -> None:
    right = polib.POEntry(msgid="%(n)s reply", msgid_plural="%(n)s replies", msgstr_plural={0: "%(n)s trả lời"})
    wrong = polib.POEntry(msgid="%(n)s reply", msgid_plural="%(n)s replies", msgstr_plural={0: "các trả lời"})
    assert list(translations.faults_of(right)) == []
    assert "placeholders" in " ".join(translations.faults_of(wrong))


def test_words_that_only_contain_a_refused_spelling_are_kept() -> None:
    assert translations.refused_spellings("Kìa, líu lo, thoải mái, Huệ, kiểm tra") == []


def test_a_catalogue_is_compiled_without_gettext(tmp_path: Path) -> None:
    source = tmp_path / "django.po"
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.append(entry("Save", "Lưu"))
    catalogue.save(str(source))
    with translations.compile_catalogue(source).open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Save") == "Lưu"


def test_a_marked_string_that_no_catalogue_knows_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.append(entry("Save", "Lưu"))
    catalogue.save(str(folder / "django.po"))
    missing = translations.missing_strings([("", "Save"), ("", "Cancel")], tmp_path)
    assert missing == ['"Cancel" is marked in the code but not in locale/vi.']

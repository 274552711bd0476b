"""What is found before a deployment."""

from pathlib import Path
from typing import Any

import pytest

from portal import checks


def ids(found: list[Any]) -> set[str]:
    return {each.id for each in found}


def test_keys_beside_the_database_are_refused(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = settings.BASE_DIR / ".data" / "keys"
    assert "portal.E001" in ids(checks.keys_stand_apart())


def test_keys_on_a_volume_of_their_own_pass(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == settings.BASE_DIR.stat().st_dev:
        pytest.skip("this machine has no second file system")
    settings.KEY_DIR = other / "bearing-keys-that-do-not-exist"
    assert checks.keys_stand_apart() == []
    monkeypatch.setenv("PGDATA", str(other))
    assert ids(checks.keys_stand_apart()) == {"portal.E001"}


def test_a_folder_this_account_may_not_look_into_is_judged_by_the_one_above(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 300)  # no system finds such a name, and says so by another error than "not found"
    assert checks.nearest(long / "keys") == tmp_path


def test_keys_that_others_may_read_are_refused(settings: Any, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path
    tmp_path.chmod(0o750)
    assert "portal.E002" in ids(checks.keys_stand_apart())
    tmp_path.chmod(0o700)
    assert "portal.E002" not in ids(checks.keys_stand_apart())


def test_one_host_one_cookie_or_plain_text_are_refused(settings: Any) -> None:
    settings.BASE_URL, settings.SURVEY_URL = "https://bearing.example", "https://answers.example"
    settings.PORTAL_HOST, settings.SURVEY_HOST = "bearing.example", "answers.example"
    assert checks.answers_have_their_own_host() == []
    settings.SURVEY_HOST = "bearing.example"
    assert ids(checks.answers_have_their_own_host()) == {"portal.E003"}
    settings.SURVEY_HOST, settings.SESSION_COOKIE_DOMAIN = "answers.bearing.example", ".bearing.example"
    assert ids(checks.answers_have_their_own_host()) == {"portal.E004"}
    settings.SESSION_COOKIE_DOMAIN, settings.SURVEY_URL = None, "http://answers.example"
    assert ids(checks.answers_have_their_own_host()) == {"portal.E005"}


def test_the_portals_own_role_is_too_much_for_answer_pages(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "USER", "bearing")
    monkeypatch.setitem(settings.DATABASES["survey"], "USER", "bearing")
    assert ids(checks.answers_have_their_own_role()) == {"portal.E006"}
    monkeypatch.setitem(settings.DATABASES["survey"], "USER", "bearing_survey")
    assert checks.answers_have_their_own_role() == []

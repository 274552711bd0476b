"""What `check --deploy` finds wrong with the folder of evidence."""

from pathlib import Path
from typing import Any

import pytest

from assessments import checks


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    made = tmp_path / "evidence"
    made.mkdir(mode=0o700)
    settings.EVIDENCE_DIR, settings.KEY_DIR = made, tmp_path / "no-keys"
    return made


def found() -> set[str | None]:
    return {each.id for each in [*checks.evidence_has_a_place(), *checks.evidence_is_on_no_web_server()]}


def test_a_folder_of_its_own_passes(folder: Path) -> None:
    assert found() == set()


def test_a_folder_that_is_not_there_is_an_error_and_is_not_made(settings: Any, tmp_path: Path) -> None:
    settings.EVIDENCE_DIR = tmp_path / "missing"
    assert found() == {"assessments.E001"}
    assert not settings.EVIDENCE_DIR.exists()


def test_a_folder_that_cannot_be_written_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)  # tests may run as root
    assert found() == {"assessments.E002"}


def test_a_folder_that_others_may_read_is_an_error(folder: Path) -> None:
    folder.chmod(0o750)
    assert found() == {"assessments.E003"}


@pytest.mark.parametrize("where", ["STATIC_ROOT", "MEDIA_ROOT"])
def test_a_folder_under_a_web_root_is_an_error(folder: Path, settings: Any, where: str) -> None:
    setattr(settings, where, folder.parent)
    assert found() == {"assessments.E004"}


def test_a_folder_among_the_static_files_of_a_room_is_an_error(settings: Any) -> None:
    settings.EVIDENCE_DIR = settings.BASE_DIR / "portal" / "static" / "evidence"
    assert "assessments.E004" in found()

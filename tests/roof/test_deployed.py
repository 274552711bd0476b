"""Which version runs can be read: on the promise page, and in the activity record whenever it changed."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client

from diary.models import Fact
from people.roles import Role
from portal.lib.release import running_version
from portal.releases import note_deployed
from tests.make import make_employee

COMMIT = "20b24e7f1a3c9d00112233445566778899aabbcc"


def versions() -> list[str]:
    return [fact.data["version"] for fact in Fact.objects.said("portal.deployed").order_by("pk")]


def deploy(version: str) -> bool:
    return note_deployed(version=version)


@pytest.mark.django_db
def test_a_version_is_said_once_however_often_the_command_runs() -> None:
    out = StringIO()
    call_command("deployed", stdout=out)
    call_command("deployed", stdout=out)

    assert versions() == [django_settings.VERSION]
    assert out.getvalue().count("stands in the activity record already") == 1


@pytest.mark.django_db
def test_going_back_to_an_older_version_is_said_as_well() -> None:
    assert [deploy(version) for version in ("1.0.0", "1.1.0", "1.1.0", "1.0.0")] == [True, True, False, True]
    assert versions() == ["1.0.0", "1.1.0", "1.0.0"]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("en", "put into service"), ("vi", "vào dùng")])
def test_the_auditor_reads_the_version_in_words(language: str, words: str) -> None:
    deploy("1.0.0+20b24e7f1a3c")
    browser = Client(headers={"host": django_settings.PORTAL_HOST})
    browser.force_login(make_employee(roles=(Role.AUDITOR,), language=language))
    page = browser.get("/record/").content.decode()

    assert words in page
    assert "1.0.0+20b24e7f1a3c" in page


@pytest.mark.parametrize("way", ["detached", "branch", "packed", "second tree"])
def test_a_checkout_names_its_commit_whichever_way_git_keeps_it(tmp_path: Path, way: str) -> None:
    git = tmp_path / "main" / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    root = git.parent
    (git / "HEAD").write_text(COMMIT + "\n" if way == "detached" else "ref: refs/heads/main\n")
    if way == "packed":
        (git / "packed-refs").write_text(
            f"# pack-refs with: peeled\n{'1' * 40} refs/heads/other\n{COMMIT} refs/heads/main\n"
        )
    else:
        (git / "refs" / "heads" / "main").write_text(COMMIT + "\n")
    if way == "second tree":
        own = git / "worktrees" / "second"
        own.mkdir(parents=True)
        (own / "HEAD").write_text("ref: refs/heads/main\n")
        (own / "commondir").write_text("../..\n")
        root = tmp_path / "second"
        root.mkdir()
        (root / ".git").write_text(f"gitdir: {own}\n")

    assert running_version(root, "1.0.0") == "1.0.0+20b24e7f1a3c"


def test_without_a_checkout_the_version_is_the_number_alone(tmp_path: Path) -> None:
    assert running_version(tmp_path, "1.0.0") == "1.0.0"

"""What must be right about the folder of evidence before a deployment (`manage.py check --deploy`)."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from django.apps.config import AppConfig
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import CheckMessage, Error, Tags, register


def announce() -> None:
    """Register the checks below."""
    register(evidence_has_a_place, Tags.security, deploy=True)
    register(evidence_is_on_no_web_server, Tags.security, deploy=True)


def is_the_seal_account() -> bool:
    """Whether this account looks after the keys: it closes surveys and needs no file of evidence."""
    return os.access(settings.KEY_DIR, os.W_OK)


def evidence_has_a_place(app_configs: Sequence[AppConfig] | None = None, **kwargs: object) -> list[CheckMessage]:
    """The folder is there, the web processes may write to it, and no other account may read it."""
    folder: Path = settings.EVIDENCE_DIR
    if not folder.is_dir():
        return [
            Error(
                f"The folder for evidence, {folder}, is not there.",
                hint=f"install -d -m 700 -o bearing -g bearing {folder}",
                id="assessments.E001",
            )
        ]
    found: list[CheckMessage] = []
    mine = folder.stat().st_uid == os.geteuid()
    if not os.access(folder, os.W_OK | os.X_OK) and (mine or not is_the_seal_account()):
        found.append(
            Error(
                f"This account may not write to the folder for evidence, {folder}.",
                hint=f"Let it belong to the account of the web processes: chown bearing: {folder}",
                id="assessments.E002",
            )
        )
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        found.append(
            Error(
                f"Other accounts may read the evidence in {folder}.", hint=f"chmod 700 {folder}", id="assessments.E003"
            )
        )
    return found


def evidence_is_on_no_web_server(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """A file given as evidence leaves the portal by the view that asks who reads it, and by no other way."""
    folder = Path(settings.EVIDENCE_DIR).resolve()
    roots = {Path(settings.STATIC_ROOT).resolve(), *static_folders()}
    if settings.MEDIA_ROOT:
        roots.add(Path(settings.MEDIA_ROOT).resolve())
    return [
        Error(
            f"The evidence in {folder} lies where files are served to everybody ({root}).",
            hint="Set EVIDENCE_DIR to a folder that no web server reads.",
            id="assessments.E004",
        )
        for root in sorted(roots)
        if folder == root or root in folder.parents
    ]


def static_folders() -> set[Path]:
    """Every folder static files are collected from."""
    storages = [each for finder in get_finders() for each in getattr(finder, "storages", {}).values()]
    return {Path(storage.location).resolve() for storage in storages if getattr(storage, "location", "")}

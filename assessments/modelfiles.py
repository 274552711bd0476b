"""Maturity models as YAML files: read, checked to the line, stored once, never changed afterwards."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments import facts
from assessments.actions import about, lock_versions
from assessments.content import Content, Text
from assessments.faults import faults_of
from assessments.models import MaturityModel, title_of
from diary.actions import record
from portal.lib import clock
from portal.lib.catalogues import Catalogue, FileRefused, Unreadable, read_yaml

CATALOGUE = Path(__file__).parent / "catalogue"


class ModelRefused(FileRefused):
    """A file that cannot be a model: each reason names the line."""


@dataclass(frozen=True)
class Loaded:
    """What became of one file: "added" or "unchanged"."""

    model: MaturityModel
    outcome: str


def read_model(path: Path) -> dict[str, Any]:
    """The content of a file, or ModelRefused with every reason found."""
    try:
        file = read_yaml(path)
    except Unreadable as error:
        raise ModelRefused(path, [(error.line, _why(error))]) from error
    reasons = [(file.line(fault.path), fault.reason) for fault in faults_of(file.content)]
    if reasons:
        raise ModelRefused(path, sorted(reasons))
    return dict(file.content)


def _why(error: Unreadable) -> str:
    """The sentence for a file that is not read at all."""
    sentences = {
        "encoding": _("The file is not UTF-8."),
        "large": _("The file is far too large for a catalogue."),
        "alias": _("Aliases (*name) are not used in catalogues: write the words out."),
        "twice": _("The name %(name)s comes twice here.") % {"name": error.detail},
    }
    return sentences.get(error.kind, _("This is no YAML: %(problem)s.") % {"problem": error.detail})


@transaction.atomic
def load_model(path: Path) -> Loaded:
    """Store the version of a file, published. Loading it again changes nothing; a version that differs is refused."""
    plain = read_model(path)
    code, version = plain["code"], plain["version"]
    title, content = Text.read(plain["title"]), Content.read(plain).plain()
    lock_versions()
    there = MaturityModel.objects.filter(code=code, version=version).first()
    if there is not None:
        if there.is_draft:
            said = _("Version %(version)s of %(code)s is a draft here. Publish it, or raise the version.")
            raise ModelRefused(path, [(1, said % {"version": version, "code": code})])
        if (there.words, there.content) != (title, content):
            said = _("Version %(version)s of %(code)s has been published and never changes. Raise the version.")
            raise ModelRefused(path, [(1, said % {"version": version, "code": code})])
        return Loaded(there, "unchanged")
    now = clock.now()
    model = MaturityModel.objects.create(
        code=code,
        version=version,
        state=MaturityModel.State.PUBLISHED,
        title=title_of(title),
        content=content,
        changed_at=now,
        published_at=now,
    )
    record(facts.MODEL_LOADED, **about(model, facts.MODEL_LOADED))
    return Loaded(model, "added")


def _load(path: Path) -> str:
    loaded = load_model(path)
    return f"{loaded.model.code} {loaded.model.version} {loaded.outcome}"


# Coaching texts and the model of the workbook template stand beside the models.
MODELS = Catalogue("maturity models", CATALOGUE, "code", _load, beside=frozenset({"coaching.yaml", "template.yaml"}))

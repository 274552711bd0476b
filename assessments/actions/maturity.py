"""Verbs of this room: copy, import, write, publish and retire maturity models."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypedDict

from django.db import connection, transaction
from django.db.models import Max

from assessments import facts
from assessments.content import Content, Dimension, Practice, Text
from assessments.faults import Fault, faults_of
from assessments.models import SHIPPED_PREFIX, MaturityModel, title_of
from diary.actions import record
from people.models import Employee
from portal.lib import clock

VERSIONS_LOCK = 0x_A55E_55ED
MOST_DIMENSIONS, MOST_PRACTICES = 20, 60  # as in catalogue/schema.json


class ModelError(Exception):
    """What this room refuses."""


class NotDraft(ModelError):
    """A published version never changes; or somebody else published or discarded it meanwhile."""


class ChangedMeanwhile(ModelError):
    """Somebody saved this part after the page was opened: the later of two tabs is told."""


class NotThere(ModelError):
    """The practice or dimension has been removed meanwhile."""


class CodeTaken(ModelError):
    """Another practice or dimension of the model has this code."""


class NoRoom(ModelError):
    """A model has at most 20 dimensions, and a dimension at most 60 practices."""


class CodeReserved(ModelError):
    """The code belongs to models that ship with Bearing."""


class NotReady(ModelError):
    """A draft that cannot be published yet; `faults` say why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.reason for fault in faults))
        self.faults = faults


class About(TypedDict):
    """What every fact about a model says."""

    subject: str
    key: str
    data: dict[str, object]


def about(model: MaturityModel, verb: str, suffix: str = "") -> About:
    """Subject, key and figures of a fact about this version."""
    practices = sum(len(each["practices"]) for each in model.content["pillars"])
    return {
        "subject": f"assessments.model:{model.pk}",
        "key": f"{verb}:{model.pk}{suffix}",
        "data": {"version": model.version, "practices": practices},
    }


# New drafts ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def copy_model(*, source: MaturityModel, code: str, title: Text, by: Employee) -> MaturityModel:
    """A draft with the words of another version: the next version of the model with this code."""
    draft = _draft(code, title, source.content)
    told = about(draft, facts.MODEL_COPIED)
    told["data"]["source"] = source.pk
    record(facts.MODEL_COPIED, actor=by, **told)
    return draft


@transaction.atomic
def import_model(*, code: str, title: Text, content: Content, by: Employee) -> MaturityModel:
    """A draft from a workbook: the next version of the model with this code."""
    draft = _draft(code, title, content.plain())
    record(facts.MODEL_IMPORTED, actor=by, **about(draft, facts.MODEL_IMPORTED))
    return draft


def lock_versions() -> None:
    """Versions are given out one at a time: a second transaction waits here for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [VERSIONS_LOCK])


def _draft(code: str, title: Text, content: dict[str, Any]) -> MaturityModel:
    if code.startswith(SHIPPED_PREFIX):
        raise CodeReserved(code)
    lock_versions()
    last = MaturityModel.objects.of_code(code).aggregate(last=Max("version"))["last"] or 0
    return MaturityModel.objects.create(
        code=code, version=last + 1, title=title_of(title), content=content, changed_at=clock.now()
    )


# Changes to a draft -------------------------------------------------------------------------------------------------


@transaction.atomic
def _change(
    model: MaturityModel, by: Employee, change: Callable[[Content], Content], title: Text | None = None
) -> MaturityModel:
    """Change what a draft says, under a lock; `change` gets what is stored now and may refuse."""
    locked = MaturityModel.objects.select_for_update().drafts().filter(pk=model.pk).first()
    if locked is None:
        raise NotDraft
    stored = locked.said
    content = change(stored)
    if content == stored and title in (None, locked.words):
        return locked
    locked.content = content.plain()
    locked.title = title_of(title or locked.words)
    locked.edition += 1
    locked.changed_at = clock.now()
    locked.save(update_fields=["content", "title", "edition", "changed_at"])
    told = about(locked, facts.MODEL_CHANGED, f":{locked.edition}")
    told["data"]["edition"] = locked.edition
    record(facts.MODEL_CHANGED, actor=by, **told)
    return locked


def change_frame(*, model: MaturityModel, seen: str, title: Text, frame: Content, by: Employee) -> MaturityModel:
    """Change title, description, scale and levels; the practices stay as they are."""

    def change(stored: Content) -> Content:
        if stored.frame_mark() != seen:
            raise ChangedMeanwhile
        return replace(frame, dimensions=stored.dimensions)

    return _change(model, by, change, title)


def add_dimension(*, model: MaturityModel, dimension: Dimension, by: Employee) -> MaturityModel:
    """Add an empty dimension at the end."""

    def change(stored: Content) -> Content:
        if stored.dimension(dimension.code):
            raise CodeTaken(dimension.code)
        if len(stored.dimensions) >= MOST_DIMENSIONS:
            raise NoRoom
        return replace(stored, dimensions=(*stored.dimensions, dimension))

    return _change(model, by, change)


def change_dimension(*, model: MaturityModel, seen: str, dimension: Dimension, by: Employee) -> MaturityModel:
    """Change a dimension's names, or the pillar it belongs to; its practices stay."""

    def change(stored: Content) -> Content:
        there = _dimension(stored, dimension.code)
        if there.mark() != seen:
            raise ChangedMeanwhile
        return stored.with_dimension(replace(dimension, practices=there.practices))

    return _change(model, by, change)


def remove_dimension(*, model: MaturityModel, seen: str, code: str, by: Employee) -> MaturityModel:
    """Take a dimension out, with every practice in it; refused when any of them was changed meanwhile."""

    def change(stored: Content) -> Content:
        if _dimension(stored, code).whole_mark() != seen:
            raise ChangedMeanwhile
        return replace(stored, dimensions=tuple(each for each in stored.dimensions if each.code != code))

    return _change(model, by, change)


def add_practice(*, model: MaturityModel, dimension: str, practice: Practice, by: Employee) -> MaturityModel:
    """Add a practice at the end of a dimension."""

    def change(stored: Content) -> Content:
        home = _dimension(stored, dimension)
        if practice.code in stored.by_code:
            raise CodeTaken(practice.code)
        if len(home.practices) >= MOST_PRACTICES:
            raise NoRoom
        return stored.with_dimension(replace(home, practices=(*home.practices, practice)))

    return _change(model, by, change)


def save_practice(*, model: MaturityModel, seen: str, practice: Practice, by: Employee) -> MaturityModel:
    """Give a practice new words; `seen` marks the words the page had shown."""

    def change(stored: Content) -> Content:
        home = _home(stored, practice.code)
        if stored.by_code[practice.code].mark() != seen:
            raise ChangedMeanwhile
        told = tuple(practice if each.code == practice.code else each for each in home.practices)
        return stored.with_dimension(replace(home, practices=told))

    return _change(model, by, change)


def remove_practice(*, model: MaturityModel, seen: str, code: str, by: Employee) -> MaturityModel:
    """Take a practice out."""

    def change(stored: Content) -> Content:
        home = _home(stored, code)
        if stored.by_code[code].mark() != seen:
            raise ChangedMeanwhile
        return stored.with_dimension(replace(home, practices=tuple(p for p in home.practices if p.code != code)))

    return _change(model, by, change)


def move_practice(*, model: MaturityModel, code: str, up: bool, by: Employee) -> MaturityModel:
    """Let a practice change places with its neighbour; over the edge of a dimension it goes into the next one."""

    def change(stored: Content) -> Content:
        home = _home(stored, code)
        order = list(home.practices)
        place = next(number for number, each in enumerate(order) if each.code == code)
        other = place - 1 if up else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
            return stored.with_dimension(replace(home, practices=tuple(order)))
        return _into_the_next(stored, home, stored.by_code[code], up)

    return _change(model, by, change)


def _into_the_next(stored: Content, home: Dimension, practice: Practice, up: bool) -> Content:
    """The practice at the end of the dimension above, or at the start of the one below; unchanged where none is."""
    at = stored.dimensions.index(home) + (-1 if up else 1)
    if not 0 <= at < len(stored.dimensions):
        return stored
    target = stored.dimensions[at]
    if len(target.practices) >= MOST_PRACTICES:
        raise NoRoom
    joined = (*target.practices, practice) if up else (practice, *target.practices)
    left = tuple(each for each in home.practices if each.code != practice.code)
    return stored.with_dimension(replace(home, practices=left)).with_dimension(replace(target, practices=joined))


def _dimension(stored: Content, code: str) -> Dimension:
    found = stored.dimension(code)
    if found is None:
        raise NotThere(code)
    return found


def _home(stored: Content, practice: str) -> Dimension:
    found = stored.home_of(practice)
    if found is None:
        raise NotThere(practice)
    return found


# The end of a draft, and of a version -------------------------------------------------------------------------------


@transaction.atomic
def publish_model(*, model: MaturityModel, seen: int, by: Employee) -> MaturityModel:
    """Publish a draft as it was read (`seen` is its edition); from now on it never changes."""
    locked = MaturityModel.objects.select_for_update().drafts().filter(pk=model.pk).first()
    if locked is None:
        raise NotDraft
    if locked.edition != seen:
        raise ChangedMeanwhile
    faults = faults_of(locked.plain())
    if faults:
        raise NotReady(faults)
    locked.state, locked.published_at = MaturityModel.State.PUBLISHED, clock.now()
    locked.save(update_fields=["state", "published_at"])
    record(facts.MODEL_PUBLISHED, actor=by, **about(locked, facts.MODEL_PUBLISHED))
    return locked


@transaction.atomic
def retire_model(*, model: MaturityModel, by: Employee) -> MaturityModel:
    """No new cycle may use it; what was measured with it stays readable. A second press changes nothing."""
    state = MaturityModel.State
    if MaturityModel.objects.filter(pk=model.pk, state=state.PUBLISHED).update(state=state.RETIRED):
        record(facts.MODEL_RETIRED, actor=by, **about(model, facts.MODEL_RETIRED))
    model.refresh_from_db()
    return model


@transaction.atomic
def discard_draft(*, model: MaturityModel, by: Employee) -> None:
    """Throw a draft away."""
    locked = MaturityModel.objects.select_for_update().drafts().filter(pk=model.pk).first()
    if locked is None:
        raise NotDraft
    record(facts.MODEL_DISCARDED, actor=by, **about(locked, facts.MODEL_DISCARDED))
    locked.delete()

"""Verbs of evidence: give, verify, return, take back; tell reviewers what waits and givers what is about to expire."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from assessments import facts, uploads
from assessments.models import Evidence
from assessments.policies import is_own_evidence
from diary.actions import record
from outbox.actions import owe, owe_many
from people.days import today
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from portal.lib.pillars import Pillar

EVIDENCE_RETURNED = "assessments.evidence_returned"
EVIDENCE_WAITING = "assessments.evidence_waiting"
EVIDENCE_EXPIRES = "assessments.evidence_expires"
ENDS_SOON = timedelta(days=30)
HOLDS_AT_MOST = timedelta(days=731)  # two years after its date
MOST_STANDING = 20  # pieces of one unit for one practice
AT_ONCE = 500


class EvidenceRefused(Exception):
    """Something that was asked about evidence and not done; nothing has changed. The subclasses say why."""


class TooManyPieces(EvidenceRefused):
    """Twenty pieces of this unit stand for the practice already."""


class AlreadyDecided(EvidenceRefused):
    """It is no longer what the page showed: somebody else decided, or it was taken back."""


class OwnEvidence(EvidenceRefused):
    """Nobody checks what they gave, or what the unit shows that they lead."""


# Give ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """What a form says about a piece of evidence: exactly one of file, link and indicator."""

    title: str
    dated_on: date
    expires_on: date | None
    note: str = ""
    covers_below: bool = False
    upload: uploads.Checked | None = None
    link: str = ""
    indicator: str = ""
    threshold: float | None = None
    at_most: bool = False

    @property
    def kind(self) -> str:
        if self.upload is not None:
            return Evidence.Kind.FILE
        return Evidence.Kind.LINK if self.link else Evidence.Kind.INDICATOR


@dataclass(frozen=True)
class Place:
    """Which practice of which model it is for, and the pillar it stands in."""

    model_code: str
    practice: str
    pillar: Pillar


def give_evidence(
    *, unit: Unit, place: Place, piece: Piece, press: UUID | None = None, by: Employee | None = None
) -> Evidence:
    """Hand in a piece of evidence; it waits for review. The same press gives back what it gave.

    The file is on disk before the row is written; where no row comes of it, the file is removed again.
    """
    if piece.upload is None:
        return _written(unit, place, piece, None, press, by)
    stored = uploads.store(piece.upload)
    used = False
    try:
        evidence = _written(unit, place, piece, stored, press, by)
        used = evidence.file.name == stored.path
    finally:
        if not used:
            uploads.discard(stored.path)
    return evidence


@transaction.atomic
def _written(
    unit: Unit, place: Place, piece: Piece, stored: uploads.Stored | None, press: UUID | None, by: Employee | None
) -> Evidence:
    locked: Unit = Unit.objects.select_for_update(no_key=True).order_by("pk").get(pk=unit.pk)
    again = Evidence.objects.filter(press=press).first() if press is not None else None
    if again is not None and (again.unit_id, again.practice, again.title) == (unit.pk, place.practice, piece.title):
        return again
    standing = Evidence.objects.of_model(place.model_code, [place.practice]).standing()
    if standing.filter(unit=locked).count() >= MOST_STANDING:
        raise TooManyPieces
    evidence = Evidence(
        unit=locked,
        model_code=place.model_code,
        practice=place.practice,
        pillar=place.pillar.value,
        kind=piece.kind,
        press=press if press is not None and again is None else uuid4(),
        added_by=by,
        added_on=today(),
        changed_at=clock.now(),
    )
    for name in ("title", "note", "covers_below", "dated_on", "expires_on", "link", "indicator", "at_most"):
        setattr(evidence, name, getattr(piece, name))
    if piece.kind == Evidence.Kind.INDICATOR:
        evidence.threshold = piece.threshold
    if piece.upload is not None and stored is not None:
        evidence.file.name, evidence.sha256 = stored.path, stored.sha256
        evidence.file_name, evidence.content_type = piece.upload.name, piece.upload.content_type
        evidence.size = piece.upload.size
    evidence.save(force_insert=True)
    _say(facts.EVIDENCE_GIVEN, evidence, by)
    return evidence


# Review -------------------------------------------------------------------------------------------------------------


def _refuse_own(evidence: Evidence, by: Employee) -> None:
    if is_own_evidence(by, evidence):
        raise OwnEvidence


@transaction.atomic
def verify_evidence(*, evidence: Evidence, by: Employee) -> Evidence:
    """Say that it shows what it says; from now on it counts. Raises AlreadyDecided where somebody was quicker."""
    _refuse_own(evidence, by)
    now = clock.now()
    waiting = Evidence.objects.to_review().filter(pk=evidence.pk)
    if not waiting.update(state=Evidence.State.VERIFIED, reviewed_by=by, reviewed_at=now, changed_at=now):
        return _as_decided(evidence, Evidence.State.VERIFIED, by)
    evidence.refresh_from_db()
    _say(facts.EVIDENCE_VERIFIED, evidence, by)
    return evidence


@transaction.atomic
def return_evidence(*, evidence: Evidence, reason: str, by: Employee) -> Evidence:
    """Send it back with a reason, even after it was verified by mistake; whoever gave it gets a message."""
    _refuse_own(evidence, by)
    now = clock.now()
    standing = Evidence.objects.standing().filter(pk=evidence.pk, state=evidence.state)
    if not standing.update(
        state=Evidence.State.RETURNED, reason=reason, reviewed_by=by, reviewed_at=now, changed_at=now
    ):
        return _as_decided(evidence, Evidence.State.RETURNED, by)
    evidence.refresh_from_db()
    _say(facts.EVIDENCE_RETURNED, evidence, by)
    for person in _who_looks_after(evidence)[:1]:
        key = f"{EVIDENCE_RETURNED}:{evidence.pk}"
        owe(EVIDENCE_RETURNED, employee=person, key=key, context=_message(evidence), about=_subject(evidence))
    return evidence


def _as_decided(evidence: Evidence, wanted: str, by: Employee) -> Evidence:
    """The same press twice is one; anything else that happened meanwhile is told."""
    evidence.refresh_from_db()
    if evidence.state == wanted and evidence.reviewed_by_id == by.pk:
        return evidence
    raise AlreadyDecided


@transaction.atomic
def withdraw_evidence(*, evidence: Evidence, by: Employee) -> Evidence:
    """Take it back: it counts no more, and its file is deleted. A second press changes nothing."""
    there = Evidence.objects.exclude(state=Evidence.State.WITHDRAWN).filter(pk=evidence.pk)
    taken = there.update(state=Evidence.State.WITHDRAWN, changed_at=clock.now())
    evidence.refresh_from_db()
    if taken:
        _say(facts.EVIDENCE_WITHDRAWN, evidence, by)
        if evidence.file:
            transaction.on_commit(partial(uploads.discard, str(evidence.file.name)))
    return evidence


# Facts and messages -------------------------------------------------------------------------------------------------


def _subject(evidence: Evidence) -> str:
    return f"assessments.evidence:{evidence.pk}"


def _say(verb: str, evidence: Evidence, by: Employee | None) -> None:
    data: dict[str, object] = {"kind": evidence.kind, "pillar": evidence.pillar}
    subject = _subject(evidence)
    record(verb, actor=by, unit=evidence.unit, subject=subject, key=f"{verb}:{evidence.pk}", data=data)


def _who_looks_after(evidence: Evidence) -> list[Employee]:
    """Whoever gave it, then the leader of the unit: those of them who still work here, each once."""
    people = {person.pk: person for person in (evidence.added_by, evidence.unit.leader) if person is not None}
    return [person for person in people.values() if person.is_active]


def _message(evidence: Evidence) -> dict[str, object]:
    said: dict[str, object] = {
        "evidence": evidence.pk,
        "title": evidence.title,
        "unit": {"vi": evidence.unit.name_vi, "en": evidence.unit.name_en},
    }
    if evidence.state == Evidence.State.RETURNED:
        said["reason"] = evidence.reason
    if evidence.expires_on is not None:
        said["expires_on"] = evidence.expires_on.isoformat()
    return said


def _replaced(ends: list[Evidence], day: date) -> set[int]:
    """Those beside which another verified piece of the same unit and practice lasts beyond the thirty days."""
    lasting = Evidence.objects.valid_on(day + ENDS_SOON).filter(
        unit=OuterRef("unit"), model_code=OuterRef("model_code"), practice=OuterRef("practice"), dated_on__lte=day
    )
    found = Evidence.objects.filter(pk__in=[each.pk for each in ends]).filter(Exists(lasting))
    return set(found.values_list("pk", flat=True))


@transaction.atomic
def remind_ending() -> int:
    """Tell of what expires within thirty days, once for each end; returns how many ends were looked at.

    A second sweep finds other rows. Nobody is told where newer evidence for the practice lasts longer.
    """
    day = today()
    claimed = Evidence.objects.ending(day, ENDS_SOON).select_for_update(of=("self",), skip_locked=True)
    ends = list(claimed.select_related("unit__leader", "added_by").order_by("pk")[:AT_ONCE])
    replaced = _replaced(ends, day)
    rows = [
        (person.pk, f"{EVIDENCE_EXPIRES}:{each.pk}:{each.expires_on}:{person.pk}", _message(each))
        for each in ends
        if each.pk not in replaced
        for person in _who_looks_after(each)
    ]
    owe_many(EVIDENCE_EXPIRES, rows)
    Evidence.objects.filter(pk__in=[each.pk for each in ends]).update(reminded_for=F("expires_on"))
    return len(ends)


@transaction.atomic
def tell_reviewers() -> int:
    """Tell reviewers once a day, where something was given before that day and not spoken of yet; returns how many.

    What is given today is spoken of tomorrow, together; what none of them may review waits for somebody who may.
    Without reviewers the CX team is told.
    """
    day = today()
    new = Evidence.objects.to_review().filter(told_on=None, added_on__lt=day)
    waiting = {
        person.pk: set(Evidence.objects.to_review_by(person).values_list("pk", flat=True))
        for person in (reviewers_to_tell() if new.exists() else ())
    }
    if not new.filter(pk__in=set[int]().union(*waiting.values())).update(told_on=day):
        return 0
    rows = [
        (person, f"{EVIDENCE_WAITING}:{person}:{day}", {"waiting": len(pieces)})
        for person, pieces in waiting.items()
        if pieces
    ]
    owe_many(EVIDENCE_WAITING, rows)
    return len(rows)


def reviewers_to_tell() -> list[Employee]:
    """Those with the right to review; the CX team where nobody has it."""
    active = Employee.objects.filter(is_active=True)
    for role in (Role.REVIEWER, Role.CX):
        found = list(active.holding(role))
        if found:
            return found
    return []

"""Evidence grows old: the level of a unit's newest scorecard follows what is valid on the day, and says why."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max, Q

from assessments import facts
from assessments.evidenced import evidenced_on
from assessments.models import Cycle, Evidence, LevelChange, Scorecard
from assessments.scorecards import Caps, practices_of
from assessments.scoring import Cap
from diary.actions import record
from people import days
from surveys.models import RoundUnit

CHANGED = ["cap", "stands_at", "evidence_share", "evidenced", "practices"]


def age_levels(*, day: date) -> int:
    """Judge the evidence of every unit's newest scorecard as it stands on a day; returns how many levels' caps moved.

    What was judged for a later day is left alone, so that it may run late, twice, or side by side.
    """
    return sum(age_model(code=code, day=day) for code in models_to_age())


def models_to_age() -> list[str]:
    """The codes of the models with which a cycle has ended."""
    return sorted(set(Cycle.objects.ended().order_by().values_list("model__code", flat=True).distinct()))


@transaction.atomic
def age_model(*, code: str, day: date) -> int:
    """The newest scorecards of one model; a cycle that closes meanwhile makes its own."""
    ended = Cycle.objects.ended().filter(model__code=code).order_by("pk").select_for_update(of=("self",))
    cycles = {cycle.pk: cycle for cycle in ended.select_related("model", "round")}
    return sum(age_cycle(cycles[cycle], day=day, units=found) for cycle, found in newest_units(cycles).items())


def newest_units(cycles: Iterable[int]) -> Mapping[int, Collection[int]]:
    """Of cycles with one model: each, and the units whose newest scorecard it made. What is older stays as it was."""
    newest = Scorecard.objects.filter(cycle__in=cycles).order_by("unit_id", "-cycle__closed_at", "-cycle_id")
    units: dict[int, list[int]] = defaultdict(list)
    for unit, cycle in newest.distinct("unit_id").values_list("unit_id", "cycle_id"):
        units[cycle].append(unit)
    return units


def age_cycle(cycle: Cycle, *, day: date, units: Collection[int]) -> int:
    """Judge the evidence of a cycle's scorecards anew, where that was not done for a later day; the caller holds it."""
    content = cycle.model.said
    caps = Caps(content)
    codes = [one.code for asked in practices_of(content).values() for one in asked]
    parents = dict(RoundUnit.objects.filter(round=cycle.round).values_list("unit_id", "parent_id"))
    evidenced = evidenced_on(model_code=cycle.model.code, day=day, practices=codes, parents=parents)
    cards = Scorecard.objects.filter(Q(evidence_on=None) | Q(evidence_on__lte=day), cycle=cycle, unit__in=units)
    changed, moves = [], []
    for card in cards.order_by("pk").iterator(chunk_size=5_000):
        cap = caps.of(card.pillar, evidenced.get(card.unit_id, ()))
        if cap.practices == frozenset(card.practices):
            continue
        changed.append(card)
        if cap.level != card.cap:
            moves.append(_Move(card, cap, day))
        _take(card, cap)
    Scorecard.objects.bulk_update(changed, CHANGED, batch_size=1_000)
    cards.exclude(evidence_on=day).update(evidence_on=day)
    if moves:
        turn = _last_turn(cycle, day) + 1
        LevelChange.objects.bulk_create(_told(cycle.model.code, moves, parents, day, turn))
        record(
            facts.LEVELS_MOVED,
            subject=f"assessments.cycle:{cycle.pk}",
            key=f"{facts.LEVELS_MOVED}:{cycle.pk}:{day}:{turn}",
            data={"levels": len(moves)},
        )
    return len(moves)


def _last_turn(cycle: Cycle, day: date) -> int:
    """How often levels of this cycle have moved that day."""
    told = LevelChange.objects.filter(scorecard__cycle=cycle, day=day)
    return told.aggregate(last=Max("turn"))["last"] or 0


class _Move:
    """One scorecard whose cap moves: as it was, and which practices did it."""

    def __init__(self, card: Scorecard, cap: Cap, day: date) -> None:
        self.card, self.judged_before = card, card.evidence_on or day
        self.rises = cap.level > card.cap
        self.before, self.after = (card.cap, card.stands_at), (cap.level, _stands(card, cap))
        had = frozenset(card.practices)
        self.practices = sorted(cap.practices - had if self.rises else had - cap.practices)


def _stands(card: Scorecard, cap: Cap) -> int | None:
    return None if card.level is None else min(card.level, cap.level)


def _take(card: Scorecard, cap: Cap) -> None:
    card.cap, card.stands_at = cap.level, _stands(card, cap)
    card.evidence_share, card.evidenced, card.practices = cap.share, len(cap.practices), sorted(cap.practices)


# Why


@dataclass(frozen=True)
class _Pieces:
    """The pieces of evidence of some practices, by unit and practice, and who stands above whom."""

    by_place: Mapping[tuple[int, str], list[Evidence]]
    parents: Mapping[int, int | None]

    def of(self, unit: int, practice: str) -> Iterable[Evidence]:
        """What a unit gave for a practice, and what units above gave for it too."""
        yield from self.by_place.get((unit, practice), ())
        above = self.parents.get(unit)
        while above is not None:
            yield from (one for one in self.by_place.get((above, practice), ()) if one.covers_below)
            above = self.parents.get(above)


def _told(code: str, moves: list[_Move], parents: Mapping[int, int | None], day: date, turn: int) -> list[LevelChange]:
    """A row for each practice that moved a level."""
    wanted = {practice for move in moves for practice in move.practices}
    by_place: dict[tuple[int, str], list[Evidence]] = defaultdict(list)
    for piece in Evidence.objects.of_model(code, wanted).order_by("pk"):
        by_place[piece.unit_id, piece.practice].append(piece)
    pieces = _Pieces(by_place, parents)
    return [
        LevelChange(
            scorecard=move.card,
            round_id=move.card.round_id,
            unit_id=move.card.unit_id,
            day=day,
            turn=turn,
            cap_before=move.before[0],
            cap_after=move.after[0],
            level_before=move.before[1],
            level_after=move.after[1],
            why=_why(move, pieces.of(move.card.unit_id, practice), day),
            practice=practice,
        )
        for move in moves
        for practice in move.practices
    ]


def _why(move: _Move, pieces: Iterable[Evidence], day: date) -> str:
    """What happened to the evidence for one practice since it was last judged."""
    reasons = {_reason(piece, move, day) for piece in pieces}
    order = (
        (LevelChange.Why.VERIFIED, LevelChange.Why.REACHED)
        if move.rises
        else (LevelChange.Why.EXPIRED, LevelChange.Why.WITHDRAWN, LevelChange.Why.FELL_SHORT)
    )
    return next((why for why in order if why in reasons), order[0] if move.rises else LevelChange.Why.WITHDRAWN)


def _reason(piece: Evidence, move: _Move, day: date) -> str:
    """What one piece may have had to do with it; "" for nothing."""
    verified = piece.state == Evidence.State.VERIFIED
    indicator = piece.kind == Evidence.Kind.INDICATOR
    if move.rises:
        if not verified or not _holds_on(piece, day):
            return ""
        known = piece.reviewed_at is not None and days.day_of(piece.reviewed_at) <= move.judged_before
        return LevelChange.Why.REACHED if indicator and known else LevelChange.Why.VERIFIED
    if not _holds_on(piece, move.judged_before):
        return ""
    if not verified:
        return LevelChange.Why.WITHDRAWN if _left_since(piece, move.judged_before) else ""
    if not _holds_on(piece, day):
        return LevelChange.Why.EXPIRED
    return LevelChange.Why.FELL_SHORT if indicator else ""


def _left_since(piece: Evidence, day: date) -> bool:
    """Whether it was returned or taken back after a reviewer had looked at it; what only waits never counted."""
    gone = piece.state in (Evidence.State.RETURNED, Evidence.State.WITHDRAWN)
    return gone and piece.reviewed_at is not None and days.day_of(piece.changed_at) >= day


def _holds_on(piece: Evidence, day: date) -> bool:
    return piece.dated_on <= day and (piece.expires_on is None or piece.expires_on > day)

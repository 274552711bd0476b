"""Questions about the nouns of this room, by noun. Every read of a page starts with `visible_to(employee)`."""

from assessments.querysets.cycles import CycleQuerySet, CycleUnitQuerySet, RatingQuerySet
from assessments.querysets.evidence import EvidenceQuerySet
from assessments.querysets.maturity import ModelQuerySet
from assessments.querysets.scorecards import GapQuerySet, LevelChangeQuerySet, ScorecardQuerySet

__all__ = [
    "CycleQuerySet",
    "CycleUnitQuerySet",
    "EvidenceQuerySet",
    "GapQuerySet",
    "LevelChangeQuerySet",
    "ModelQuerySet",
    "RatingQuerySet",
    "ScorecardQuerySet",
]

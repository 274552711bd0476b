"""The nouns of this room: models, cycles and ratings, evidence, scorecards."""

from assessments.models.cycles import Cycle, CycleReminder, CycleUnit, LeaderRating
from assessments.models.evidence import Evidence
from assessments.models.maturity import SHIPPED_PREFIX, MaturityModel, NoHalfText, title_of
from assessments.models.scorecards import Gap, LevelChange, Scorecard

__all__ = [
    "SHIPPED_PREFIX",
    "Cycle",
    "CycleReminder",
    "CycleUnit",
    "Evidence",
    "Gap",
    "LeaderRating",
    "LevelChange",
    "MaturityModel",
    "NoHalfText",
    "Scorecard",
    "title_of",
]

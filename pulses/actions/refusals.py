"""Why something may not be done now."""

from datetime import date

from pulses import scoring
from pulses.models import Programme


class Refused(Exception):
    """Something that may not be done now; the subclasses say why."""


class AlreadyMoved(Refused):
    """The programme is not in the state this verb starts from: somebody was quicker."""


class AskedTooMuch(Refused):
    """Somebody would be asked more than the 40 questions that 30 days may hold."""

    def __init__(self, questions: int) -> None:
        super().__init__(f"{questions} questions in {scoring.BURDEN_DAYS} days")
        self.questions = questions


class AskedEnough(Refused):
    """Together with assessments somebody would be asked more than 40 questions in 30 days."""

    def __init__(self, questions: int) -> None:
        super().__init__(f"{questions} questions in {scoring.BURDEN_DAYS} days")
        self.questions = questions


class PeopleRest(Refused):
    """Somebody has an assessment of more than 30 practices less than 30 days before or after."""


class BankInRotation(Refused):
    """Another repeating programme asks some of the same people from the same bank."""

    def __init__(self, other: Programme) -> None:
        super().__init__(f"programme {other.pk} asks them from the same bank")
        self.other = other


class BankTooSmall(Refused):
    """The bank has fewer scored questions than twelve weeks have waves."""


class WaveStillOpen(Refused):
    """The wave before is still open."""


class AskedLately(Refused):
    """The questions that come next were asked less than twelve weeks ago."""

    def __init__(self, possible_on: date) -> None:
        super().__init__(f"possible from {possible_on}")
        self.possible_on = possible_on


class NothingLeft(Refused):
    """A programme that runs once has had its turn."""

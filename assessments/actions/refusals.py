"""What a cycle may refuse, one class for each reason; the sentences are in `questions.py`."""

from collections.abc import Sequence
from datetime import date


class CycleRefused(Exception):
    """Something that was asked of a cycle and not done; nothing has changed. `code` is how a plan remembers it."""

    code = ""


class AlreadyMoved(CycleRefused):
    """The cycle is no longer in the state this verb starts from: somebody was quicker, or it has ended."""


class PlanChanged(CycleRefused):
    """Somebody saved the plan after the page was opened: the later of two tabs is told."""


class TooFewInvited(CycleRefused):
    """The units have fewer people than the smallest group that may be shown; `missing` says how many are lacking."""

    code = "too_few"

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} more people are needed")
        self.missing = missing


class AnotherOpen(CycleRefused):
    """Another cycle with this model is open for some of these units, named as they are now."""

    code = "another_open"

    def __init__(self, units: Sequence[str]) -> None:
        super().__init__(", ".join(units))
        self.units = list(units)


class NotPublished(CycleRefused):
    """The version is a draft, or it has been retired: nothing new may be asked with it."""

    code = "model"


class WeightsTooFine(CycleRefused):
    """The version was published before weights were 1 or 2: no sheet can be made of it, a new version has to be."""

    code = "weights"


class NewerVersion(CycleRefused):
    """A newer version of the model was published after this cycle was planned by itself: somebody has to choose."""

    code = "newer"


class AskedTooMuch(CycleRefused):
    """Somebody would be asked more than the 40 questions that 30 days may hold; a long model stands alone.

    `first` is the first day that is possible as things are planned now; None where there is none soon.
    """

    code = "burden"

    def __init__(self, questions: int, *, long: bool = False, first: date | None = None) -> None:
        super().__init__(f"{questions} questions in 30 days")
        self.questions, self.long, self.first = questions, long, first


class LongTooOften(CycleRefused):
    """More than thirty practices are asked at most once a year."""

    code = "yearly"


class WindowOver(CycleRefused):
    """Its last day was over, or nearly, before it could be opened."""

    code = "window"

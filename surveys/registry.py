"""Where other rooms hang in what the engine computes for them.

An analyser sees a round's opened answers in memory at close, one standing block at a time, and returns statistics
under names it declared; the engine rounds them and refuses others (`analysing.py`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from surveys.questionnaire import Item

# An analyser may publish these and nothing else.
OUTPUTS = frozenset({"alpha", "alpha_low", "alpha_high", "omega", "r_wg", "ad_m", "icc1", "icc2", "two_realities"})


@dataclass(frozen=True)
class Answers:
    """The answers of one group to the scored items of one pillar, put on 1-5: rows are people in no order.

    `values` is people x items, NaN where not answered; `steps` and `weights` say how many answers each item offers and
    what it weighs. `scores` is each rater's weighted mean, NaN for whoever answered less than half of the weight.
    """

    pillar: str
    codes: tuple[str, ...]
    steps: tuple[int, ...]
    weights: tuple[float, ...]
    values: NDArray[np.float64]
    scores: NDArray[np.float64]
    is_company: bool


Analyse = Callable[[Answers], Mapping[str, float | None]]


@dataclass(frozen=True)
class Analyser:
    """A pure function over answers, the names of what it returns, and the kinds of rounds it looks at."""

    name: str
    outputs: frozenset[str]
    analyse: Analyse
    kinds: frozenset[str]  # empty: all

    def looks_at(self, kind: str) -> bool:
        """Whether it runs on rounds of this kind."""
        return not self.kinds or kind in self.kinds


analysers: dict[str, Analyser] = {}


def register_analyser(name: str, outputs: Iterable[str], analyse: Analyse, kinds: frozenset[str] = frozenset()) -> None:
    """Add an analyser for rounds of these kinds (none named: all); ValueError for an output not on the closed list."""
    declared = frozenset(outputs)
    if not declared <= OUTPUTS:
        raise ValueError(f"{name} may not publish {', '.join(sorted(declared - OUTPUTS))}")
    analysers[name] = Analyser(name, declared, analyse, frozenset(kinds))


# kind of the round, the units it may ask, the moment it opens -> unit -> questions for everybody below it
ItemSource = Callable[[str, frozenset[int], datetime], Mapping[int, Sequence[Item]]]
item_sources: dict[str, ItemSource] = {}


def register_items(name: str, source: ItemSource) -> None:
    """Add a source of questions that launch asks in some units beside its own, and freezes (`extras.py`).

    A question has no pillar, a scale of agreement or yes and no, a code of its own and both languages. It is asked all
    blocks at home below its unit, or nobody. At most three come to a block.
    """
    item_sources[name] = source


@dataclass(frozen=True)
class Planned:
    """A round a room is going to launch: the key it will have, whom it asks (None: the company), how much and when."""

    key: str
    kind: str
    units: frozenset[int] | None  # with everything below them
    items: int
    opens_at: datetime
    closes_at: datetime


PlanSource = Callable[[datetime, datetime], Iterable[Planned]]
plans: dict[str, PlanSource] = {}


def register_plans(name: str, source: PlanSource) -> None:
    """Add a source of what will be asked: source(since, until) names rounds open at some time between."""
    plans[name] = source

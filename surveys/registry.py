"""Where other rooms hang in what the engine computes for them.

An analyser sees a round's opened answers in memory at close, one standing block at a time, and returns statistics
under names it declared; the engine rounds them to four significant digits and refuses others.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# An analyser may publish these and nothing else.
OUTPUTS = frozenset({"alpha", "alpha_low", "alpha_high", "omega", "r_wg", "ad_m", "icc1", "icc2", "two_realities"})


@dataclass(frozen=True)
class Answers:
    """The answers of one group to the items of one pillar: rows are people in no order, NaN where not answered."""

    pillar: str
    codes: tuple[str, ...]
    values: NDArray[np.float64]
    is_company: bool


@dataclass(frozen=True)
class Analyser:
    """A pure function over answers, with the names of what it returns."""

    name: str
    outputs: frozenset[str]
    analyse: Callable[[Answers], Mapping[str, float | None]]


analysers: dict[str, Analyser] = {}


def register_analyser(
    name: str, outputs: Iterable[str], analyse: Callable[[Answers], Mapping[str, float | None]]
) -> None:
    """Add an analyser; ValueError when it declares an output that is not on the closed list."""
    declared = frozenset(outputs)
    if not declared <= OUTPUTS:
        raise ValueError(f"{name} may not publish {', '.join(sorted(declared - OUTPUTS))}")
    analysers[name] = Analyser(name, declared, analyse)

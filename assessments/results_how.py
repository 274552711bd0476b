"""How a number came about: the figures that formulas are filled in with, as they were found at the close."""

from dataclasses import dataclass
from math import sqrt

from assessments.results_pillars import ScoreLine
from stats import intervals
from stats.intervals import Sample, Spread

UNCLIPPED = 1000.0


@dataclass(frozen=True)
class HowScore:
    """The likely range of one pillar, step by step: mean ± t x sd / sqrt(n)."""

    n: int
    mean: float
    sd: float
    df: float
    t: float
    error: float
    half: float
    is_pooled: bool  # the spread is that of units together
    is_clipped: bool  # the range reaches an end of the scale and is cut there


def how_score(line: ScoreLine) -> HowScore | None:
    """The steps behind a pillar's likely range; None where no range is shown."""
    cell = line.cell
    found = None if cell is None else cell.estimate
    if cell is None or found is None or cell.low is None or cell.high is None:
        return None
    whole = intervals.mean_interval(
        Sample(found.n, found.mean), Spread(found.sd, max(1.0, found.df)), low=-UNCLIPPED, high=UNCLIPPED
    )
    if whole is None:
        return None
    half, error = (whole.high - whole.low) / 2, found.sd / sqrt(found.n)
    return HowScore(
        n=found.n,
        mean=found.mean,
        sd=found.sd,
        df=found.df,
        t=half / error,
        error=error,
        half=half,
        is_pooled=found.n < intervals.OWN_SPREAD_FROM or found.df != found.n - 1,
        is_clipped=whole.low < 1 or whole.high > 5,
    )

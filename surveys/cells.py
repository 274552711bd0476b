"""One cell: what a group's sums become on the page. Pure arithmetic; nothing here reads or writes a row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stats import disclosure, intervals
from stats.disclosure import Tree
from stats.intervals import Estimate, Sample, Spread
from stats.rescale import nps_counts
from surveys.models import Cell
from surveys.questionnaire import Item
from surveys.tally import UNIFORM_SD, Sums


@dataclass(slots=True)
class NewCell:
    """A cell before it is written: named as the columns of `Cell`, and far quicker to make."""

    unit_id: int
    measure: str
    code: str
    n: int | None
    covers_part: bool
    share_said: bool = False
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    df: float | None = None
    histogram: list[int] | None = None
    share: str = ""
    same_as_id: int | None = None
    verdict: str = ""
    verdict_difference: float | None = None
    verdict_needed: int | None = None
    breaks_line: bool = False

    @property
    def estimate(self) -> Estimate | None:
        """Mean and spread as statistics need them."""
        if self.n is None or self.mean is None or self.sd is None or self.df is None:
            return None
        return Estimate(self.n, self.mean, self.sd, self.df)


def score(cell: NewCell, found: Sums, detail: Sums | None, pooled: Spread) -> None:
    """A pillar or a driver; its own spread only where the details of the same people are published."""
    variance = detail.variance if detail is not None else None
    sample = Sample(found.n, found.mean, None if variance is None else variance**0.5)
    _put(cell, sample, pooled, low=1, high=5)


def answers(cell: NewCell, item: Item, found: Sums, pooled: Spread) -> None:
    """A question on a scale: its mean and how the answers are spread."""
    low, high = item.values[0], item.values[-1]
    variance = found.variance
    cell.histogram = list(found.histogram or ())
    _put(cell, Sample(found.n, found.mean, None if variance is None else variance**0.5), pooled, low=low, high=high)


def _put(cell: NewCell, sample: Sample, pooled: Spread, *, low: float, high: float) -> None:
    cell.mean = sample.mean
    interval = intervals.mean_interval(sample, pooled, low=low, high=high)
    estimate = intervals.estimate(sample, pooled)
    if interval is not None and estimate is not None:
        cell.low, cell.high, cell.sd, cell.df = interval.low, interval.high, estimate.sd, estimate.df


def enps(cell: NewCell, found: Sums) -> None:
    """Promoters less detractors, on -100 to 100."""
    histogram = list(found.histogram or ())
    counts = nps_counts(histogram)
    net = intervals.nps_interval(counts.promoters, counts.passives, counts.detractors, confidence=0.90)
    if net is not None:
        cell.mean, cell.low, cell.high, cell.histogram = net.score, net.low, net.high, histogram


def yes_no(cell: NewCell, found: Sums, counted: bool) -> None:
    """The share of yes; in a word where counts may not be shown."""
    histogram = list(found.histogram or ())
    if not counted:
        cell.share = disclosure.yes_word(histogram[1], found.n)
        return
    share = intervals.wilson(histogram[1], found.n, confidence=0.90)
    cell.mean, cell.low, cell.high, cell.histogram = histogram[1] / found.n, share.low, share.high, histogram


def call_changes(scorecard: Sequence[tuple[NewCell, Cell]]) -> None:
    """What may be said of the changes of one unit's pillars, with Holm over them."""
    pairs: list[tuple[Estimate, Estimate] | None] = []
    for cell, before in scorecard:
        then, now = before.estimate, cell.estimate
        pairs.append(None if then is None or now is None else (then, now))
    for (cell, _), change in zip(scorecard, intervals.changes(pairs), strict=True):
        if change is not None:
            cell.verdict, cell.verdict_difference = change.verdict, change.difference
            cell.verdict_needed = change.needed


def pooled_over(tree: Tree, sums: Mapping[int, Sums]) -> Spread:
    """The spread within units, from published spreads alone: those of the lowest units that have one.

    That of a uniform answer, with 30 degrees of freedom, where there is none.
    """
    above_one: set[int] = set()
    samples = []
    for unit in tree.post_order():
        above = tree.parent[unit]
        if above is not None and (unit in sums or unit in above_one):
            above_one.add(above)
        if unit in sums and unit not in above_one:
            variance = sums[unit].variance
            if variance is not None:
                samples.append(Sample(sums[unit].n, sums[unit].mean, variance**0.5))
    return intervals.pooled_sd(samples) or Spread(UNIFORM_SD, 30)

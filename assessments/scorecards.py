"""The scorecards of a closed cycle: what published cells say of each unit and pillar, put together once.

Nothing here reads an answer. Sources of the formulas stand with them in `stats`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache

from assessments.content import Content
from assessments.models import Cycle, Scorecard
from assessments.published import Figure, PillarCells, Published
from assessments.scoring import Asked, Cap, cap_of, sample_of, view_of
from stats.agreement import agreement_of_counts
from stats.intervals import level, level_probabilities, rest_of
from stats.maturity import CompanyMean, ScoreBlock, company_mean, two_intervals
from stats.nested import nearest_shown
from stats.shrinkage import UNITS_FROM, Peer, Shrunken, shrink
from surveys.copying import copy_rows

SMALL = 20  # answers: from so many on a unit speaks for itself
TEAMS_FROM = 2
Evidenced = Mapping[int, Collection[str]]  # unit -> practices with valid evidence


@dataclass(slots=True)
class Card:
    """A scorecard before it is written: named as the columns of `Scorecard`."""

    unit_id: int
    pillar: str
    cell_id: int
    level: int
    cap: int
    stands_at: int
    evidence_share: float
    evidenced: int
    practices: str  # JSON, as `chances`
    chances: str = "[]"
    here_low: float | None = None
    here_high: float | None = None
    r_wg: float | None = None
    ad_m: float | None = None
    chance_r_wg: float | None = None
    view: str = ""
    teams_apart: int | None = None
    teams: int | None = None
    shrunk: float | None = None
    shrunk_low: float | None = None
    shrunk_high: float | None = None
    shrunk_weight: float | None = None
    shrunk_prior: float | None = None
    shrunk_why_not: str = ""
    weighted: float | None = None
    weighted_low: float | None = None
    weighted_high: float | None = None
    effective_n: float | None = None
    weight_trimmed: bool = False


def practices_of(content: Content) -> dict[str, list[Asked]]:
    """The practices each pillar's score rests on, whatever dimensions a model puts them in."""
    found: dict[str, list[Asked]] = defaultdict(list)
    for dimension in content.dimensions:
        found[dimension.pillar.value] += [
            Asked(one.code, len(one.anchors), float(one.weight)) for one in dimension.practices
        ]
    return {pillar: asked for pillar, asked in found.items() if asked}


def cuts_of(content: Content) -> tuple[float, ...]:
    """Where a model cuts the score into levels."""
    return tuple(band.low for band in content.bands[1:])


class Caps:
    """What evidence allows, for one model: most units share a set of practices, so each set is reckoned once."""

    def __init__(self, content: Content) -> None:
        self.cuts = cuts_of(content)
        self._asked = practices_of(content)
        self._of = lru_cache(maxsize=None)(self._reckon)

    def _reckon(self, pillar: str, evidenced: frozenset[str]) -> Cap:
        return cap_of(evidenced, self._asked[pillar], self.cuts)

    def of(self, pillar: str, evidenced: Collection[str]) -> Cap:
        """The cap of a pillar where these practices have valid evidence."""
        return self._of(pillar, frozenset(evidenced))


def make_scorecards(cycle: Cycle, published: Published, evidenced: Evidenced, evidence_on: date) -> int:
    """Write the scorecards of a cycle whose round is closed; returns how many."""
    content = cycle.model.said
    caps = Caps(content)
    cards = [card for pillar in practices_of(content) for card in _cards(pillar, published, caps, evidenced)]
    plain = [each.name for each in fields(Card)]
    rows = ((cycle.pk, published.round.pk, evidence_on, *(getattr(card, name) for name in plain)) for card in cards)
    copy_rows(Scorecard, ["cycle_id", "round_id", "evidence_on", *plain], rows)
    return len(cards)


def _cards(pillar: str, published: Published, caps: Caps, evidenced: Evidenced) -> Iterator[Card]:
    cells = published.pillar(pillar)
    shrunk = _shrunk(cells, published)
    teams, apart = _teams(cells, published)
    for unit, figure in cells.figures.items():
        cap = caps.of(pillar, evidenced.get(unit, ()))
        stage = level(figure.mean, caps.cuts)
        card = Card(
            unit, pillar, figure.cell_id, stage, cap.level, min(stage, cap.level),
            cap.share, len(cap.practices), json.dumps(sorted(cap.practices)),
        )  # fmt: skip
        _say_sureness(card, figure, cells, caps.cuts)
        _say_agreement(card, cells)
        if teams[unit] >= TEAMS_FROM and unit not in cells.realities:
            card.teams, card.teams_apart = teams[unit], apart[unit]
        _say_shrunk(card, shrunk[unit])
        if unit == published.tree.root:
            _say_weighted(card, company_of(cells, published))
        yield card


def _say_sureness(card: Card, figure: Figure, cells: PillarCells, cuts: Sequence[float]) -> None:
    """The confidence in each level, and the interval of those now here where their number may be said."""
    found = figure.estimate
    if found is None:
        return
    card.chances = json.dumps(level_probabilities(found, cuts))
    if figure.share_said:
        here = two_intervals(sample_of(found)[0], cells.invited[figure.unit], sample_of(found)[1]).here
        if here is not None:
            card.here_low, card.here_high = here.low, here.high


def _say_agreement(card: Card, cells: PillarCells) -> None:
    """Agreement from the distributions of the same people's details, and the word for it."""
    found = agreement_of_counts(cells.histograms.get(card.unit_id, ()))
    if found is not None:
        card.r_wg, card.ad_m, card.chance_r_wg = found.r_wg, found.ad_m, found.chance
    card.view = view_of(found, cells.realities.get(card.unit_id))


def _teams(cells: PillarCells, published: Published) -> tuple[Counter[int], Counter[int]]:
    """For each unit the teams below it that could tell, and how many of them are in two realities."""
    teams: Counter[int] = Counter()
    apart: Counter[int] = Counter()
    for unit, verdict in cells.realities.items():
        above = published.tree.parent[unit]
        while above is not None:
            teams[above] += 1
            apart[above] += verdict
            above = published.tree.parent[above]
    return teams, apart


# Small units


def _shrunk(cells: PillarCells, published: Published) -> dict[int, Shrunken | str]:
    """Each small unit's estimate towards the nearest unit above with more answers; else a word why there is none."""
    levels: dict[int, dict[int, Peer]] = defaultdict(dict)
    above = {unit: _holder(cells, published, unit) for unit, one in cells.figures.items() if one.same_as is None}
    siblings = Counter((published.depth[unit], holder) for unit, holder in above.items())
    for unit, holder in above.items():
        depth = published.depth[unit]
        small = cells.figures[unit].n < SMALL
        rest = rest_of(cells.sample(holder), cells.sample(unit)) if small and holder is not None else None
        levels[depth][unit] = Peer(cells.sample(unit), rest, max(1, siblings[depth, holder] - 1))
    estimates = {unit: one for peers in levels.values() for unit, one in shrink(peers, cells.pooled).items()}
    found: dict[int, Shrunken | str] = {}
    for unit, figure in cells.figures.items():
        if figure.same_as is not None:
            found[unit] = "same"
        elif figure.n >= SMALL:
            found[unit] = "large"
        elif len(levels[published.depth[unit]]) < UNITS_FROM:
            found[unit] = "few_units"
        else:
            found[unit] = estimates[unit] or "nothing_above"
    return found


def _holder(cells: PillarCells, published: Published, unit: int) -> int | None:
    """The nearest unit above whose cell holds more answers."""
    above = published.tree.parent[unit]
    while above is not None and (above not in cells.figures or cells.figures[above].n <= cells.figures[unit].n):
        above = published.tree.parent[above]
    return above


def _say_shrunk(card: Card, found: Shrunken | str) -> None:
    if isinstance(found, str):
        card.shrunk_why_not = found
        return
    card.shrunk, card.shrunk_weight, card.shrunk_prior = found.value, found.weight, found.prior
    card.shrunk_low, card.shrunk_high = found.interval.low, found.interval.high


# The company


def company_of(cells: PillarCells, published: Published) -> CompanyMean | None:
    """The company's mean weighted to those invited: over the units whose share is told, each without those below it.

    So each part holds at least twenty invited people: weights of smaller ones would tell how many of them answered.
    None where the company is one part. It is weighted to the invited and not to all people at work, because the weights
    undo that some of those asked kept silent; whoever was not asked, at a kiosk say, might have said something else
    than the few asked beside them.
    """
    told = {unit for unit, figure in cells.figures.items() if figure.share_said}
    if published.tree.root not in told:
        return None
    shown = nearest_shown(published.tree, told)
    below: dict[int, list[int]] = defaultdict(list)
    for unit in sorted(told, key=published.tree.place):
        parent = published.tree.parent[unit]
        above = None if parent is None else shown[parent]
        if above is not None:
            below[above].append(unit)
    blocks = []
    for unit in sorted(told, key=published.tree.place):
        rest = cells.sample(unit)
        people = cells.invited[unit]
        for part in below[unit]:
            left = rest_of(rest, cells.sample(part))
            people -= cells.invited[part]
            if left is None:
                break
            rest = left
        else:
            blocks.append(ScoreBlock(people, rest))
    return company_mean(blocks, cells.pooled) if len(blocks) > 1 else None


def _say_weighted(card: Card, found: CompanyMean | None) -> None:
    if found is None:
        return
    card.weighted, card.effective_n, card.weight_trimmed = found.mean, found.effective_n, found.trimmed
    if found.interval is not None:
        card.weighted_low, card.weighted_high = found.interval.low, found.interval.high

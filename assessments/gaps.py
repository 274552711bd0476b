"""Walk-the-talk gaps of a closed cycle: what leaders say of a unit less what its team experiences, pillar by pillar."""

from collections import defaultdict
from collections.abc import Mapping

from assessments.models import Cycle, CycleUnit, Gap, LeaderRating
from assessments.published import PillarCells, Published
from assessments.scorecards import practices_of
from assessments.scoring import leader_scores, place_among
from stats import maturity

Found = dict[str, maturity.Gap | None]  # by pillar


def make_gaps(cycle: Cycle, published: Published) -> int:
    """Write the gaps of every leader who sent a rating, or why there is none; returns how many."""
    ratings = list(LeaderRating.objects.filter(cycle=cycle).sent().order_by("pk"))
    if not ratings:
        return 0
    practices = practices_of((cycle.moved_to or cycle.model).said)
    cells = {pillar: published.pillar(pillar) for pillar in practices}
    superiors = dict(CycleUnit.objects.filter(cycle=cycle).values_list("unit_id", "superior_id"))
    before = _before(cycle, ratings)
    rows: list[Gap] = []
    for rating in ratings:
        scores = leader_scores(rating.answers, practices)
        made = [_gap(rating, pillar, score, cells[pillar], published) for pillar, score in scores.items()]
        found: Found = {row.pillar: _as_found(row) for row in made}
        verdicts = maturity.gap_verdicts(found, before.get((rating.unit_id, rating.leader_id)))
        for row in made:
            row.verdict, row.superior_id = verdicts[row.pillar], superiors.get(rating.unit_id)
        rows += made
    Gap.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)


def _gap(rating: LeaderRating, pillar: str, score: float | None, cells: PillarCells, published: Published) -> Gap:
    """One pillar of one rating; the word for it waits for the other pillars."""
    unit = rating.unit_id
    row = Gap(cycle_id=rating.cycle_id, unit_id=unit, pillar=pillar, leader_id=rating.leader_id, score=score)
    row.why_not = _why_not(unit, score, cells, published)
    if row.why_not or score is None:
        return row
    found = maturity.gap(score, cells.sample(unit), cells.pooled)
    if found is not None:
        row.difference, row.low, row.high = found.difference, found.low, found.high
        row.limit, row.chance = found.limit, found.chance
    team = cells.figures[unit].estimate
    if team is not None:
        row.place = place_among(score, team, own_spread=unit in cells.spreads)
    return row


def _why_not(unit: int, score: float | None, cells: PillarCells, published: Published) -> str:
    """Why nothing may be said: only the unit's own cell counts, and only where it covers most of its people."""
    figure = cells.figures.get(unit)
    if not published.heads.get(unit):
        return Gap.WhyNot.NO_TEAM
    if score is None:
        return Gap.WhyNot.NOT_RATED
    if figure is None:
        return Gap.WhyNot.NOT_SHOWN
    if figure.same_as is not None:
        return Gap.WhyNot.STANDS_IN
    return Gap.WhyNot.COVERS_PART if figure.covers_part else ""


def _as_found(row: Gap) -> maturity.Gap | None:
    """The gap a row says; None where it says none."""
    if row.difference is None or row.low is None or row.high is None or row.limit is None or row.chance is None:
        return None
    return maturity.Gap(row.difference, row.low, row.high, row.limit, row.chance)


def _before(cycle: Cycle, ratings: list[LeaderRating]) -> Mapping[tuple[int, int], Found]:
    """Of each unit and leader the gaps of the latest earlier cycle of the same model that both had a part in."""
    earlier = Gap.objects.filter(
        cycle__in=Cycle.objects.ended().filter(model__code=cycle.model.code).exclude(pk=cycle.pk),
        unit__in={rating.unit_id for rating in ratings},
        leader__in={rating.leader_id for rating in ratings},
    )
    found: dict[tuple[int, int], Found] = defaultdict(dict)
    latest: dict[tuple[int, int], int] = {}
    for row in earlier.order_by("-cycle__closed_at", "-cycle_id"):
        key = (row.unit_id, row.leader_id)
        if latest.setdefault(key, row.cycle_id) == row.cycle_id:
            found[key][row.pillar] = _as_found(row)
    return found

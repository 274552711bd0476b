"""A cycle that has closed, written as the closing writes it: round, units of that day, cells, scorecards, gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

import numpy as np

from assessments.models import Cycle, CycleUnit, Gap, MaturityModel, Scorecard
from assessments.scorecards import cuts_of
from assessments.scoring import cap_level
from people.models import Unit
from portal.lib import clock
from portal.lib.pillars import Pillar
from stats import intervals, maturity
from surveys.models import Cell, KeyPair, Round, RoundUnit
from surveys.questionnaire import Item, Questionnaire, Scale

_numbers = count(1)


@dataclass(frozen=True)
class Found:
    """What one unit showed in one pillar."""

    mean: float
    n: int = 12
    sd: float = 0.7
    evidenced: float = 0.5
    view: str = ""
    verdict: str = ""
    was: float | None = None
    leader: float | None = None  # the leader's own score


@dataclass
class Published:
    """A closed cycle and what it holds."""

    cycle: Cycle
    cards: list[Scorecard] = field(default_factory=list)


def questionnaire_of(model: MaturityModel) -> Questionnaire:
    """What a cycle with this model asks."""
    items = [
        Item(
            each.code,
            dimension.pillar,
            dimension.code if dimension.is_own else "",
            Scale.ANCHORS,
            each.question.plain(),
            anchors=tuple(anchor.plain() for anchor in each.anchors),
            weight=each.weight,
        )
        for dimension in model.said.dimensions
        for each in dimension.practices
    ]
    return Questionnaire({"vi": "Kỳ đánh giá", "en": "Assessment"}, tuple(items), (tuple(each.code for each in items),))


def make_cycle(
    model: MaturityModel,
    units: Sequence[Unit],
    *,
    closed_at: datetime | None = None,
    title: Mapping[str, str] | None = None,
    state: str = Cycle.State.CLOSED,
) -> Cycle:
    """A cycle of these units that closed a week ago, or is a plan where the state says so."""
    ended = closed_at or clock.now() - timedelta(days=7)
    number = next(_numbers)
    round_ = None
    if state not in (Cycle.State.DRAFT, Cycle.State.PLANNED):
        over = state in (Cycle.State.CLOSED, Cycle.State.REVIEWED)
        round_ = Round.objects.create(
            kind="assessment",
            key=f"test.cycle:{number}",
            series=f"assessments:{model.code}",
            state=Round.State.CLOSED if over else Round.State.OPEN,
            opens_at=ended - timedelta(days=21),
            closes_at=ended,
            closed_at=ended if over else None,
            key_pair=KeyPair.objects.create(public=number.to_bytes(32, "big"), state=KeyPair.State.DESTROYED),
            questionnaire=questionnaire_of(model).to_json(),
            answered=100 if over else None,
        )
    cycle = Cycle.objects.create(
        title=dict(title or {"vi": f"Kỳ đánh giá {number}", "en": f"Assessment {number}"}),
        model=model,
        opens_on=(ended - timedelta(days=21)).date(),
        state=state,
        round=round_,
        closed_at=ended if state in (Cycle.State.CLOSED, Cycle.State.REVIEWED) else None,
    )
    CycleUnit.objects.bulk_create(
        CycleUnit(cycle=cycle, unit=unit, model_code=model.code, leader=unit.leader, is_open=state == Cycle.State.OPEN)
        for unit in units
    )
    return cycle


def publish(
    model: MaturityModel,
    found: Mapping[Unit, Mapping[Pillar, Found]],
    *,
    closed_at: datetime | None = None,
    title: Mapping[str, str] | None = None,
    seed: int = 1,
) -> Published:
    """A closed cycle with these results; a unit without any is shown with the nearest one above that has some."""
    cycle = make_cycle(model, list(found), closed_at=closed_at, title=title)
    assert cycle.round is not None
    by_pk = {unit.pk: unit for unit in found}
    rows = []
    for unit in found:
        depth, shown, at = 0, None, unit
        while True:
            shown = shown or (at if found[at] else None)
            if at.parent_id not in by_pk:
                break
            at, depth = by_pk[at.parent_id], depth + 1
        rows.append(
            RoundUnit(
                round=cycle.round,
                unit=unit,
                parent_id=unit.parent_id,
                name_vi=unit.name_vi,
                name_en=unit.name_en,
                sort_key=unit.sort_key,
                depth=depth,
                headcount=max((each.n for each in found[unit].values()), default=4) + 3,
                shown_at=shown,
            )
        )
    RoundUnit.objects.bulk_create(rows, batch_size=2000)
    return Published(cycle, _write_results(cycle, model, found, np.random.default_rng(seed)))


def _write_results(
    cycle: Cycle, model: MaturityModel, found: Mapping[Unit, Mapping[Pillar, Found]], chance: np.random.Generator
) -> list[Scorecard]:
    cells, items = [], []
    for unit, pillars in found.items():
        for pillar, each in pillars.items():
            cells.append(_pillar_cell(cycle, unit, pillar, each))
            if each.n >= 10:
                items += _item_cells(cycle, model, unit, pillar, each, chance)
        if pillars:
            most = max(each.n for each in pillars.values())
            items.append(Cell(round=cycle.round, unit=unit, measure="participation", code="all", n=most, share="most"))
    Cell.objects.bulk_create(cells, batch_size=2000)
    Cell.objects.bulk_create(items, batch_size=2000)
    cards = [_card(cycle, cell, found[cell.unit][Pillar(cell.code)]) for cell in cells]
    Scorecard.objects.bulk_create(cards, batch_size=2000)
    Gap.objects.bulk_create(
        [gap for cell in cells if (gap := _gap(cycle, cell, found[cell.unit][Pillar(cell.code)])) is not None]
    )
    return cards


def _pillar_cell(cycle: Cycle, unit: Unit, pillar: Pillar, found: Found) -> Cell:
    interval = intervals.mean_interval(
        intervals.Sample(found.n, found.mean, found.sd), intervals.Spread(found.sd, 50), low=1, high=5
    )
    assert interval is not None
    return Cell(
        round=cycle.round,
        unit=unit,
        measure=Cell.Measure.PILLAR,
        code=pillar.value,
        n=found.n,
        mean=found.mean,
        low=interval.low,
        high=interval.high,
        sd=found.sd,
        df=found.n - 1,
        verdict=found.verdict,
        verdict_difference=None if found.was is None else found.mean - found.was,
        verdict_needed=25 if found.verdict == "cannot_tell" else None,
    )


def _item_cells(
    cycle: Cycle, model: MaturityModel, unit: Unit, pillar: Pillar, found: Found, chance: np.random.Generator
) -> list[Cell]:
    cells = []
    for dimension in model.said.dimensions:
        if dimension.pillar != pillar:
            continue
        for each in dimension.practices:
            top = len(each.anchors) - 1
            aim = (found.mean - 1) / 4 + chance.normal(0, 0.06)
            counts = np.bincount(chance.binomial(top, min(max(aim, 0.02), 0.98), found.n), minlength=top + 1)
            mean = float(counts @ np.arange(top + 1)) / found.n
            cells.append(
                Cell(
                    round=cycle.round,
                    unit=unit,
                    measure=Cell.Measure.ITEM,
                    code=each.code,
                    n=found.n,
                    mean=mean,
                    low=max(0.0, mean - 0.3),
                    high=min(float(top), mean + 0.3),
                    sd=0.8,
                    df=found.n - 1,
                    histogram=[int(number) for number in counts],
                )
            )
    return cells


def _card(cycle: Cycle, cell: Cell, found: Found) -> Scorecard:
    assert cell.estimate is not None
    evidenced = [place < round(6 * found.evidenced) for place in range(6)]
    cap = maturity.evidence_cap(evidenced)
    cuts = cuts_of(cycle.model.said)
    level, highest = intervals.level(found.mean, cuts), cap_level(cap.level, cuts)
    return Scorecard(
        cycle=cycle,
        round=cycle.round,
        unit=cell.unit,
        pillar=cell.code,
        cell=cell,
        level=level,
        chances=list(intervals.level_probabilities(cell.estimate, cuts)),
        evidence_share=cap.share,
        evidenced=cap.practices,
        cap=highest,
        stands_at=min(level, highest),
        view=found.view,
        r_wg=0.82,
        ad_m=0.41,
        chance_r_wg=0.6,
    )


def _gap(cycle: Cycle, cell: Cell, found: Found) -> Gap | None:
    if found.leader is None or cell.unit.leader_id is None:
        return None
    gap = maturity.gap(found.leader, intervals.Sample(found.n, found.mean, found.sd), intervals.Spread(found.sd, 50))
    assert gap is not None
    return Gap(
        cycle=cycle,
        unit=cell.unit,
        pillar=cell.code,
        leader_id=cell.unit.leader_id,
        score=found.leader,
        difference=gap.difference,
        low=gap.low,
        high=gap.high,
        limit=gap.limit,
        chance=gap.chance,
        verdict=gap.verdict,
    )


def alike(**means: float) -> dict[Pillar, Found]:
    """These pillars, everything else as usual."""
    return {Pillar(name): Found(mean) for name, mean in means.items()}


def year_of(day: date) -> tuple[date, date]:
    """The calendar year a day lies in."""
    return date(day.year, 1, 1), date(day.year, 12, 31)

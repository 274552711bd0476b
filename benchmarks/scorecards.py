"""The scorecards of a large cycle, beside the bare loop that opens its boxes."""

import resource
import time
from datetime import timedelta

from django.db import connection

from assessments import actions
from assessments.modelfiles import CATALOGUE, load_model
from assessments.models import Cycle, CycleUnit, LeaderRating, Scorecard
from benchmarks.closing import fill, open_bare
from benchmarks.launching import UNITS, forget_rounds
from benchmarks.report import Row
from people import days
from people.models import Unit
from portal.lib import clock
from surveys import closing
from surveys.actions import launch_round, stock_keys
from surveys.models import Round

WANTED = 2.0


def open_cycle() -> Cycle:
    """A cycle of the whole company with all thirty practices of Bearing Five."""
    model = load_model(CATALOGUE / "bearing-five.yaml").model
    asked = actions.questionnaire_of(model, asks_comments=False)
    now = clock.now()
    cycle = Cycle.objects.create(title={"vi": "Đo", "en": "Measured"}, model=model, opens_on=days.today())
    stock_keys(2)
    cycle.round = launch_round(
        kind="assessment",
        key=f"bench:cycle:{cycle.pk}",
        series="assessments:bearing-five",
        units=None,
        questionnaire=asked,
        opens_at=now,
        closes_at=now + timedelta(days=21),
    )
    cycle.state = Cycle.State.OPEN
    cycle.save(update_fields=["round", "state"])
    units = Unit.objects.values_list("pk", "leader_id")
    CycleUnit.objects.bulk_create(
        CycleUnit(cycle=cycle, unit_id=unit, model_code=model.code, leader_id=leader) for unit, leader in units
    )
    return cycle


def measure(boxes: int) -> list[Row]:
    """Open bare; then close the round for real and make its scorecards."""
    forget()
    cycle = open_cycle()
    assert cycle.round is not None
    round_ = Round.objects.get(pk=cycle.round.pk)
    fill(round_, boxes)
    bare = open_bare(round_)
    with clock.at(round_.closes_at + timedelta(minutes=1)):
        started = time.perf_counter()
        closing.close_round(round_.pk)
        closed = time.perf_counter()
        actions.close_cycle(cycle_id=cycle.pk)
        made = time.perf_counter()
    cards, ratio = Scorecard.objects.filter(cycle=cycle).count(), (made - started) / bare
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    forget()
    return [
        Row(
            f"{cards:,} scorecards of {UNITS:,} units from {boxes:,} boxes x 30 practices",
            f"round {closed - started:.1f} s, scorecards {made - closed:.1f} s, at most {memory:.0f} MB",
            f"opening the same boxes {bare:.1f} s",
            ratio,
            f"<= {WANTED}",
            ratio <= WANTED,
        )
    ]


def forget() -> None:
    """Empty the tables of cycles and rounds, without measuring how."""
    LeaderRating.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE assessments_cycle CASCADE")
    forget_rounds()

"""What the three assessments of the demo let one discover, played on the whole company without its waves."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.conf import LazySettings

from assessments import results_actions
from assessments.modelfiles import CATALOGUE, load_model
from assessments.models import Cycle, Evidence, Gap, LeaderRating, LevelChange, Scorecard
from diary.models import Fact
from people.days import today
from people.models import Employee, Unit
from people.roles import Role
from portal.demo import assessing
from portal.demo.chapters import Told
from portal.demo.company import REGION, SEED, SIGN_INS, found
from portal.demo.moods import Temper
from portal.lib import clock

pytestmark = [pytest.mark.django_db, pytest.mark.live]


def test_the_assessments_of_the_demo_show_what_they_are_there_to_show(settings: LazySettings, tmp_path: Path) -> None:
    settings.KEY_DIR, settings.EVIDENCE_DIR = tmp_path / "keys", tmp_path / "evidence"
    with clock.at(clock.now() - timedelta(days=assessing.CYCLES_AGO[0] + 10)):
        load_model(CATALOGUE / "bearing-five.yaml")
    found()
    chance = Random(SEED)
    numbers = Employee.objects.order_by("number").values_list("pk", flat=True)
    tempers = {pk: Temper(chance.gauss(0, 0.75), chance.random()) for pk in numbers}
    Told(assessing.chapters(tempers, lambda _said: None)).play_until(clock.now())

    first, second, third = Cycle.objects.order_by("opens_on")
    assert [cycle.state for cycle in (first, second, third)] == ["reviewed", "reviewed", "open"]
    split = Scorecard.objects.filter(cycle=second, unit__code=assessing.SPLIT, view="two_realities")
    assert set(split.values_list("pillar", flat=True)) == set(assessing.SPLIT_PILLARS)
    gaps = Gap.objects.filter(cycle=second, unit__code=REGION)
    assert max(gap.difference or 0 for gap in gaps) >= 1
    assert gaps.filter(verdict="overrates").count() >= 2
    assert not Gap.objects.filter(verdict="overrates").exclude(unit__code=REGION).exists()
    fallen = LevelChange.objects.filter(unit__code="BL-DN-ST", why="expired", level_before__gt=0).latest("day")
    assert (fallen.level_before or 0) > (fallen.level_after or 0)
    assert LeaderRating.objects.visible_to(Employee.objects.get(number=SIGN_INS["leader"])).waiting().count() == 1
    reviewer = Employee.objects.holding(Role.REVIEWER).get()
    assert Evidence.objects.to_review_by(reviewer).count() >= 3
    assert {each.kind for each in Evidence.objects.all()} == {"file", "link", "indicator"}
    assert Evidence.objects.filter(state="returned").count() == 1
    ending = Evidence.objects.valid_on(today()).filter(expires_on__lte=today() + timedelta(days=30))
    assert Unit.objects.under(Unit.objects.get(code=REGION).pk).filter(pk__in=ending.values("unit")).exists()
    hr = Employee.objects.get(number=SIGN_INS["cx"])
    moved = results_actions.moved_where_done(employee=hr, cycle=second, before=first)
    assert [(row.before.mean or 5) < (row.after.mean or 0) for row in moved] == [True, True]
    told = list(Fact.objects.filter(verb__startswith="assessments.").order_by("pk").values_list("at", flat=True))
    assert told == sorted(told)

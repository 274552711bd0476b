"""Which cycles stand on one line of a trend: those whose pillar was scored from the same."""

from datetime import timedelta
from typing import Any

import pytest

from assessments.models import MaturityModel
from portal.lib import clock
from tests.assessments.results_cast import address, closed, make_cast
from tests.pulses.results_stage import reading

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "goes_on"), [({"counts": "comment", "scale": "comment"}, True), ({"weight": 2}, False)]
)
def test_a_trend_goes_on_where_the_same_was_scored_and_nowhere_else(
    five: MaturityModel, change: dict[str, Any], goes_on: bool
) -> None:
    cast = make_cast()
    before = closed(cast, five, closed_at=clock.now() - timedelta(days=370), seed=2).cycle.round
    assert before is not None
    asked = list(before.questionnaire["items"])
    before.questionnaire["items"] = asked
    if goes_on:  # an open question beside the practices scores nothing
        asked.append({**asked[0], "code": "comment-leadership", "anchors": [], **change})
        before.questionnaire["forms"] = [[item["code"] for item in asked]]
    else:  # the same practice, counted twice
        asked[0] = {**asked[0], **change}
    before.save()
    page = reading(cast.lead, address(closed(cast, five).cycle, cast.branches[0]), clock.now())[1]
    assert page.count('class="lev below"') == 2 * (5 if goes_on else 4)

"""Numbers on a page: true minus, en dash, no space before the percent sign."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from portal.lib.pillars import Pillar
from portal.templatetags import bearing


def page(text: str, **context: object) -> str:
    return Template("{% load bearing %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("vi", 3.14, "3,1"),
        ("en", 3.14, "3.1"),
        ("en", 3.15, "3.2"),
        ("en", 2.25, "2.3"),
        ("en", -0.44, "\u22120.4"),
        ("en", -0.04, "0.0"),
        ("en", Decimal("4.999"), "5.0"),
        ("vi", 1234.56, "1.234,6"),
        ("vi", 3, "3,0"),
        ("en", None, "\u2013"),
        ("en", "", "\u2013"),
    ],
)
def test_a_figure_is_rounded_as_people_do(language: str, value: float | None, shown: str) -> None:
    with translation.override(language):
        assert bearing.figure(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.5, "+0.5"), (-0.4, "\u22120.4"), (0.04, "0.0"), (-0.04, "0.0"), (0, "0.0"), (None, "\u2013")],
)
def test_a_difference_always_says_its_sign(value: float | None, shown: str) -> None:
    with translation.override("en"):
        assert bearing.difference(value) == shown


def test_a_share_has_no_space_and_no_decimals() -> None:
    with translation.override("vi"):
        assert bearing.share(0.684) == "68%"
        assert bearing.share(0.685) == "69%"
        assert bearing.share(None) == "\u2013"


def test_a_range_has_an_en_dash_and_words_when_it_reaches_below_nought() -> None:
    with translation.override("en"):
        assert page("{% interval 2.9 3.3 %}") == "2.9\u20133.3"
        assert page("{% interval low 4 0 %}", low=-2) == "\u22122 to 4"
        assert page("{% interval low high %}", low=None, high=None) == "\u2013"


def test_a_whole_number_is_grouped() -> None:
    with translation.override("vi"):
        assert bearing.count(1234567) == "1.234.567"


def test_a_score_stands_beside_its_range_and_n() -> None:
    with translation.override("vi"):
        shown = page("{% score cell %}", cell={"mean": 3.12, "low": 2.9, "high": 3.3, "n": 29})
    assert "<b>3,1</b>" in shown
    assert "2,9\u20133,3 · n\u00a029" in shown


def test_a_cell_without_a_number_is_hatched_and_says_so() -> None:
    with translation.override("en"):
        shown = page("{% score cell %}", cell={"mean": None, "n": None})
    assert 'class="hatch"' in shown
    assert "not shown apart" in shown
    assert not any(mark.isdigit() for mark in shown)


def test_every_pillar_has_a_shape_of_its_own() -> None:
    shapes = {page("{% pillar_mark pillar %}", pillar=pillar) for pillar in Pillar}
    assert len(shapes) == 5
    assert page("{% pillar_mark pillar %}", pillar="unknown") == ""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_marks_in_a_drawing_have_points_not_commas(language: str) -> None:
    with translation.override(language):
        shown = page('{% include "components/interval_bar.html" %}', value=3.1, low=2.8, high=3.3, was=2.95)
    assert 'class="iv" x="149.3"' in shown
    assert 'class="was" cx="161.1"' in shown
    assert shown.index('class="iv"') < shown.index('class="pt"')


def test_a_score_outside_its_scale_stays_on_the_line() -> None:
    marks = bearing.plot(9, 0, 11)
    assert marks.point == 322
    assert marks.low == 8
    assert marks.span == 314


def test_only_changed_has_colour() -> None:
    with translation.override("en"):
        changed = page('{% include "components/verdict.html" with verdict="up" difference=0.6 %}')
        fallen = page('{% include "components/verdict.html" with verdict="down" difference=fall %}', fall=-0.6)
        unsure = page('{% include "components/verdict.html" with verdict="cannot_tell" %}')
    assert "tag up" in changed
    assert "+0.6 · Changed" in changed
    assert fallen == changed.replace("+", "\u2212")
    assert "tag maybe" in unsure
    assert "Cannot tell yet" in unsure

"""Dates and numbers in both languages, printed and read."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django import forms
from django.utils import formats, translation

FIFTH = date(2026, 9, 5)
MOMENT = datetime(2026, 9, 14, 14, 30)  # noqa: DTZ001


class Sheet(forms.Form):
    day = forms.DateField(localize=True, required=False)
    moment = forms.DateTimeField(localize=True, required=False)
    hour = forms.TimeField(localize=True, required=False)
    figure = forms.DecimalField(localize=True, required=False)


def read(language: str, **typed: str) -> dict[str, object]:
    with translation.override(language):
        sheet = Sheet(typed)
        assert sheet.is_valid(), sheet.errors
        return dict(sheet.cleaned_data)


@pytest.mark.parametrize(
    ("language", "kind", "printed"),
    [
        ("vi", "DATE_FORMAT", "05/09/2026"),
        ("vi", "SHORT_DATE_FORMAT", "05/09/2026"),
        ("vi", "YEAR_MONTH_FORMAT", "tháng 9/2026"),
        ("en", "DATE_FORMAT", "5 September 2026"),
        ("en", "SHORT_DATE_FORMAT", "5 September 2026"),
        ("en", "YEAR_MONTH_FORMAT", "September 2026"),
    ],
)
def test_a_day_is_printed_as_people_write_it(language: str, kind: str, printed: str) -> None:
    with translation.override(language):
        assert formats.date_format(FIFTH, kind) == printed


@pytest.mark.parametrize(("language", "printed"), [("vi", "14:30, 14/09/2026"), ("en", "14 September 2026, 14:30")])
def test_a_moment_has_hours_of_the_whole_day(language: str, printed: str) -> None:
    with translation.override(language):
        assert formats.date_format(MOMENT, "DATETIME_FORMAT") == printed
        assert formats.time_format(time(14, 30)) == "14:30"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("typed", ["05/09/2026", "5/9/2026", "2026-09-05", "05-09-2026"])
def test_a_typed_day_has_the_day_first_in_both_languages(language: str, typed: str) -> None:
    assert read(language, day=typed)["day"] == FIFTH


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("typed", ["09/14/2026", "31/02/2026", "2026-13-01", "tomorrow"])
def test_what_is_no_day_is_refused(language: str, typed: str) -> None:
    with translation.override(language):
        assert "day" in Sheet({"day": typed}).errors


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("typed", ["14/09/2026 14:30", "2026-09-14 14:30", "2026-09-14T14:30"])
def test_a_typed_moment_is_understood(language: str, typed: str) -> None:
    moment = read(language, moment=typed)["moment"]
    assert isinstance(moment, datetime)
    assert (moment.day, moment.month, moment.hour, moment.minute) == (14, 9, 14, 30)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_a_form_prints_it_reads_again(language: str) -> None:
    with translation.override(language):
        shown = formats.localize_input(FIFTH)
        assert read(language, day=shown)["day"] == FIFTH
        assert read(language, hour=formats.localize_input(time(7, 5)))["hour"] == time(7, 5)


@pytest.mark.parametrize(("language", "printed", "typed"), [("vi", "1.234,5", "1234,5"), ("en", "1,234.5", "1234.5")])
def test_a_figure_is_printed_and_read_with_the_sign_of_the_language(language: str, printed: str, typed: str) -> None:
    with translation.override(language):
        assert formats.number_format(Decimal("1234.5"), use_l10n=True, force_grouping=True) == printed
        assert formats.localize_input(Decimal("1234.5")) == typed
    assert read(language, figure=typed)["figure"] == Decimal("1234.5")

"""Reading a plan from a form."""

from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from people import days
from people.models import Unit
from pulses.actions import Plan
from pulses.models import Programme, QuestionBank, company_time_zone
from pulses.scoring import SEND_HOURS

FILL_IN = {"required": gettext_lazy("Fill this in.")}


if TYPE_CHECKING:
    _UnitField = forms.ModelMultipleChoiceField[Unit]
    _BankField = forms.ModelChoiceField[QuestionBank]
else:
    _UnitField, _BankField = forms.ModelMultipleChoiceField, forms.ModelChoiceField


class UnitChoice(_UnitField):
    """Units in the order of the tree, each set in by its depth."""

    def label_from_instance(self, unit: Any) -> str:
        return f"{'– ' * int(getattr(unit, 'tree_depth', 0))}{unit.name}"


class BankChoice(_BankField):
    """Banks by title and version."""

    def label_from_instance(self, bank: Any) -> str:
        return _("%(title)s, version %(version)s") % {"title": bank.title, "version": bank.version}


def whole(label: Any, low: int, high: int, **options: Any) -> forms.IntegerField:
    """A whole number between two others, with a sentence for every way to miss."""
    wrong = lazy(lambda: _("Write a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}, str)()
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        error_messages={**FILL_IN, "invalid": wrong, "min_value": wrong, "max_value": wrong},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **options,
    )


COMMON_ZONES: dict[str, Promise] = {
    "Asia/Ho_Chi_Minh": gettext_lazy("Vietnam time"),
    "Asia/Bangkok": gettext_lazy("Thailand, Laos and Cambodia time"),
    "Asia/Singapore": gettext_lazy("Singapore and Malaysia time"),
    "Asia/Tokyo": gettext_lazy("Japan time"),
    "Asia/Seoul": gettext_lazy("Korea time"),
    "Asia/Shanghai": gettext_lazy("China time"),
    "Australia/Sydney": gettext_lazy("Sydney time"),
    "Europe/London": gettext_lazy("UK time"),
    "Europe/Berlin": gettext_lazy("Central European time"),
    "America/New_York": gettext_lazy("New York time"),
    "America/Los_Angeles": gettext_lazy("Los Angeles time"),
}


def zone_name(zone: str) -> str:
    """What people call a time zone; the rarer ones go by their city."""
    return str(COMMON_ZONES[zone]) if zone in COMMON_ZONES else zone.replace("_", " ")


def zones() -> list[tuple[str, object]]:
    """The zones people ask for first, then all others."""
    others = sorted(zone for zone in available_timezones() if "/" in zone and zone not in COMMON_ZONES)
    return [
        (gettext("Most used"), [(zone, zone_name(zone)) for zone in COMMON_ZONES]),
        (gettext("All others"), [(zone, zone_name(zone)) for zone in others]),
    ]


class ProgrammeForm(forms.Form):
    """A plan: what it is called, whom it asks, what, and when."""

    title_vi = forms.CharField(label=gettext_lazy("Title in Vietnamese"), max_length=120, error_messages=FILL_IN)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=120, error_messages=FILL_IN)
    bank = BankChoice(
        label=gettext_lazy("Question bank"),
        queryset=QuestionBank.objects.none(),
        empty_label=None,
        error_messages={**FILL_IN, "invalid_choice": gettext_lazy("Choose a bank from the list.")},
    )
    units = UnitChoice(
        label=gettext_lazy("Who is asked"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=gettext_lazy("Whole units with everything below them. Choose none to ask the whole company."),
        error_messages={"invalid_choice": gettext_lazy("Choose units from the list.")},
    )
    cadence = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=Programme.Cadence.choices,
        initial=Programme.Cadence.FOUR_WEEKLY,
        help_text=gettext_lazy(
            "With Bearing's bank of 40: 10 questions every 4 or 13 weeks, 6 every 2 weeks. Every week asks 3 and "
            "covers the pillars over a quarter; for more, load a larger bank."
        ),
        error_messages=FILL_IN,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First wave on"),
        localize=True,
        help_text=gettext_lazy("Day/month/year. All later waves follow on the same day of the week."),
        error_messages={**FILL_IN, "invalid": gettext_lazy("Write the date as day/month/year, such as 14/09/2026.")},
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    send_hour = whole(
        gettext_lazy("Sent at (hour)"),
        *SEND_HOURS,
        initial=9,
        help_text=gettext_lazy("A whole hour from 8 to 19, by the clock of the time zone below."),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zones,
        initial=company_time_zone,
        error_messages={**FILL_IN, "invalid_choice": gettext_lazy("Choose a time zone from the list.")},
    )
    window_days = whole(
        gettext_lazy("Days open"), 2, 28, initial=7, help_text=gettext_lazy("The first and the last day included.")
    )
    items = whole(
        gettext_lazy("Scored questions in each wave, at most"),
        5,
        10,
        initial=10,
        help_text=gettext_lazy(
            "Ten give two for each pillar, about three minutes. A question that stands alone (eNPS) and the open "
            "questions come on top."
        ),
    )
    asks_comments = forms.BooleanField(
        label=gettext_lazy("Also ask the two open questions of the bank"), required=False, initial=True
    )
    reminders = forms.TypedChoiceField(
        label=gettext_lazy("Reminders"),
        coerce=int,
        choices=[
            (2, gettext_lazy("Two: 3 and 5 days after the wave opens")),
            (1, gettext_lazy("One: 3 days after the wave opens")),
            (0, pgettext_lazy("reminders", "None")),
        ],
        initial=2,
        help_text=gettext_lazy("They go only to links that have not been used; nobody is shown to whom."),
        error_messages=FILL_IN,
    )
    k = whole(
        gettext_lazy("Smallest group for scores"), 5, 50, initial=5, help_text=gettext_lazy("Never fewer than 5.")
    )
    k_detail = whole(
        gettext_lazy("Smallest group for details and comments"),
        10,
        100,
        initial=10,
        help_text=gettext_lazy("Never fewer than 10, and never fewer than for scores."),
    )

    def __init__(self, *args: Any, programme: Programme | None = None, **options: Any) -> None:
        if programme is not None:
            options["initial"] = {
                **{name: getattr(programme, name) for name in self.base_fields if hasattr(programme, name)},
                "title_vi": programme.words["vi"],
                "title_en": programme.words["en"],
                "units": list(programme.units.all()),
            }
        super().__init__(*args, **options)
        banks = self.fields["bank"]
        units = self.fields["units"]
        if isinstance(banks, BankChoice):
            banks.queryset = QuestionBank.objects.newest_first()
        if isinstance(units, UnitChoice):
            units.queryset = Unit.objects.open().in_tree_order()

    def clean_starts_on(self) -> date:
        """Nothing can be sent in the past."""
        day: date = self.cleaned_data["starts_on"]
        if day < days.today():
            raise ValidationError(_("This day is over. Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        """The rules the database keeps, said in a sentence before it has to refuse."""
        super().clean()
        if self.errors:
            return self.cleaned_data
        plan = self.plan()
        try:
            Programme(**{**plan.values(), "bank": plan.bank}).validate_constraints(exclude={"title"})
        except ValidationError as error:
            self.add_error("window_days" if "days" in str(error) else None, error.messages)
        return self.cleaned_data

    def plan(self) -> Plan:
        """What was typed, as the actions take it."""
        typed = {**self.cleaned_data}
        title = {"vi": typed.pop("title_vi"), "en": typed.pop("title_en")}
        return Plan(title=title, units=tuple(typed.pop("units")), **typed)


def language_wanted(asked: str | None) -> str:
    """The language of a preview: the one asked for, else the reader's."""
    if asked in ("vi", "en"):
        return asked
    return "en" if (get_language() or "").startswith("en") else "vi"

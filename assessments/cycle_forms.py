"""Reading the plan of a cycle from a form, with defaults that suit most companies; and what becomes of a version."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from assessments.actions import CyclePlan, minutes_of, usual_title
from assessments.content import Text
from assessments.models import Cycle, MaturityModel
from assessments.scoring import Remap
from people import days
from people.models import Unit
from surveys.burden import LONG_FROM

FILL_IN = {"required": gettext_lazy("Fill this in.")}
SEND_HOURS = (8, 19)  # the first and the last full hour at which mails leave
KEEP = "keep"

if TYPE_CHECKING:
    _UnitField = forms.ModelMultipleChoiceField[Unit]
    _ModelField = forms.ModelChoiceField[MaturityModel]
else:
    _UnitField, _ModelField = forms.ModelMultipleChoiceField, forms.ModelChoiceField


class UnitChoice(_UnitField):
    """Units in the order of the tree, each set in by its depth."""

    def label_from_instance(self, unit: Any) -> str:
        return f"{'– ' * int(getattr(unit, 'tree_depth', 0))}{unit.name}"


class ModelChoice(_ModelField):
    """Published versions, with how much they ask."""

    def label_from_instance(self, model: Any) -> str:
        content = model.said
        asked = ngettext("%(number)s practice", "%(number)s practices", len(content.by_code))
        minutes = ngettext("about %(minutes)s minute", "about %(minutes)s minutes", minutes_of(content))
        return _("%(title)s, version %(version)s: %(practices)s, %(minutes)s") % {
            "title": model.title,
            "version": model.version,
            "practices": asked % {"number": len(content.by_code)},
            "minutes": minutes % {"minutes": minutes_of(content)},
        }


def whole(label: Any, low: int, high: int, **options: Any) -> forms.IntegerField:
    """A whole number between two others, with a sentence for every way to miss."""
    wrong = lazy(lambda: _("Write a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}, str)()
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        error_messages={**FILL_IN, "invalid": wrong, "min_value": wrong, "max_value": wrong},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
        **options,
    )


def soon() -> date:
    """A Monday at least a week from now: time to tell people what is coming."""
    day = days.today() + timedelta(days=7)
    return day + timedelta(days=-day.weekday() % 7)


class CycleForm(forms.Form):
    """A plan: which model, whom, when; the rest has defaults."""

    MORE = ("title_vi", "title_en", "send_hour", "reminders", "k", "k_detail")  # what few ever change stands apart

    model = ModelChoice(
        label=gettext_lazy("What is asked"),
        queryset=MaturityModel.objects.none(),
        empty_label=None,
        error_messages={**FILL_IN, "invalid_choice": gettext_lazy("Choose a published model from the list.")},
    )
    units = UnitChoice(
        label=pgettext_lazy("plan", "Units assessed"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=gettext_lazy("Whole units with everything below them. Choose none to assess the whole company."),
        error_messages={"invalid_choice": gettext_lazy("Choose units from the list.")},
    )
    opens_on = forms.DateField(
        label=gettext_lazy("Opens on"),
        localize=True,
        initial=soon,
        help_text=gettext_lazy("Day/month/year. You can also open it by hand on any day."),
        error_messages={**FILL_IN, "invalid": gettext_lazy("Write the date as day/month/year, such as 14/09/2026.")},
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )
    window_days = whole(
        gettext_lazy("Days open"), 7, 60, initial=21, help_text=gettext_lazy("The first and the last day included.")
    )
    repeats = forms.TypedChoiceField(
        label=gettext_lazy("How often"),
        coerce=int,
        choices=Cycle.Repeats.choices,
        initial=Cycle.Repeats.NEVER,
        help_text=gettext_lazy("When one opens, the next is planned; you can change or delete that plan."),
        error_messages=FILL_IN,
    )
    asks_comments = forms.BooleanField(
        label=gettext_lazy("Leave room for a comment on each pillar"), required=False, initial=True
    )
    title_vi = forms.CharField(label=gettext_lazy("Title in Vietnamese"), max_length=120, required=False)
    title_en = forms.CharField(
        label=gettext_lazy("Title in English"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Leave both titles empty to name it after its model and month."),
    )
    send_hour = whole(
        gettext_lazy("Sent at (hour)"), *SEND_HOURS, initial=9, help_text=gettext_lazy("A whole hour from 8 to 19.")
    )
    reminders = forms.TypedChoiceField(
        label=gettext_lazy("Reminders"),
        coerce=int,
        choices=[
            (2, gettext_lazy("Two: after a third and two thirds of the time")),
            (1, gettext_lazy("One: half-way")),
            (0, pgettext_lazy("reminders", "None")),
        ],
        initial=2,
        help_text=gettext_lazy("They go to links that have not been used and to leaders who have not sent a rating."),
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
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, cycle: Cycle | None = None, **options: Any) -> None:
        if cycle is not None:
            options["initial"] = {
                **{name: getattr(cycle, name) for name in self.base_fields if hasattr(cycle, name)},
                "title_vi": cycle.words.vi,
                "title_en": cycle.words.en,
                "units": list(cycle.units.all()),
            }
        self.cycle = cycle
        super().__init__(*args, **options)
        models, units = self.fields["model"], self.fields["units"]
        if isinstance(models, ModelChoice):
            models.queryset = MaturityModel.objects.published().by_name()
        if isinstance(units, UnitChoice):
            units.queryset = Unit.objects.open().in_tree_order()

    @property
    def main(self) -> "list[forms.BoundField]":
        """What everybody fills in."""
        return [field for field in self.visible_fields() if field.name not in self.MORE]

    @property
    def more(self) -> "list[forms.BoundField]":
        """What few change."""
        return [field for field in self.visible_fields() if field.name in self.MORE]

    @property
    def more_is_open(self) -> bool:
        """Whether something is to be corrected among what few change."""
        return any(field.errors for field in self.more)

    def clean_opens_on(self) -> date:
        """Nothing can be opened in the past."""
        day: date = self.cleaned_data["opens_on"]
        if day < days.today():
            raise ValidationError(_("This day is over. Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        """Both titles or none; no long model twice a year; the bounds of groups."""
        super().clean()
        if self.errors:
            return self.cleaned_data
        typed = self.cleaned_data
        if bool(typed["title_vi"].strip()) != bool(typed["title_en"].strip()):
            empty = "title_en" if typed["title_vi"].strip() else "title_vi"
            self.add_error(empty, _("Give it a title in both languages, or in neither."))
        if typed["repeats"] == Cycle.Repeats.HALF_YEARLY and len(typed["model"].said.by_code) >= LONG_FROM:
            self.add_error("repeats", _("A model with more than 30 practices is asked at most once a year."))
        if typed["k_detail"] < typed["k"]:
            self.add_error("k_detail", _("Never fewer than for scores."))
        return typed

    @property
    def seen(self) -> int:
        """The edition of the plan the page had shown."""
        return self.cleaned_data.get("edition") or 0

    def plan(self) -> CyclePlan:
        """What was typed, as the actions take it; a title that only named another day or model follows the new one."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "edition"}
        title = Text(typed.pop("title_vi").strip(), typed.pop("title_en").strip())
        before = self.cycle
        untouched = before is not None and title == before.words == usual_title(before.model, before.opens_on)
        if not title.vi or untouched:
            title = usual_title(typed["model"], typed["opens_on"])
        return CyclePlan(title=title, units=tuple(typed.pop("units")), **typed)


class MoveForm(forms.Form):
    """Whether an open cycle keeps its version, or how leaders' ratings are read by the newer one."""

    how = forms.ChoiceField(
        label=gettext_lazy("Leaders’ own ratings"),
        choices=[
            (KEEP, gettext_lazy("Keep the version they were asked with")),
            (Remap.CLAMP.value, gettext_lazy("Move them: same answer, or the highest there is")),
            (Remap.RESCALE.value, gettext_lazy("Move them: stretched to the new number of answers")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one."), "invalid_choice": gettext_lazy("Choose one.")},
    )

"""Reading actions, promises and notes from forms, each mistake answered by a sentence."""

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from improvement.actions import A_STEP_AHEAD, ActionPlan, NoteWords, Promise
from improvement.causes import Cause, read_cause
from improvement.models import PILLARS, Action
from people.days import today
from people.models import Employee, Unit
from portal.lib.folding import fold

if TYPE_CHECKING:
    from people.querysets import EmployeeQuerySet, UnitQuerySet

    _UnitField = forms.ModelChoiceField[Unit]
else:
    _UnitField = forms.ModelChoiceField

FILL_IN = {"required": gettext_lazy("Fill this in.")}
NAMED = re.compile(r"^(?P<name>.*?)\s*\((?P<number>[^()]+)\)$")
NAMES_OFFERED = 200
DATE_HELP = gettext_lazy("Day/month/year.")
PAST = gettext_lazy("This day has passed. Choose today or a later day.")
TOO_LONG = gettext_lazy("This is longer than %(limit_value)s characters. Shorten it; it is now %(show_value)s.")


class UnitChoice(_UnitField):
    """Units in the order of the tree, each set in by its depth."""

    shallowest = 0

    def label_from_instance(self, unit: Any) -> str:
        return f"{'– ' * (int(getattr(unit, 'tree_depth', 0)) - self.shallowest)}{unit.name}"

    def offer(self, units: "UnitQuerySet") -> None:
        """These units, the ones nearest to the company at the margin."""
        self.queryset = units
        self.shallowest = min((unit.tree_depth for unit in units), default=0)


def unit_choice(label: Any, **options: Any) -> UnitChoice:
    wrong = gettext_lazy("Choose a unit from the list.")
    messages = {**FILL_IN, "invalid_choice": wrong}
    return UnitChoice(label=label, queryset=Unit.objects.none(), error_messages=messages, **options)


class Text(forms.CharField):
    """What somebody wrote, its letters in their composed form and its lines ended as everywhere."""

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFC", super().to_python(value) or "").replace("\r\n", "\n")


def text(label: Any, most: int, *, rows: int = 0, **options: Any) -> Text:
    """A text of so many characters, on one line or several."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"autocomplete": "off"})
    messages = {**FILL_IN, "max_length": TOO_LONG}
    return Text(label=label, max_length=most, widget=widget, error_messages=messages, **options)


def day(label: Any, **options: Any) -> forms.DateField:
    """A day, as people here write it."""
    wrong = gettext_lazy("Write the date as day/month/year, such as 14/09/2026.")
    return forms.DateField(
        label=label,
        localize=True,
        help_text=DATE_HELP,
        error_messages={**FILL_IN, "invalid": wrong},
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        **options,
    )


def pillar_choice() -> forms.ChoiceField:
    wrong = gettext_lazy("Choose one of the five pillars.")
    choices = [("", gettext_lazy("Choose")), *PILLARS]
    messages = {"required": wrong, "invalid_choice": wrong}
    return forms.ChoiceField(label=gettext_lazy("Pillar"), choices=choices, error_messages=messages)


class OfUnit(forms.Form):
    """A form about a unit that its reader leads. `press` makes a form that is sent twice one thing."""

    unit = unit_choice(gettext_lazy("Unit"), empty_label=None)
    press = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def __init__(self, *args: Any, by: Employee, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        units = self.fields["unit"]
        if isinstance(units, UnitChoice):
            units.offer(Unit.objects.led_by(by).open().in_tree_order())


class WithCause(OfUnit):
    """The same, and it may answer something: a cause that another room signed, handed through unseen."""

    cause = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def given_cause(self) -> Cause | None:
        """What the form answers; None where nothing was handed over, or not as it was signed."""
        return read_cause(str(self["cause"].value() or "")) if "cause" in self.fields else None


class ActionForm(WithCause):
    """What, who, by when."""

    title = text(
        gettext_lazy("What will be done"),
        140,
        help_text=gettext_lazy("One thing people can see, in a short sentence. The people of the unit read it."),
    )
    what = text(gettext_lazy("How, in a few words"), 1000, rows=4, required=False)
    pillar = pillar_choice()
    owner = text(
        gettext_lazy("Owner"),
        160,
        help_text=gettext_lazy("One person of the unit, by name or employee number."),
    )
    due_on = day(gettext_lazy("Done by"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    field_order = ["unit", "title", "what", "pillar", "owner", "due_on", "press", "cause", "version"]

    def __init__(self, *args: Any, action: Action | None = None, **options: Any) -> None:
        self.action = action
        if action is not None:
            told = {name: getattr(action, name) for name in ("title", "what", "pillar", "due_on", "version")}
            options["initial"] = {**told, "owner": as_offered(action.owner), "unit": action.unit_id}
        super().__init__(*args, **options)
        self.fields["owner"].widget.attrs["list"] = "owners"
        if action is not None:
            del self.fields["unit"], self.fields["cause"], self.fields["press"]
        else:
            self.fields["due_on"].initial = today() + A_STEP_AHEAD
            self.fields["owner"].initial = as_offered(self.by)

    def clean_due_on(self) -> date:
        chosen: date = self.cleaned_data["due_on"]
        kept = self.action is not None and self.action.due_on == chosen
        if chosen < today() and not kept:
            raise forms.ValidationError(str(PAST))
        return chosen

    def clean(self) -> dict[str, Any]:
        super().clean()
        unit = self.action.unit if self.action is not None else self.cleaned_data.get("unit")
        if unit is not None and "owner" in self.cleaned_data:
            try:
                self.cleaned_data["owner"] = owner_named(self.cleaned_data["owner"], unit, self.by)
            except forms.ValidationError as error:
                self.add_error("owner", error)
        return self.cleaned_data

    def plan(self) -> ActionPlan:
        """What was typed, as the actions take it."""
        return ActionPlan(**{name: self.cleaned_data[name] for name in ("title", "what", "pillar", "owner", "due_on")})


def possible_owners(unit: Unit, by: Employee) -> "EmployeeQuerySet":
    """The people of the unit and below it, whoever leads it, and whoever asks."""
    also = [pk for pk in (by.pk, unit.leader_id, unit.deputy_id) if pk is not None]
    here = Employee.objects.in_units(unit.pk) | Employee.objects.filter(pk__in=also)
    found: EmployeeQuerySet = here.active_on(today()).filter(is_active=True)
    return found


def as_offered(person: Employee) -> str:
    """How the field names somebody: by full name and number."""
    return f"{person.full_name} ({person.number})"


def owner_named(typed: str, unit: Unit, by: Employee) -> Employee:
    """The one person of the unit who is meant; a sentence when there is none, or more than one."""
    people = possible_owners(unit, by)
    named = NAMED.match(typed.strip())
    number = named["number"] if named else typed.strip()
    by_number = people.filter(number__iexact=number.strip()).first()
    if by_number is not None:
        return by_number
    found = list(people.search(typed).sorted()[:6]) if fold(typed) else []
    alike = [person for person in found if fold(person.full_name) == fold(typed)]
    if len(found) == 1 or len(alike) == 1:
        return (alike or found)[0]
    if found:
        offered = ", ".join(as_offered(person) for person in found[:5])
        raise forms.ValidationError(
            _("Several people are called so: write the number of one of them. %(people)s") % {"people": offered}
        )
    raise forms.ValidationError(
        _("Nobody in “%(unit)s” or below it has this name or number. Look for the spelling in the staff list.")
        % {"unit": unit.name}
    )


class FinishForm(forms.Form):
    """What shows that an action was done."""

    evidence = text(
        gettext_lazy("What was done, and what shows it"),
        600,
        rows=4,
        help_text=gettext_lazy("In words anybody in the unit can check. Name nobody who gave a view in a survey."),
    )
    link = forms.URLField(
        label=gettext_lazy("Link to a document or picture"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        error_messages={"invalid": gettext_lazy("Write the whole address, such as https://example.com/rota.")},
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    tells = forms.BooleanField(
        label=gettext_lazy("Tell the people of the unit at once under “You said, we did”"), required=False
    )


class DropForm(forms.Form):
    """Why an action is let be."""

    evidence = text(
        gettext_lazy("Why it is dropped"), 600, rows=3, help_text=gettext_lazy("The people of the unit read it.")
    )


class CommitmentForm(OfUnit):
    """A public promise."""

    what = text(
        gettext_lazy("What you promise"),
        200,
        help_text=gettext_lazy("One thing you will do yourself, so that customers are served better."),
    )
    seen_by = text(
        gettext_lazy("How people will see it"),
        300,
        rows=3,
        help_text=gettext_lazy("What will be different on that day, for anybody who looks."),
    )
    pillar = pillar_choice()
    due_on = day(gettext_lazy("By when"))

    field_order = ["unit", "what", "seen_by", "pillar", "due_on", "press"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["due_on"].initial = today() + A_STEP_AHEAD

    def clean_due_on(self) -> date:
        chosen: date = self.cleaned_data["due_on"]
        if chosen < today():
            raise forms.ValidationError(str(PAST))
        return chosen

    def promise(self) -> Promise:
        return Promise(**{name: self.cleaned_data[name] for name in ("what", "seen_by", "pillar", "due_on")})


class SettleForm(forms.Form):
    """How a promise went."""

    kept = forms.TypedChoiceField(
        label=gettext_lazy("Was it kept?"),
        coerce=lambda value: value == "yes",
        choices=[
            ("yes", pgettext_lazy("promise", "Yes, it was kept")),
            ("no", pgettext_lazy("promise", "No, not this time")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )
    outcome = text(
        gettext_lazy("What came of it"),
        600,
        rows=4,
        help_text=gettext_lazy("Where it was not kept, say what stood in the way and what happens next."),
    )


class NoteForm(WithCause):
    """What was heard, what was done, what was not."""

    heard = text(
        gettext_lazy("You said"),
        600,
        rows=3,
        help_text=gettext_lazy("Put it in your own words; never quote a comment, so that nobody is recognised."),
    )
    done = text(gettext_lazy("We did"), 600, rows=3, help_text=gettext_lazy("What is different now, and since when."))
    not_yet = text(
        gettext_lazy("Not done yet"),
        600,
        rows=3,
        required=False,
        help_text=gettext_lazy("What could not be done, why, and until when people get an answer."),
    )

    field_order = ["unit", "heard", "done", "not_yet", "press", "cause"]

    def words(self) -> NoteWords:
        return NoteWords(**{name: self.cleaned_data[name] for name in ("heard", "done", "not_yet")})


class BoardForm(forms.Form):
    """The filters of the board."""

    unit = unit_choice(gettext_lazy("Unit"), required=False, empty_label=pgettext_lazy("units", "All"))
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Under way")),
            ("overdue", gettext_lazy("Past the date")),
            ("done", pgettext_lazy("actions", "Done")),
            ("dropped", pgettext_lazy("actions", "Dropped")),
        ],
    )
    pillar = forms.ChoiceField(
        label=gettext_lazy("Pillar"), required=False, choices=[("", pgettext_lazy("pillars", "All")), *PILLARS]
    )

    def __init__(self, *args: Any, units: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["unit"]
        if isinstance(field, UnitChoice):
            field.offer(units)

"""Reading evidence from forms: a file, a link or an indicator; why a piece is returned; what a queue shows."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from assessments import uploads
from assessments.actions.evidence import HOLDS_AT_MOST, Piece, Place
from assessments.content import Content
from assessments.evidenced import offered
from assessments.forms import number_of
from assessments.models import Evidence, MaturityModel
from assessments.policies import can_give_evidence
from improvement.forms import FILL_IN, UnitChoice, day, text, unit_choice
from improvement.models import PILLARS
from people.days import today
from people.models import Employee, Unit
from people.policies import is_cx, is_hr
from people.querysets import UnitQuerySet
from portal.lib.filekinds import Fault, NotTaken
from portal.lib.filenames import without_hidden

A_YEAR = timedelta(days=365)


def units_to_give_for(employee: Employee) -> UnitQuerySet:
    """The open units somebody may give evidence for, in the order of the tree."""
    all_units = is_hr(employee) or is_cx(employee)
    units: UnitQuerySet = Unit.objects.all() if all_units else Unit.objects.led_by(employee)
    return units.open().in_tree_order()


def practices_of(content: Content) -> list[Any]:
    """The practices to choose from, by dimension."""
    language = "vi" if get_language() == "vi" else "en"
    return [
        (one.name.said(language), [(each.code, each.name.said(language)) for each in one.practices])
        for one in content.dimensions
    ]


class EvidenceForm(forms.Form):
    """One piece of evidence. `press` makes a form sent twice one piece; `model` says whose practices are listed."""

    unit = unit_choice(gettext_lazy("Unit"), empty_label=None)
    practice = forms.ChoiceField(
        label=gettext_lazy("Practice"), error_messages={"invalid_choice": gettext_lazy("Choose a practice.")}
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What you give"),
        choices=Evidence.Kind.choices,
        initial=Evidence.Kind.FILE,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )
    file = forms.FileField(
        label=pgettext_lazy("evidence", "File"),
        required=False,
        allow_empty_file=True,  # answered by the sentence of `uploads`
        error_messages={"invalid": gettext_lazy("Choose a file.")},
    )
    link = forms.URLField(
        label=pgettext_lazy("evidence", "Link"),
        required=False,
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=gettext_lazy("An address reviewers can open, too. They are shown where it leads before they press."),
        error_messages={"invalid": gettext_lazy("Write the whole address, such as https://example.com/rota.")},
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )
    indicator = forms.ChoiceField(
        label=pgettext_lazy("evidence", "Indicator"),
        required=False,
        help_text=gettext_lazy("Looked at anew each day, over the last 12 months of this unit."),
        error_messages={"invalid_choice": gettext_lazy("Choose an indicator from the list.")},
    )
    way = forms.ChoiceField(
        label=gettext_lazy("It counts while the value is"),
        required=False,
        choices=[
            ("least", pgettext_lazy("threshold", "at least")),
            ("most", pgettext_lazy("threshold", "at most")),
        ],
    )
    threshold = forms.CharField(
        label=gettext_lazy("Value to reach"),
        required=False,
        max_length=12,
        help_text=gettext_lazy("In percent where the indicator is a share."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    title = text(
        gettext_lazy("What it shows"), 140, help_text=gettext_lazy("In one short sentence, for whoever checks it.")
    )
    note = text(
        gettext_lazy("Where to look"),
        600,
        rows=2,
        required=False,
        help_text=gettext_lazy("The page, sheet or minute. Give no customer's or colleague's personal data."),
    )
    dated_on = day(gettext_lazy("Date of the evidence"))
    expires_on = day(gettext_lazy("Expires on"), required=False)
    covers_below = forms.BooleanField(label=gettext_lazy("It also holds for the units below"), required=False)
    model = forms.CharField(widget=forms.HiddenInput, required=False, max_length=50)
    press = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def __init__(self, *args: Any, by: Employee, about: MaturityModel, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by, self.about, self.content = by, about, about.said
        units, practices, indicators = (self.fields[name] for name in ("unit", "practice", "indicator"))
        if isinstance(units, UnitChoice):
            units.offer(units_to_give_for(by))
        if isinstance(practices, forms.ChoiceField) and isinstance(indicators, forms.ChoiceField):
            practices.choices = practices_of(self.content)
            indicators.choices = [("", _("Choose")), *((each.name, each.label) for each in offered())]
        self.fields["model"].initial = about.code
        self.fields["dated_on"].initial, self.fields["expires_on"].initial = today(), today() + A_YEAR
        self.fields["expires_on"].help_text = _(
            "From that day on it no longer counts; at most two years after its date. An indicator may go without."
        )
        self.fields["file"].help_text = _(
            "PDF, picture (PNG, JPEG, WEBP), Word, Excel, PowerPoint, CSV or text, at most %(most)s MB. No macros, no "
            "password."
        ) % {"most": uploads.most_megabytes()}
        self.fields["file"].widget.attrs.update(
            {
                "accept": uploads.accepted(),
                "data-most": uploads.most_megabytes() * 1024 * 1024,
                "data-too-large": uploads.sentence_of(Fault.TOO_LARGE),
            }
        )

    def clean_unit(self) -> Unit:
        unit: Unit = self.cleaned_data["unit"]
        if not can_give_evidence(self.by, unit):
            raise forms.ValidationError(_("Choose a unit from the list."))
        return unit

    def clean_title(self) -> str:
        title = " ".join(without_hidden(self.cleaned_data["title"]).split())
        if not title:
            raise forms.ValidationError(str(FILL_IN["required"]))
        return title

    def clean_dated_on(self) -> date:
        chosen: date = self.cleaned_data["dated_on"]
        if chosen > today():
            raise forms.ValidationError(_("This day has not come yet. Give the day the evidence is from."))
        if chosen <= today() - HOLDS_AT_MOST:
            raise forms.ValidationError(_("Evidence older than two years no longer counts. Give something newer."))
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._clean_model(cleaned)
        self._clean_end(cleaned)
        match cleaned.get("kind"):
            case Evidence.Kind.FILE:
                self._clean_file(cleaned)
            case Evidence.Kind.LINK:
                if not cleaned.get("link") and "link" not in self.errors:
                    self.add_error("link", str(FILL_IN["required"]))
            case Evidence.Kind.INDICATOR:
                self._clean_indicator(cleaned)
        for name in {"file", "link"} - {cleaned.get("kind")}:
            self.errors.pop(name, None)  # what was typed for another kind is not read
        return cleaned

    def _clean_model(self, cleaned: dict[str, Any]) -> None:
        """A practice belongs to a model: where the unit is assessed with another one, it is chosen anew."""
        if cleaned.get("model") and cleaned["model"] != self.about.code and cleaned.get("unit") is not None:
            self.errors.pop("practice", None)
            self.add_error(
                "practice",
                _("%(unit)s is assessed with “%(model)s”. Choose one of its practices.")
                % {"unit": cleaned["unit"].name, "model": self.about.title},
            )

    def _clean_end(self, cleaned: dict[str, Any]) -> None:
        end, dated = cleaned.get("expires_on"), cleaned.get("dated_on")
        if "expires_on" in self.errors:
            return
        if end is None:
            if cleaned.get("kind") in (Evidence.Kind.FILE, Evidence.Kind.LINK):
                self.add_error("expires_on", _("Say when it expires: files and links get old."))
        elif end <= today():
            self.add_error("expires_on", _("It must expire after today, or it would never count."))
        elif dated is not None and end > dated + HOLDS_AT_MOST:
            self.add_error("expires_on", _("Choose a day within two years of the date of the evidence."))

    def _clean_file(self, cleaned: dict[str, Any]) -> None:
        given = cleaned.get("file")
        if given is None:
            if "file" not in self.errors:
                self.add_error("file", _("Choose a file."))
            return
        try:
            cleaned["upload"] = uploads.check(given)
        except NotTaken as refused:
            self.add_error("file", uploads.sentence_of(refused.fault))

    def _clean_indicator(self, cleaned: dict[str, Any]) -> None:
        chosen = next((each for each in offered() if each.name == cleaned.get("indicator")), None)
        if chosen is None:
            if "indicator" not in self.errors:
                self.add_error("indicator", _("Choose an indicator from the list."))
            return
        value = number_of(str(cleaned.get("threshold", "")).removesuffix("%"))
        if value is None:
            self.add_error("threshold", _("Write a number, such as 80 or 4.5."))
        elif chosen.is_share and not 0 <= value <= 100:
            self.add_error("threshold", _("Write a percentage from 0 to 100."))
        else:
            cleaned["value"] = value / 100 if chosen.is_share else float(value)

    def piece(self) -> Piece:
        """What was given, once the form is valid: only what belongs to the chosen kind."""
        said = self.cleaned_data
        kind = said["kind"]
        by_indicator = kind == Evidence.Kind.INDICATOR
        return Piece(
            title=said["title"],
            note=said["note"],
            dated_on=said["dated_on"],
            expires_on=said["expires_on"],
            covers_below=said["covers_below"],
            upload=said["upload"] if kind == Evidence.Kind.FILE else None,
            link=said["link"] if kind == Evidence.Kind.LINK else "",
            indicator=said["indicator"] if by_indicator else "",
            threshold=said["value"] if by_indicator else None,
            at_most=by_indicator and said["way"] == "most",
        )

    def place(self) -> Place:
        """Which practice it is for."""
        home = self.content.home_of(self.cleaned_data["practice"])
        assert home is not None
        return Place(self.about.code, self.cleaned_data["practice"], home.pillar)


class ReturnForm(forms.Form):
    """Why a piece is returned."""

    reason = text(
        gettext_lazy("Why it is returned"),
        600,
        rows=3,
        help_text=gettext_lazy("What is missing, and what would do. Whoever gave it reads this."),
        min_length=3,
    )


class ShelfForm(forms.Form):
    """Whose evidence, and for which model."""

    unit = unit_choice(gettext_lazy("Unit"), required=False, empty_label=None)
    model = forms.ChoiceField(label=gettext_lazy("Model"), required=False)

    def __init__(self, *args: Any, units: UnitQuerySet, models: list[MaturityModel], **options: Any) -> None:
        super().__init__(*args, **options)
        offers, named = self.fields["unit"], self.fields["model"]
        if isinstance(offers, UnitChoice) and isinstance(named, forms.ChoiceField):
            offers.offer(units)
            named.choices = [(each.code, str(each.title)) for each in models]
        if len(models) < 2:
            del self.fields["model"]


class QueueForm(forms.Form):
    """The filters of the queue."""

    pillar = forms.ChoiceField(
        label=gettext_lazy("Pillar"), required=False, choices=[("", pgettext_lazy("pillars", "All")), *PILLARS]
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", pgettext_lazy("kinds", "All")), *Evidence.Kind.choices],
    )

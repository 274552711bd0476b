"""Reading the filters of the auditor's page."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diary.actions import midnight
from diary.models import Fact
from diary.querysets import FactQuerySet
from diary.sentences import label_of
from portal.lib.folding import sort_key


class FactFilterForm(forms.Form):
    """By what happened, where, by whom and when; empty fields do not narrow."""

    verb = forms.ChoiceField(label=_("What happened"), required=False)
    unit = forms.CharField(label=_("Unit code"), required=False, max_length=64)
    actor = forms.CharField(label=_("Employee number"), required=False, max_length=64)
    first_day = forms.DateField(
        label=pgettext_lazy("day", "From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=pgettext_lazy("day", "To the end of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        said = sorted(((verb, label_of(verb)) for verb in Fact.objects.all().verbs()), key=lambda one: sort_key(one[1]))
        choices = [("", _("Everything")), *said]
        self.fields["verb"].choices = choices  # type: ignore[attr-defined]
        for name in ("first_day", "last_day"):
            self.fields[name].input_formats = ["%Y-%m-%d"]  # type: ignore[attr-defined]
            self.fields[name].error_messages["invalid"] = _("Give the day as year-month-day, such as 2026-09-14.")

    def clean(self) -> dict[str, object]:
        """The range runs forward."""
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and last < first:
            raise ValidationError({"last_day": _("The last day comes before the first.")})
        return self.cleaned_data

    def narrowed(self, facts: FactQuerySet) -> FactQuerySet:
        """The facts that match; none while a filter is wrong."""
        if not self.is_valid():
            return facts.none()
        asked = self.cleaned_data
        if asked["verb"]:
            facts = facts.said(asked["verb"])
        if asked["unit"]:
            facts = facts.about_unit(asked["unit"].strip())
        if asked["actor"]:
            facts = facts.done_by(asked["actor"].strip())
        after_last = asked["last_day"] + timedelta(days=1) if asked["last_day"] else None
        start = midnight(asked["first_day"]) if asked["first_day"] else None
        return facts.between(start, midnight(after_last) if after_last else None)

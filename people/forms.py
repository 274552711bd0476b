"""Reading what people type and upload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.actions.imports import LARGEST_FILE, header_of
from people.actions.invitations import Whom, last_list_on
from people.models import Employee, Language, StaffImport, Unit
from people.roles import Role
from people.sentences import FIELD_LABELS, TROUBLES
from people.stafffile.columns import STAFF_FIELDS, UNIT_FIELDS
from portal.lib.csvfiles import CannotRead
from portal.lib.folding import tidy

if TYPE_CHECKING:
    _UnitField = forms.ModelChoiceField[Unit]
else:
    _UnitField = forms.ModelChoiceField

FILL_IN = {"required": _("Fill in this field.")}


class SearchForm(forms.Form):
    """The words and the group to look for on the staff list."""

    q = forms.CharField(label=_("Name, employee number or unit"), max_length=100, required=False, strip=True)
    gone = forms.BooleanField(label=_("Also former employees"), required=False)


class OwnSettingsForm(forms.Form):
    """What a person may change on the own page."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, error_messages=FILL_IN)
    mail_on = forms.BooleanField(
        label=_("Send me messages by email"),
        help_text=_("Every message is in the inbox here in any case."),
        required=False,
    )
    reminders_off = forms.BooleanField(label=_("Send me no reminders"), required=False)


class LanguageForm(forms.Form):
    """HR sets the language of somebody who has asked for it."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, error_messages=FILL_IN)


class EmailForm(forms.Form):
    """HR corrects the address of one person between two staff lists."""

    email = forms.EmailField(
        label=_("Email"),
        help_text=_("Leave it empty if this person has none."),
        max_length=254,
        required=False,
        error_messages={
            "invalid": _("This is not a complete email address. Correct it, or leave it empty."),
            "max_length": _("An email address has at most 254 characters. Correct it."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class LeaveForm(forms.Form):
    """When somebody is away; both empty ends the leave."""

    away_from = forms.DateField(
        label=_("First day away"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("Write the day like 14/09/2026.")},
    )
    away_until = forms.DateField(
        label=_("Last day away"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("Write the day like 14/09/2026.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("away_from"), cleaned.get("away_until")
        if ends and (begins is None or ends < begins):
            self.add_error("away_until", _("The last day of leave comes before the first."))
        return cleaned


class GrantsForm(forms.Form):
    """The access rights of one person, all at once."""

    roles = forms.MultipleChoiceField(
        label=_("Access rights"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class CodeSignInForm(forms.Form):
    """Employee number and printed code."""

    number = forms.CharField(
        label=_("Employee number"),
        max_length=64,
        error_messages=FILL_IN,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "characters"}),
    )
    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("The 12 letters and digits on your slip of paper. Spaces and dashes do not matter."),
        max_length=40,
        error_messages=FILL_IN,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_number(self) -> str:
        return tidy(self.cleaned_data["number"])


class CodePrintForm(forms.Form):
    """Whose codes to print."""

    people = forms.ModelMultipleChoiceField(
        queryset=Employee.objects.none(),
        error_messages={
            "required": _("Choose at least one person."),
            "invalid_choice": _("One of these people cannot be given a code any more. Choose again."),
        },
    )

    def __init__(self, *args: Any, employee: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = Employee.objects.visible_to(employee).without_mail()  # type: ignore[attr-defined]


class UnitSelect(_UnitField):
    """One unit, in the order of the tree, each set in by its depth."""

    def label_from_instance(self, unit: Any) -> str:
        return f"{'– ' * int(getattr(unit, 'tree_depth', 0))}{unit.name}"


class UnitForm(forms.Form):
    """One unit with everything below it."""

    unit = UnitSelect(
        label=_("Unit"),
        help_text=_("With everything below it."),
        queryset=Unit.objects.none(),
        empty_label=_("Choose a unit"),
        error_messages={"required": _("Choose a unit."), "invalid_choice": _("Choose a unit from the list.")},
    )

    def __init__(self, *args: Any, employee: Employee, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.visible_to(employee).open().in_tree_order()  # type: ignore[attr-defined]


class WhomForm(UnitForm):
    """Whom to invite: everybody who has never signed in, of one unit, of the last staff list, or both."""

    new = forms.BooleanField(label=_("Only those who are new on the last staff list"), required=False)

    def __init__(self, *args: Any, employee: Employee, **kwargs: Any) -> None:
        super().__init__(*args, employee=employee, **kwargs)
        unit: Any = self.fields["unit"]
        unit.required, unit.empty_label = False, _("The whole company")

    def whom(self) -> Whom:
        """Once the form is valid."""
        return Whom(self.cleaned_data["unit"], last_list_on() if self.cleaned_data["new"] else None)


class UploadForm(forms.Form):
    """The staff list, and the units when they have a file of their own."""

    staff = forms.FileField(
        label=_("Staff list (CSV)"),
        help_text=_("One row per person, column names in the first row, saved as “CSV UTF-8”."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty. Choose another file.")},
    )
    units = forms.FileField(
        label=_("Units (CSV)"),
        help_text=_("Only if the staff list does not describe the units itself."),
        required=False,
        error_messages={"empty": _("The file is empty. Choose another file.")},
    )

    def clean_staff(self) -> bytes:
        return self._content(self.cleaned_data["staff"])

    def clean_units(self) -> bytes | None:
        upload = self.cleaned_data["units"]
        return self._content(upload) if upload else None

    def _content(self, upload: UploadedFile[Any]) -> bytes:
        if upload.size is None or upload.size > LARGEST_FILE:
            raise forms.ValidationError(
                gettext("The file is larger than %(most)s MB. Is it the right one?"),
                params={"most": LARGEST_FILE // 1024 // 1024},
            )
        content: bytes = upload.read()
        try:
            header_of(content)
        except CannotRead as error:
            raise forms.ValidationError(str(TROUBLES[error.trouble])) from None
        return content

    @property
    def file_name(self) -> str:
        """What the uploaded file is called."""
        upload = self.files["staff"]
        return str(upload.name) if isinstance(upload, UploadedFile) else ""


class ColumnsForm(forms.Form):
    """Which column of the file is which field: one choice per column."""

    def __init__(self, *args: Any, staff_import: StaffImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._add("staff", staff_import.columns, staff_import.mapping, STAFF_FIELDS)
        self._add("units", staff_import.unit_columns, staff_import.unit_mapping, UNIT_FIELDS)

    def _add(self, file: str, columns: list[str], mapping: dict[str, int], names: tuple[str, ...]) -> None:
        fields_of = {place: name for name, place in mapping.items()}
        choices = [("", _("do not import")), *[(name, FIELD_LABELS[name]) for name in names]]
        for place, column in enumerate(columns):
            self.fields[f"{file}-{place}"] = forms.ChoiceField(
                label=column or gettext("column %(number)s") % {"number": place + 1},
                choices=choices,
                required=False,
                initial=fields_of.get(place, ""),
                error_messages={"invalid_choice": _("Choose one of the fields.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for file in ("staff", "units"):
            seen: set[str] = set()
            for key, name in list(cleaned.items()):
                if key.startswith(f"{file}-") and name:
                    if name in seen:
                        self.add_error(key, _("Another column has been matched to this field."))
                    seen.add(name)
        return cleaned

    def mapping(self, file: str) -> dict[str, int]:
        """Field to place of the column, for one of the two files."""
        chosen = self.cleaned_data.items()
        return {name: int(key.split("-")[1]) for key, name in chosen if key.startswith(f"{file}-") and name}

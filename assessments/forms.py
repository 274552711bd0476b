"""Reading what the CX team types: every text as a pair, Vietnamese and English side by side."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.content import LANGUAGES, Content, Dimension, Level, Practice, Text, tidy_number
from assessments.faults import weight_sentence
from assessments.models import SHIPPED_PREFIX, MaturityModel
from people.pillars import PILLAR_LONG
from portal.lib.folding import tidy
from portal.lib.pillars import Pillar
from surveys.questionnaire import WEIGHTS

NAME, SENTENCE = 120, 600  # characters, as in catalogue/schema.json
FEWEST, MOST = 2, 7  # answers of a practice
EVIDENCE = 6
LEVELS = 9
FILL_IN = {"required": gettext_lazy("Fill this in.")}
Word = str | Promise

code_of_model = RegexValidator(
    r"^[a-z][a-z0-9-]{1,49}$",
    gettext_lazy("Use small letters without marks, digits and hyphens, such as our-model, at most 50."),
)
code_of_practice = RegexValidator(
    r"^[A-Z][A-Z0-9-]{0,19}$", gettext_lazy("Use capital letters without marks, digits and hyphens, at most 20.")
)
code_of_dimension = RegexValidator(
    r"^[a-z][a-z0-9_-]{0,39}$",
    gettext_lazy("Use small letters without marks, digits and hyphens, at most 40."),
)


@dataclass(frozen=True)
class Pair:
    """The two boxes of one text, as a template shows them."""

    label: Word
    required: bool
    vi: BoundField
    en: BoundField

    @property
    def boxes(self) -> tuple[BoundField, BoundField]:
        return self.vi, self.en


@dataclass(frozen=True)
class Answer:
    """One answer of a practice in the form: its words, and the step that leads on from there."""

    number: int
    words: Pair
    step: Pair | None


class PairForm(forms.Form):
    """A form whose texts are asked for in both languages: both, or neither where the text may be missing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.names: dict[str, tuple[Word, bool]] = {}

    def add_pair(
        self, name: str, label: Word, *, text: Text | None = None, required: bool = True, most: int = SENTENCE
    ) -> None:
        """Two boxes for one text."""
        self.names[name] = (label, required)
        for language in LANGUAGES:
            box: forms.Widget = forms.TextInput() if most == NAME else forms.Textarea(attrs={"rows": 2})
            box.attrs.update({"lang": language, "autocomplete": "off"})
            self.fields[f"{name}_{language}"] = forms.CharField(
                required=False,
                max_length=most,
                initial=text.said(language) if text else "",
                widget=box,
                error_messages={
                    "max_length": _("At most %(limit)s characters fit; here are more. Shorten it.") % {"limit": most}
                },
            )

    @property
    def pairs(self) -> dict[str, Pair]:
        """All pairs by name, for templates."""
        return {name: self.pair(name) for name in self.names}

    def pair(self, name: str) -> Pair:
        label, required = self.names[name]
        return Pair(label, required, self[f"{name}_vi"], self[f"{name}_en"])

    def text(self, name: str) -> Text | None:
        """What was typed for this text; None where both boxes are empty. Only for a form that is valid."""
        said = Text(*(str(self.cleaned_data[f"{name}_{language}"]) for language in LANGUAGES))
        return said if said.vi and said.en else None

    def given(self, name: str) -> Text:
        """A text that may not be missing."""
        text = self.text(name)
        assert text is not None
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, (_label, required) in self.names.items():
            typed = {language: tidy(str(cleaned.get(f"{name}_{language}") or "")) for language in LANGUAGES}
            for language, words in typed.items():
                field = f"{name}_{language}"
                if field in cleaned:
                    cleaned[field] = words
                if words or field in self.errors or not (required or any(typed.values())):
                    continue
                half = any(typed.values())
                said = _("Write it in Vietnamese too.") if language == "vi" else _("Write it in English too.")
                self.add_error(field, said if half else _("Fill this in."))
        return cleaned

    def cleaned_text(self, name: str) -> Text | None:
        """The same while the form is being cleaned, when either half may still be missing."""
        said = [str(self.cleaned_data.get(f"{name}_{language}") or "") for language in LANGUAGES]
        return Text(*said) if all(said) else None


def number_field(label: Any, **options: Any) -> forms.CharField:
    """A number, written with a comma or a point."""
    return forms.CharField(
        label=label,
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}),
        error_messages=FILL_IN,
        **options,
    )


def number_of(text: str) -> float | None:
    """The number somebody wrote, or None."""
    try:
        value = round(float(text.strip().replace(",", ".")), 3)
    except ValueError:
        return None
    return tidy_number(value) if value == value and abs(value) < 1e6 else None


class ModelNameForm(PairForm):
    """What a copy is called."""

    def __init__(self, *args: Any, source: MaturityModel, **options: Any) -> None:
        super().__init__(*args, **options)
        shipped = source.code.startswith(SHIPPED_PREFIX)
        self.add_pair("title", _("Title"), text=source.words, most=NAME)
        self.fields["code"] = forms.CharField(
            label=_("Short name"),
            initial=source.code.replace(SHIPPED_PREFIX, "our-") if shipped else source.code,
            max_length=50,
            validators=[code_of_model],
            help_text=_("The same short name makes the next version of that model; a new one makes another model."),
            error_messages=FILL_IN,
        )

    def clean_code(self) -> str:
        return free_code(str(self.cleaned_data["code"]))


def free_code(code: str) -> str:
    """Refuse the codes of models that ship with Bearing."""
    if code.startswith(SHIPPED_PREFIX):
        raise forms.ValidationError(
            _("Short names that begin with bearing- belong to the models that ship with Bearing. Choose another.")
        )
    return code


class FrameForm(PairForm):
    """Everything around the practices: title, description, scale, levels."""

    def __init__(self, *args: Any, model: MaturityModel, **options: Any) -> None:
        super().__init__(*args, **options)
        self.content = content = model.said
        self.add_pair("title", _("Title"), text=model.words, most=NAME)
        self.add_pair("about", _("What it is, in a sentence or two"), text=content.about)
        self.fields["minutes"] = forms.IntegerField(
            label=_("About how many minutes a rating takes"),
            required=False,
            min_value=1,
            max_value=120,
            initial=content.minutes,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Write a number from 1 to 120.")),
        )
        self.fields["anchors"] = forms.TypedChoiceField(
            label=_("Answers of a practice, usually"),
            coerce=int,
            choices=[(n, str(n)) for n in range(FEWEST, MOST + 1)],
            initial=content.anchors,
            help_text=_("A practice may have another number of answers; its score is then put on the same scale."),
        )
        for n in range(MOST):
            said = content.labels[n] if n < len(content.labels) else None
            label = _("Answer %(number)s") % {"number": n}
            self.add_pair(f"label{n}", label, text=said, required=False, most=NAME)
        levels = content.bands
        for n in range(LEVELS):
            level = levels[n] if n < len(levels) else None
            self.add_pair(
                f"level{n}",
                _("Level %(number)s") % {"number": n + 1},
                text=level.name if level else None,
                required=False,
                most=NAME,
            )
            self.add_pair(f"level{n}about", _("Description"), text=level.about if level else None, required=False)
            low = str(tidy_number(level.low)) if level else ""
            self.fields[f"level{n}from"] = number_field(_("begins at a score of"), required=False, initial=low or None)
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=content.frame_mark())

    @property
    def labels(self) -> list[Pair]:
        return [self.pair(f"label{n}") for n in range(MOST)]

    @property
    def levels(self) -> list[tuple[int, Pair, Pair, BoundField]]:
        shown = min(LEVELS, len(self.content.bands) + 1)
        return [
            (n + 1, self.pair(f"level{n}"), self.pair(f"level{n}about"), self[f"level{n}from"])
            for n in range(LEVELS)
            if n < shown or self[f"level{n}_vi"].value()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_labels(cleaned)
        self._check_levels(cleaned)
        return cleaned

    def _check_labels(self, cleaned: dict[str, Any]) -> None:
        named = [n for n in range(MOST) if self.cleaned_text(f"label{n}")]
        wanted = int(cleaned.get("anchors") or 0)
        if named and named != list(range(wanted)):
            said = _("Name all %(number)s answers of the scale, from the lowest to the highest, or none.")
            self.add_error("anchors", said % {"number": wanted})

    def _check_levels(self, cleaned: dict[str, Any]) -> None:
        before: float | None = None
        rows = [n for n in range(LEVELS) if self.cleaned_text(f"level{n}") or cleaned.get(f"level{n}from")]
        if len(rows) < 2 or rows != list(range(len(rows))):
            self.add_error("level0from", _("Give at least two levels, without an empty one between them."))
        for n in rows:
            value = number_of(str(cleaned.get(f"level{n}from") or ""))
            field = f"level{n}from"
            if not self.cleaned_text(f"level{n}") and f"level{n}_vi" not in self.errors:
                self.add_error(f"level{n}_vi", _("Name this level in both languages."))
            if value is None or not 1 <= value < 5:
                self.add_error(field, _("Write a score from 1 up to, but not including, 5."))
            elif n == 0 and value != 1:
                self.add_error(field, _("The first level begins at 1; otherwise low scores would belong to no level."))
            elif before is not None and value <= before:
                self.add_error(field, _("A level begins above the one before it."))
            else:
                before = value
            cleaned[field] = value

    def frame(self) -> Content:
        """What was typed, around no practices."""
        rows = [n for n in range(LEVELS) if self.text(f"level{n}")]
        starts = [self.cleaned_data[f"level{n}from"] for n in rows] + [5]
        levels = tuple(
            Level(n + 1, starts[n], starts[n + 1], self.given(f"level{n}"), self.text(f"level{n}about")) for n in rows
        )
        labels = tuple(text for n in range(MOST) if (text := self.text(f"label{n}")))
        unchanged = [(level.number, level.low, level.name, level.about) for level in levels] == [
            (level.number, level.low, level.name, level.about) for level in self.content.bands
        ]
        return Content(
            about=self.given("about"),
            anchors=self.cleaned_data["anchors"],
            dimensions=(),
            labels=labels,
            levels=self.content.levels if unchanged else levels,
            minutes=self.cleaned_data["minutes"],
        )


class DimensionForm(PairForm):
    """A dimension: its names, and the pillar it belongs to."""

    def __init__(self, *args: Any, dimension: Dimension | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.dimension = dimension
        self.add_pair("name", _("Name"), text=dimension.name if dimension else None, most=NAME)
        self.add_pair("about", _("Description"), text=dimension.about if dimension else None, required=False)
        if dimension is None:
            self.fields["code"] = forms.CharField(
                label=_("Short name"),
                max_length=40,
                validators=[code_of_dimension],
                help_text=_("It stays the same from version to version, so that results can be compared."),
                error_messages=FILL_IN,
            )
        if dimension is None or dimension.is_own:
            self.fields["pillar"] = forms.ChoiceField(
                label=_("Belongs to the pillar"),
                choices=[(pillar.value, PILLAR_LONG[pillar]) for pillar in Pillar],
                initial=dimension.pillar.value if dimension else None,
                help_text=_("By it, results of this dimension meet pulse surveys, courses and metrics."),
                error_messages={**FILL_IN, "invalid_choice": _("Choose one of the five pillars.")},
            )
        if dimension is not None:
            self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=dimension.mark())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        code = cleaned.get("code")
        if code in list(Pillar) and cleaned.get("pillar") not in (None, code):
            self.add_error("code", _("This is the short name of a pillar. Give the dimension one of its own."))
        return cleaned

    def value(self) -> Dimension:
        """What was typed, without practices."""
        code = self.dimension.code if self.dimension else self.cleaned_data["code"]
        pillar = Pillar(self.cleaned_data.get("pillar") or code)
        return Dimension(code, pillar, self.given("name"), about=self.text("about"))


class PracticeForm(PairForm):
    """One practice: question, answers with their next steps, weight, evidence."""

    def __init__(self, *args: Any, content: Content, practice: Practice | None, code: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.given_code = practice.code if practice else None
        self.shown = self._shown(practice, content)
        if self.is_bound:
            self.data = {**{name: self.data.get(name) for name in self.data}, "answers": str(self.shown)}
        if practice is None:
            self.fields["code"] = forms.CharField(
                label=_("Short name"),
                initial=code,
                max_length=20,
                validators=[code_of_practice],
                help_text=_("It stays the same from version to version, so that results can be compared."),
                error_messages=FILL_IN,
                widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
            )
        self.add_pair("name", _("Name"), text=practice.name if practice else None, most=NAME)
        self.add_pair(
            "group", _("Heading above it"), text=practice.group if practice else None, required=False, most=NAME
        )
        self.add_pair("question", _("Question"), text=practice.question if practice else None)
        self.add_pair("hint", _("What counts, or an example"), text=practice.hint if practice else None, required=False)
        self.fields["weight"] = number_field(
            _("Weight"),
            initial=str(tidy_number(practice.weight)) if practice else "1",
            help_text=_("1 for most practices; 2 counts twice as much in the score of its pillar."),
        )
        for n in range(MOST):
            answer = practice.anchors[n] if practice and n < len(practice.anchors) else None
            step = practice.next_steps[n] if practice and n < len(practice.next_steps) else None
            self.add_pair(f"anchor{n}", _("Answer %(number)s") % {"number": n}, text=answer, required=False)
            self.add_pair(f"next{n}", _("What to do next from here"), text=step, required=False)
        for n in range(EVIDENCE):
            proof = practice.evidence[n] if practice and n < len(practice.evidence) else None
            self.add_pair(f"evidence{n}", _("Evidence %(number)s") % {"number": n + 1}, text=proof, required=False)
        self.fields["answers"] = forms.CharField(widget=forms.HiddenInput, initial=self.shown, required=False)
        if practice is not None:
            self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, initial=practice.mark())

    def _shown(self, practice: Practice | None, content: Content) -> int:
        """How many rows of answers the page has: one more after "add an answer"."""
        shown = len(practice.anchors) if practice else content.anchors
        if self.is_bound:
            typed = str(self.data.get("answers", ""))
            shown = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else shown
            shown += self.data.get("do") == "more"
        return max(FEWEST, min(MOST, shown))

    @property
    def answer_rows(self) -> list[Answer]:
        return [
            Answer(n, self.pair(f"anchor{n}"), self.pair(f"next{n}") if n < self.shown - 1 else None)
            for n in range(self.shown)
        ]

    @property
    def evidence_rows(self) -> list[Pair]:
        filled = [n for n in range(EVIDENCE) if self[f"evidence{n}_vi"].value() or self[f"evidence{n}_en"].value()]
        return [self.pair(f"evidence{n}") for n in range(min(EVIDENCE, max([2, *filled]) + 1))]

    @property
    def may_add(self) -> bool:
        return self.shown < MOST

    def clean_weight(self) -> float:
        value = number_of(str(self.cleaned_data["weight"]))
        if value is None or value not in WEIGHTS:
            raise forms.ValidationError(weight_sentence())
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rows = [n for n in range(MOST) if self.cleaned_text(f"anchor{n}")]
        if len(rows) < FEWEST and not any(f"anchor{n}_{each}" in self.errors for n in (0, 1) for each in LANGUAGES):
            self.add_error("anchor1_vi", _("A practice has at least two answers."))
        self._check_steps(rows)
        for language in LANGUAGES:
            seen: set[str] = set()
            for n in rows:
                words = str(cleaned[f"anchor{n}_{language}"]).casefold()
                if words in seen:
                    self.add_error(f"anchor{n}_{language}", _("Another answer says the same. Say what differs."))
                seen.add(words)
        return cleaned

    def _check_steps(self, rows: list[int]) -> None:
        """Next steps stand beside every answer but the highest, or beside none."""
        steps = [n for n in range(MOST) if self.cleaned_text(f"next{n}")]
        top = max(rows, default=0)
        for n in steps:
            if n not in rows:
                self.add_error(f"anchor{n}_vi", _("Write the answer this next step belongs to, or empty the step."))
            elif n == top:
                self.add_error(f"next{n}_vi", _("Beside the highest answer stands no next step. Empty it."))
        for n in rows[:-1]:
            if steps and n not in steps and f"next{n}_vi" not in self.errors:
                self.add_error(f"next{n}_vi", _("Write a next step here too, or leave all of them empty."))

    def value(self) -> Practice:
        """What was typed, as a practice."""
        rows = [n for n in range(MOST) if self.text(f"anchor{n}")]
        return Practice(
            code=self.given_code or self.cleaned_data["code"],
            name=self.given("name"),
            question=self.given("question"),
            anchors=tuple(self.given(f"anchor{n}") for n in rows),
            weight=self.cleaned_data["weight"],
            group=self.text("group"),
            hint=self.text("hint"),
            evidence=tuple(text for n in range(EVIDENCE) if (text := self.text(f"evidence{n}"))),
            next_steps=tuple(text for n in rows[:-1] if (text := self.text(f"next{n}"))),
        )


class ImportForm(forms.Form):
    """A workbook, and the short name it gets here."""

    file = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx)"),
        help_text=gettext_lazy("At most 3 MB, by the template below."),
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty. Choose another."),
            "missing": gettext_lazy("Choose a file."),
            "invalid": gettext_lazy("Choose a file."),
        },
    )
    code = forms.CharField(
        label=gettext_lazy("Short name"),
        required=False,
        max_length=50,
        validators=[code_of_model],
        help_text=gettext_lazy("Leave it empty to take the one in the workbook."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_code(self) -> str:
        return free_code(str(self.cleaned_data["code"]))

    def content(self) -> bytes:
        """The bytes sent; one more than allowed at most, so that a huge file is never held whole."""
        sent = self.cleaned_data["file"]
        assert isinstance(sent, UploadedFile)
        content: bytes = sent.read()
        return content

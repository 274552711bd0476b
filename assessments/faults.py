"""What is wrong with a model, each with its place and a sentence: the same check for files, workbooks and drafts."""

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, ValidationError

from portal.lib.pillars import Pillar

SCHEMA = Path(__file__).parent / "catalogue" / "schema.json"
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
MISSING = re.compile(r"'(.+)' is a required property")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
MOST_FAULTS = 50  # a file wrong everywhere is not helped by a thousand sentences

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A place in the plain data, and what is wrong there."""

    path: Place
    reason: str


def faults_of(plain: object, *, draft: bool = False) -> list[Fault]:
    """Everything wrong with a model as plain data, in the order of the file. A draft may still have empty pillars."""
    found = [
        Fault(tuple(error.absolute_path), sentence(error))
        for error in VALIDATOR.iter_errors(plain)
        if not (draft and _is_empty_pillar(error))
    ]
    if not found and isinstance(plain, Mapping):
        found = list(_contradictions(plain))
    unique = {(fault.path, fault.reason): fault for fault in found}
    return list(unique.values())[:MOST_FAULTS]


def _is_empty_pillar(error: ValidationError) -> bool:
    return error.validator == "minItems" and list(error.absolute_path)[-1:] == ["practices"]


# Sentences for what the schema refuses ------------------------------------------------------------------------------


def _language(name: object) -> str:
    return {"vi": _("Vietnamese"), "en": _("English")}.get(str(name), "")


def sentence(error: ValidationError) -> str:
    """What the schema refused, said so that a person can mend it."""
    path = list(error.absolute_path)
    last = path[-1] if path else ""
    value: Any = error.instance
    limit = error.validator_value
    kind = str(error.validator)
    if kind == "required":
        return _missing(error)
    if kind == "additionalProperties":
        known = set(error.schema["properties"]) if isinstance(error.schema, Mapping) else set()
        names = ", ".join(sorted(str(name) for name in value if name not in known))
        return _("“%(names)s” is not known here.") % {"names": names}
    if kind == "pattern":
        return _pattern(last, path)
    if last == "weight":
        return weight_sentence()
    if kind == "type":
        return _type(str(limit))
    said = {
        "maxLength": _("This text has %(has)s characters; at most %(limit)s fit."),
        "enum": _("“%(value)s” is none of the five pillars: %(limit)s."),
        "minimum": _("%(value)s is too small: it is at least %(limit)s."),
        "maximum": _("%(value)s is too large: it is at most %(limit)s."),
        "minItems": _("There are too few here: %(has)s instead of at least %(limit)s."),
        "maxItems": _("There are too many here: %(has)s instead of at most %(limit)s."),
        "uniqueItems": _("Two answers of this practice say the same."),
    }.get(kind, error.message)
    if kind in ("minItems", "maxItems") and last == "next":
        said = _("A next step stands beside each answer but the highest: %(limit)s, not %(has)s.")
    if kind == "minItems" and last == "practices":
        said = _("This pillar has no practice yet.")
    has = len(value) if isinstance(value, str | list) else ""
    told = ", ".join(map(str, limit)) if isinstance(limit, list) else limit
    return said % {"has": has, "limit": told, "value": value} if "%(" in said else said


def weight_sentence() -> str:
    """What a weight may be, and what to do with others."""
    return _(
        "A practice counts once or twice: its weight is 1 or 2. Of shares such as 20, 30 and 50, the largest become 2 "
        "and the others 1; what should not count is left out."
    )


def _missing(error: ValidationError) -> str:
    match = MISSING.match(error.message)
    name = match[1] if match else error.message
    if name in ("vi", "en"):
        return _("The text in %(language)s is missing.") % {"language": _language(name)}
    if name == "pillar":
        return _("Say which of the five pillars this dimension belongs to.")
    return _("“%(name)s” is missing.") % {"name": name}


def _pattern(last: object, path: list[str | int]) -> str:
    if last in ("vi", "en"):
        return _("The text in %(language)s is empty.") % {"language": _language(last)}
    if "practices" in path:
        return _("A practice's code begins with a capital letter and holds capitals, digits and hyphens, at most 20.")
    return _("A code begins with a small letter and holds small letters, digits and hyphens.")


def _type(wanted: str) -> str:
    return {
        "string": _("A text belongs here. Put it in quotation marks if it looks like a number."),
        "integer": _("A whole number belongs here."),
        "number": _("A number belongs here."),
        "array": _("A list belongs here."),
        "object": _("Names with values belong here."),
    }[wanted]


# What a schema cannot say -------------------------------------------------------------------------------------------


def _contradictions(plain: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _odd_letters(plain, ())
    yield from _codes(plain["pillars"])
    yield from _bands(plain.get("levels", []))
    for d, dimension in enumerate(plain["pillars"]):
        for p, practice in enumerate(dimension["practices"]):
            yield from _same_answers(practice["anchors"], ("pillars", d, "practices", p, "anchors"))


def _odd_letters(value: Any, path: Place) -> Iterator[Fault]:
    if isinstance(value, str):
        if not unicodedata.is_normalized("NFC", value):
            yield Fault(path, _("The letters are taken apart: save the file with composed letters (NFC)."))
        if CONTROL.search(value):
            yield Fault(path, _("The text holds a character that cannot be seen or printed. Type it again."))
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(path, _("A number belongs here."))
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _odd_letters(each, (*path, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _odd_letters(each, (*path, place))


def _codes(dimensions: list[Mapping[str, Any]]) -> Iterator[Fault]:
    seen: set[str] = set()
    asked: set[str] = set()
    for d, dimension in enumerate(dimensions):
        code = dimension["code"]
        if code in seen:
            yield Fault(("pillars", d, "code"), _("The code %(code)s comes twice.") % {"code": code})
        seen.add(code)
        if code in list(Pillar) and dimension.get("pillar", code) != code:
            said = _("The pillar %(code)s cannot belong to %(other)s. Give the dimension a code of its own.")
            yield Fault(("pillars", d, "pillar"), said % {"code": code, "other": dimension["pillar"]})
        for p, practice in enumerate(dimension["practices"]):
            if practice["code"] in asked:
                place = ("pillars", d, "practices", p, "code")
                yield Fault(place, _("The code %(code)s comes twice.") % {"code": practice["code"]})
            asked.add(practice["code"])


def _same_answers(anchors: list[Mapping[str, str]], path: Place) -> Iterator[Fault]:
    for language in ("vi", "en"):
        seen: set[str] = set()
        for place, anchor in enumerate(anchors):
            words = " ".join(anchor[language].casefold().split())
            if words in seen:
                yield Fault((*path, place, language), _("Two answers of this practice say the same."))
            seen.add(words)


def _bands(levels: list[Mapping[str, Any]]) -> Iterator[Fault]:
    """Bands begin at 1, end at 5, and each begins where the one before ended."""
    ends: float = 1
    for place, level in enumerate(levels):
        here: Place = ("levels", place)
        if level["level"] != place + 1:
            said = _("Levels are counted 1, 2, 3 and so on; here stands %(level)s instead of %(expected)s.")
            yield Fault((*here, "level"), said % {"level": level["level"], "expected": place + 1})
        begins = level["from"]
        if begins > ends:
            said = _("A hole: scores from %(low)s to %(high)s belong to no level.")
            yield Fault((*here, "from"), said % {"low": ends, "high": begins})
        elif begins < ends:
            said = _("An overlap: scores from %(low)s to %(high)s belong to two levels.")
            yield Fault((*here, "from"), said % {"low": begins, "high": ends})
        if level["to"] <= begins:
            said = _("A level ends above its beginning: %(high)s is not above %(low)s.")
            yield Fault((*here, "to"), said % {"low": begins, "high": level["to"]})
        ends = level["to"]
    if levels and ends != 5:
        said = _("A hole: scores from %(low)s to %(high)s belong to no level.")
        yield Fault(("levels", len(levels) - 1, "to"), said % {"low": ends, "high": 5})

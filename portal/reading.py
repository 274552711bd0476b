"""What every resource of the API is made of: who asks, texts in both languages, lists that only read."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _
from drf_spectacular.plumbing import build_object_type
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request

from people.models import Employee

Noun = TypeVar("Noun", bound=Model)


def reader(request: Request) -> Employee:
    """The employee who asks; `IsAuthenticated` has let nobody else through."""
    person = request.user
    assert isinstance(person, Employee)
    return person


def asked(request: Request, names: Mapping[str, str]) -> dict[str, str]:
    """The filters an address names: parameter -> field."""
    return {field: request.query_params[name] for name, field in names.items() if name in request.query_params}


def whole_number(request: Request, name: str, sentence: str) -> int | None:
    """A number the address names; the sentence says what it should have been."""
    words = request.query_params.get(name)
    if words is None:
        return None
    if not words.isascii() or not words.isdigit() or len(words) > 18:
        raise ValidationError({name: [sentence]})
    return int(words)


@extend_schema_field(build_object_type({"vi": {"type": "string"}, "en": {"type": "string"}}))
class WordsField(serializers.Field[Any, Any, dict[str, str], Any]):
    """A text in both languages."""

    def to_representation(self, value: Any) -> dict[str, str]:
        localize = getattr(value, "localize", None)
        return {language: localize(language) if localize else value[language] for language in ("vi", "en")}


class Reads(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Noun]):
    """A list and its single rows, never a change."""

    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """No text of the database holds the character NUL, and none is looked for by it."""
        super().initial(request, *args, **kwargs)
        for name, values in request.query_params.lists():
            if any("\0" in value for value in values):
                raise ValidationError({name.replace("\0", ""): [_("Leave out the character NUL.")]})

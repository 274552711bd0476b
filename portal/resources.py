"""The API's resources, read-only: the same rows that the pages show, through the same `visible_to`."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.routers import DefaultRouter
from rest_framework.views import APIView

from improvement.models import Action
from people.models import Employee
from people.policies import is_hr
from portal.assessment_resources import Cycles, Models, Scorecards
from portal.reading import Reads, WordsField, asked, reader
from pulses.models import Programme
from surveys.models import Cell, Round


class IsHR(BasePermission):
    """The staff list is for HR."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Employee) and is_hr(request.user)


class ProgrammeOut(serializers.ModelSerializer[Programme]):
    """A plan of pulse surveys."""

    title = WordsField(read_only=True)
    units = serializers.SlugRelatedField[Any](slug_field="code", many=True, read_only=True)

    class Meta:
        model = Programme
        fields = (
            "id",
            "title",
            "state",
            "cadence",
            "units",
            "starts_on",
            "send_hour",
            "time_zone",
            "window_days",
            "items",
            "asks_comments",
            "reminders",
            "k",
            "k_detail",
        )


class RoundOut(serializers.ModelSerializer[Round]):
    """A round, as frozen at launch; what it found is in its cells."""

    title = serializers.SerializerMethodField()

    class Meta:
        model = Round
        fields = ("id", "kind", "title", "state", "opens_at", "closes_at", "closed_at", "k", "k_detail", "invited")

    def get_title(self, round_: Round) -> dict[str, str]:
        """The title of the questionnaire in both languages."""
        return {language: str(round_.questionnaire["title"][language]) for language in ("vi", "en")}


class CellOut(serializers.ModelSerializer[Cell]):
    """One published number with its n and likely range; `null` where nothing is published."""

    unit = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    same_as = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)

    class Meta:
        model = Cell
        fields = (
            "id",
            "round",
            "unit",
            "measure",
            "code",
            "n",
            "mean",
            "low",
            "high",
            "histogram",
            "share",
            "covers_part",
            "same_as",
            "verdict",
            "verdict_difference",
            "verdict_needed",
            "breaks_line",
        )


class ActionOut(serializers.ModelSerializer[Action]):
    """One thing a unit does about a result; titles and texts as somebody wrote them, in one language."""

    unit = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    owner = serializers.SlugRelatedField[Any](slug_field="full_name", read_only=True)
    cause_label = serializers.SerializerMethodField()

    class Meta:
        model = Action
        fields = (
            "id",
            "unit",
            "title",
            "what",
            "pillar",
            "owner",
            "due_on",
            "state",
            "cause_room",
            "cause_key",
            "cause_label",
            "evidence",
            "evidence_link",
            "started_on",
            "closed_on",
        )

    def get_cause_label(self, action: Action) -> dict[str, str] | None:
        """What it answers, in both languages; `null` where nobody said."""
        return dict(action.cause_label) or None


class PersonOut(serializers.ModelSerializer[Employee]):
    """A person on the staff list; nothing about surveys."""

    unit = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    manager = serializers.SlugRelatedField[Any](slug_field="number", read_only=True)

    class Meta:
        model = Employee
        fields = (
            "id",
            "number",
            "full_name",
            "email",
            "language",
            "unit",
            "manager",
            "role_family",
            "frontline",
            "site",
            "shift",
            "hired_on",
            "left_on",
            "is_active",
        )


class Programmes(Reads[Programme]):
    """Programmes, for those who plan them."""

    serializer_class = ProgrammeOut
    queryset = Programme.objects.none()

    def get_queryset(self) -> QuerySet[Programme]:
        return Programme.objects.visible_to(reader(self.request)).newest_first().prefetch_related("units")


class Rounds(Reads[Round]):
    """Rounds, newest first."""

    serializer_class = RoundOut
    queryset = Round.objects.none()

    def get_queryset(self) -> QuerySet[Round]:
        rounds: QuerySet[Round] = Round.objects.visible_to(reader(self.request))
        return rounds.order_by("-opens_at", "pk")


CELL_FILTERS = [
    OpenApiParameter("round", UUID, description="Only cells of this round."),
    OpenApiParameter("unit", str, description="Only cells of the unit with this code."),
    OpenApiParameter("measure", str, enum=Cell.Measure.values, description="Only cells of this kind."),
]


@extend_schema_view(list=extend_schema(parameters=CELL_FILTERS))
class Cells(Reads[Cell]):
    """Published numbers: the ones the results pages show to the same reader, and no others."""

    serializer_class = CellOut
    queryset = Cell.objects.none()

    def get_queryset(self) -> QuerySet[Cell]:
        cells: QuerySet[Cell] = Cell.objects.visible_to(reader(self.request))
        return (
            cells.select_related("unit", "same_as").filter(self.wanted()).order_by("round", "unit", "measure", "code")
        )

    def wanted(self) -> Q:
        """What the address asks for; a round that is no round is said to be one."""
        given, wanted = self.request.query_params, Q()
        if "round" in given:
            try:
                wanted &= Q(round=UUID(given["round"]))
            except ValueError as error:
                raise ValidationError({"round": ["Give the id of a round."]}) from error
        if "unit" in given:
            wanted &= Q(unit__code=given["unit"])
        if "measure" in given:
            wanted &= Q(measure=given["measure"])
        return wanted


ACTION_FILTERS = [
    OpenApiParameter("unit", str, description="Only actions of the unit with this code."),
    OpenApiParameter("state", str, enum=Action.State.values, description="Only actions in this state."),
]


@extend_schema_view(list=extend_schema(parameters=ACTION_FILTERS))
class Actions(Reads[Action]):
    """Actions, newest first: the ones the same reader finds on the pages."""

    serializer_class = ActionOut
    queryset = Action.objects.none()

    def get_queryset(self) -> QuerySet[Action]:
        wanted = asked(self.request, {"unit": "unit__code", "state": "state"})
        actions: QuerySet[Action] = Action.objects.visible_to(reader(self.request)).filter(**wanted).newest_first()
        return actions.select_related("unit", "owner")


class People(Reads[Employee]):
    """The staff list, for HR."""

    permission_classes = (IsAuthenticated, IsHR)
    serializer_class = PersonOut
    queryset = Employee.objects.none()

    def get_queryset(self) -> QuerySet[Employee]:
        people = Employee.objects.visible_to(reader(self.request)).select_related("unit", "manager").sorted()
        words = self.request.query_params.get("search", "")
        found: QuerySet[Employee] = people.search(words) if words else people
        return found


router = DefaultRouter()
router.include_format_suffixes = False
router.register("programmes", Programmes, basename="api-programme")
router.register("rounds", Rounds, basename="api-round")
router.register("cells", Cells, basename="api-cell")
router.register("actions", Actions, basename="api-action")
router.register("models", Models, basename="api-model")
router.register("cycles", Cycles, basename="api-cycle")
router.register("scorecards", Scorecards, basename="api-scorecard")
router.register("people", People, basename="api-person")

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="api-schema"),
    *router.urls,
]

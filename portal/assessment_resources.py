"""The API's resources about maturity: models, cycles and scorecards, as the same reader finds them on the pages."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from assessments.models import Cycle, MaturityModel, Scorecard
from portal.lib.pillars import Pillar
from portal.reading import Reads, WordsField, asked, reader, whole_number


class ModelOut(serializers.ModelSerializer[MaturityModel]):
    """One version of a maturity model with everything it says."""

    title = WordsField(read_only=True)

    class Meta:
        model = MaturityModel
        fields = ("id", "code", "version", "state", "title", "content", "published_at", "changed_at")


class CycleOut(serializers.ModelSerializer[Cycle]):
    """One assessment: which version of which model, of whom, when. No units means the whole company."""

    title = WordsField(read_only=True)
    model = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    version = serializers.IntegerField(source="model.version", read_only=True)
    units = serializers.SlugRelatedField[Any](slug_field="code", many=True, read_only=True)

    class Meta:
        model = Cycle
        fields = (
            "id",
            "title",
            "model",
            "version",
            "state",
            "units",
            "opens_on",
            "send_hour",
            "time_zone",
            "window_days",
            "asks_comments",
            "reminders",
            "repeats",
            "k",
            "k_detail",
            "round",
            "closed_at",
            "reviewed_at",
        )


class ScorecardOut(serializers.ModelSerializer[Scorecard]):
    """One unit and pillar of a closed cycle: the score with n and likely range, its level, and what caps it."""

    unit = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    cell = serializers.IntegerField(source="cell_id", read_only=True)
    n = serializers.IntegerField(source="cell.n", read_only=True, allow_null=True)
    score = serializers.FloatField(source="cell.mean", read_only=True, allow_null=True)
    low = serializers.FloatField(source="cell.low", read_only=True, allow_null=True)
    high = serializers.FloatField(source="cell.high", read_only=True, allow_null=True)
    change = serializers.CharField(source="cell.verdict", read_only=True)
    change_difference = serializers.FloatField(source="cell.verdict_difference", read_only=True, allow_null=True)

    class Meta:
        model = Scorecard
        fields = (
            "id",
            "cycle",
            "round",
            "unit",
            "pillar",
            "cell",
            "n",
            "score",
            "low",
            "high",
            "here_low",
            "here_high",
            "level",
            "chances",
            "evidence_share",
            "evidenced",
            "cap",
            "stands_at",
            "view",
            "r_wg",
            "ad_m",
            "chance_r_wg",
            "teams_apart",
            "teams",
            "shrunk",
            "shrunk_low",
            "shrunk_high",
            "shrunk_weight",
            "shrunk_prior",
            "change",
            "change_difference",
        )


MODEL_FILTERS = [
    OpenApiParameter("code", str, description="Only versions of the model with this short name."),
    OpenApiParameter("state", str, enum=MaturityModel.State.values, description="Only versions in this state."),
]


@extend_schema_view(list=extend_schema(parameters=MODEL_FILTERS))
class Models(Reads[MaturityModel]):
    """Maturity models: drafts for the CX team, published versions for HR and leaders too."""

    serializer_class = ModelOut
    queryset = MaturityModel.objects.none()

    def get_queryset(self) -> QuerySet[MaturityModel]:
        wanted = asked(self.request, {"code": "code", "state": "state"})
        return MaturityModel.objects.visible_to(reader(self.request)).filter(**wanted).by_name()


CYCLE_FILTERS = [
    OpenApiParameter("model", str, description="Only cycles of the model with this short name."),
    OpenApiParameter("state", str, enum=Cycle.State.values, description="Only cycles in this state."),
]


@extend_schema_view(list=extend_schema(parameters=CYCLE_FILTERS))
class Cycles(Reads[Cycle]):
    """Cycles, newest first: plans for those who make them, opened ones for leaders, board and reviewers too."""

    serializer_class = CycleOut
    queryset = Cycle.objects.none()

    def get_queryset(self) -> QuerySet[Cycle]:
        wanted = asked(self.request, {"model": "model__code", "state": "state"})
        cycles = Cycle.objects.visible_to(reader(self.request)).filter(**wanted).newest_first()
        return cycles.select_related("model").prefetch_related("units")


SCORECARD_FILTERS = [
    OpenApiParameter("cycle", int, description="Only scorecards of this cycle."),
    OpenApiParameter("unit", str, description="Only scorecards of the unit with this code."),
    OpenApiParameter("pillar", str, enum=[each.value for each in Pillar], description="Only this pillar."),
]


@extend_schema_view(list=extend_schema(parameters=SCORECARD_FILTERS))
class Scorecards(Reads[Scorecard]):
    """Scorecards: the ones the results pages show to the same reader, and no others."""

    serializer_class = ScorecardOut
    queryset = Scorecard.objects.none()

    def get_queryset(self) -> QuerySet[Scorecard]:
        cards = Scorecard.objects.visible_to(reader(self.request))
        cycle = whole_number(self.request, "cycle", _("Give the number of a cycle."))
        if cycle is not None:
            cards = cards.filter(cycle=cycle)
        wanted = asked(self.request, {"unit": "unit__code", "pillar": "pillar"})
        return cards.filter(**wanted).select_related("unit", "cell").order_by("-cycle", "unit", "pillar")

"""The stairs: the engine that asks in private and publishes only together."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Rounds, ballots and published cells."""

    name = "surveys"
    default_auto_field = "django.db.models.BigAutoField"

"""The stairs: the engine that asks in private and publishes only together."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class SurveysConfig(AppConfig):
    """Rounds, ballots and published cells."""

    name = "surveys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Announce the words of this room's facts, and who must hear when somebody's address or sign-in is changed."""
        import_string("people.registry.register_doubter")(import_string("surveys.actions.stop_counting"))
        import_string("diary.registry.register_verbs")(
            import_string("surveys.facts.WORDS"), import_string("surveys.facts.SUBJECTS")
        )

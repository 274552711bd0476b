"""The diary room."""

from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class DiaryConfig(AppConfig):
    """Facts and indicators."""

    name = "diary"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("activity record")

    def ready(self) -> None:
        """The entrance may not import this room, so its facts and their words come in through registered doors."""
        register_recorder = import_string("people.registry.register_recorder")
        # Names, for models are there only now.
        register_recorder(import_string("diary.actions.record"), import_string("diary.actions.record_many"))
        import_string("diary.registry.register_verbs")(
            import_string("people.facts.WORDS"), import_string("people.facts.SUBJECTS")
        )

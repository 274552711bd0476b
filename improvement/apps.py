"""The improvement room."""

from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal.lib.pillars import Pillar


class ImprovementConfig(AppConfig):
    """What is done about a result: actions, commitments, and what people are told about it."""

    name = "improvement"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("improvement")

    def ready(self) -> None:
        """Announce messages, the words of facts, and the indicator; by name, for models are there only now."""
        import_string("improvement.notices.register_kinds")()
        import_string("diary.registry.register_verbs")(
            import_string("improvement.facts.WORDS"), import_string("improvement.facts.SUBJECTS")
        )
        import_string("diary.registry.register_indicator")(
            "improvement.actions_in_time",
            Pillar.LEADERSHIP,
            _("Actions done in time"),
            import_string("improvement.indicators.actions_in_time"),
            is_share=True,
        )

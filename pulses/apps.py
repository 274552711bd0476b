from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal.lib.catalogues import register_catalogue


class PulsesConfig(AppConfig):
    """Programmes that ask the same short questions again and again, and what the answers say together."""

    name = "pulses"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("pulse surveys")

    def ready(self) -> None:
        import_string("pulses.notices.register_kinds")()  # a name, for models are there only now
        import_string("diary.registry.register_verbs")(
            import_string("pulses.facts.WORDS"), import_string("pulses.facts.SUBJECTS")
        )
        register_catalogue(import_string("pulses.banks.BANKS"))

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """The entrance: employees, units, access rights, the import of the staff list, sign-in."""

    name = "people"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("people")

    def ready(self) -> None:
        """Announce the checks."""
        import_module("people.checks")

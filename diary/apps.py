"""The diary room."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiaryConfig(AppConfig):
    """Facts and indicators."""

    name = "diary"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("activity record")

    def ready(self) -> None:
        """The entrance may not import this room, so its facts come in through a registered door."""
        record = import_module("diary.actions").record
        import_module("people.registry").register_recorder(record)

"""The outbox room."""

from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Messages owed to people, and the channels that carry them."""

    name = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("messages")

    def ready(self) -> None:
        """The entrance may not import this room: its invitations come in through a registered door."""
        import_string("outbox.notices.register")()  # a name, for models are there only now

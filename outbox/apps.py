"""The outbox room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Messages owed to people, and the channels that carry them."""

    name = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("messages")

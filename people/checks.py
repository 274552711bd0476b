"""What must be right about the entrance before anybody may come in."""

from collections.abc import Sequence

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def sign_up_is_closed(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Only HR lets people in, and codes at the door are of no use if every process counts the tries alone."""
    found: list[CheckMessage] = []
    if settings.ACCOUNT_ADAPTER != "people.adapters.AccountAdapter":
        found.append(
            Error(
                "Anybody may sign up.",
                hint="Set ACCOUNT_ADAPTER to people.adapters.AccountAdapter, or to a class that inherits from it.",
                id="people.E001",
            )
        )
    if "locmem" in settings.CACHES["default"]["BACKEND"] or "dummy" in settings.CACHES["default"]["BACKEND"]:
        found.append(
            Error(
                "Tries at sign-in cannot be counted: the cache is not shared.",
                hint="Let CACHES['default'] point at Redis.",
                id="people.E002",
            )
        )
    return found

"""The roof: addresses, homes, sign-in, health, the API's root."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import import_string

from portal import checks
from portal.lib import clock, shifted


class PortalConfig(AppConfig):
    """Imported by nobody; reads every room below."""

    name = "portal"

    def ready(self) -> None:
        """Announce the checks made before a deployment."""
        checks.announce()
        import_string("portal.seals.register")()  # needs the models, which are there by now
        import_string("diary.registry.register_verbs")(import_string("portal.facts.WORDS"), {})
        if settings.DEMO:
            clock.set_clock(shifted.shifted_by(settings.DEMO_CLOCK))

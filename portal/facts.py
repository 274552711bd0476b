"""The verbs the roof utters, and their words."""

from django.utils.translation import gettext_lazy as _

from people.registry import Words

DEPLOYED = "portal.deployed"

WORDS: dict[str, Words] = {DEPLOYED: Words(_("A version of Bearing was put into service"), codes={"version": {}})}

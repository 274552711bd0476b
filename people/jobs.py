"""Words for the role families and shifts that many staff lists share; other values stand as HR imported them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from portal.lib.folding import fold

ROLE_FAMILIES: Mapping[str, Promise] = {
    "office": pgettext_lazy("role family", "Office"),
    "shop": pgettext_lazy("role family", "Shop"),
    "care": pgettext_lazy("role family", "Customer care"),
    "warehouse": pgettext_lazy("role family", "Warehouse"),
    "delivery": pgettext_lazy("role family", "Delivery"),
    "guard": pgettext_lazy("role family", "Security"),
    "maintenance": pgettext_lazy("role family", "Maintenance"),
}
_MORNING = pgettext_lazy("shift", "Morning")
_AFTERNOON = pgettext_lazy("shift", "Afternoon")
_NIGHT = pgettext_lazy("shift", "Night")
SHIFTS: Mapping[str, Promise] = {
    "morning": _MORNING,
    "sang": _MORNING,
    "afternoon": _AFTERNOON,
    "chieu": _AFTERNOON,
    "night": _NIGHT,
    "dem": _NIGHT,
}


def role_family_word(text: str) -> str:
    """The role family in the language of the reader, as far as it is a known one."""
    return str(ROLE_FAMILIES.get(fold(text), text))


def shift_word(text: str) -> str:
    """The shift in the language of the reader, as far as it is a known one."""
    return str(SHIFTS.get(fold(text), text))

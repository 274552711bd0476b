"""The names of the five pillars on screen."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from portal.lib.pillars import Pillar

PILLAR_SHORT: dict[Pillar, Promise] = {
    Pillar.LEADERSHIP: pgettext_lazy("pillar", "Leadership"),
    Pillar.UNDERSTANDING: pgettext_lazy("pillar", "Understanding"),
    Pillar.PEOPLE: pgettext_lazy("pillar", "People"),
    Pillar.PROCESS: pgettext_lazy("pillar", "Process"),
    Pillar.MEASUREMENT: pgettext_lazy("pillar", "Measurement"),
}

PILLAR_LONG: dict[Pillar, Promise] = {
    Pillar.LEADERSHIP: pgettext_lazy("pillar", "Leaders commit and set the example"),
    Pillar.UNDERSTANDING: pgettext_lazy("pillar", "Customer understanding"),
    Pillar.PEOPLE: pgettext_lazy("pillar", "Trained and empowered people"),
    Pillar.PROCESS: pgettext_lazy("pillar", "Process and technology"),
    Pillar.MEASUREMENT: pgettext_lazy("pillar", "Measurement and reward"),
}

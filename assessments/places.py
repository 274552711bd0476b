"""A place in a model's plain data, in words."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.content import Content
from assessments.faults import Place


def place_of(path: Place, content: Content) -> str:
    """Which dimension, practice, answer or level a fault is about, as the reader of the page knows it."""
    language = "vi" if get_language() == "vi" else "en"
    steps = list(path)
    if steps[:1] == ["levels"] and len(steps) > 1 and isinstance(steps[1], int):
        return _("Level %(number)s") % {"number": steps[1] + 1}
    if steps[:1] == ["pillars"] and len(steps) > 1 and isinstance(steps[1], int):
        dimension = content.dimensions[steps[1]]
        if steps[2:3] == ["practices"] and len(steps) > 3 and isinstance(steps[3], int):
            practice = dimension.practices[steps[3]]
            return f"{practice.code} {practice.name.said(language)}"
        return dimension.name.said(language)
    return _("The model as a whole")

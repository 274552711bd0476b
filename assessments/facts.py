"""The verbs this room utters, and their words: ids, versions and counts, never a text of a model."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.models import MaturityModel
from people.models import Employee
from people.registry import FindSubjects, Subject, Words

MODEL_LOADED = "assessments.model_loaded"
MODEL_COPIED = "assessments.model_copied"
MODEL_IMPORTED = "assessments.model_imported"
MODEL_CHANGED = "assessments.model_changed"
MODEL_PUBLISHED = "assessments.model_published"
MODEL_RETIRED = "assessments.model_retired"
MODEL_DISCARDED = "assessments.model_discarded"

_COUNTS = {
    "version": lambda n: gettext("version %(number)s"),
    "practices": lambda n: ngettext("%(number)s practice", "%(number)s practices", n),
}

WORDS: dict[str, Words] = {
    MODEL_LOADED: Words(_("A maturity model was loaded"), counts=_COUNTS),
    MODEL_COPIED: Words(_("A maturity model was copied into a draft"), counts=_COUNTS, silent=frozenset({"source"})),
    MODEL_IMPORTED: Words(_("A maturity model was imported as a draft"), counts=_COUNTS),
    MODEL_CHANGED: Words(_("A draft of a maturity model was changed"), counts=_COUNTS, silent=frozenset({"edition"})),
    MODEL_PUBLISHED: Words(_("A maturity model was published"), counts=_COUNTS),
    MODEL_RETIRED: Words(_("A maturity model was retired"), counts=_COUNTS),
    MODEL_DISCARDED: Words(_("A draft of a maturity model was thrown away"), counts=_COUNTS),
}


def _models(reader: Employee, ids: Collection[str]) -> Mapping[str, Subject]:
    opens = set(MaturityModel.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    return {
        str(one.pk): Subject(str(one.title), one.get_absolute_url() if one.pk in opens else "")
        for one in MaturityModel.objects.filter(pk__in=ids).only("pk", "title")
    }


SUBJECTS: dict[str, FindSubjects] = {"assessments.model": _models}

"""Corridors of the models: list, read, compare, copy, import, export, and the buttons that publish and retire."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions, facts, policies, workbook, workbook_out
from assessments.comparing import compare
from assessments.content import LANGUAGES
from assessments.faults import faults_of
from assessments.forms import ImportForm, ModelNameForm
from assessments.models import Cycle, MaturityModel
from assessments.places import place_of
from diary.models import Fact
from people.corridors import Question, Signed, ask, gate


@dataclass(frozen=True)
class Family:
    """All versions of one model, newest first."""

    code: str
    versions: list[MaturityModel]

    @property
    def newest(self) -> MaturityModel:
        return self.versions[0]


def model_or_404(request: Signed, pk: int) -> MaturityModel:
    """The version, if the reader may see it."""
    return get_object_or_404(MaturityModel.objects.visible_to(request.user), pk=pk)


def language_of(request: Signed) -> str:
    """The language a model is shown in: the one asked for, else the reader's own."""
    asked = request.GET.get("preview", "")
    return asked if asked in LANGUAGES else "vi" if get_language() == "vi" else "en"


@require_safe
@login_required
@never_cache
def model_list(request: Signed) -> HttpResponse:
    """All models with their versions."""
    gate(policies.can_read_models(request.user))
    families: dict[str, list[MaturityModel]] = {}
    for each in MaturityModel.objects.visible_to(request.user).by_name():
        families.setdefault(each.code, []).append(each)
    context = {
        "families": [Family(code, versions) for code, versions in families.items()],
        "may_write": policies.can_write_models(request.user),
    }
    return render(request, "assessments/model_list.html", context)


@require_safe
@login_required
@never_cache
def model(request: Signed, pk: int) -> HttpResponse:
    """One version: dimensions, practices with their answers, evidence and next steps, levels."""
    shown = model_or_404(request, pk)
    versions = MaturityModel.objects.visible_to(request.user).of_code(shown.code)
    faults = faults_of(shown.plain()) if shown.is_draft else []
    context = {
        "model": shown,
        "content": shown.said,
        "preview_language": language_of(request),
        "versions": list(versions),
        "troubles": [(place_of(fault.path, shown.said), fault.reason) for fault in faults],
        "to_decide": actions.running_with_older(shown) if policies.can_run_cycles(request.user) else [],
        "may": {
            "write": policies.can_write_models(request.user),
            "edit": policies.can_edit_model(request.user, shown),
            "retire": policies.can_retire_model(request.user, shown),
        },
    }
    return render(request, "assessments/model.html", context)


@require_safe
@login_required
@never_cache
def model_compare(request: Signed, pk: int) -> HttpResponse:
    """This version beside another; unless told beside what it was copied from, else beside the one before it."""
    newer = model_or_404(request, pk)
    others = list(MaturityModel.objects.visible_to(request.user).exclude(pk=pk).by_name())
    asked = request.GET.get("with", "")
    before = [each for each in others if each.code == newer.code and each.version < newer.version]
    asked = asked or str(source_of(newer) or "")
    older = next((each for each in others if str(each.pk) == asked), None) or next(iter(before or others), None)
    context = {
        "model": newer,
        "older": older,
        "others": others,
        "preview_language": language_of(request),
        "found": compare(older.said, newer.said, titles=(older.words, newer.words)) if older else None,
    }
    return render(request, "assessments/model_compare.html", context)


def source_of(model: MaturityModel) -> int | None:
    """The version a draft was copied from, as the activity record says."""
    copied = Fact.objects.filter(key=f"{facts.MODEL_COPIED}:{model.pk}").first()
    return copied.data.get("source") if copied is not None else None


# New drafts ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def model_copy(request: Signed, pk: int) -> HttpResponse:
    """Begin a draft with the words of this version."""
    source = model_or_404(request, pk)
    gate(policies.can_write_models(request.user))
    form = ModelNameForm(request.POST or None, source=source)
    if form.is_valid():
        draft = actions.copy_model(
            source=source, code=form.cleaned_data["code"], title=form.given("title"), by=request.user
        )
        messages.success(request, _("The draft is there. Change what you like; nobody is asked anything yet."))
        return redirect(draft)
    return render(request, "assessments/model_copy.html", {"form": form, "model": source})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def model_import(request: Signed) -> HttpResponse:
    """A workbook becomes a draft, whole or not at all."""
    gate(policies.can_write_models(request.user))
    form = ImportForm(request.POST or None, request.FILES or None)
    troubles: list[workbook.Trouble] = []
    if form.is_valid():
        try:
            read = workbook.read_workbook(form.content(), code=form.cleaned_data["code"])
            draft = actions.import_model(code=read.code, title=read.title, content=read.content, by=request.user)
        except workbook.WorkbookRefused as error:
            troubles = error.troubles
        else:
            number = len(list(read.content.practices))
            said = ngettext("A draft with %(n)s practice is there.", "A draft with %(n)s practices is there.", number)
            messages.success(request, said % {"n": number})
            return redirect(draft)
    return render(request, "assessments/model_import.html", {"form": form, "troubles": troubles})


# Workbooks ----------------------------------------------------------------------------------------------------------


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=workbook.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


@require_safe
@login_required
@never_cache
def model_export(request: Signed, pk: int) -> HttpResponse:
    """The version as a workbook that can be imported again."""
    shown = model_or_404(request, pk)
    return _download(workbook_out.write_workbook(shown.plain()), f"{shown.code}-{shown.version}")


@require_safe
@login_required
@never_cache
def model_template(request: Signed) -> HttpResponse:
    """An empty workbook with a guide and an example."""
    gate(policies.can_write_models(request.user))
    return _download(workbook_out.template_workbook(), "bearing-model-template")


# Buttons that ask once ----------------------------------------------------------------------------------------------


def _asked(
    request: Signed, shown: MaturityModel, question: Callable[[], Question], act: Callable[[], object], done: str
) -> HttpResponse:
    """Ask, act on the second press, say what was done, or that somebody was quicker."""

    def press() -> HttpResponse:
        try:
            act()
        except actions.ModelError as error:
            messages.error(request, refusal(error))
            return redirect(shown)
        messages.success(request, done)
        there = MaturityModel.objects.filter(pk=shown.pk).exists()
        return redirect(shown) if there else redirect("assessments:model_list")

    return ask(request, question(), press)


def refusal(error: actions.ModelError) -> str:
    """The sentence for what the room refused."""
    if isinstance(error, actions.NotDraft):
        return _("This version is no longer a draft: somebody has published it or thrown it away. Nothing was changed.")
    if isinstance(error, actions.NotReady):
        return _("This draft cannot be published yet: the page below says what is missing.")
    if isinstance(error, actions.NotThere):
        return _("Somebody has removed this part meanwhile. Nothing was changed.")
    if isinstance(error, actions.CodeTaken):
        return _("This short name is taken in this model. Choose another.")
    if isinstance(error, actions.NoRoom):
        return _("There is no more room: a model has at most 20 dimensions, a dimension at most 60 practices.")
    return _("Somebody changed this after you opened the page. Nothing was changed; look at it again first.")


def _running(cycles: Iterable[Cycle]) -> list[str]:
    """What a newer version means for cycles that are open with an older one."""
    said = _(
        "“%(title)s” is open with an older version. Teams go on answering the words they were given; afterwards you "
        "are asked whether leaders’ own ratings keep that version or move to this one."
    )
    return [said % {"title": cycle.title} for cycle in cycles]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def model_publish(request: Signed, pk: int) -> HttpResponse:
    """Publish a draft as it was read."""
    shown = model_or_404(request, pk)
    gate(policies.can_publish_model(request.user, shown))
    if faults_of(shown.plain()):
        messages.error(request, refusal(actions.NotReady([])))
        return redirect(shown)
    seen = request.GET.get("edition", "")
    edition = int(seen) if seen.isascii() and seen.isdigit() else shown.edition
    says = [
        _("From then on its words and weights never change: what people rated stays what they read."),
        _("A later wording is a new version. Nobody is asked anything before you open a cycle."),
    ]
    question = Question(
        heading=_("Publish version %(version)s of “%(title)s”?") % {"version": shown.version, "title": shown.title},
        says=says + _running(Cycle.objects.visible_to(request.user).asking(shown.code)),
        button=_("Publish the model"),
        way_back=(shown.get_absolute_url(), str(shown.title)),
    )
    act = partial(actions.publish_model, model=shown, seen=edition, by=request.user)
    return _asked(request, shown, lambda: question, act, _("The model is published."))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def model_retire(request: Signed, pk: int) -> HttpResponse:
    """Take a published version out of use."""
    shown = model_or_404(request, pk)
    gate(policies.can_retire_model(request.user, shown))
    question = Question(
        heading=_("Retire version %(version)s of “%(title)s”?") % {"version": shown.version, "title": shown.title},
        says=[_("No new cycle can use it. Running cycles and their results stay as they are. This cannot be undone.")],
        button=_("Retire the model"),
        way_back=(shown.get_absolute_url(), str(shown.title)),
        kind="stop",
    )
    act = partial(actions.retire_model, model=shown, by=request.user)
    return _asked(request, shown, lambda: question, act, _("The model is retired."))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def model_discard(request: Signed, pk: int) -> HttpResponse:
    """Throw a draft away."""
    shown = model_or_404(request, pk)
    gate(policies.can_discard_model(request.user, shown))
    question = Question(
        heading=_("Throw away the draft of “%(title)s”?") % {"title": shown.title},
        says=[_("Its words are gone for good. Published versions stay. Export it first if you may want it back.")],
        button=_("Throw the draft away"),
        way_back=(shown.get_absolute_url(), str(shown.title)),
        kind="stop",
    )
    act = partial(actions.discard_draft, model=shown, by=request.user)
    return _asked(request, shown, lambda: question, act, _("The draft is gone."))

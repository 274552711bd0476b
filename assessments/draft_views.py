"""Corridors of a draft: each part is saved by itself, and says when somebody else was quicker."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions, policies
from assessments.content import Content, Dimension, Practice
from assessments.forms import DimensionForm, FrameForm, PracticeForm
from assessments.models import MaturityModel
from assessments.views import language_of, model_or_404, refusal
from people.corridors import Question, Signed, ask, gate


def _draft(request: Signed, pk: int) -> tuple[MaturityModel, Content]:
    """The draft and what it says; published versions are refused."""
    model = model_or_404(request, pk)
    gate(policies.can_edit_model(request.user, model))
    return model, model.said


def _dimension(content: Content, code: str) -> Dimension:
    found = content.dimension(code)
    if found is None:
        raise Http404
    return found


def _practice(content: Content, code: str) -> Practice:
    found = content.by_code.get(code)
    if found is None:
        raise Http404
    return found


def _later(form: Any, mark: str) -> None:
    """Tell the later of two tabs; a second press then saves over what it has now been shown."""
    said = _(
        "Somebody else saved this after you opened the page. Nothing of yours is saved yet. Compare what is stored now "
        "with your words below; saving again replaces it."
    )
    form.add_error(None, said)
    form.data = {**{name: form.data.get(name) for name in form.data}, "seen": mark}


def _to(model: MaturityModel, part: str) -> HttpResponse:
    return redirect(f"{model.get_absolute_url()}#{part}")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def model_edit(request: Signed, pk: int) -> HttpResponse:
    """Title, description, scale and levels."""
    model, content = _draft(request, pk)
    form = FrameForm(request.POST or None, model=model)
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            actions.change_frame(model=model, seen=seen, title=form.given("title"), frame=form.frame(), by=request.user)
            messages.success(request, _("Saved."))
            return redirect(model)
        except actions.ChangedMeanwhile:
            _later(form, content.frame_mark())
        except actions.ModelError as error:
            form.add_error(None, refusal(error))
    return render(request, "assessments/model_edit.html", {"form": form, "model": model})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def dimension_new(request: Signed, pk: int) -> HttpResponse:
    """Add a dimension."""
    model, _content = _draft(request, pk)
    form = DimensionForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_dimension(model=model, dimension=form.value(), by=request.user)
            messages.success(request, _("The dimension is there. Add its practices now."))
            return _to(model, form.value().code)
        except actions.ModelError as error:
            form.add_error(None, refusal(error))
    return render(request, "assessments/dimension_form.html", {"form": form, "model": model, "dimension": None})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def dimension_edit(request: Signed, pk: int, code: str) -> HttpResponse:
    """Change a dimension's names, or its pillar."""
    model, content = _draft(request, pk)
    dimension = _dimension(content, code)
    form = DimensionForm(request.POST or None, dimension=dimension)
    if form.is_valid():
        try:
            actions.change_dimension(
                model=model, seen=form.cleaned_data["seen"], dimension=form.value(), by=request.user
            )
            messages.success(request, _("Saved."))
            return _to(model, code)
        except actions.ChangedMeanwhile:
            _later(form, dimension.mark())
        except actions.ModelError as error:
            form.add_error(None, refusal(error))
    return render(request, "assessments/dimension_form.html", {"form": form, "model": model, "dimension": dimension})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def dimension_remove(request: Signed, pk: int, code: str) -> HttpResponse:
    """Take a dimension out with its practices."""
    model, content = _draft(request, pk)
    dimension = _dimension(content, code)
    names = [each.name.said(language_of(request)) for each in dimension.practices]
    says = [_("These practices go with it: %(names)s.") % {"names": "; ".join(names)}] if names else []
    seen = request.GET.get("seen", dimension.whole_mark())
    act = partial(actions.remove_dimension, model=model, seen=seen, code=code, by=request.user)
    return _removal(request, model, dimension.name.said(language_of(request)), says, act)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def practice_new(request: Signed, pk: int, code: str) -> HttpResponse:
    """Write a practice into a dimension."""
    model, content = _draft(request, pk)
    dimension = _dimension(content, code)
    form = PracticeForm(request.POST or None, content=content, practice=None, code=next_code(content, dimension))
    wanted = request.POST.get("do")
    if wanted != "more" and form.is_valid() and wanted != "preview":
        try:
            actions.add_practice(model=model, dimension=code, practice=form.value(), by=request.user)
            messages.success(request, _("The practice is saved."))
            return _to(model, form.value().code)
        except actions.ModelError as error:
            form.add_error(None, refusal(error))
    return _practice_page(request, model, dimension, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def practice_edit(request: Signed, pk: int, code: str) -> HttpResponse:
    """Change one practice; the others are not touched."""
    model, content = _draft(request, pk)
    practice = _practice(content, code)
    form = PracticeForm(request.POST or None, content=content, practice=practice)
    wanted, stored = request.POST.get("do"), None
    if wanted != "more" and form.is_valid() and wanted != "preview":
        try:
            actions.save_practice(model=model, seen=form.cleaned_data["seen"], practice=form.value(), by=request.user)
            messages.success(request, _("The practice is saved."))
            return _to(model, code)
        except actions.ChangedMeanwhile:
            _later(form, practice.mark())
            stored = practice
        except actions.ModelError as error:
            form.add_error(None, refusal(error))
    home = content.home_of(code)
    assert home is not None
    return _practice_page(request, model, home, form, practice, stored)


def _practice_page(
    request: Signed,
    model: MaturityModel,
    dimension: Dimension,
    form: PracticeForm,
    practice: Practice | None,
    stored: Practice | None = None,
) -> HttpResponse:
    """The form with a preview of the rating card: of what was typed, else of what is stored."""
    wanted = request.POST.get("do")
    if wanted == "more":
        form.errors.clear()
    typed = form.value() if wanted == "preview" and form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "model": model,
        "content": model.said,
        "dimension": dimension,
        "practice": practice,
        "stored": stored,
        "card": typed or (practice if stored is None else None),
        "typed": typed is not None,
        "preview_language": language_of(request),
    }
    return render(request, "assessments/practice_form.html", context)


def next_code(content: Content, dimension: Dimension) -> str:
    """A short name nobody has yet: the letters of the neighbours, and the next number."""
    letters = dimension.practices[0].code.rstrip("0123456789") if dimension.practices else dimension.code[:1].upper()
    number = len(dimension.practices) + 1
    while f"{letters}{number}" in content.by_code:
        number += 1
    return f"{letters or 'P'}{number}"


@require_POST
@login_required
@never_cache
def practice_move(request: Signed, pk: int, code: str) -> HttpResponse:
    """One place up or down."""
    model, _content = _draft(request, pk)
    try:
        actions.move_practice(model=model, code=code, up=request.POST.get("way") == "up", by=request.user)
    except actions.ModelError as error:
        messages.error(request, refusal(error))
    return _to(model, code)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def practice_remove(request: Signed, pk: int, code: str) -> HttpResponse:
    """Take a practice out of a draft."""
    model, content = _draft(request, pk)
    practice = _practice(content, code)
    seen = request.GET.get("seen", practice.mark())
    act = partial(actions.remove_practice, model=model, seen=seen, code=code, by=request.user)
    says = [_("Published versions and what was rated with them keep it.")]
    return _removal(request, model, practice.name.said(language_of(request)), says, act)


def _removal(
    request: Signed, model: MaturityModel, name: str, says: list[str], act: "partial[MaturityModel]"
) -> HttpResponse:
    """Ask once, then remove; a part changed meanwhile stays."""

    def press() -> HttpResponse:
        try:
            act()
            messages.success(request, _("“%(name)s” is no longer in the draft.") % {"name": name})
        except actions.ModelError as error:
            messages.error(request, refusal(error))
        return redirect(model)

    question = Question(
        heading=_("Remove “%(name)s” from the draft?") % {"name": name},
        says=says,
        button=_("Remove it"),
        way_back=(model.get_absolute_url(), str(model.title)),
        kind="stop",
    )
    return ask(request, question, press)

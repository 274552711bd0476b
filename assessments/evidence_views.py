"""Corridors of evidence: what a unit shows, one piece, its file; give and take back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments import facts, policies, uploads
from assessments.actions import evidence as actions
from assessments.evidence_forms import EvidenceForm, ReturnForm, ShelfForm, units_to_give_for
from assessments.evidenced import Observer, offered, proof_of
from assessments.models import Evidence, MaturityModel
from assessments.shelf import models_asked, practice_named, shelf_of
from diary.models import Fact
from diary.sentences import lines_of
from people.corridors import Question, Signed, ask, gate, whole_number
from people.days import today
from people.models import Employee, Unit

GET_AND_POST = ["GET", "HEAD", "POST"]
VERBS = (facts.EVIDENCE_GIVEN, facts.EVIDENCE_VERIFIED, facts.EVIDENCE_RETURNED, facts.EVIDENCE_WITHDRAWN)
PREFILLED = ("title", "note", "kind", "link", "indicator", "covers_below")
# A file is never shown as a page of the portal, whatever a browser takes it for.
FILE_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def evidence_seen(person: Employee, pk: int) -> Evidence:
    """The piece, for whoever may read it; 404 else."""
    found = Evidence.objects.visible_to(person).select_related("unit", "added_by", "reviewed_by")
    return get_object_or_404(found, pk=pk)


def chosen_model(models: list[MaturityModel], code: str) -> MaturityModel | None:
    """The model asked for, else the one of the newest cycle."""
    return next((each for each in models if each.code == code), models[0] if models else None)


@require_safe
@login_required
@never_cache
def evidence_list(request: Signed) -> HttpResponse:
    """What a unit shows for each practice, what counts, and what is missing."""
    person = request.user
    gate(policies.can_read_evidence(person))
    all_units = Unit.objects.open() if policies.can_read_all_evidence(person) else Unit.objects.led_by(person).open()
    unit = chosen_unit(request, all_units)
    models = models_asked(unit)
    model = chosen_model(models, request.GET.get("model", ""))
    given = {"unit": unit.pk if unit else None, "model": model.code if model else ""}
    context = {
        "form": ShelfForm(initial=given, units=all_units.in_tree_order(), models=models),
        "shelf": shelf_of(unit, model, today()) if unit and model else None,
        "unit": unit,
        "may_give": unit is not None and policies.can_give_evidence(person, unit),
        "may_review": policies.can_review_evidence(person),
        "waiting": Evidence.objects.to_review_by(person).count() if policies.can_review_evidence(person) else 0,
    }
    return render(request, "assessments/evidence_list.html", context)


def chosen_unit(request: Signed, units: "QuerySet[Unit]") -> Unit | None:
    """The unit an address names, else one that is led by name, else the first of the tree; 404 for one of others."""
    asked = request.GET.get("unit", "")
    if asked:
        number = whole_number(asked)
        return get_object_or_404(units, pk=number if number is not None else 0)
    own = units.filter(leader=request.user).first() or units.filter(deputy=request.user).first()
    return own or units.filter(parent=None).first() or units.first()


# Give ---------------------------------------------------------------------------------------------------------------


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def evidence_new(request: Signed) -> HttpResponse:
    """Give a piece: from a practice in two presses, or a returned one again."""
    gate(policies.can_give_any_evidence(request.user))
    asked = request.POST if request.method == "POST" else request.GET
    filled = given_by(request)
    models = models_asked(unit_named(request.user, asked.get("unit") or filled.get("unit")))
    model = chosen_model(models, asked.get("model", ""))
    if model is None:
        raise Http404
    form = EvidenceForm(request.POST or None, request.FILES or None, by=request.user, about=model, initial=filled)
    if form.is_valid():
        return handed_in(request, form)
    context = {"form": form, "model": model, "models": models, **beside(form, request.user)}
    return render(request, "assessments/evidence_form.html", context)


def unit_named(person: Employee, said: object) -> Unit | None:
    """The unit a form or an address means, the first one somebody may give for unless told; None for one of others."""
    units = units_to_give_for(person)
    number = whole_number(str(said or ""))
    return units.filter(pk=number).first() if number is not None else units.first()


def handed_in(request: Signed, form: EvidenceForm) -> HttpResponse:
    """Store what the form says; the page again where the practice has too many pieces already."""
    unit: Unit = form.cleaned_data["unit"]
    press = form.cleaned_data["press"]
    try:
        given = actions.give_evidence(unit=unit, place=form.place(), piece=form.piece(), press=press, by=request.user)
    except actions.TooManyPieces:
        form.add_error(None, _("Twenty pieces stand for this practice already. Take one back first."))
        context = {"form": form, "model": form.about, **beside(form, request.user)}
        return render(request, "assessments/evidence_form.html", context)
    messages.success(request, _("The evidence is given. It counts once a reviewer has verified it."))
    return redirect(f"{reverse('assessments:evidence_list')}?unit={unit.pk}&model={given.model_code}#{given.practice}")


def given_by(request: Signed) -> dict[str, object]:
    """What an address may fill in: unit and practice, or what a returned piece said."""
    filled: dict[str, object] = {name: request.GET[name] for name in ("unit", "practice") if name in request.GET}
    number = whole_number(request.GET.get("again", ""))
    again = Evidence.objects.visible_to(request.user).filter(pk=number).first() if number is not None else None
    if again is not None:
        filled.update({name: getattr(again, name) for name in PREFILLED})
        filled.update({"unit": again.unit_id, "practice": again.practice})
    return filled


def beside(form: EvidenceForm, person: Employee) -> dict[str, object]:
    """What stands beside the form: typical evidence of the practice, and what the indicators show for the unit now."""
    code = str(form["practice"].value() or "")
    unit = unit_named(person, form["unit"].value())
    observer = Observer(today())
    now = [(each, observer.observe(each.name, unit)) for each in offered()] if unit is not None else []
    return {"practice": form.content.by_code.get(code), "unit": unit, "indicators": now}


# One piece ----------------------------------------------------------------------------------------------------------


@require_safe
@login_required
@never_cache
def evidence(request: Signed, pk: int) -> HttpResponse:
    """One piece: what it is, whether it counts, what has happened to it, and what its reader may do."""
    return evidence_page(request, evidence_seen(request.user, pk), ReturnForm())


def evidence_page(request: Signed, shown: Evidence, form: ReturnForm) -> HttpResponse:
    person, day = request.user, today()
    said = Fact.objects.filter(key__in=[f"{verb}:{shown.pk}" for verb in VERBS]).select_related("actor").order_by("id")
    asked = practice_named(shown.model_code, shown.practice)
    context = {
        "evidence": shown,
        "proof": proof_of(shown, day=day, observer=Observer(day)),
        "practice": asked[0] if asked else None,
        "model": asked[1] if asked else None,
        "history": lines_of(said, reader=person),
        "form": form,
        "query": queue_query(request),
        "may": {
            "give": policies.can_give_evidence(person, shown.unit),
            "verify": policies.can_verify_evidence(person, shown),
            "return": policies.can_return_evidence(person, shown),
            "withdraw": policies.can_withdraw_evidence(person, shown),
            "list": policies.can_read_evidence(person),
            "model": asked is not None and MaturityModel.objects.visible_to(person).filter(pk=asked[1].pk).exists(),
        },
        "is_own": policies.can_review_evidence(person) and policies.is_own_evidence(person, shown),
    }
    return render(request, "assessments/evidence.html", context)


@require_safe
@login_required
@never_cache
def evidence_file(request: Signed, pk: int) -> HttpResponse:
    """The file itself, to be saved and never shown as a page; only after the same gate as its page."""
    shown = evidence_seen(request.user, pk)
    if not shown.is_file or shown.state == Evidence.State.WITHDRAWN:
        raise Http404
    place = uploads.where(str(shown.file.name))
    if not place.is_file():
        messages.error(request, _("The file is not on this server. Tell IT, or give the evidence again."))
        return redirect(shown)
    answer = FileResponse(
        place.open("rb"), as_attachment=True, filename=shown.file_name, content_type=sent_as(shown.content_type)
    )
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer  # type: ignore[return-value]


def sent_as(content_type: str) -> str:
    """Text says how its letters are written."""
    return f"{content_type}; charset=utf-8" if content_type.startswith("text/") else content_type


@require_http_methods(GET_AND_POST)
@login_required
@never_cache
def evidence_withdraw(request: Signed, pk: int) -> HttpResponse:
    """Take a piece back, asked once."""
    shown = evidence_seen(request.user, pk)
    gate(policies.can_withdraw_evidence(request.user, shown) or shown.state == Evidence.State.WITHDRAWN)
    says = [_("“%(title)s” then counts for nothing any more; levels may drop.") % {"title": shown.title}]
    if shown.is_file:
        says.append(_("Its file is deleted at once. The activity record keeps that there was one."))

    def act() -> HttpResponse:
        actions.withdraw_evidence(evidence=shown, by=request.user)
        messages.success(request, _("The evidence is taken back."))
        return redirect(shown)

    way_back = (shown.get_absolute_url(), shown.title)
    return ask(request, Question(_("Take this evidence back?"), says, _("Take it back"), way_back, "stop"), act)


def queue_query(request: Signed) -> str:
    """The filters of the queue, to be handed on from page to page."""
    query = QueryDict(mutable=True)
    query.update({name: request.GET[name] for name in ("pillar", "kind") if request.GET.get(name)})
    return f"&{query.urlencode()}" if query else ""

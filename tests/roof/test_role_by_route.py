"""Every address of the portal, asked for by every role: a table says what comes back; a new address must join it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assessments.actions import open_cycle
from assessments.models import Cycle, LeaderRating, MaturityModel, Scorecard
from improvement.models import Action, Commitment, Note
from outbox.models import Notice
from portal.lib import clock
from surveys.models import Cell
from tests.assessments.cycle_cast import make_cycle
from tests.assessments.evidence_cast import give
from tests.assessments.published import Published, alike, publish
from tests.assessments.published import make_cycle as make_published
from tests.improvement.conftest import make_action, make_commitment, make_note
from tests.roof.conftest import Stage

pytestmark = pytest.mark.django_db

ROLES = ("nobody", "employee", "leader", "hr", "cx", "auditor")
REFUSED = {"401", "403", "405"}

# "sign-in" is a redirect to the page where one signs in. A method that is not listed is refused to everybody.
TABLE = """
home                                 GET   sign-in 200     200     200     200     200
help                                 GET   200     200     200     200     200     200
language                             POST  302     302     302     302     302     302
theme                                POST  302     302     302     302     302     302
account_login                        GET   200     302     302     302     302     302
account_login                        POST  200     302     302     302     302     302
account_logout                       GET   302     200     200     200     200     200
account_logout                       POST  302     302     302     302     302     302
account_inactive                     GET   200     200     200     200     200     200
account_signup                       GET   200     302     302     302     302     302
account_signup                       POST  200     302     302     302     302     302
account_reauthenticate               GET   sign-in 403     403     403     403     403
account_reauthenticate               POST  sign-in 403     403     403     403     403
account_email                        GET   sign-in 200     200     200     200     200
account_email                        POST  sign-in 302     302     302     302     302
account_email_verification_sent      GET   200     200     200     200     200     200
account_change_password              GET   sign-in 302     302     302     302     302
account_change_password              POST  sign-in 302     302     302     302     302
account_set_password                 GET   sign-in 200     200     200     200     200
account_set_password                 POST  sign-in 200     200     200     200     200
account_reset_password               GET   200     200     200     200     200     200
account_reset_password               POST  200     200     200     200     200     200
account_confirm_login_code           GET   302     302     302     302     302     302
account_confirm_login_code           POST  302     302     302     302     302     302
account_confirm_email                GET   200     200     200     200     200     200
account_confirm_email                POST  404     404     404     404     404     404
account_reset_password_from_key_done GET   200     200     200     200     200     200
account_reset_password_from_key      GET   200     200     200     200     200     200
account_reset_password_from_key      POST  200     200     200     200     200     200
account_reset_password_done          GET   200     200     200     200     200     200
account_request_login_code           GET   200     302     302     302     302     302
account_request_login_code           POST  200     302     302     302     302     302
mfa_index                            GET   sign-in 200     200     200     200     200
mfa_index                            POST  sign-in 405     405     405     405     405
mfa_authenticate                     GET   302     302     302     302     302     302
mfa_authenticate                     POST  302     302     302     302     302     302
mfa_reauthenticate                   GET   sign-in 403     403     403     403     403
mfa_reauthenticate                   POST  sign-in 403     403     403     403     403
mfa_activate_totp                    GET   sign-in 200     200     200     200     200
mfa_activate_totp                    POST  sign-in 200     200     200     200     200
mfa_deactivate_totp                  GET   sign-in 404     404     404     404     404
mfa_deactivate_totp                  POST  sign-in 404     404     404     404     404
mfa_view_recovery_codes              GET   sign-in 404     404     404     404     404
mfa_view_recovery_codes              POST  sign-in 405     405     405     405     405
mfa_generate_recovery_codes          GET   sign-in 200     200     200     200     200
mfa_generate_recovery_codes          POST  sign-in 200     200     200     200     200
mfa_download_recovery_codes          GET   sign-in 404     404     404     404     404
mfa_download_recovery_codes          POST  sign-in 404     404     404     404     404
usersessions_list                    GET   sign-in 200     200     200     200     200
usersessions_list                    POST  sign-in 302     302     302     302     302
people:employee_list                 GET   sign-in 403     200     200     403     403
people:employee                      GET   sign-in 200     200     200     404     404
people:employee_language             POST  sign-in 403     403     200     404     404
people:employee_email                POST  sign-in 403     403     302     404     404
people:employee_leave                POST  sign-in 403     403     302     404     404
people:employee_grants               POST  sign-in 403     403     302     404     404
people:employee_invite               POST  sign-in 403     403     302     404     404
people:invitation_new                GET   sign-in 403     403     200     403     403
people:invitation_send               GET   sign-in 403     403     200     403     403
people:invitation_send               POST  sign-in 403     403     302     403     403
people:me                            GET   sign-in 200     200     200     200     200
people:me                            POST  sign-in 200     200     200     200     200
people:me_data                       POST  sign-in 200     200     200     200     200
people:import_present                POST  sign-in 403     403     200     403     403
people:import_list                   GET   sign-in 403     403     200     403     403
people:import_new                    GET   sign-in 403     403     200     403     403
people:import_new                    POST  sign-in 403     403     200     403     403
people:import_detail                 GET   sign-in 403     403     200     403     403
people:import_map                    GET   sign-in 403     403     404     403     403
people:import_map                    POST  sign-in 403     403     404     403     403
people:import_apply                  POST  sign-in 403     403     302     403     403
people:import_abandon                POST  sign-in 403     403     302     403     403
people:import_rows                   GET   sign-in 403     403     404     403     403
people:code_list                     GET   sign-in 403     403     200     403     403
people:code_list                     POST  sign-in 403     403     200     403     403
people:code_unit                     GET   sign-in 403     403     200     403     403
people:code_unit                     POST  sign-in 403     403     200     403     403
people:code_sign_in                  GET   200     200     200     200     200     200
people:code_sign_in                  POST  200     200     200     200     200     200
outbox:inbox                         GET   sign-in 200     200     200     200     200
outbox:open                          POST  sign-in 303     404     404     404     404
outbox:read_all                      POST  sign-in 302     302     302     302     302
outbox:unsubscribe                   GET   404     404     404     404     404     404
outbox:unsubscribe                   POST  404     404     404     404     404     404
outbox:set_aside                     GET   sign-in 403     403     200     403     403
outbox:retry_all                     POST  sign-in 403     403     302     403     403
outbox:retry                         POST  sign-in 403     403     302     403     403
diary:fact_list                      GET   sign-in 403     403     403     403     200
improvement:overview                 GET   sign-in 200     200     200     200     200
improvement:board                    GET   sign-in 403     200     200     200     403
improvement:action_new               GET   sign-in 403     200     403     403     403
improvement:action_new               POST  sign-in 403     200     403     403     403
improvement:action                   GET   sign-in 200     200     200     200     404
improvement:action_edit              GET   sign-in 403     200     403     403     404
improvement:action_edit              POST  sign-in 403     200     403     403     404
improvement:action_finish            GET   sign-in 403     200     403     403     404
improvement:action_finish            POST  sign-in 403     200     403     403     404
improvement:action_drop              GET   sign-in 403     200     403     403     404
improvement:action_drop              POST  sign-in 403     200     403     403     404
improvement:action_tell              POST  sign-in 403     404     403     403     404
improvement:commitment_list          GET   sign-in 200     200     200     200     200
improvement:commitment_new           GET   sign-in 403     200     403     403     403
improvement:commitment_new           POST  sign-in 403     200     403     403     403
improvement:commitment_settle        GET   sign-in 403     200     403     403     404
improvement:commitment_settle        POST  sign-in 403     200     403     403     404
improvement:note_list                GET   sign-in 200     200     200     200     200
improvement:note_new                 GET   sign-in 403     200     403     403     403
improvement:note_new                 POST  sign-in 403     200     403     403     403
improvement:note_withdraw            GET   sign-in 403     200     403     403     404
improvement:note_withdraw            POST  sign-in 403     302     403     403     404
pulses:programme_list                GET   sign-in 403     403     200     200     403
pulses:programme_new                 GET   sign-in 403     403     200     200     403
pulses:programme_new                 POST  sign-in 403     403     200     200     403
pulses:programme                     GET   sign-in 404     404     200     200     404
pulses:programme_edit                GET   sign-in 404     404     302     302     404
pulses:programme_edit                POST  sign-in 404     404     302     302     404
pulses:programme_delete              GET   sign-in 403     403     302     302     403
pulses:programme_delete              POST  sign-in 403     403     302     302     403
pulses:programme_start               GET   sign-in 403     403     302     302     403
pulses:programme_start               POST  sign-in 403     403     302     302     403
pulses:programme_pause               GET   sign-in 403     403     200     200     403
pulses:programme_pause               POST  sign-in 403     403     302     302     403
pulses:programme_resume              GET   sign-in 403     403     302     302     403
pulses:programme_resume              POST  sign-in 403     403     302     302     403
pulses:programme_end                 GET   sign-in 403     403     200     200     403
pulses:programme_end                 POST  sign-in 403     403     302     302     403
pulses:programme_run_now             GET   sign-in 403     403     200     200     403
pulses:programme_run_now             POST  sign-in 403     403     302     302     403
pulses:wave_close_now                GET   sign-in 403     403     200     200     403
pulses:wave_close_now                POST  sign-in 403     403     302     302     403
pulses:wave_cancel                   GET   sign-in 403     403     200     200     403
pulses:wave_cancel                   POST  sign-in 403     403     302     302     403
pulses:bank                          GET   sign-in 403     403     200     200     403
pulses:bank_version                  GET   sign-in 403     403     200     200     403
pulses:results                       GET   sign-in 200     200     200     200     200
pulses:results_heat                  GET   sign-in 200     200     200     200     200
pulses:results_unit                  GET   sign-in 200     200     200     200     404
pulses:results_items                 GET   sign-in 200     200     200     200     404
pulses:results_comments              GET   sign-in 404     200     200     200     404
assessments:cycle_list               GET   sign-in 403     200     200     200     403
assessments:cycle_new                GET   sign-in 403     403     200     200     403
assessments:cycle_new                POST  sign-in 403     403     200     200     403
assessments:cycle                    GET   sign-in 404     200     200     200     404
assessments:cycle_change             GET   sign-in 404     404     200     200     404
assessments:cycle_change             POST  sign-in 404     404     200     200     404
assessments:cycle_delete             GET   sign-in 404     404     200     200     404
assessments:cycle_delete             POST  sign-in 404     404     302     302     404
assessments:cycle_schedule           GET   sign-in 404     404     200     200     404
assessments:cycle_schedule           POST  sign-in 404     404     302     302     404
assessments:cycle_unschedule         GET   sign-in 404     404     302     302     404
assessments:cycle_unschedule         POST  sign-in 404     404     302     302     404
assessments:cycle_open               GET   sign-in 404     404     200     200     404
assessments:cycle_open               POST  sign-in 404     404     302     302     404
assessments:cycle_close              GET   sign-in 404     403     200     200     404
assessments:cycle_close              POST  sign-in 404     403     302     302     404
assessments:cycle_cancel             GET   sign-in 404     403     200     200     404
assessments:cycle_cancel             POST  sign-in 404     403     302     302     404
assessments:cycle_review             GET   sign-in 404     403     302     302     404
assessments:cycle_review             POST  sign-in 404     403     302     302     404
assessments:cycle_move               GET   sign-in 404     403     302     302     404
assessments:cycle_move               POST  sign-in 404     403     302     302     404
assessments:rating_list              GET   sign-in 200     200     200     200     200
assessments:rating                   GET   sign-in 404     200     404     404     404
assessments:rating                   POST  sign-in 404     409     404     404     404
assessments:results                  GET   sign-in 200     200     200     200     200
assessments:results_board            GET   sign-in 200     200     200     200     200
assessments:results_unit             GET   sign-in 200     200     200     200     404
assessments:results_practice         GET   sign-in 200     200     200     200     404
assessments:report_pdf               GET   sign-in 403     200     200     200     403
assessments:report_xlsx              GET   sign-in 403     200     200     200     403
assessments:model_list               GET   sign-in 403     200     200     200     403
assessments:model_import             GET   sign-in 403     403     403     200     403
assessments:model_import             POST  sign-in 403     403     403     200     403
assessments:model_template           GET   sign-in 403     403     403     200     403
assessments:model                    GET   sign-in 404     200     200     200     404
assessments:model_export             GET   sign-in 404     200     200     200     404
assessments:model_compare            GET   sign-in 404     200     200     200     404
assessments:model_copy               GET   sign-in 404     403     403     200     404
assessments:model_copy               POST  sign-in 404     403     403     200     404
assessments:model_publish            GET   sign-in 404     404     404     200     404
assessments:model_publish            POST  sign-in 404     404     404     302     404
assessments:model_retire             GET   sign-in 404     403     403     200     404
assessments:model_retire             POST  sign-in 404     403     403     302     404
assessments:model_discard            GET   sign-in 404     404     404     200     404
assessments:model_discard            POST  sign-in 404     404     404     302     404
assessments:model_edit               GET   sign-in 404     404     404     200     404
assessments:model_edit               POST  sign-in 404     404     404     200     404
assessments:dimension_new            GET   sign-in 404     404     404     200     404
assessments:dimension_new            POST  sign-in 404     404     404     200     404
assessments:dimension_edit           GET   sign-in 404     404     404     200     404
assessments:dimension_edit           POST  sign-in 404     404     404     200     404
assessments:dimension_remove         GET   sign-in 404     404     404     200     404
assessments:dimension_remove         POST  sign-in 404     404     404     302     404
assessments:practice_new             GET   sign-in 404     404     404     200     404
assessments:practice_new             POST  sign-in 404     404     404     200     404
assessments:practice_edit            GET   sign-in 404     404     404     200     404
assessments:practice_edit            POST  sign-in 404     404     404     200     404
assessments:practice_move            POST  sign-in 404     404     404     302     404
assessments:practice_remove          GET   sign-in 404     404     404     200     404
assessments:practice_remove          POST  sign-in 404     404     404     302     404
assessments:evidence_list            GET   sign-in 403     200     200     200     403
assessments:evidence_new             GET   sign-in 403     200     200     200     403
assessments:evidence_new             POST  sign-in 403     200     200     200     403
assessments:evidence_review          GET   sign-in 403     403     403     200     403
assessments:evidence                 GET   sign-in 404     200     200     200     404
assessments:evidence_file            GET   sign-in 404     302     302     302     404
assessments:evidence_withdraw        GET   sign-in 404     200     200     200     404
assessments:evidence_withdraw        POST  sign-in 404     302     302     302     404
assessments:evidence_verify          POST  sign-in 404     403     403     302     404
assessments:evidence_return          POST  sign-in 404     403     403     200     404
demo_mails                           GET   404     404     404     404     404     404
demo_mail                            GET   404     404     404     404     404     404
demo_mail_html                       GET   404     404     404     404     404     404
demo_sign_in                         POST  404     404     404     404     404     404
healthz                              GET   200     200     200     200     200     200
readyz                               GET   503     503     503     503     503     503
api-schema                           GET   401     200     200     200     200     200
api-programme-list                   GET   401     200     200     200     200     200
api-programme-detail                 GET   401     404     404     200     200     404
api-round-list                       GET   401     200     200     200     200     200
api-round-detail                     GET   401     200     200     200     200     200
api-cell-list                        GET   401     200     200     200     200     200
api-cell-detail                      GET   401     200     200     200     200     404
api-action-list                      GET   401     200     200     200     200     200
api-action-detail                    GET   401     200     200     200     200     404
api-model-list                       GET   401     200     200     200     200     200
api-model-detail                     GET   401     404     200     200     200     404
api-cycle-list                       GET   401     200     200     200     200     200
api-cycle-detail                     GET   401     404     200     200     200     404
api-scorecard-list                   GET   401     200     200     200     200     200
api-scorecard-detail                 GET   401     200     200     200     200     404
api-person-list                      GET   401     403     403     200     403     403
api-person-detail                    GET   401     403     403     200     403     403
api-root                             GET   401     200     200     200     200     200
"""
EXPECTED = {(line.split()[0], line.split()[1]): tuple(line.split()[2:]) for line in TABLE.strip().splitlines()}

# Of what internal audit gets, the board and an evidence reviewer get something else here; a dash: the same.
BESIDE = ("board", "reviewer")
OTHERWISE = """
diary:fact_list                      GET   403     403
improvement:board                    GET   200     -
improvement:action                   GET   200     -
improvement:action_edit              GET   403     -
improvement:action_edit              POST  403     -
improvement:action_finish            GET   403     -
improvement:action_finish            POST  403     -
improvement:action_drop              GET   403     -
improvement:action_drop              POST  403     -
improvement:action_tell              POST  403     -
improvement:commitment_settle        GET   403     -
improvement:commitment_settle        POST  403     -
improvement:note_withdraw            GET   403     -
improvement:note_withdraw            POST  403     -
pulses:results_unit                  GET   200     -
pulses:results_items                 GET   200     -
assessments:cycle_list               GET   200     200
assessments:cycle                    GET   200     200
assessments:cycle_close              GET   403     403
assessments:cycle_close              POST  403     403
assessments:cycle_cancel             GET   403     403
assessments:cycle_cancel             POST  403     403
assessments:cycle_review             GET   403     403
assessments:cycle_review             POST  403     403
assessments:cycle_move               GET   403     403
assessments:cycle_move               POST  403     403
assessments:report_pdf               GET   200     -
assessments:report_xlsx              GET   200     -
assessments:results_unit             GET   200     -
assessments:results_practice         GET   200     -
assessments:evidence_list            GET   200     200
assessments:evidence_review          GET   -       200
assessments:evidence                 GET   200     200
assessments:evidence_file            GET   302     302
assessments:evidence_withdraw        GET   403     403
assessments:evidence_withdraw        POST  403     403
assessments:evidence_verify          POST  403     302
assessments:evidence_return          POST  403     200
api-cell-detail                      GET   200     -
api-action-detail                    GET   200     -
api-cycle-detail                     GET   200     200
api-scorecard-detail                 GET   200     -
"""
OTHER = {(line.split()[0], line.split()[1]): tuple(line.split()[2:]) for line in OTHERWISE.strip().splitlines()}


def routes() -> Iterator[str]:
    """The names of all addresses."""

    def walk(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
        for each in patterns:
            if isinstance(each, URLPattern):
                yield f"{space}:{each.name}" if space else str(each.name)
            else:
                yield from walk(each.url_patterns, each.namespace or space)

    yield from dict.fromkeys(walk(get_resolver("portal.urls").url_patterns, ""))


def address(name: str, stage: Stage) -> str:
    """A real address of that name: about the ordinary employee, the running programme, the open wave."""
    person = stage.cast["employee"]
    subjects: dict[str, list[object]] = {
        "account_confirm_email": ["key"],
        "account_reset_password_from_key": ["1", "key"],
        "outbox:open": [Notice.objects.get(employee=person, kind="pulses.invitation").pk],
        "outbox:unsubscribe": ["signed-by-nobody"],
        "outbox:retry": [0],
        "people:import_detail": [stage.staff_import.pk],
        "people:import_map": [stage.staff_import.pk],
        "people:import_apply": [stage.staff_import.pk],
        "people:import_abandon": [stage.staff_import.pk],
        "people:import_rows": [stage.staff_import.pk],
        "demo_mail": ["a-mail"],
        "demo_mail_html": ["a-mail"],
        "pulses:results_unit": [stage.closed.round_id, stage.branch.pk],
        "pulses:results_items": [stage.closed.round_id, stage.branch.pk],
        "pulses:results_comments": [stage.closed.round_id, stage.branch.pk],
        "pulses:bank_version": [stage.programme.bank_id],
        "pulses:wave_close_now": [stage.open.pk],
        "pulses:wave_cancel": [stage.open.pk],
        "api-programme-detail": [stage.programme.pk],
        "api-round-detail": [stage.closed.round_id],
        "api-model-detail": [MaturityModel.objects.get(code="bearing-ten").pk],
        "api-cell-detail": [Cell.objects.filter(unit=stage.branch).order_by("pk")[0].pk],
        "api-person-detail": [person.pk],
    }
    about_a_person = name.startswith("people:employee") and name != "people:employee_list"
    about_a_programme = name.startswith("pulses:programme") and name not in (
        "pulses:programme_list",
        "pulses:programme_new",
    )
    if name in ABOUT_A_CLOSED_CYCLE:
        subjects[name] = [ABOUT_A_CLOSED_CYCLE[name](a_closed_cycle(stage)).pk]
    elif name in ABOUT_IMPROVEMENT:
        subjects[name] = [ABOUT_IMPROVEMENT[name](stage).pk]
    if name.startswith("assessments:cycle"):
        subjects[name] = about_a_cycle(name, stage)
    elif name == "assessments:rating":
        subjects[name] = a_rating(stage)
    elif name.startswith("assessments:results"):
        subjects[name] = about_results(name, stage)
    elif name.startswith("assessments:evidence"):
        subjects[name] = about_evidence(name, stage)
    elif name.startswith("assessments:") and name not in ("assessments:rating_list", *ABOUT_A_CLOSED_CYCLE):
        subjects[name] = about_a_model(name)
    if about_a_person:
        subjects[name] = [person.pk]
    if about_a_programme:
        subjects[name] = [stage.programme.pk]
    return reverse(name, args=subjects.get(name))


def about_evidence(name: str, stage: Stage) -> list[object]:
    """A file the leader of the branch gave, which waits for review and is not on this machine."""
    if name.split(":")[1] in ("evidence_list", "evidence_new", "evidence_review"):
        return []
    return [give(stage.branch, stage.cast["leader"], kind="file", file="ab/not-there", file_name="a.pdf", size=9).pk]


def about_results(name: str, stage: Stage) -> list[object]:
    """A closed cycle, and in it the branch."""
    cycle, verb = a_closed_cycle(stage).cycle, name.split(":")[1]
    shorter: dict[str, list[object]] = {"results": [], "results_board": [cycle.pk]}
    return shorter.get(verb, [cycle.pk, stage.branch.pk])


def a_rating(stage: Stage) -> list[object]:
    """The branch, which its leader is to rate in a cycle that is open for three more days."""
    model, ends = MaturityModel.objects.get(code="bearing-ten"), clock.now() + timedelta(days=3)
    opened = make_published(model, [stage.branch], closed_at=ends, state=Cycle.State.OPEN)
    LeaderRating.objects.create(cycle=opened, unit=stage.branch, leader=stage.cast["leader"])
    return [opened.pk, stage.branch.pk]


def an_action(stage: Stage) -> Action:
    """Under way in the branch, in its leader's hands."""
    return make_action(stage.branch, stage.cast["leader"])


def a_promise(stage: Stage) -> Commitment:
    return make_commitment(stage.branch, stage.cast["leader"])


def a_note(stage: Stage) -> Note:
    return make_note(stage.branch, stage.cast["leader"])


def a_closed_cycle(stage: Stage) -> Published:
    """Closed a week ago, with results of the company and of the branch."""
    found = {unit: alike(leadership=3.1, process=2.4) for unit in (stage.company, stage.branch)}
    return publish(MaturityModel.objects.get(code="bearing-ten"), found)


ABOUT_A_CLOSED_CYCLE: dict[str, Callable[[Published], Cycle | Scorecard]] = {
    "api-cycle-detail": lambda published: published.cycle,
    "assessments:report_pdf": lambda published: published.cycle,
    "assessments:report_xlsx": lambda published: published.cycle,
    "api-scorecard-detail": lambda published: next(each for each in published.cards if each.unit.code == "CN-1"),
}
ABOUT_IMPROVEMENT: dict[str, Callable[[Stage], Action | Commitment | Note]] = {
    **{f"improvement:action{what}": an_action for what in ("", "_edit", "_finish", "_drop", "_tell")},
    "api-action-detail": an_action,
    "improvement:commitment_settle": a_promise,
    "improvement:note_withdraw": a_note,
}


def about_a_cycle(name: str, stage: Stage) -> list[object]:
    """A plan for what changes plans, an open cycle for the rest."""
    verb = name.split(":")[1]
    if verb in ("cycle_list", "cycle_new"):
        return []
    cycle = make_cycle(MaturityModel.objects.get(code="bearing-ten"))
    if verb not in ("cycle_change", "cycle_delete", "cycle_schedule", "cycle_unschedule", "cycle_open"):
        open_cycle(cycle_id=cycle.pk, by=stage.cast["cx"])
    return [cycle.pk]


def about_a_model(name: str) -> list[object]:
    """A published model to read, copy or retire; a draft, its first dimension and practice for what changes."""
    verb = name.split(":")[1]
    if verb in ("model_list", "model_import", "model_template"):
        return []
    if verb in ("model", "model_export", "model_compare", "model_copy", "model_retire"):
        return [MaturityModel.objects.get(code="bearing-ten").pk]
    draft: list[object] = [MaturityModel.objects.get(code="our-ten").pk]
    if verb.startswith("practice_") and verb != "practice_new":
        return [*draft, "TL1"]
    return (
        draft if verb in ("model_edit", "model_publish", "model_discard", "dimension_new") else [*draft, "leadership"]
    )


def answer_of(stage: Stage, role: str, name: str, method: str) -> str:
    """What that role gets there, in one word; whatever it changed is undone."""
    with transaction.atomic():
        response = stage.browser(role).generic(method, address(name, stage))
        transaction.set_rollback(True)
    to_sign_in = response.headers.get("Location", "").startswith("/account/login/?")
    return "sign-in" if to_sign_in else str(response.status_code)


def test_every_address_stands_in_the_table() -> None:
    listed = {name for name, _ in EXPECTED}
    assert set(routes()) == listed
    assert all(len(answers) == len(ROLES) for answers in EXPECTED.values())


def expected_of(role: str, name: str, method: str) -> str:
    """What the tables say that role gets; nothing where everybody is refused."""
    if role in ROLES:
        return EXPECTED.get((name, method), ("",) * len(ROLES))[ROLES.index(role)]
    other = OTHER.get((name, method), ("-",) * len(BESIDE))[BESIDE.index(role)]
    return expected_of("auditor", name, method) if other == "-" else other


@pytest.mark.parametrize("role", [*ROLES, *BESIDE])
def test_each_role_gets_what_the_table_says(stage: Stage, role: str) -> None:
    wrong = []
    for name in routes():
        for method in ("GET", "POST"):
            got = answer_of(stage, role, name, method)
            expected = expected_of(role, name, method)
            if (not expected and got not in REFUSED) or (expected and got != expected):
                wrong.append(f"{method} {name}: {got}, not {expected or 'refused'}")
    assert not wrong


def test_nobody_reads_a_page_about_people_or_answers_without_signing_in() -> None:
    open_to_all = {name for (name, _), answers in EXPECTED.items() if answers[0] not in ("sign-in", "401")}
    ours = {name for name in open_to_all if not name.startswith(("account_", "mfa_"))}
    assert ours == {
        "help",
        "language",
        "theme",
        "people:code_sign_in",
        "outbox:unsubscribe",
        "demo_sign_in",
        "demo_mails",
        "demo_mail",
        "demo_mail_html",
        "healthz",
        "readyz",
    }

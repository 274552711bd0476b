"""Who may read and write maturity models: the CX team writes; HR and leaders read what is published."""

from assessments.models import Cycle, Evidence, MaturityModel
from people.models import Employee, Unit
from people.policies import is_board, is_cx, is_hr, is_reviewer, leads_any, sees_all_results


def can_read_models(employee: Employee) -> bool:
    """The CX team, HR and leaders: those who open cycles or are shown their results."""
    return is_cx(employee) or is_hr(employee) or leads_any(employee)


def can_write_models(employee: Employee) -> bool:
    """The CX team copies, imports and drafts models."""
    return is_cx(employee)


def can_edit_model(employee: Employee, model: MaturityModel) -> bool:
    """A draft may change until it is published."""
    return can_write_models(employee) and model.is_draft


def can_publish_model(employee: Employee, model: MaturityModel) -> bool:
    return can_edit_model(employee, model)


def can_discard_model(employee: Employee, model: MaturityModel) -> bool:
    """Only a draft is ever thrown away."""
    return can_edit_model(employee, model)


def can_retire_model(employee: Employee, model: MaturityModel) -> bool:
    return can_write_models(employee) and model.state == MaturityModel.State.PUBLISHED


# Evidence -----------------------------------------------------------------------------------------------------------


def can_read_evidence(employee: Employee) -> bool:
    """Leaders read that of the units they lead; HR, the CX team, the board and reviewers that of all units."""
    return can_read_all_evidence(employee) or leads_any(employee)


def can_read_all_evidence(employee: Employee) -> bool:
    return is_hr(employee) or is_cx(employee) or is_board(employee) or is_reviewer(employee)


def can_give_any_evidence(employee: Employee) -> bool:
    """Leaders and deputies for the units they lead, HR and the CX team for all."""
    return is_hr(employee) or is_cx(employee) or leads_any(employee)


def can_give_evidence(employee: Employee, unit: Unit) -> bool:
    """Not for a unit that has been closed."""
    if unit.closed_on is not None or not employee.is_active:
        return False
    return is_hr(employee) or is_cx(employee) or Unit.objects.led_by(employee).filter(pk=unit.pk).exists()


def can_review_evidence(employee: Employee) -> bool:
    """Evidence reviewers and the CX team."""
    return is_reviewer(employee) or is_cx(employee)


def is_own_evidence(employee: Employee, evidence: Evidence) -> bool:
    """What somebody gave, or what counts for a unit that they lead by name: its own, or given above for those below."""
    if employee.pk in (evidence.added_by_id, evidence.unit.leader_id, evidence.unit.deputy_id):
        return True
    return evidence.covers_below and Evidence.objects.from_above(employee).filter(pk=evidence.pk).exists()


def can_verify_evidence(employee: Employee, evidence: Evidence) -> bool:
    waits = evidence.state == Evidence.State.WAITING
    return waits and can_review_evidence(employee) and not is_own_evidence(employee, evidence)


def can_return_evidence(employee: Employee, evidence: Evidence) -> bool:
    """Also what was verified by mistake."""
    stands = evidence.state in (Evidence.State.WAITING, Evidence.State.VERIFIED)
    return stands and can_review_evidence(employee) and not is_own_evidence(employee, evidence)


def can_withdraw_evidence(employee: Employee, evidence: Evidence) -> bool:
    """Whoever gave it, whoever leads the unit, HR and the CX team."""
    if evidence.state == Evidence.State.WITHDRAWN or not employee.is_active:
        return False
    if evidence.added_by_id == employee.pk or is_hr(employee) or is_cx(employee):
        return True
    return Unit.objects.led_by(employee).filter(pk=evidence.unit_id).exists()


# Cycles -------------------------------------------------------------------------------------------------------------


def can_run_cycles(employee: Employee) -> bool:
    """HR and the CX team plan, open and end cycles, and see which leaders have sent their ratings."""
    return is_hr(employee) or is_cx(employee)


def can_list_cycles(employee: Employee) -> bool:
    """Those who run cycles, read all their results, review evidence or lead somebody."""
    return can_run_cycles(employee) or is_board(employee) or is_reviewer(employee) or leads_any(employee)


def can_change_cycle(employee: Employee, cycle: Cycle) -> bool:
    """A plan may change, be deleted, opened or set to open by itself until it is open."""
    return can_run_cycles(employee) and cycle.is_plan


def can_schedule_cycle(employee: Employee, cycle: Cycle) -> bool:
    """A draft may be set to open by itself, and so may a plan that was refused on its day."""
    return can_change_cycle(employee, cycle) and (cycle.state == Cycle.State.DRAFT or bool(cycle.refusal))


def can_unschedule_cycle(employee: Employee, cycle: Cycle) -> bool:
    return can_run_cycles(employee) and cycle.state == Cycle.State.PLANNED


def can_finish_review(employee: Employee, cycle: Cycle) -> bool:
    """Those who run cycles say when the evidence of a closed one has been reviewed."""
    return can_run_cycles(employee) and cycle.state == Cycle.State.CLOSED


def can_end_cycle(employee: Employee, cycle: Cycle) -> bool:
    """What is open can be closed early or taken back; what was published stays."""
    return can_run_cycles(employee) and cycle.is_open


# Reports ------------------------------------------------------------------------------------------------------------


def can_take_reports(employee: Employee) -> bool:
    """Those who read all results, and leaders, of what they lead; everybody else reads the pages."""
    return employee.is_active and (sees_all_results(employee) or leads_any(employee))

"""Who may read and write maturity models: the CX team writes; HR and leaders read what is published."""

from assessments.models import MaturityModel
from people.models import Employee
from people.policies import is_cx, is_hr, leads_any


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

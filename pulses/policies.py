"""Who may plan and run programmes: HR and the CX team."""

from people.models import Employee
from people.policies import is_cx, is_hr
from pulses.models import Programme, Wave


def can_plan_programmes(employee: Employee) -> bool:
    """HR and the CX team plan, start and stop programmes."""
    return is_hr(employee) or is_cx(employee)


def can_edit_programme(employee: Employee, programme: Programme) -> bool:
    """A plan may change until it is started; after that it is what people were told."""
    return can_plan_programmes(employee) and programme.state == Programme.State.DRAFT


def can_delete_draft(employee: Employee, programme: Programme) -> bool:
    """What was never started may go; what was asked once stays."""
    return can_edit_programme(employee, programme)


def can_start_programme(employee: Employee, programme: Programme) -> bool:
    return can_edit_programme(employee, programme)


def can_pause_programme(employee: Employee, programme: Programme) -> bool:
    return can_plan_programmes(employee) and programme.state == Programme.State.ACTIVE


def can_resume_programme(employee: Employee, programme: Programme) -> bool:
    return can_plan_programmes(employee) and programme.state == Programme.State.PAUSED


def can_end_programme(employee: Employee, programme: Programme) -> bool:
    return can_plan_programmes(employee) and programme.state in (Programme.State.ACTIVE, Programme.State.PAUSED)


def can_run_wave_now(employee: Employee, programme: Programme) -> bool:
    return can_plan_programmes(employee) and programme.state == Programme.State.ACTIVE


def can_close_wave_now(employee: Employee, wave: Wave) -> bool:
    return can_plan_programmes(employee) and wave.is_open


def can_cancel_wave(employee: Employee, wave: Wave) -> bool:
    """What is open can be taken back; what was published stays."""
    return can_plan_programmes(employee) and wave.is_open

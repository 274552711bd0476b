"""Who may do what: leaders and deputies of a unit and of the units above it act; HR, the CX team and the board read."""

from improvement.models import Action, Commitment, Note
from people.models import Employee, Unit
from people.policies import leads_any, sees_all_results


def leads(employee: Employee, unit: Unit) -> bool:
    """Leads or deputises for this unit or one above it."""
    return employee.is_active and Unit.objects.led_by(employee).filter(pk=unit.pk).exists()


def leads_open(employee: Employee, unit: Unit) -> bool:
    """Nothing new is begun for a unit that has been closed."""
    return unit.closed_on is None and leads(employee, unit)


def can_see_board(employee: Employee) -> bool:
    """The board with filters is for leaders, who see the units they lead, and for HR, the CX team and the board."""
    return leads_any(employee) or sees_all_results(employee)


def can_start_action(employee: Employee, unit: Unit) -> bool:
    return leads_open(employee, unit)


def can_change_action(employee: Employee, action: Action) -> bool:
    """Who, what and by when is the leader's to say."""
    return action.is_open and leads(employee, action.unit)


def can_finish_action(employee: Employee, action: Action) -> bool:
    """The owner says that it is done, or whoever leads the unit."""
    return action.is_open and (action.owner_id == employee.pk or leads(employee, action.unit))


def can_drop_action(employee: Employee, action: Action) -> bool:
    return can_change_action(employee, action)


def can_promise(employee: Employee, unit: Unit) -> bool:
    return leads_open(employee, unit)


def can_settle_commitment(employee: Employee, commitment: Commitment) -> bool:
    """Whoever leads the unit by then says how it went, also when somebody else promised it."""
    return commitment.is_current and leads(employee, commitment.unit)


def can_publish_note(employee: Employee, unit: Unit) -> bool:
    return leads_open(employee, unit)


def can_tell_of_action(employee: Employee, action: Action) -> bool:
    """A finished action becomes a note once."""
    return action.state == Action.State.DONE and not hasattr(action, "note") and leads_open(employee, action.unit)


def can_withdraw_note(employee: Employee, note: Note) -> bool:
    return note.withdrawn_at is None and leads(employee, note.unit)

"""Who may do what. Each answer is yes or no and costs at most the one query for the grants."""

from people.models import Employee
from people.roles import Role


def is_hr(employee: Employee) -> bool:
    """Works in HR: imports staff, gives rights, prints codes."""
    return Role.HR in employee.roles


def is_cx(employee: Employee) -> bool:
    """Belongs to the CX team."""
    return Role.CX in employee.roles


def is_board(employee: Employee) -> bool:
    """Sits on the board."""
    return Role.BOARD in employee.roles


def is_reviewer(employee: Employee) -> bool:
    """May review evidence."""
    return Role.REVIEWER in employee.roles


def is_auditor(employee: Employee) -> bool:
    """May read the activity record."""
    return Role.AUDITOR in employee.roles


def leads_any(employee: Employee) -> bool:
    """Leads a unit, or deputises for its leader."""
    return employee.leads_any_unit


def sees_all_results(employee: Employee) -> bool:
    """May read the published results of every unit: HR, the CX team and the board."""
    return is_hr(employee) or is_cx(employee) or is_board(employee)


def reads_all_comments(employee: Employee) -> bool:
    """May read what was written anywhere in the company: HR and the CX team; the board reads figures."""
    return is_hr(employee) or is_cx(employee)


def can_list_people(employee: Employee) -> bool:
    """The staff list is for HR and for leaders, who see the people they lead."""
    return is_hr(employee) or leads_any(employee)


def can_edit_employee(employee: Employee, subject: Employee) -> bool:
    """HR keeps the data of others; one's own rights and leave are for a colleague in HR to change."""
    return is_hr(employee) and employee.pk != subject.pk


def can_give_grants(employee: Employee, subject: Employee) -> bool:
    """HR gives rights, but nobody gives them to themselves."""
    return is_hr(employee) and employee.pk != subject.pk


def can_import_staff(employee: Employee) -> bool:
    """Only HR may see or send a file with everybody's data."""
    return is_hr(employee)


def can_print_codes(employee: Employee) -> bool:
    """Only HR hands out one-time codes."""
    return is_hr(employee)


def can_invite_many(employee: Employee) -> bool:
    """Only HR writes to everybody at once."""
    return is_hr(employee)

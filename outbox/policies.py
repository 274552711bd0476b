"""Who may do what with messages."""

from people.models import Employee
from people.policies import is_hr


def can_see_set_aside(employee: Employee) -> bool:
    """HR sees which messages could not be delivered, and why, to put addresses right."""
    return is_hr(employee)


def can_retry(employee: Employee) -> bool:
    """Who sees what was set aside may send it off again."""
    return can_see_set_aside(employee)

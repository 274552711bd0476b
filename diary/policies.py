"""Who may read the diary."""

from people.models import Employee
from people.policies import is_auditor


def can_read_diary(employee: Employee) -> bool:
    """Internal audit alone; HR and administrators are among those it watches."""
    return is_auditor(employee)

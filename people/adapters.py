"""How allauth behaves here: nobody signs up alone, and its mails speak the language of the person."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from people.actions import employees
from people.models import Employee


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The company's staff list decides who has an account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """HR invites; there is no other way in."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """The subject alone, without the name of a host in brackets."""
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the person, where the person is known."""
        user = context.get("user")
        with translation.override(user.language if isinstance(user, Employee) else translation.get_language()):
            super().send_mail(template_prefix, email, context)

    def set_password(self, user: Employee, password: str) -> None:
        """A password of one's own: printed codes are void and nothing has to be done first any more."""
        super().set_password(user, password)
        employees.finish_password(employee=user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

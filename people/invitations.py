"""The link in an invitation: made in the moment the mail goes out, stored nowhere."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from people.models import Employee


def password_link(employee: Employee) -> str:
    """The path of the page where this person sets a password; it stops working once a password is set."""
    key = f"{user_pk_to_url_str(employee)}-{default_token_generator.make_token(employee)}"
    uid, token = key.split("-", 1)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})

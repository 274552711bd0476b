"""Reading what people choose about messages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ChannelForm(forms.Form):
    """By mail or only in the inbox; with or without reminders."""

    mail_on = forms.BooleanField(label=_("Also send messages by email"), required=False)
    reminders = forms.BooleanField(label=_("Send me reminders about open surveys"), required=False)

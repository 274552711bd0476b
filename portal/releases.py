"""Each deployment is a fact: the version that runs stands in the activity record from its first day of service."""

from django.db import transaction

from diary.actions import record
from diary.models import Fact
from portal.facts import DEPLOYED


@transaction.atomic
def note_deployed(*, version: str) -> bool:
    """Say that this version runs now, unless it is the one said last; going back to an older one is said as well."""
    last = Fact.objects.said(DEPLOYED).newest_first().first()
    if last is not None and last.data["version"] == version:
        return False
    key = f"{DEPLOYED}:{version}:{last.pk if last else 0}"  # two machines that say it at once say it once
    return record(DEPLOYED, key=key, data={"version": version}) is not None

"""`manage.py verify_diary`: recompute every hash; name the first row that does not hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from diary import actions
from diary.models import Sealed


class Command(BaseCommand):
    """Recompute the whole chain and compare it with a hash somebody kept."""

    help = "Recomputes every hash of the activity record and names the first row that was changed, if any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seq", type=int, help="a link that was mailed to the auditors: its number")
        parser.add_argument("--hash", help="... and its hash; both are compared with the record")

    def handle(self, *args: Any, **options: Any) -> None:
        flaw = actions.find_flaw()
        if flaw is not None:
            where = f"link {flaw.seq}" if flaw.seq is not None else "not yet sealed"
            fact = f", fact {flaw.fact_id}" if flaw.fact_id is not None else ""
            raise CommandError(f"The record does not hold ({where}{fact}): {flaw.reason}.")
        last = Sealed.objects.order_by("-seq").first()
        if options["seq"] is not None:
            kept = Sealed.objects.filter(pk=options["seq"], chain_hash=options["hash"] or "").exists()
            if not kept:
                raise CommandError(
                    f"Link {options['seq']} does not have the hash that was kept: the chain was replaced."
                )
        end = f" up to link {last.seq}, hash {last.chain_hash}" if last else "; nothing is sealed yet"
        self.stdout.write(f"The record holds{end}.")

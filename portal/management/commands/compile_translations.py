"""`manage.py compile_translations`: write every .mo, without gettext."""

from typing import Any

from django.core.management.base import BaseCommand

from portal import translations


class Command(BaseCommand):
    help = "Compile all translations; needs no gettext."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in translations.catalogues():
            translations.compile_catalogue(path)
            self.stdout.write(f"{path.relative_to(translations.ROOT)} compiled")

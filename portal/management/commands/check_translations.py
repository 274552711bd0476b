"""`manage.py check_translations`: every string has its Vietnamese, whole and spelt as the glossary says."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import translations


class Command(BaseCommand):
    help = "Refuse missing, fuzzy or damaged translations and spellings the glossary refuses."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        faults = [fault for path in translations.catalogues() for fault in translations.faults_of_catalogue(path)]
        faults += translations.faults_of_content()
        marked = translations.marked_strings()
        if marked is None:
            self.stdout.write("Not checked: strings in the code that no catalogue knows (gettext is not installed).")
        else:
            faults += translations.missing_strings(marked)
        if faults:
            raise CommandError("\n".join([*faults, f"{len(faults)} faults in translations."]))
        self.stdout.write("Translations are complete.")

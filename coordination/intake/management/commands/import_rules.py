"""Print docs/import-rules.md as the rules say it."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from coordination.intake.rules_page import page


class Command(BaseCommand):
    help = "Print the page of import rules, made from their declarations."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en-gb"):
            self.stdout.write(page(), ending="")

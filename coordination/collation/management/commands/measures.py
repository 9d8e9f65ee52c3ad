"""Print docs/measures.md as the declarations say it."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from coordination.collation.measures_page import page


class Command(BaseCommand):
    help = "Print the page of measures, made from their declarations."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en-gb"):
            self.stdout.write(page(), ending="")

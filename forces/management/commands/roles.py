"""Print docs/roles.md."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from forces.roles_page import page


class Command(BaseCommand):
    help = "Print the page of roles and rights: python manage.py roles > docs/roles.md"
    requires_system_checks: list[str] = []

    def handle(self, *args, **options) -> None:
        self.stdout.write(page(), ending="")

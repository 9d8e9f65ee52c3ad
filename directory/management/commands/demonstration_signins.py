"""Print who may be signed in as in a demonstration."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from directory.demonstration import people


class Command(BaseCommand):
    help = "List the made-up people of a demonstration. Nothing is printed where there are none."

    def handle(self, *args, **options) -> None:
        personas = people()
        if not personas:
            return
        self.stdout.write("  Made-up people to sign in as (buttons on the sign-in page):")
        for persona in personas:
            self.stdout.write(f"    {persona.force_name:<18} {persona.role.name:<26} {persona.name}")

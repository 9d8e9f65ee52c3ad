"""Make the demonstration, floor by floor: each app's `demonstration.load()`."""

from __future__ import annotations

from importlib import import_module
from time import monotonic

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import module_has_submodule

from forces.refusals import Refusal


class Command(BaseCommand):
    help = "Make two made-up forces with people to sign in as. Refuses unless LFR_DEMONSTRATION=1."
    requires_migrations_checks = True

    def handle(self, *args, **options) -> None:
        for app in reversed(list(apps.get_app_configs())):
            if app.module is None or not module_has_submodule(app.module, "demonstration"):
                continue
            began = monotonic()
            try:
                said = import_module(f"{app.name}.demonstration").load()
            except Refusal as refusal:
                raise CommandError(str(refusal)) from refusal
            if options["verbosity"]:
                self.stdout.write(f"{app.label}: {said} ({monotonic() - began:.1f} s)")

"""Load the facts that come with the project, floor by floor: each app's `reference.load()`."""

from __future__ import annotations

from importlib import import_module
from time import monotonic

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils.module_loading import module_has_submodule


class Command(BaseCommand):
    help = "Load forces and published records from reference/. Running it again changes nothing."
    requires_migrations_checks = True

    def handle(self, *args, **options) -> None:
        for app in reversed(list(apps.get_app_configs())):
            if app.module is None or not module_has_submodule(app.module, "reference"):
                continue
            load = getattr(import_module(f"{app.name}.reference"), "load", None)
            if load is None:
                continue
            began = monotonic()
            said = load()
            if options["verbosity"]:
                self.stdout.write(f"{app.label}: {said} ({monotonic() - began:.1f} s)")

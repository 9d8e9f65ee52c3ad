"""Take in a document that a force published elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coordination.intake import actions, reporting
from coordination.intake.models import Batch
from coordination.intake.profile import profiles
from forces.clock import db_now
from forces.models import Person
from forces.refusals import Refusal
from forces.tenancy import national_scope

MOST_SHOWN = 200


class Command(BaseCommand):
    help = "Read a published document, check it, and take its rows to the register. Ends with one line of counts."
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="PDF, CSV, XLSX, ODS or HTML")
        parser.add_argument(
            "--dry-run", action="store_true", help="read and check only; nothing is published"
        )
        parser.add_argument(
            "--profile", default="", help=f"one of {', '.join(sorted(profiles()))}; else recognised"
        )
        parser.add_argument(
            "--by", default="", help="e-mail address of the person who imports; else the system"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        by = _person(options["by"])
        try:
            batch = actions.receive(options["file"], profile=options["profile"], by=by, at=db_now())
            actions.stage(batch, by=by, at=db_now())
            self._finish(batch, by, options)
        except Refusal as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"error": str(refusal)}, ensure_ascii=False))
            raise CommandError(str(refusal)) from refusal

    def _finish(self, batch: Batch, by: Person | None, options: dict[str, Any]) -> None:
        errors = batch.counts["errors"]
        if not options["json"]:
            self._show(batch)
        if options["dry_run"] or errors or actions.changes_nothing(batch):
            actions.discard(batch, by=by, at=db_now())
        else:
            actions.accept(batch, by=by, at=db_now())
        if options["json"]:
            self.stdout.write(json.dumps(reporting.as_json(batch), ensure_ascii=False))
        else:
            self.stdout.write(reporting.last_line(batch))
        if errors and not options["dry_run"]:
            raise CommandError("Nothing was taken in: the document has errors.")

    def _show(self, batch: Batch) -> None:
        for shown, finding in enumerate(reporting.findings(batch)):
            if shown == MOST_SHOWN:
                self.stdout.write("… more; --json lists them all.")
                break
            place = f"{finding.where}: " if finding.where else ""
            self.stdout.write(f"{finding.severity}: {place}{finding.message}")


def _person(email: str) -> Person | None:
    if not email:
        return None
    with national_scope():
        person = Person.objects.filter(logins__email=email.lower()).first()
    if person is None:
        raise CommandError(f"Nobody signs in as {email}.")
    return person

"""Make a file of reference/ from published documents, by the importer's own reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from coordination.intake.extract.reading import read
from coordination.intake.mapping import Source, map_rows
from coordination.intake.profile import profiles
from coordination.intake.recognise import profile_for
from coordination.intake.reference import line_of
from forces.refusals import Refusal


class Command(BaseCommand):
    help = "Read documents and write their rows, in our own schema with provenance, as a file of reference/."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("to", type=Path, help="such as reference/deployments-primary.jsonl")
        parser.add_argument("files", type=Path, nargs="+")
        parser.add_argument(
            "--only",
            default="",
            metavar="COLUMN=START",
            help="of files that have this column, only rows whose cell starts so",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        column, _, start = options["only"].partition("=")
        written = 0
        with options["to"].open("w", encoding="utf-8") as out:
            for file in options["files"]:
                for line in self._lines(file, column, start):
                    out.write(line + "\n")
                    written += 1
        self.stdout.write(f"{options['to']}: {written} rows")

    def _lines(self, file: Path, column: str, start: str) -> Any:
        try:
            with read(file) as extract:
                profile = profile_for(extract.rows(), profiles().values(), name=extract.name)
                document = {"name": file.name, "sha256": extract.sha256, "profile": profile.name}
                for row in map_rows(extract.rows(), profile, Source(extract.name, extract.sha256)):
                    if column in row.printed and not (row.printed[column] or "").startswith(start):
                        continue
                    if row.result is None:
                        raise CommandError(f"{file}: line {row.line}: {row.problems[0].message}")
                    yield line_of(row, document)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

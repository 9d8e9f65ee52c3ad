"""Hold the statistics against the entries, or make them anew."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.collation.rebuilding import outdated, rebuild, stir_all
from coordination.collation.recount import COLUMNS, Difference, differences
from forces.models import Force, Realm

MOST_SHOWN = 200


class Command(BaseCommand):
    help = "Check that the statistics are what the entries add up to (--verify), or count again (--rebuild)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--verify", action="store_true", help="Count again with other code; exit 1 on a difference."
        )
        parser.add_argument(
            "--rebuild", action="store_true", help="Set the statistics from the entries, in batches."
        )
        parser.add_argument(
            "--catch-up",
            action="store_true",
            help="As --rebuild, for forces counted before a measure or dimension was declared; none as a rule.",
        )
        parser.add_argument("--realm", choices=Realm.values, help="Only this realm; both if not given.")

    def handle(
        self, *args: Any, verify: bool, rebuild: bool, catch_up: bool, realm: str | None, **options: Any
    ) -> None:
        if not verify and not rebuild and not catch_up:
            raise CommandError("Say --verify or --rebuild, or --catch-up after an upgrade.")
        if rebuild:
            every = Force.objects.order_by("pk")
            self._rebuild(every if realm is None else every.filter(realm=realm))
        elif catch_up:
            self._rebuild(outdated(realm))
            stir_all()
        if verify:
            self._verify(realm)

    def _rebuild(self, forces: Iterable[Force]) -> None:
        changed = sum(rebuild(force) for force in forces)
        told = ngettext(
            "%d record was counted otherwise before.", "%d records were counted otherwise before.", changed
        )
        self.stdout.write(told % changed)

    def _verify(self, realm: str | None) -> None:
        found = differences(realm)
        if not found:
            self.stdout.write(_("Every cell is what its entries add up to."))
            return
        for line in _table(found[:MOST_SHOWN]):
            self.stderr.write(line)
        told = ngettext(
            "%d cell is not what its entries add up to. Entries whose events still wait count as differences.",
            "%d cells are not what their entries add up to. Entries whose events still wait count as differences.",
            len(found),
        )
        self.stderr.write(told % len(found))
        sys.exit(1)


def _table(found: list[Difference]) -> list[str]:
    """A line per differing cell, with the columns that differ as "cell/entries"."""
    lines = [f"{'realm':14}{'tier':10}{'force':12}{'period':16}{'technology':20}{'measure':26}cell/entries"]
    for one in found:
        differing = "  ".join(
            f"{column} {cell}/{entries}"
            for column, cell, entries in zip(COLUMNS, one.cell, one.entries, strict=True)
            if cell != entries
        )
        period = f"{one.span} {one.starts_on}"
        if one.dimension:
            differing += f"  ({one.dimension}: {one.value or '-'})"
        lines.append(
            f"{one.realm:14}{one.tier:10}{one.force:12}{period:17}{one.technology:20}{one.measure:26}{differing}"
        )
    return lines

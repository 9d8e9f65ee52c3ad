"""Put a map of forces' areas in the place of the tiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from forces.areas.geojson import MOST_BYTES, UnfitMap
from forces.areas.loading import load_map, remove_map
from forces.clock import db_now


class Command(BaseCommand):
    help = (
        "Draw the areas of the police forces from a GeoJSON file, so that pages show a map where they are wide "
        "enough. Running it again with the same file changes nothing."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="a GeoJSON FeatureCollection in degrees (WGS 84)")
        parser.add_argument(
            "--attribution", default="", help="whose map it is and under which licence: shown below the map"
        )
        parser.add_argument(
            "--code-property", default="", help="the property with the code, if not like PFA23CD"
        )
        parser.add_argument("--remove", action="store_true", help="go back to tiles")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            if options["file"]:
                raise CommandError(_("Give a file or --remove, not both."))
            removed = remove_map(at=db_now())
            self.stdout.write(_("Pages show tiles again.") if removed else _("There was no map."))
            return
        if not options["file"]:
            raise CommandError(_("Name a GeoJSON file, or say --remove."))
        if not options["attribution"].strip():
            raise CommandError(
                _("Say whose map it is and under which licence, as its licence asks: --attribution “…”.")
            )
        try:
            loaded = load_map(
                _content(options["file"]),
                attribution=options["attribution"],
                code_name=options["code_property"],
                at=db_now(),
            )
        except UnfitMap as refusal:
            raise CommandError(str(refusal)) from refusal
        told = ngettext("%d area is drawn.", "%d areas are drawn.", loaded.count) % loaded.count
        self.stdout.write(told if loaded.is_new else _("This map was shown already."))
        if loaded.missing:
            self.stdout.write(
                _("The file has no area for: %s. Each of them is a tile beside the map.")
                % ", ".join(force.name for force in loaded.missing)
            )


def _content(name: str) -> bytes:
    """No more than the limit is read, and one byte that tells that there is more."""
    try:
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}") from error

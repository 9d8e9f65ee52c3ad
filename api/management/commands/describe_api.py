import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from api import contract, schema


class Command(BaseCommand):
    help = (
        "Keep the OpenAPI document as it is served now; refuses what takes something back within version 1."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args, **options) -> None:
        path = Path(settings.BASE_DIR) / contract.KEPT
        served = schema.made()
        if path.exists() and (
            broken := contract.broken(json.loads(path.read_text(encoding="utf-8")), served)
        ):
            told = "\n".join(f"  {each}" for each in broken)
            raise CommandError(
                f"Readers of version 1 rely on this:\n{told}\nKeep it, or offer another version beside it: see "
                "docs/how-to/add-an-endpoint.md."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contract.text(served), encoding="utf-8")
        self.stdout.write(contract.KEPT)

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from events.catalogue import contract_text, known, page


class Command(BaseCommand):
    help = "Write docs/events.md, and the frozen form of each event that has none yet."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if something would change"
        )

    def handle(self, *args, check: bool = False, **options) -> None:
        root = Path(settings.BASE_DIR)
        wanted = {root / "docs" / "events.md": page()}
        for kind in known():
            frozen = root / "tests" / "contracts" / "events" / f"{kind.name}.json"
            if not frozen.exists():
                wanted[frozen] = contract_text(kind)
        stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
        if check and stale:
            names = ", ".join(str(path.relative_to(root)) for path in stale)
            raise CommandError(f"Run manage.py describe_events: {names} would change.")
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path])
            self.stdout.write(str(path.relative_to(root)))

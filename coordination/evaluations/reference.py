"""The algorithm versions that come with the project, from `reference/algorithms.toml`."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import ngettext

from coordination.evaluations.actions import announce
from coordination.evaluations.models import AlgorithmVersion
from forces.clock import db_now

ALGORITHMS = Path(settings.BASE_DIR) / "reference" / "algorithms.toml"


def load() -> str:
    """What `manage.py load_reference` runs: returns one line for the terminal."""
    added = load_algorithms(at=db_now())
    known = AlgorithmVersion.objects.count()
    return ngettext(
        "%(known)d algorithm version, %(added)d new", "%(known)d algorithm versions, %(added)d new", known
    ) % {
        "known": known,
        "added": added,
    }


@transaction.atomic
def load_algorithms(path: Path = ALGORITHMS, *, at: datetime) -> int:
    """Add the versions of the file that are not on the register; returns how many. Repeating it adds none.

    What people have since said of a version is never overwritten. Made-up ones come only where the
    demonstration is on.
    """
    added = 0
    for described in tomllib.loads(path.read_text(encoding="utf-8"))["algorithm"]:
        if described.get("is_made_up") and not settings.DEMONSTRATION:
            continue
        is_what = {
            field: described.pop(field, "") for field in ("vendor", "product", "version", "technology")
        }
        algorithm, is_new = AlgorithmVersion.objects.get_or_create(
            **is_what, defaults={**described, "added_at": at}
        )
        if is_new:
            announce(algorithm, by=None, at=at)
            added += 1
    return added

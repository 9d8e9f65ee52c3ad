"""When each force's part of the register last changed. Public; no scope is needed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import connection

# For each force the first row of an index, where a maximum over all entries would read them all.
_LATEST = """
SELECT f.code, f.slug, f.name, greatest(
         (SELECT e.entered_at FROM register_entry e WHERE e.force_id = f.id ORDER BY e.id DESC LIMIT 1),
         (SELECT max(r.redacted_at) FROM register_redaction r WHERE r.force_id = f.id))
  FROM forces_force f WHERE f.realm = %s ORDER BY f.name, f.code
"""


class Changed(NamedTuple):
    """A force and when its latest entry or removal was; None if it has none."""

    code: str
    slug: str
    name: str
    at: datetime | None


def by_force(realm: str) -> list[Changed]:
    """Every force of a realm, by name, in one short query however many entries there are."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [realm])
        return [Changed(*row) for row in cursor.fetchall()]
